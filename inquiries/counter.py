"""Who waits at the counter now, without an appointment: added by reception, taken by a counsellor, gone.

Invariant: it counts nothing (what was said counts when it is written down), and is forgotten after a day.
"""

from __future__ import annotations

from datetime import datetime

from inquiries.models import WalkIn
from office import database, journal
from office.errors import NotFound, Refused


class Taken(Refused):
    """A colleague has taken them already."""


@database.verb
async def came(name: str, language: str, *, actor: str, now: datetime) -> WalkIn:
    """Somebody waits; a name is not needed."""
    found = await WalkIn.create(name=name, language=language, came_at=now)
    await journal.write("walk_in.came", _subject(found), actor=actor, now=now)
    return found


@database.verb
async def take(walk_in_id: int, staff_id: int, *, actor: str, now: datetime) -> WalkIn:
    """This counsellor sees to them. Idempotent. Raises `NotFound`, and `Taken` if somebody else does already."""
    found = await _locked(walk_in_id)
    if found.taken_by_id == staff_id:
        return found
    if found.taken_at:
        raise Taken
    found.taken_by_id, found.taken_at = staff_id, now
    await found.save()
    await journal.write("walk_in.taken", _subject(found), actor=actor, now=now)
    return found


@database.verb
async def left(walk_in_id: int, *, actor: str, now: datetime) -> None:
    """They are gone: they were helped, or did not want to wait. Idempotent. Raises `NotFound`."""
    found = await _locked(walk_in_id)
    if found.left_at:
        return
    found.left_at = now
    await found.save()
    await journal.write("walk_in.left", _subject(found), actor=actor, now=now)


async def waiting(since: datetime) -> list[WalkIn]:
    """Who came after this moment and is still here, the first to come first, with who has taken them."""
    here = WalkIn.filter(came_at__gte=since, left_at=None)
    return await here.order_by("came_at", "id").prefetch_related("taken_by")


async def by_id(walk_in_id: int) -> WalkIn | None:
    """Somebody at the counter; None when they are forgotten."""
    return await WalkIn.get_or_none(id=walk_in_id)


async def _locked(walk_in_id: int) -> WalkIn:
    found = await WalkIn.select_for_update().get_or_none(id=walk_in_id)
    if found is None:
        raise NotFound
    return found


def _subject(found: WalkIn) -> str:
    return f"walk_in:{found.id}"
