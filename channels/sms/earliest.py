"""The next free times, as few as an SMS has room for."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby

from booking import availability, services
from booking.availability import Slot
from booking.models import Service
from booking.services import Wish
from office.settings import current

MOST = 3


async def times(now: datetime) -> list[datetime]:
    """The first free time of each of the next few days on which the office's first service can be booked."""
    for service in await services.talks():
        days = groupby(
            await _free(service, now), key=lambda slot: slot.starts_at.astimezone(current().zone).date()
        )
        found = [next(slots).starts_at for _day, slots in days][:MOST]
        if found:
            return found
    return []


async def _free(service: Service, now: datetime) -> list[Slot]:
    """What can be booked one child, in the way it is usually done: in the first week of it, else at all."""
    wish, wanted = Wish(service.code, 1, service.modes[0]), None
    wanted = services.wanted(service, wish, now)
    for last in (wanted.not_before + timedelta(days=7), wanted.not_after):
        zone = current().zone
        first_day, last_day = now.astimezone(zone).date(), last.astimezone(zone).date()
        found = await availability.search(wish, first=first_day, last=last_day, now=now, zone=zone)
        if found:
            return found
    return []
