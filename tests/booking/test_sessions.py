"""Group evenings: seats are never oversold, and whoever calls one off tells every seat."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from booking import appointments, availability, claims, errors, moves, sessions
from booking.appointments import Booking
from booking.models import Appointment, Claim, Hold, Offering, Room, SeatClaim, Service, Session, Status
from booking.services import Wish
from office import closing_days, journal
from office.errors import Invalid
from office.models import JournalEntry
from tests.factories import (
    NOW,
    WEDNESDAY,
    ZONE,
    introduction,
    local,
    make_absence,
    make_appointment,
    make_office,
    make_service,
)

pytestmark = pytest.mark.usefixtures("database")
EVENING = local(WEDNESDAY, 18)
OFFICE = "staff:le"


async def make_session(*, seats: int = 3, **service: object) -> Session:
    """An evening of ninety minutes on Wednesday."""
    talks = await make_office()
    [offering] = await Offering.filter(service=talks)
    group = await make_service(await offering.staff, **{"group": True, "minutes": 90, **service})
    return await sessions.plan(
        group, offering.staff_id, place="linden", starts_at=EVENING, seats=seats, actor=OFFICE, now=NOW
    )


async def book_seats(session: Session, seats: int, key: str) -> Appointment:
    await sessions.hold_seats(session.id, seats, key=key, now=NOW)
    return await appointments.book(key, Booking(introduction(), channel="web_booking"), now=NOW)


async def free(session: Session) -> int:
    [evening] = await sessions.upcoming(await Service.get(id=session.service_id), NOW)
    return evening.free


async def test_booked_seats_are_taken_and_cancelled_ones_free_again() -> None:
    session = await make_session()
    booked = await book_seats(session, 2, "k")
    assert (booked.seats, booked.session_id, booked.starts_at) == (2, session.id, EVENING)
    assert await free(session) == 1
    assert await claims.differences() == []
    await appointments.cancel(booked.id, actor=journal.PERSON, now=NOW)
    assert await free(session) == 3
    assert await claims.differences() == []


async def test_more_seats_than_are_free_are_refused() -> None:
    session = await make_session()
    await book_seats(session, 2, "k")
    with pytest.raises(errors.SlotTaken):
        await sessions.hold_seats(session.id, 2, key="late", now=NOW)
    assert await Hold.all().count() == 0


async def test_parallel_bookers_never_get_more_seats_than_there_are() -> None:
    session = await make_session(seats=7)
    results = await asyncio.gather(
        *(book_seats(session, 1 + number % 3, f"k{number}") for number in range(12)), return_exceptions=True
    )
    booked = [one for one in results if isinstance(one, Appointment)]
    assert all(isinstance(one, Appointment | errors.SlotTaken) for one in results)
    assert sum(one.seats for one in booked) == await SeatClaim.all().count() <= 7
    assert await free(session) == 7 - sum(one.seats for one in booked) <= 2
    assert await claims.differences() == []


async def test_seats_of_an_expired_hold_go_to_who_comes_next() -> None:
    session = await make_session()
    await sessions.hold_seats(session.id, 3, key="slow", now=NOW)
    with pytest.raises(errors.SlotTaken):
        await sessions.hold_seats(session.id, 1, key="next", now=NOW)
    later = NOW + timedelta(minutes=15)
    assert (await sessions.hold_seats(session.id, 1, key="next", now=later)).seats == 1
    assert not await Hold.exists(key="slow")
    assert await claims.differences() == []


async def test_same_key_keeps_its_seats_and_other_seats_replace_them() -> None:
    session = await make_session()
    first = await sessions.hold_seats(session.id, 2, key="k", now=NOW)
    assert (await sessions.hold_seats(session.id, 2, key="k", now=NOW)).id == first.id
    await sessions.hold_seats(session.id, 3, key="k", now=NOW)
    assert await SeatClaim.all().count() == 3


async def test_called_off_every_seat_is_cancelled_by_the_office() -> None:
    session = await make_session()
    booked = [await book_seats(session, 1, key) for key in ("a", "b")]
    await sessions.hold_seats(session.id, 1, key="c", now=NOW)
    await sessions.call_off(session.id, actor=OFFICE, now=NOW)
    await sessions.call_off(session.id, actor=OFFICE, now=NOW)
    found = await Appointment.filter(id__in=[one.id for one in booked])
    assert {(one.status, one.cancelled_by) for one in found} == {(Status.CANCELLED, "office")}
    assert await Hold.all().count() == await SeatClaim.all().count() == await Claim.all().count() == 0
    assert await JournalEntry.filter(kind="session.called_off").count() == 1
    with pytest.raises(errors.NotOffered):
        await sessions.hold_seats(session.id, 1, key="late", now=NOW)


async def test_counsellor_of_a_session_talks_to_nobody_else_then() -> None:
    booked = await make_appointment()
    group = await make_service(await booked.staff, group=True)
    with pytest.raises(errors.SlotTaken):
        await sessions.plan(
            group, booked.staff_id, place="linden", starts_at=booked.starts_at, seats=9, actor=OFFICE, now=NOW
        )
    assert await Session.all().count() == 0
    nine = local(WEDNESDAY, 10)
    await sessions.plan(
        group, booked.staff_id, place="linden", starts_at=nine, seats=9, actor=OFFICE, now=NOW
    )
    talks = await Service.get(id=booked.service_id)
    slots = await availability.search(Wish(talks.code), first=WEDNESDAY, last=WEDNESDAY, now=NOW, zone=ZONE)
    assert slots[0].starts_at == local(WEDNESDAY, 11)


async def test_only_what_is_a_group_within_notice_and_horizon_is_offered() -> None:
    session = await make_session(notice_minutes=3 * 24 * 60)
    with pytest.raises(errors.NotOffered):
        await sessions.hold_seats(session.id, 1, key="k", now=NOW)
    assert await sessions.upcoming(await Service.get(id=session.service_id), NOW) == []
    talks = await make_office()
    with pytest.raises(errors.NotOffered):
        await sessions.plan(
            talks, session.staff_id, place="linden", starts_at=EVENING, seats=3, actor=OFFICE, now=NOW
        )


async def test_seat_does_not_move() -> None:
    booked = await book_seats(await make_session(), 1, "k")
    with pytest.raises(errors.NotOffered):
        await moves.move(booked.id, local(WEDNESDAY, 9), actor=journal.PERSON, now=NOW, zone=ZONE)


async def test_nothing_is_planned_on_a_closed_day_or_in_an_absence() -> None:
    session = await make_session()
    group, later = await Service.get(id=session.service_id), EVENING + timedelta(days=1)
    await closing_days.close(WEDNESDAY + timedelta(days=2), "Betriebsausflug")
    await make_absence(await session.staff, later, later + timedelta(minutes=30))
    for starts_at, field in ((later, "counsellor"), (EVENING + timedelta(days=2), "day")):
        with pytest.raises(Invalid) as refused:
            await sessions.plan(
                group, session.staff_id, place="linden", starts_at=starts_at, seats=3, actor=OFFICE, now=NOW
            )
        assert list(refused.value.fields) == [field]
    assert await Session.all().count() == 1


async def test_room_is_one_of_the_place_and_free() -> None:
    session = await make_session()
    group, later = await Service.get(id=session.service_id), EVENING + timedelta(days=1)
    here, there = [await Room.create(place=place, code=place, name=place) for place in ("linden", "nord")]

    async def plan(room: Room, staff_id: int = session.staff_id) -> Session:
        return await sessions.plan(
            group, staff_id, place="linden", starts_at=later, seats=3, actor=OFFICE, now=NOW, room_id=room.id
        )

    with pytest.raises(Invalid):
        await plan(there)
    await plan(here)
    other = await make_office()
    [offering] = await Offering.filter(service=other)
    with pytest.raises(Invalid):
        await plan(here, offering.staff_id)
    assert await claims.differences() == []


async def test_office_books_seats_at_short_notice_until_it_begins() -> None:
    session = await make_session(notice_minutes=3 * 24 * 60)
    assert (await sessions.hold_seats(session.id, 2, key="k", now=NOW, by_staff=True)).seats == 2
    with pytest.raises(errors.NotOffered):
        await sessions.hold_seats(session.id, 1, key="late", now=EVENING, by_staff=True)
