"""What came in as received, and the outbox: one row per message we owe somebody, with its fate."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class State(StrEnum):
    """queued → sending → sent (→ delivered, for SMS), or another end. `uncertain`: nobody knows whether it arrived."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    WITHHELD = "withheld"
    SUPERSEDED = "superseded"


class IncomingState(StrEnum):
    """stored → one of the ends. `unreadable` and `automatic` wait for somebody at the desk to look."""

    STORED = "stored"
    TAKEN = "taken"
    REPEATED = "repeated"
    DIALOGUE = "dialogue"
    RESPONSE = "response"
    AUTOMATIC = "automatic"
    UNREADABLE = "unreadable"
    SETTLED = "settled"


class Incoming(Model):
    """What came in, as received, stored before anybody parsed it, `key` makes it come in once.

    `digest` tells the same mail from another when it comes in twice. `sender` is an address or a number.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=120, unique=True)
    channel = fields.CharField(max_length=8)
    content = fields.BinaryField()
    digest = fields.CharField(max_length=64, default="", db_index=True)
    received_at = fields.DatetimeField()
    state = fields.CharEnumField(IncomingState, max_length=16, default=IncomingState.STORED)
    reason = fields.CharField(max_length=200, default="")
    sender = fields.CharField(max_length=254, default="", db_index=True)
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="incoming", null=True, on_delete=fields.CASCADE
    )
    inquiry_id: int | None
    writing: Any = fields.ForeignKeyField(
        "inquiries.Writing", related_name="incoming", null=True, on_delete=fields.CASCADE
    )
    writing_id: int | None

    class Meta:
        table = "incoming"
        indexes = (("state", "id"),)


class Mailbox(Model):
    """How far a mailbox was read: everything up to `uid` of this UIDVALIDITY is stored (RFC 9051 §2.3.1.1)."""

    name = fields.CharField(max_length=64, primary_key=True)
    uidvalidity = fields.BigIntField()
    uid = fields.BigIntField(default=0)
    read_at = fields.DatetimeField(null=True)
    trouble = fields.CharField(max_length=200, default="")

    class Meta:
        table = "mailbox"


class OptOut(Model):
    """A number that wants no SMS from us, kept as a keyed hash so that it outlives the person."""

    fingerprint = fields.CharField(max_length=32, primary_key=True)
    at = fields.DatetimeField()
    word = fields.CharField(max_length=16)

    class Meta:
        table = "opt_out"


class Message(Model):
    """What we owe whom, the text is rendered at sending and not kept. `key` makes it happen once.

    It is about an appointment, or about an inquiry (an answer is the `writing`), or replies to what came in
    from somebody we may not know; or about a `request` to an interpreter, an offer to who is `waiting`, the
    `confirmation` of an address, a `call_back`, a `referral`. It goes to one of: `address`, `staff`, the sender of
    `incoming`, the interpreter of `request`, a `participant`, the partner of `referral`.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=120, unique=True)
    text = fields.CharField(max_length=48)
    channel = fields.CharField(max_length=8, default="email")
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    appointment_id: int | None
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    inquiry_id: int | None
    writing: Any = fields.ForeignKeyField(
        "inquiries.Writing", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    writing_id: int | None
    incoming: Any = fields.ForeignKeyField(
        "channels.Incoming", related_name="replies", null=True, on_delete=fields.CASCADE
    )
    incoming_id: int | None
    request: Any = fields.ForeignKeyField(
        "booking.InterpreterRequest", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    request_id: int | None
    waiting: Any = fields.ForeignKeyField(
        "booking.Waiting", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    waiting_id: int | None
    confirmation: Any = fields.ForeignKeyField(
        "booking.Confirmation", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    confirmation_id: int | None
    call_back: Any = fields.ForeignKeyField(
        "booking.CallBack", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    call_back_id: int | None
    referral: Any = fields.ForeignKeyField(
        "inquiries.Referral", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    referral_id: int | None
    revision = fields.IntField()
    address: Any = fields.ForeignKeyField(
        "inquiries.Address", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    address_id: int | None
    staff: Any = fields.ForeignKeyField(
        "office.Staff", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    staff_id: int | None
    participant: Any = fields.ForeignKeyField(
        "inquiries.Participant", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    participant_id: int | None
    state = fields.CharEnumField(State, max_length=16, default=State.QUEUED)
    message_id = fields.CharField(max_length=200, db_index=True)
    provider_id = fields.CharField(max_length=64, default="", db_default="", db_index=True)
    segments = fields.IntField(default=0, db_default=0)
    created_at = fields.DatetimeField()
    not_before = fields.DatetimeField()
    claimed_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    delivered_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    repeats = fields.IntField(default=0)
    reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "message"
        indexes = (("state", "not_before"),)


class TextModule(Model):
    """An answer we give often, as it stands now; `texts` per language, `topic` is empty where it fits any."""

    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=100)
    texts: Any = fields.JSONField(default=dict)
    topic = fields.CharField(max_length=48, default="")
    active = fields.BooleanField(default=True)
    version = fields.IntField(default=1)
    saved_at = fields.DatetimeField()

    class Meta:
        table = "text_module"


class TextModuleVersion(Model):
    """A text module as it stood from `saved_at` on, this version among them, never changed."""

    id = fields.IntField(primary_key=True)
    module: Any = fields.ForeignKeyField(
        "channels.TextModule", related_name="versions", on_delete=fields.CASCADE
    )
    module_id: int
    version = fields.IntField()
    title = fields.CharField(max_length=100)
    texts: Any = fields.JSONField(default=dict)
    topic = fields.CharField(max_length=48, default="")
    active = fields.BooleanField(default=True)
    saved_at = fields.DatetimeField()

    class Meta:
        table = "text_module_version"
        unique_together = (("module", "version"),)


class ParkedForm(Model):
    """A form of the desk, half filled in, that one of us put aside while another phone rang."""

    id = fields.IntField(primary_key=True)
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="parked_forms", on_delete=fields.CASCADE)
    staff_id: int
    kind = fields.CharField(max_length=16)
    typed: Any = fields.JSONField(default=dict)
    parked_at = fields.DatetimeField()

    class Meta:
        table = "parked_form"
        indexes = (("staff_id", "parked_at"),)
