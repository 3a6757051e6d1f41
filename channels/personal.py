"""The personal columns of this room: what we told whom, when. The text itself is never kept."""

from __future__ import annotations

from datetime import timedelta

from office.personal import Personal

TOLD = Personal("to know that a promised message went out", timedelta(days=14), "the appointment took place")

PERSONAL: dict[str, Personal] = {
    f"Message.{column}": TOLD
    for column in (
        "key",
        "text",
        "channel",
        "appointment_id",
        "revision",
        "address_id",
        "staff_id",
        "message_id",
        "created_at",
        "not_before",
        "sent_at",
        "reason",
    )
}

PLAIN: frozenset[str] = frozenset(
    f"Message.{column}" for column in ("id", "state", "claimed_at", "attempts", "repeats")
)
