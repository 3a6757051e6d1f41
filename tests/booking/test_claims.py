"""Cells have one owner: who changes a calendar first, the others wait; who comes late gets none."""

from __future__ import annotations

import asyncio
import contextvars
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from booking import appointments, claims, errors, holds, moves
from booking.appointments import Booking
from booking.models import Appointment, Claim, Hold, Mode
from booking.services import Wish
from office import database as office_database
from office import journal
from tests.factories import (
    NOW,
    WEDNESDAY,
    ZONE,
    introduction,
    local,
    make_appointment,
    make_office,
    make_staff,
)

pytestmark = pytest.mark.usefixtures("database")
TEN, ELEVEN, HOUR = local(WEDNESDAY, 10), local(WEDNESDAY, 11), timedelta(hours=1)
several_writers = pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # SQLite has one at a time


async def test_who_wants_a_cell_that_has_an_owner_gets_none() -> None:
    booked = await make_appointment(starts_at=TEN)
    last = booked.claimed_until - timedelta(minutes=5)
    late = await Hold.create(
        key="late", service_id=booked.service_id, staff_id=booked.staff_id, place="linden", mode=Mode.OFFICE,
        starts_at=last, ends_at=ELEVEN + HOUR, claimed_until=ELEVEN + HOUR, expires_at=ELEVEN,
    )  # fmt: skip
    with pytest.raises(errors.SlotTaken):
        async with in_transaction(office_database.MAIN):
            await claims.take(late)
    assert await Claim.filter(hold_id=late.id).count() == 0


async def test_a_calendar_is_changed_by_one_at_a_time() -> None:
    member = await make_staff()
    order: list[str] = []
    locked = asyncio.Event()

    async def first() -> None:
        async with in_transaction(office_database.MAIN):
            await claims.lock(member.id)
            locked.set()
            await asyncio.sleep(0.2)
            order.append("first")

    async def second() -> None:
        await locked.wait()
        async with in_transaction(office_database.MAIN):
            await claims.lock(member.id)
            order.append("second")

    await asyncio.gather(first(), second())
    assert order == ["first", "second"]


@several_writers
async def test_who_may_choose_does_not_wait_for_a_calendar_that_is_being_changed() -> None:
    first, second = await make_staff(), await make_staff()

    async def choose() -> int:
        async with in_transaction(office_database.MAIN):
            return (await claims.lock_free([first.id, second.id])).id

    async with in_transaction(office_database.MAIN):
        await claims.lock(first.id)
        chosen = await asyncio.create_task(choose(), context=contextvars.Context())
    assert chosen == second.id
    assert await choose() == first.id


async def test_expired_hold_gives_way_to_who_moves() -> None:
    service = await make_office()
    booked = await make_appointment(service)
    await holds.place(Wish(service.code), ELEVEN, key="slow", now=NOW, zone=ZONE)
    later = NOW + holds.LASTS
    moved = await moves.move(booked.id, ELEVEN, actor=journal.PERSON, now=later, zone=ZONE)
    assert moved.starts_at == ELEVEN
    assert await claims.differences() == []


@several_writers
async def test_limit_holds_for_bookings_with_different_counsellors_at_once() -> None:
    service = await make_office(counsellors=6, per_person=2)
    who = introduction()
    await make_appointment(service, who=who, starts_at=TEN)
    codes = [(await offering.staff).code for offering in await service.offerings.all()]
    for code in codes:
        wish = Wish(service.code, counsellor=code)
        await holds.place(wish, ELEVEN, key=f"key of {code}", now=NOW, zone=ZONE)
    await asyncio.gather(*(Hold.all().count() for _ in codes))  # opens a connection for each of them
    booking = Booking(who, "web_booking")
    results = await asyncio.gather(
        *(appointments.book(f"key of {code}", booking, now=NOW) for code in codes), return_exceptions=True
    )
    assert sum(isinstance(result, Appointment) for result in results) == 1
    assert sum(isinstance(result, errors.TooManyAppointments) for result in results) == len(codes) - 1


async def test_holds_nobody_used_go_with_their_cells() -> None:
    service = await make_office()
    await holds.place(Wish(service.code), TEN, key="left", now=NOW, zone=ZONE)
    await holds.drop_all_expired(NOW + holds.LASTS)
    assert await Hold.all().count() == 1  # who is slow by a minute may still book
    await holds.drop_all_expired(NOW + HOUR)
    assert await Hold.all().count() == await Claim.all().count() == 0


async def test_twin_that_was_faster_is_not_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    service, who, place = await make_office(), introduction(), holds.place

    async def after_the_twin(*wish: Any, **more: Any) -> Hold:
        monkeypatch.undo()
        await make_appointment(service, who=who, starts_at=TEN, key="k")
        return await place(*wish, **more)

    monkeypatch.setattr(holds, "place", after_the_twin)
    booked = await make_appointment(service, who=who, starts_at=TEN, key="k")
    assert (await Appointment.get()).id == booked.id
    assert await Hold.all().count() == 0
