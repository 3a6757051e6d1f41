"""Where we meet, and the private calendar of each house.

Invariant: an address once given out ends when it is renewed.
"""

from __future__ import annotations

from datetime import datetime

from office import database, journal
from office.errors import NotFound
from office.models import Place

FEED = "place-feed"


async def all_places() -> dict[str, Place]:
    """Every place by its code, in the office's order."""
    return {place.code: place for place in await Place.all().order_by("position", "code")}


async def by_id(place_id: int) -> Place | None:
    """The place."""
    return await Place.get_or_none(id=place_id)


@database.verb
async def renew_feed(place_id: int, *, actor: str, now: datetime) -> None:
    """The calendar of this place has a new address, and the old one shows nothing. Raises `NotFound`."""
    place = await Place.select_for_update().get_or_none(id=place_id)
    if place is None:
        raise NotFound
    place.feed_generation += 1
    await place.save(update_fields=["feed_generation"])
    await journal.write("calendar.renewed", f"place:{place.id}", actor=actor, now=now)
