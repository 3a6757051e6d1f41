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


class NoInformation(StrEnum):
    """Why nobody else is told anything about a person, not even that they are here."""

    SEPARATED = "separated"
    PUPIL = "pupil"
    WISH = "wish"
    DANGER = "danger"


class Person(Model):
    """Somebody who turns to us, a first name or nickname is enough, and no name is fine, too.

    `discreet` outlives the addresses, so that a page behind a link stays locked when those are forgotten.
    `no_information` is why nobody else is told anything; empty if nobody said so.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200, default="")
    call_name = fields.CharField(max_length=200, default="")
    language = fields.CharField(max_length=8, default="de")
    created_at = fields.DatetimeField()
    count_key = fields.CharField(max_length=32, default=count_key)
    discreet = fields.BooleanField(default=False, db_default=False)
    no_information = fields.CharField(max_length=16, default="", db_default="")

    class Meta:
        table = "person"


class NameKey(Model):
    """One key of `inquiries.name_keys` by which a person's name is found, written with the name and gone with it.

    PostgreSQL compares `key` byte by byte (COLLATE "C"), as SQLite does: only then lies what begins alike together.
    """

    id = fields.BigIntField(primary_key=True)
    person: Any = fields.ForeignKeyField(
        "inquiries.Person", related_name="name_keys", on_delete=fields.CASCADE
    )
    person_id: int
    key = fields.CharField(max_length=40)

    class Meta:
        table = "name_key"
        unique_together = (("person", "key"),)
        indexes = (("key", "person_id"),)


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
    `follow_up_on` is the day we look at it again, `merged_into` the inquiry that was the same matter.
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
    follow_up_on = fields.DateField(null=True)
    merged_into: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="merged", null=True, on_delete=fields.SET_NULL
    )
    merged_into_id: int | None
    school_type = fields.CharField(max_length=48, default="unknown", db_default="unknown")

    class Meta:
        table = "inquiry"
        unique_together = (("code",),)
        indexes = (
            ("closed_at", "answered_at"),
            ("closed_at", "follow_up_on"),
            ("closed_at", "waiting_since"),
        )


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


class Part(StrEnum):
    """What somebody is in a matter of somebody else."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    PUPIL = "pupil"
    TEACHER = "teacher"
    SOCIAL_WORKER = "social_worker"
    INTERPRETER = "interpreter"
    OTHER = "other"


class Participant(Model):
    """Somebody else who takes part in an inquiry, with an address of their own, `may_be_told` is the person's word."""

    id = fields.IntField(primary_key=True)
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="participants", on_delete=fields.CASCADE
    )
    inquiry_id: int
    part = fields.CharEnumField(Part, max_length=16)
    name = fields.CharField(max_length=200, default="")
    email = fields.CharField(max_length=254, default="", db_index=True)
    phone = fields.CharField(max_length=32, default="", db_index=True)
    may_be_told = fields.BooleanField(default=False)
    added_at = fields.DatetimeField()

    class Meta:
        table = "participant"


class WritingKind(StrEnum):
    """Who wrote, to whom."""

    RECEIVED = "received"
    ANSWER = "answer"
    NOTE = "note"


class Writing(Model):
    """One thing written in an inquiry's thread, by the person, to the person, or among ourselves.

    A note with a `participant` is a letter to them, something received with one came from them: neither is ever shown
    to the person or to anybody else.
    """

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
    participant: Any = fields.ForeignKeyField(
        "inquiries.Participant", related_name="writings", null=True, on_delete=fields.SET_NULL
    )
    participant_id: int | None

    class Meta:
        table = "writing"
        indexes = (("inquiry_id", "at"),)


class UploadState(StrEnum):
    """stored → one of the ends. `unscanned`: no scanner is set, its form alone was checked."""

    STORED = "stored"
    CLEAN = "clean"
    UNSCANNED = "unscanned"
    REFUSED = "refused"


class Upload(Model):
    """A picture or a PDF that came with something written, or lies with an answer one of us has begun, as we keep it.

    `name` is what we called a file of ours; the name of one that somebody sent us is not kept.
    """

    id = fields.IntField(primary_key=True)
    writing: Any = fields.ForeignKeyField(
        "inquiries.Writing", related_name="uploads", null=True, on_delete=fields.CASCADE
    )
    writing_id: int | None
    draft: Any = fields.ForeignKeyField(
        "inquiries.Draft", related_name="uploads", null=True, on_delete=fields.CASCADE
    )
    draft_id: int | None
    name = fields.CharField(max_length=120, default="", db_default="")
    kind = fields.CharField(max_length=32)
    content = fields.BinaryField()
    size = fields.IntField()
    state = fields.CharEnumField(UploadState, max_length=16, default=UploadState.STORED)
    reason = fields.CharField(max_length=80, default="")
    added_at = fields.DatetimeField()
    checked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "upload"
        indexes = (("state", "id"),)


class WalkIn(Model):
    """Somebody who came without an appointment and waits at the counter, gone after a day."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200, default="")
    language = fields.CharField(max_length=48, default="de")
    came_at = fields.DatetimeField(db_index=True)
    taken_at = fields.DatetimeField(null=True)
    taken_by: Any = fields.ForeignKeyField(
        "office.Staff", related_name="walk_ins", null=True, on_delete=fields.SET_NULL
    )
    taken_by_id: int | None
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "walk_in"


class DraftKind(StrEnum):
    """What somebody has begun to write."""

    ANSWER = "answer"
    NOTE = "note"


class Draft(Model):
    """What one of us has begun to write about an inquiry, `seen` is the last writing they had before them."""

    id = fields.IntField(primary_key=True)
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="drafts", on_delete=fields.CASCADE)
    staff_id: int
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="drafts", on_delete=fields.CASCADE
    )
    inquiry_id: int
    kind = fields.CharEnumField(DraftKind, max_length=16)
    text = fields.TextField()
    channel = fields.CharField(max_length=48, default="")
    how = fields.CharField(max_length=16, default="")
    seen = fields.IntField(default=0)
    at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "draft"
        unique_together = (("staff", "inquiry", "kind"),)


class Agreement(StrEnum):
    """Whether a partner and we agreed to work together."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Partner(Model):
    """Another office we refer to, never deleted, only no longer `active`.

    `target` is what a referral there is counted as (catalogue `referral_target`). `public`: families see it, too.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200, unique=True)
    target = fields.CharField(max_length=48, default="other")
    offer = fields.CharField(max_length=300, default="")
    topics: Any = fields.JSONField(default=list)
    audiences: Any = fields.JSONField(default=list)
    languages: Any = fields.JSONField(default=list)
    hours = fields.CharField(max_length=300, default="")
    phone = fields.CharField(max_length=60, default="")
    email = fields.CharField(max_length=254, default="")
    web = fields.CharField(max_length=300, default="")
    agreement = fields.CharEnumField(Agreement, max_length=8, default=Agreement.UNKNOWN)
    agreed_on = fields.DateField(null=True)
    checked_on = fields.DateField(null=True)
    public = fields.BooleanField(default=False)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "partner"


class ReferralKind(StrEnum):
    """The family was told where to go, or the partner was told of them."""

    NAMED = "named"
    WARM = "warm"


class Consent(StrEnum):
    """How the person said that a partner may know of them; empty when none may."""

    NONE = ""
    SPOKEN = "spoken"
    WRITTEN = "written"


class Feedback(StrEnum):
    """What the partner says became of it; empty until they say something."""

    NONE = ""
    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    NO_PLACE = "no_place"


class Referral(Model):
    """Sending somebody on to a partner. `contact` and `note` are what a warm handover tells, until `ends_at`.

    `withdrawn_at` ends it at once. `looked_at`: somebody at the desk saw that it led nowhere.
    """

    id = fields.IntField(primary_key=True)
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="referrals", on_delete=fields.CASCADE
    )
    inquiry_id: int
    partner: Any = fields.ForeignKeyField(
        "inquiries.Partner", related_name="referrals", on_delete=fields.RESTRICT
    )
    partner_id: int
    key = fields.CharField(max_length=64, unique=True)
    kind = fields.CharEnumField(ReferralKind, max_length=8)
    at = fields.DatetimeField()
    author = fields.CharField(max_length=48)
    consent = fields.CharEnumField(Consent, max_length=8, default=Consent.NONE)
    contact = fields.CharField(max_length=300, default="")
    note = fields.TextField(default="")
    ends_at = fields.DatetimeField(null=True, db_index=True)
    withdrawn_at = fields.DatetimeField(null=True)
    feedback = fields.CharEnumField(Feedback, max_length=16, default=Feedback.NONE)
    feedback_at = fields.DatetimeField(null=True)
    looked_at = fields.DatetimeField(null=True)
    generation = fields.IntField(default=0)

    class Meta:
        table = "referral"


class Missing(StrEnum):
    """Why there is nobody to refer to."""

    FULL = "full"
    LANGUAGE = "language"
    NOWHERE = "nowhere"


class Gap(Model):
    """An offer that does not exist, in codes. It knows its day and nothing that leads to anybody."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=64, unique=True)
    day = fields.DateField(db_index=True)
    topic = fields.CharField(max_length=48)
    language = fields.CharField(max_length=48)
    district = fields.CharField(max_length=48)
    why = fields.CharEnumField(Missing, max_length=16)

    class Meta:
        table = "gap"


class TopicText(Model):
    """What we say in public about a topic, in one language; each saving is a version, the last one is shown.

    `title` is what families call it, `text` is Markdown; an empty one takes the topic off the public pages in this
    language.
    """

    id = fields.IntField(primary_key=True)
    topic = fields.CharField(max_length=48)
    language = fields.CharField(max_length=8)
    version = fields.IntField()
    title = fields.CharField(max_length=120)
    text = fields.TextField()
    at = fields.DatetimeField()
    author = fields.CharField(max_length=48)
    checked_on = fields.DateField()

    class Meta:
        table = "topic_text"
        unique_together = (("topic", "language", "version"),)


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
