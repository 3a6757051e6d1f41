"""A stored mail becomes a contact in its thread, a response of a calendar, something automatic, or a card."""

from __future__ import annotations

from datetime import datetime

from channels import incoming
from channels.models import Incoming, IncomingState


async def take_in(stored: Incoming, now: datetime) -> None:
    """Read this mail; afterwards its state says what became of it."""
    await incoming.ended(stored, IncomingState.UNREADABLE, reason="not_read_yet")
