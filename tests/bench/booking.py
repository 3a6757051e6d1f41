"""Slots and bookings: how long somebody waits for the free times, and for theirs to be booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from statistics import median

from booking import appointments, availability, hours, slots
from booking.appointments import Booking
from booking.hours import Rule
from booking.intervals import Interval
from booking.models import Service
from booking.services import Wish
from tests.bench import offices
from tests.bench.measure import Row, once, typical
from tests.factories import NOW, ZONE, introduction
from tests.servers import Postgres

BOOKINGS = 30
FIRST = NOW.astimezone(ZONE).date()
LAST = FIRST + timedelta(weeks=offices.WEEKS)


async def slot_search(server: Postgres) -> list[Row]:
    """Six weeks, eight counsellors, half of their hours booked."""
    pure = await typical(_pure)
    rows = [Row("slots, pure", pure, None, "6 weeks × 8 counsellors")]
    for name, where in (("SQLite", None), ("PostgreSQL", server)):
        async with offices.opened(where):
            service = await offices.make_busy_office()
            took = await typical(lambda service=service: _search(service))
            rows.append(Row(f"slots, {name}", took, took / pure, "to pure"))
    return rows


async def _search(service: Service) -> list[availability.Slot]:
    return await availability.search(Wish(service.code), first=FIRST, last=LAST, now=NOW, zone=ZONE)


async def _pure() -> None:
    """What `_search` does once the rows are read."""
    rules = [Rule(day, time(9), time(16), date(2020, 1, 1), None, "linden") for day in range(5)]
    wanted = slots.Wanted(
        length=timedelta(minutes=45), buffer=timedelta(minutes=15), step=timedelta(minutes=15),
        not_before=NOW, not_after=NOW + timedelta(weeks=offices.WEEKS), service="school",
    )  # fmt: skip
    for counsellor in range(offices.COUNSELLORS):
        windows = hours.windows(rules, ZONE, FIRST, LAST)
        slots.starts(windows, [], list(_taken(windows, counsellor)), wanted)


def _taken(windows: list[hours.Window], counsellor: int) -> Iterator[Interval]:
    """Every second hour, another one for each counsellor."""
    for window in windows:
        for hour in range(counsellor % 2, 7, 2):
            starts_at = window.interval.starts_at + timedelta(hours=hour)
            yield Interval(starts_at, starts_at + timedelta(hours=1))


async def bookings(server: Postgres) -> list[Row]:
    """One booking after the other in an office half full; from the wish to the commit."""
    rows: list[Row] = []
    for name, where in (("SQLite", None), ("PostgreSQL", server)):
        async with offices.opened(where):
            service = await offices.make_busy_office()
            free = (await _search(service))[:: len(await _search(service)) // (BOOKINGS + 1)]
            took = median(
                [
                    await once(lambda slot=slot, service=service: _book(service, slot))
                    for slot in free[:BOOKINGS]
                ]
            )
            ratio, note = (took / rows[0].milliseconds, "to SQLite") if rows else (None, "hold and booking")
            rows.append(Row(f"book_slot, {name}", took, ratio, note))
    return rows


async def _book(service: Service, slot: availability.Slot) -> None:
    booking = Booking(introduction(), channel="web_booking")
    key = f"{slot.starts_at:%m%d%H%M}"
    await appointments.book_slot(Wish(service.code), slot.starts_at, booking, key=key, now=NOW, zone=ZONE)
