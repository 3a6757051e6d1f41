"""Which columns are about a person, why we have them and for how long; one such file per room.

Invariant: every column of a room stands in `PERSONAL` or in `PLAIN`; a test fails for one nobody declared.
Periods are counted from the moment named in `since` (DIN 66398: deletion rule = start + period).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Personal:
    """One personal column: purpose, period, and what starts the period."""

    purpose: str
    period: timedelta
    since: str


EMPLOYMENT = Personal("staff log in and are shown to colleagues", timedelta(days=30), "end of employment")
JOURNAL = Personal("what happened, pseudonymous, to react to and to explain", timedelta(days=365), "entry")
AUDIT = Personal("who looked at what, to protect confidentiality", timedelta(days=365), "entry")
EDIT = Personal("who changed how the office is run, from what to what", timedelta(days=730), "entry")

PERSONAL: dict[str, Personal] = {
    **{
        f"Staff.{column}": EMPLOYMENT
        for column in ("name", "email", "code", "password_hash", "languages", "role")
    },
    **{
        f"Staff.{column}": EMPLOYMENT
        for column in ("most_talks", "break_after_minutes", "break_minutes", "deputy_id")
    },
    **{f"JournalEntry.{column}": JOURNAL for column in ("actor", "subject", "details", "at")},
    **{f"AuditEntry.{column}": AUDIT for column in ("actor", "subject", "at", "action", "purpose", "reason")},
    **{f"Edit.{column}": EDIT for column in ("actor", "at", "subject", "changes")},
    **{f"Due.{column}": JOURNAL for column in ("subject", "entry_id")},
}

PLAIN: frozenset[str] = frozenset(
    {
        *(
            f"Staff.{column}"
            for column in ("id", "active", "log_in_generation", "feed_generation", "password_once")
        ),
        *(
            f"Place.{column}"
            for column in (
                "id",
                "code",
                "name",
                "address",
                "details",
                "position",
                "feed_generation",
                "active",
            )
        ),
        *(
            f"OpenHours.{column}"
            for column in ("id", "place", "weekday", "starts_minute", "ends_minute", "valid_from", "valid_to")
        ),
        *(f"Season.{column}" for column in ("id", "name", "starts_on", "ends_on", "promise_days", "banner")),
        *(
            f"CatalogueEntry.{column}"
            for column in (
                "id",
                "catalogue",
                "code",
                "parent",
                "valid_from",
                "valid_to",
                "maps_to",
                "labels",
                "position",
            )
        ),
        *(f"ClosingDay.{column}" for column in ("id", "day", "kind", "name", "closed")),
        *(f"JournalEntry.{column}" for column in ("id", "kind", "pending")),
        *(f"Due.{column}" for column in ("id", "reaction", "attempts", "not_before", "card", "reason")),
        "AuditEntry.id",
        *("Edit.id", "Edit.made"),
    }
)
