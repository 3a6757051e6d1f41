"""People, their addresses, why they turned to us, and each exchange with them.

`count_key` is the only thread to the figures; it is random and ends with the row.
"""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


def count_key() -> str:
    """A random key under which one thing is counted once."""
    return secrets.token_hex(16)


class AddressKind(StrEnum):
    """How an address is used."""

    EMAIL = "email"
    PHONE = "phone"


class Person(Model):
    """Somebody who turns to us, a first name or nickname is enough, and no name is fine, too.

    `discreet` outlives the addresses, so that a page behind a link stays locked when those are forgotten.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200, default="")
    call_name = fields.CharField(max_length=200, default="")
    language = fields.CharField(max_length=8, default="de")
    created_at = fields.DatetimeField()
    count_key = fields.CharField(max_length=32, default=count_key)
    discreet = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "person"


class Address(Model):
    """An e-mail address or phone number (E.164), `read_by_others` decides what may go there."""

    id = fields.IntField(primary_key=True)
    person: Any = fields.ForeignKeyField(
        "inquiries.Person", related_name="addresses", on_delete=fields.CASCADE
    )
    person_id: int
    kind = fields.CharEnumField(AddressKind, max_length=8)
    value = fields.CharField(max_length=254)
    read_by_others = fields.BooleanField(default=False)
    verified_at = fields.DatetimeField(null=True)
    bounced_at = fields.DatetimeField(null=True)
    opted_out_at = fields.DatetimeField(null=True)

    class Meta:
        table = "address"
        unique_together = (("person", "kind", "value"),)
        indexes = (("kind", "value"),)


class Inquiry(Model):
    """Why somebody turned to us, its id is the number people are told.

    `waiting_since` is the oldest thing they wrote that nobody answered, `promised_on` the day told them,
    `code` says at the desk whose it is, `void` means nobody turned to us (spam) and nothing counts.
    """

    id = fields.IntField(primary_key=True)
    person: Any = fields.ForeignKeyField(
        "inquiries.Person", related_name="inquiries", on_delete=fields.CASCADE
    )
    person_id: int
    opened_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    channel = fields.CharField(max_length=48)
    topic = fields.CharField(max_length=48, default="unknown")
    audience = fields.CharField(max_length=48, default="unknown")
    outcome = fields.CharField(max_length=48, default="open")
    language = fields.CharField(max_length=48, default="unknown")
    district = fields.CharField(max_length=48, default="unknown")
    new_case = fields.BooleanField(default=True)
    count_key = fields.CharField(max_length=32, default=count_key)
    referral = fields.CharField(max_length=48, default="unknown", db_default="unknown")
    code = fields.CharField(max_length=8, null=True)
    generation = fields.IntField(default=0, db_default=0)
    waiting_since = fields.DatetimeField(null=True, db_index=True)
    answered_at = fields.DatetimeField(null=True)
    promised_on = fields.DateField(null=True)
    assigned: Any = fields.ForeignKeyField(
        "office.Staff", related_name="assigned_inquiries", null=True, on_delete=fields.SET_NULL
    )
    assigned_id: int | None
    void = fields.BooleanField(default=False, db_default=False)
    school_type = fields.CharField(max_length=48, default="unknown", db_default="unknown")

    class Meta:
        table = "inquiry"
        unique_together = (("code",),)


class Contact(Model):
    """One exchange: a booking, a talk, a call. `key` makes it happen once."""

    id = fields.IntField(primary_key=True)
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="contacts", on_delete=fields.CASCADE
    )
    inquiry_id: int
    key = fields.CharField(max_length=64, unique=True)
    at = fields.DatetimeField()
    channel = fields.CharField(max_length=48)
    form = fields.CharField(max_length=48, default="unknown")
    duration = fields.CharField(max_length=48, default="unknown")
    void = fields.BooleanField(default=False)
    count_key = fields.CharField(max_length=32, default=count_key)

    class Meta:
        table = "contact"


class WritingKind(StrEnum):
    """Who wrote, to whom."""

    RECEIVED = "received"
    ANSWER = "answer"
    NOTE = "note"


class Writing(Model):
    """One thing written in an inquiry's thread, by the person, to the person, or among ourselves."""

    id = fields.IntField(primary_key=True)
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="writings", on_delete=fields.CASCADE
    )
    inquiry_id: int
    key = fields.CharField(max_length=64, unique=True)
    kind = fields.CharEnumField(WritingKind, max_length=16)
    at = fields.DatetimeField()
    author = fields.CharField(max_length=48)
    channel = fields.CharField(max_length=48)
    text = fields.TextField()

    class Meta:
        table = "writing"
        indexes = (("inquiry_id", "at"),)


class CaseNote(Model):
    """What a counsellor must remember of a case, apart from the thread and for few eyes, until `expires_on`."""

    id = fields.IntField(primary_key=True)
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="case_notes", on_delete=fields.CASCADE
    )
    inquiry_id: int
    key = fields.CharField(max_length=64, unique=True)
    at = fields.DatetimeField()
    author = fields.CharField(max_length=48)
    text = fields.TextField()
    expires_on = fields.DateField(db_index=True)

    class Meta:
        table = "case_note"
