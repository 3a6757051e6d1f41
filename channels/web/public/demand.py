"""What people look for and do not find, told to the figures: once an hour per client and wish.

Invariant: who looked is nowhere; only a keyed hash of client and wish is remembered, for an hour.
"""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request

from booking import unmet
from booking.services import Wish
from channels.web import rate


async def unmet_by(request: Request, wish: Wish, now: datetime) -> None:
    """Nothing is free for this wish. Who asks for one counsellor only is not counted: others may be free."""
    if wish.counsellor:
        return
    parts = (wish.service, wish.children, wish.mode, wish.language, wish.interpreter)
    if await rate.first(request, "unmet", ":".join(map(str, parts))):
        await unmet.note(wish, now=now)
