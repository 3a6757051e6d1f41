"""The office's tables: staff, places, catalogues, closing days, the journal and what is due of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class Role(StrEnum):
    """What somebody does here decides what they see."""

    COUNSELLOR = "counsellor"
    RECEPTION = "reception"
    LEAD = "lead"
    ADMIN = "admin"


class Staff(Model):
    """Somebody who works here, `code` is short, permanent and shown in calendars.

    With `password_once` they choose a password of their own before they see anything else.
    `deputy` looks after their cases while they are away.
    """

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=16, unique=True)
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254, unique=True)
    role = fields.CharEnumField(Role, max_length=16)
    password_hash = fields.CharField(max_length=200, default="")
    languages: Any = fields.JSONField(default=list)
    active = fields.BooleanField(default=True)
    log_in_generation = fields.IntField(default=0)
    feed_generation = fields.IntField(default=0)
    most_talks = fields.IntField(default=8, db_default=8)
    break_after_minutes = fields.IntField(default=360, db_default=360)
    break_minutes = fields.IntField(default=30, db_default=30)
    password_once = fields.BooleanField(default=False, db_default=False)
    deputy: Any = fields.ForeignKeyField(
        "office.Staff", related_name="stands_in_for", null=True, on_delete=fields.SET_NULL
    )
    deputy_id: int | None

    class Meta:
        table = "staff"


class Place(Model):
    """Where we meet; texts per language live in `details`: {"address": …, "directions": …}.

    One that is not `active` is offered for nothing new; what was agreed for it stays.
    """

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=32, unique=True)
    name = fields.CharField(max_length=200)
    address = fields.CharField(max_length=200, default="")
    details: Any = fields.JSONField(default=dict)
    position = fields.IntField(default=0)
    feed_generation = fields.IntField(default=0, db_default=0)
    active = fields.BooleanField(default=True, db_default=True)

    class Meta:
        table = "place"


class OpenHours(Model):
    """A weekly open consultation hour at a place, for whoever comes: shown, never bookable. Wall clock."""

    id = fields.IntField(primary_key=True)
    place = fields.CharField(max_length=32)
    weekday = fields.IntField()
    starts_minute = fields.IntField()
    ends_minute = fields.IntField()
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)

    class Meta:
        table = "open_hours"


class Season(Model):
    """Days, first and last included, with hours of their own, a `banner` per language, and maybe a longer promise."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100)
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    promise_days = fields.IntField(null=True)
    banner: Any = fields.JSONField(default=dict)

    class Meta:
        table = "season"


class CatalogueEntry(Model):
    """One value of one catalogue in one period of validity, the code is permanent."""

    id = fields.IntField(primary_key=True)
    catalogue = fields.CharField(max_length=32)
    code = fields.CharField(max_length=48)
    parent = fields.CharField(max_length=48, default="")
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    maps_to = fields.CharField(max_length=48, default="")
    labels: Any = fields.JSONField(default=dict)
    position = fields.IntField(default=0)

    class Meta:
        table = "catalogue_entry"
        unique_together = (("catalogue", "code", "valid_from"),)


class DayKind(StrEnum):
    """Why a day is in the table of closing days, school holidays alone close nothing."""

    PUBLIC = "public"
    SCHOOL = "school"
    LOCAL = "local"


class ClosingDay(Model):
    """A day the calendar or the office marks, only `closed` decides whether anything is bookable."""

    id = fields.IntField(primary_key=True)
    day = fields.DateField()
    kind = fields.CharEnumField(DayKind, max_length=16)
    name = fields.CharField(max_length=200)
    closed = fields.BooleanField(default=True)

    class Meta:
        table = "closing_day"
        unique_together = (("day", "kind"),)


class JournalEntry(Model):
    """What happened: identifiers and codes only. `pending` until fanned out into due reactions."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    kind = fields.CharField(max_length=48)
    actor = fields.CharField(max_length=48)
    subject = fields.CharField(max_length=48)
    details: Any = fields.JSONField(default=dict)
    pending = fields.BooleanField(default=True, db_index=True)

    class Meta:
        table = "journal"
        indexes = (("subject",),)


class Due(Model):
    """One reaction still owed to one entry, gone together with its effect, a card after five failures."""

    id = fields.BigIntField(primary_key=True)
    entry: Any = fields.ForeignKeyField("office.JournalEntry", related_name="due", on_delete=fields.CASCADE)
    entry_id: int
    reaction = fields.CharField(max_length=48)
    subject = fields.CharField(max_length=48)
    attempts = fields.IntField(default=0)
    not_before = fields.DatetimeField()
    card = fields.BooleanField(default=False)
    reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "due"
        unique_together = (("entry", "reaction"),)
        indexes = (("subject", "reaction"), ("card", "not_before"))


class AuditEntry(Model):
    """Somebody looked at or did something, kept apart from the journal, with its own period.

    `purpose` is the code of why they might, `reason` what they wrote where one was asked for.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=48)
    action = fields.CharField(max_length=48)
    subject = fields.CharField(max_length=48)
    purpose = fields.CharField(max_length=16, default="", db_default="")
    reason = fields.CharField(max_length=200, default="", db_default="")

    class Meta:
        table = "audit"
        indexes = (("at",), ("subject",))


class Edit(Model):
    """Somebody changed how the office is run: `changes` says field → [before, after], of people [] alone.

    The first edit of a thing that was made at the desk is marked `made`.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=48)
    subject = fields.CharField(max_length=48)
    made = fields.BooleanField(default=False)
    changes: Any = fields.JSONField(default=dict)

    class Meta:
        table = "edit"
        indexes = (("subject",), ("at",))
