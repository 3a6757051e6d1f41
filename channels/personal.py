"""The personal columns of this room: what came in, and what we told whom, when. Our own texts are never kept."""

from __future__ import annotations

from datetime import timedelta

from office.personal import Personal

_SINCE = "the appointment took place or was cancelled (about a question: with the inquiry)"
TOLD = Personal("to know that a promised message went out", timedelta(days=14), _SINCE)

CAME = Personal(
    "to read and answer what somebody sent, as it came, and to show it did",
    timedelta(days=90),
    "it came in, once its inquiry is closed (without an inquiry: 30 days; unreadable and not yet looked at: 90)",
)
STOPPED = Personal("to send no SMS to who wants none", timedelta(days=3650), "they said stop")
PARKED = Personal(
    "to go on with a form that another call interrupted",
    timedelta(days=1),
    "it was put aside (gone as soon as it is finished)",
)
TEXT_MODULE = ("title", "texts", "topic", "active", "version", "saved_at")
"""The office's own words, written for nobody in particular."""

PERSONAL: dict[str, Personal] = {
    **{
        f"Incoming.{column}": CAME
        for column in (
            "key",
            "channel",
            "content",
            "digest",
            "received_at",
            "reason",
            "sender",
            "inquiry_id",
            "writing_id",
        )
    },
    **{f"ParkedForm.{column}": PARKED for column in ("staff_id", "typed", "parked_at")},
    **{f"OptOut.{column}": STOPPED for column in ("fingerprint", "at", "word")},
    **{
        f"Message.{column}": TOLD
        for column in (
            "key",
            "text",
            "channel",
            "appointment_id",
            "revision",
            "address_id",
            "staff_id",
            "participant_id",
            "message_id",
            "created_at",
            "not_before",
            "sent_at",
            "reason",
            "inquiry_id",
            "writing_id",
            "incoming_id",
            "provider_id",
            "delivered_at",
            "request_id",
            "waiting_id",
            "confirmation_id",
            "call_back_id",
            "referral_id",
        )
    },
}

PLAIN: frozenset[str] = frozenset(
    {
        *(f"Message.{column}" for column in ("id", "state", "claimed_at", "attempts", "repeats", "segments")),
        *("ParkedForm.id", "ParkedForm.kind"),
        *("Incoming.id", "Incoming.state"),
        *(f"TextModule.{column}" for column in ("id", *TEXT_MODULE)),
        *(f"TextModuleVersion.{column}" for column in ("id", "module_id", *TEXT_MODULE)),
        *(f"Mailbox.{column}" for column in ("name", "uidvalidity", "uid", "read_at", "trouble")),
    }
)
