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

HANDOVER = Personal(
    "to tell a partner, with the person's consent, whom to expect and why",
    timedelta(days=28),
    "the handover, or at once when it is withdrawn",
)
WRITTEN = Personal("to know who of us wrote what stands in public", timedelta(days=365), "it was written")
NOTED = Personal(
    "to remember what a case needs, for those who counsel in it only",
    timedelta(days=180),
    "it was written (by then at the latest, see CASE_NOTE_DAYS; or with the inquiry)",
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
            "school_type",
        )
    },
    **{
        f"WalkIn.{column}": COUNTER
        for column in ("name", "language", "came_at", "taken_at", "taken_by_id", "left_at")
    },
    **{f"CaseNote.{column}": NOTED for column in ("inquiry_id", "key", "at", "author", "text", "expires_on")},
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
    **{f"Upload.{column}": CASE for column in ("writing_id", "name", "kind", "content", "size", "added_at")},
    "Upload.draft_id": BEGUN,
    **{
        f"Contact.{column}": CASE
        for column in ("inquiry_id", "key", "at", "channel", "form", "duration", "void", "count_key")
    },
    **{
        f"Referral.{column}": CASE
        for column in (
            "inquiry_id",
            "partner_id",
            "key",
            "kind",
            "at",
            "author",
            "consent",
            "ends_at",
            "withdrawn_at",
            "feedback",
            "feedback_at",
            "looked_at",
        )
    },
    **{f"Referral.{column}": HANDOVER for column in ("contact", "note")},
    "TopicText.author": WRITTEN,
}

PARTNER = (
    "id", "name", "target", "offer", "topics", "audiences", "languages", "hours", "phone", "email", "web",
    "agreement", "agreed_on", "checked_on", "public", "active",
)  # fmt: skip
"""About an office, not about somebody who works there."""
NUMBERED = (
    "Address", "CaseNote", "Contact", "Draft", "NameKey", "Participant", "Referral", "WalkIn", "Writing",
)  # fmt: skip
PLAIN: frozenset[str] = frozenset(
    {
        *(f"{table}.id" for table in NUMBERED),
        *("Inquiry.generation", "Referral.generation"),
        *(f"Upload.{column}" for column in ("id", "state", "reason", "checked_at")),
        *(f"Partner.{column}" for column in PARTNER),
        *(f"Gap.{column}" for column in ("id", "key", "day", "topic", "language", "district", "why")),
        *(
            f"TopicText.{column}"
            for column in ("id", "topic", "language", "version", "title", "text", "at", "checked_on")
        ),
    }
)
