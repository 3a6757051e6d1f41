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
COUNTER = Personal("to call out whose turn it is at the counter", timedelta(days=1), "they came")
BEGUN = Personal(
    "what one of us has begun to write, so that nothing typed is lost",
    timedelta(days=7),
    "somebody last typed",
)

PERSONAL: dict[str, Personal] = {
    **{f"Person.{column}": REACH for column in ("name", "call_name")},
    **{f"NameKey.{column}": REACH for column in ("person_id", "key")},
    **{
        f"Person.{column}": CASE
        for column in ("id", "language", "created_at", "count_key", "discreet", "no_information")
    },
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
            "follow_up_on",
            "merged_into_id",
        )
    },
    **{
        f"WalkIn.{column}": COUNTER
        for column in ("name", "language", "came_at", "taken_at", "taken_by_id", "left_at")
    },
    **{
        f"Draft.{column}": BEGUN
        for column in ("staff_id", "inquiry_id", "kind", "text", "channel", "how", "seen", "at")
    },
    **{
        f"Writing.{column}": CASE
        for column in ("inquiry_id", "key", "kind", "at", "author", "channel", "text", "participant_id")
    },
    **{
        f"Participant.{column}": CASE
        for column in ("inquiry_id", "part", "name", "email", "phone", "may_be_told", "added_at")
    },
    **{f"Upload.{column}": CASE for column in ("writing_id", "kind", "content", "size", "added_at")},
    **{
        f"Contact.{column}": CASE
        for column in ("inquiry_id", "key", "at", "channel", "form", "duration", "void", "count_key")
    },
}

PLAIN: frozenset[str] = frozenset(
    {
        *(
            f"{table}.id"
            for table in ("Address", "Contact", "Draft", "NameKey", "Participant", "WalkIn", "Writing")
        ),
        "Inquiry.generation",
        *(f"Upload.{column}" for column in ("id", "state", "reason", "checked_at")),
    }
)
