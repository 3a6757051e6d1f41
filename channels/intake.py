"""Taking in what was stored: each channel reads its own.

Invariant: taken in twice is taken in once; what nobody can read becomes a card, it never stops the others.
"""

from __future__ import annotations

from datetime import datetime

from channels.email import intake as email_intake
from channels.models import Incoming, IncomingState
from channels.sms import intake as sms_intake

READERS = {"email": email_intake.take_in, "sms": sms_intake.take_in}


async def take_in(incoming_id: int, now: datetime) -> None:
    """Read what was stored; nothing happens if that was done before, or if it was erased since."""
    stored = await Incoming.get_or_none(id=incoming_id)
    if stored is not None and stored.state is IncomingState.STORED:
        await READERS[stored.channel](stored, now)
