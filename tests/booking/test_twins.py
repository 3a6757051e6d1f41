"""The same booking, said twice at the same moment: whoever comes second gets what the first one got."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from booking import appointments, availability, claims, holds
from booking.appointments import Booking
from booking.models import Appointment, Hold, Mode, Service
from booking.services import Wish
from office.settings import Settings
from tests.factories import NOW, WEDNESDAY, ZONE, introduction, local, make_office

NINE = local(WEDNESDAY, 9)
KEY = "one-key-of-two-twins"


async def book(service: Service) -> Appointment:
    booking = Booking(introduction(email="kevin@example.org"), "web_booking")
    wish = Wish(service.code, mode=Mode.OFFICE)
    return await appointments.book_slot(wish, NINE, booking, key=KEY, now=NOW, zone=ZONE)


async def hold(service: Service) -> Hold:
    return await holds.place(Wish(service.code, mode=Mode.OFFICE), NINE, key=KEY, now=NOW, zone=ZONE)


def come_between(monkeypatch: pytest.MonkeyPatch, twin: Callable[[], Awaitable[Any]]) -> None:
    """The twin does its part after the other one has looked for the key, and before it looks for the time."""
    look = availability.candidates

    async def late(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(availability, "candidates", look)
        await twin()
        return await look(*args, **kwargs)

    monkeypatch.setattr(availability, "candidates", late)


@pytest.mark.parametrize("counsellors", [1, 2])
@pytest.mark.parametrize("part", [book, hold])
async def test_a_twin_in_between_is_the_same_booking(
    database: Settings, monkeypatch: pytest.MonkeyPatch, part: Any, counsellors: int
) -> None:
    service = await make_office(counsellors=counsellors)
    come_between(monkeypatch, lambda: part(service))
    booked = await book(service)
    assert [one.id for one in await Appointment.all()] == [booked.id]
    assert not await Hold.all().exists() and await claims.differences() == []


async def test_twins_at_the_same_moment_are_the_same_booking(database: Settings) -> None:
    service = await make_office(counsellors=3, per_person=1)
    await asyncio.gather(*(Hold.all().count() for _ in range(3)))  # opens a connection for each of them
    booked = await asyncio.gather(book(service), book(service), book(service))
    assert len({one.id for one in booked}) == 1 == await Appointment.all().count()


async def test_a_twin_that_books_between_two_looks_is_the_same_booking(
    database: Settings, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """PostgreSQL shows each statement what was committed until then: no appointment yet, and no hold any more."""
    if engine == "sqlite":
        pytest.skip("one writer at a time")
    await hold(await make_office())
    look = Hold.get_or_none

    async def late(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(Hold, "get_or_none", look)
        twins.append(await asyncio.create_task(twin(), context=contextvars.Context()))
        return await look(*args, **kwargs)

    async def twin() -> Appointment:
        return await appointments.book(KEY, Booking(introduction(), "web_booking"), now=NOW)

    twins: list[Appointment] = []
    monkeypatch.setattr(Hold, "get_or_none", late)
    booked = await twin()
    assert [booked.id] == [one.id for one in twins] and await Appointment.all().count() == 1
