"""The personal columns of this room: who turned to us, how to reach them, and why they came."""

from __future__ import annotations

from datetime import timedelta

from office.personal import Personal

REACH = Personal(
    "to reach the person about their appointment or question",
    timedelta(days=14),
    "the last appointment took place and no question is open (without one: with the inquiry)",
)
CASE = Personal(
    "to counsel, and to go on where the last talk ended",
    timedelta(days=90),
    "the last inquiry was closed (never closed: 180 days after the last contact)",
)
NOTED = Personal(
    "to remember what a case needs, for those who counsel in it only",
    timedelta(days=180),
    "it was written (by then at the latest, see CASE_NOTE_DAYS; or with the inquiry)",
)

PERSONAL: dict[str, Personal] = {
    **{f"Person.{column}": REACH for column in ("name", "call_name")},
    **{f"Person.{column}": CASE for column in ("id", "language", "created_at", "count_key", "discreet")},
    **{
        f"Address.{column}": REACH
        for column in (
            "person_id",
            "kind",
            "value",
            "read_by_others",
            "verified_at",
            "bounced_at",
            "opted_out_at",
        )
    },
    **{
        f"Inquiry.{column}": CASE
        for column in (
            "id",
            "person_id",
            "opened_at",
            "closed_at",
            "channel",
            "topic",
            "audience",
            "outcome",
            "language",
            "district",
            "new_case",
            "count_key",
            "referral",
            "code",
            "waiting_since",
            "answered_at",
            "promised_on",
            "assigned_id",
            "void",
            "school_type",
        )
    },
    **{
        f"Writing.{column}": CASE
        for column in ("inquiry_id", "key", "kind", "at", "author", "channel", "text")
    },
    **{f"CaseNote.{column}": NOTED for column in ("inquiry_id", "key", "at", "author", "text", "expires_on")},
    **{
        f"Contact.{column}": CASE
        for column in ("inquiry_id", "key", "at", "channel", "form", "duration", "void", "count_key")
    },
}

PLAIN: frozenset[str] = frozenset(
    {"Address.id", "CaseNote.id", "Contact.id", "Inquiry.generation", "Writing.id"}
)
