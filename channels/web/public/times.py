"""Free times as the pages show them: by day, a few days a page, and the nearest to a time that is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from booking import availability, services
from booking.availability import Slot
from booking.models import Service
from booking.services import Wish
from office.settings import current

DAYS_A_PAGE = 5
ALTERNATIVES = 8
SOON = timedelta(days=7)

Day = tuple[date, list[Slot]]


@dataclass(frozen=True, slots=True)
class Page:
    """A few days with free times; `earlier` and `later` are the days the neighbouring pages begin with."""

    days: list[Day]
    earlier: date | None
    later: date | None


async def free(wish: Wish, now: datetime) -> list[Slot]:
    """Everything that can be booked for this wish, by time. Raises `NoSuchService`, `NotOffered`."""
    zone, service = current().zone, await services.by_code(wish.service)
    last = services.wanted(service, wish, now).not_after
    return await availability.search(
        wish, first=_day(now), last=last.astimezone(zone).date(), now=now, zone=zone
    )


async def first(service: Service, now: datetime) -> list[Slot]:
    """The free times of the next days, or, when there are none, of all days this service can be booked."""
    wish = Wish(service.code, 1, service.modes[0])
    soon = services.wanted(service, wish, now).not_before + SOON
    found = await availability.search(wish, first=_day(now), last=_day(soon), now=now, zone=current().zone)
    return found or await free(wish, now)


def page(slots: Iterable[Slot], begin: date) -> Page:
    """The days from `begin` on, `DAYS_A_PAGE` of them."""
    days = by_day(slots)
    before = [day for day, _free in days if day < begin]
    after = [(day, found) for day, found in days if day >= begin]
    return Page(
        days=after[:DAYS_A_PAGE],
        earlier=before[-DAYS_A_PAGE:][0] if before else None,
        later=after[DAYS_A_PAGE][0] if len(after) > DAYS_A_PAGE else None,
    )


def nearest(slots: Iterable[Slot], starts_at: datetime) -> list[Day]:
    """The few free times nearest to one that is gone, by day."""
    close = sorted(slots, key=lambda slot: abs(slot.starts_at - starts_at))[:ALTERNATIVES]
    return by_day(sorted(close, key=lambda slot: slot.starts_at))


def by_day(slots: Iterable[Slot]) -> list[Day]:
    """Slots, ordered by time, under their local days."""
    return [(day, list(found)) for day, found in groupby(slots, key=lambda slot: _day(slot.starts_at))]


def _day(moment: datetime) -> date:
    return moment.astimezone(current().zone).date()
