"""A stored SMS becomes an act of a dialogue, or a contact in its thread."""

from __future__ import annotations

from datetime import datetime

from channels import incoming
from channels.models import Incoming, IncomingState


async def take_in(stored: Incoming, now: datetime) -> None:
    """Read this SMS; afterwards its state says what became of it."""
    await incoming.ended(stored, IncomingState.UNREADABLE, reason="not_read_yet")
