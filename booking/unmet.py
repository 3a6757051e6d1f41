"""A search that found nothing: what somebody wished for, and nothing about who.

Invariant: the entry holds codes and a random key; it leads to nobody.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from booking import services
from booking.services import Wish
from office import database, journal

NOTED = "search.unmet"


@database.verb
async def note(wish: Wish, *, now: datetime) -> None:
    """It is written down that nothing was free for this wish. Raises `NoSuchService`."""
    service = await services.by_code(wish.service)
    details: dict[str, str | bool] = {
        "key": secrets.token_hex(16),
        "mode": str(wish.mode),
        "language": wish.language,
        "interpreter": wish.interpreter,
    }
    await journal.write(NOTED, f"service:{service.id}", actor=journal.PERSON, now=now, details=details)
