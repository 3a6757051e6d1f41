"""Who waits at the counter of the demonstration, without an appointment.

Invariant: every row the verb would have written is there, and nothing of it is pending.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from inquiries.models import WalkIn
from office.models import JournalEntry

BY = "staff:kl"
WAITING = ((24, "Мария Петрова", "bg"), (9, "", "ar"))
"""(minutes, name or nothing, language), the first to come first."""


async def fill(now: datetime) -> None:
    """They came some minutes before `now`, and nobody has taken them yet."""
    for minutes, name, language in WAITING:
        at = now - timedelta(minutes=minutes)
        one = await WalkIn.create(name=name, language=language, came_at=at)
        await JournalEntry.create(
            at=at, kind="walk_in.came", actor=BY, subject=f"walk_in:{one.id}", details={}, pending=False
        )
