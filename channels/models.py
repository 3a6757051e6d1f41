"""The outbox: one row per message we owe somebody, with its fate."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class State(StrEnum):
    """queued → sending → sent, or one of the other ends. `uncertain`: nobody knows whether it arrived."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    WITHHELD = "withheld"
    SUPERSEDED = "superseded"


class Message(Model):
    """What we owe whom, the text is rendered at sending and not kept. `key` makes it happen once."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=120, unique=True)
    text = fields.CharField(max_length=48)
    channel = fields.CharField(max_length=8, default="email")
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="messages", on_delete=fields.CASCADE
    )
    appointment_id: int
    revision = fields.IntField()
    address: Any = fields.ForeignKeyField(
        "inquiries.Address", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    address_id: int | None
    staff: Any = fields.ForeignKeyField(
        "office.Staff", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    staff_id: int | None
    state = fields.CharEnumField(State, max_length=16, default=State.QUEUED)
    message_id = fields.CharField(max_length=200)
    created_at = fields.DatetimeField()
    not_before = fields.DatetimeField()
    claimed_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    repeats = fields.IntField(default=0)
    reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "message"
        indexes = (("state", "not_before"),)
