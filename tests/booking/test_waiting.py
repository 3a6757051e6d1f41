"""The waiting list: a freed time goes to one family at a time, each with an end; nobody else sees it meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from booking import appointments, availability, claims, errors, moves, offers, waiting
from booking.models import Appointment, Hold, HoldKind, Service, Waiting, WaitingState
from booking.services import Wish
from booking.waiting import Hours
from office import journal
from office.models import JournalEntry
from tests.factories import (
    NOW,
    WEDNESDAY,
    ZONE,
    introduction,
    local,
    make_appointment,
    make_hours,
    make_service,
    make_staff,
)

pytestmark = pytest.mark.usefixtures("database")
NINE, TEN = local(WEDNESDAY, 9), local(WEDNESDAY, 10)
PERSON = {"actor": journal.PERSON, "now": NOW}
MINUTE = timedelta(minutes=1)
FRIDAY_EVENING = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)


async def full_day(**service: object) -> tuple[Service, list[Appointment]]:
    """One counsellor, Wednesday from nine to eleven, both talks booked; no other day within the horizon."""
    member = await make_staff()
    await make_hours(member, 2, 9, 11, valid_to=WEDNESDAY)
    made = await make_service(member, **service)
    return made, [await make_appointment(made), await make_appointment(made, starts_at=TEN)]


async def wait_for(
    service: Service, hours: Hours = waiting.ANY, now: datetime = NOW, **who: object
) -> Waiting:
    return await waiting.join(Wish(service.code), introduction(**who), hours, district="unknown", now=now)


async def free(service: Service, now: datetime = NOW) -> list[datetime]:
    slots = await availability.search(Wish(service.code), first=WEDNESDAY, last=WEDNESDAY, now=now, zone=ZONE)
    return [slot.starts_at for slot in slots]


async def state(family: Waiting) -> WaitingState:
    return (await Waiting.get(id=family.id)).state


async def offered_to() -> list[int | None]:
    return [hold.waiting_id for hold in await Hold.filter(kind=HoldKind.OFFER)]


async def test_freed_time_is_kept_for_who_waited_longest_and_nobody_else_sees_it() -> None:
    service, booked = await full_day()
    first, second = await wait_for(service), await wait_for(service, now=NOW + MINUTE)
    await appointments.cancel(booked[0].id, actor=journal.PERSON, now=NOW + 2 * MINUTE)
    assert await offered_to() == [first.id]
    assert await free(service) == []
    assert (await state(first), await state(second)) == (WaitingState.OFFERED, WaitingState.WAITING)
    assert await claims.differences() == []


async def test_offer_that_ended_goes_to_the_next_family_and_is_never_free_in_between() -> None:
    service, booked = await full_day()
    first, second = await wait_for(service), await wait_for(service, now=NOW + MINUTE)
    await appointments.cancel(booked[0].id, **PERSON)
    told = waiting.told_until(await Hold.get(waiting_id=first.id))
    assert await free(service, told) == []
    await waiting.next_offers(told)
    assert await offered_to() == [second.id]
    assert await free(service, told) == []
    assert await state(first) == WaitingState.WAITING
    assert await claims.differences() == []


async def test_accepted_by_two_clicks_it_is_one_appointment() -> None:
    service, booked = await full_day()
    family = await wait_for(service)
    await appointments.cancel(booked[0].id, **PERSON)
    both = await asyncio.gather(*(offers.accept(family.id, now=NOW + MINUTE) for _ in range(2)))
    assert both[0].id == both[1].id == (await offers.accept(family.id, now=NOW + MINUTE)).id
    assert (both[0].starts_at, both[0].person_id) == (NINE, family.person_id)
    assert await state(family) == WaitingState.BOOKED
    assert await claims.differences() == []


async def test_offer_cannot_be_accepted_once_it_has_ended() -> None:
    service, booked = await full_day()
    family = await wait_for(service)
    await appointments.cancel(booked[0].id, **PERSON)
    hold = await Hold.get(waiting_id=family.id)
    with pytest.raises(errors.HoldExpired):
        await offers.accept(family.id, now=hold.expires_at)


async def test_declined_time_goes_to_the_next_and_is_not_offered_to_them_again() -> None:
    service, booked = await full_day()
    first = await wait_for(service)
    await appointments.cancel(booked[0].id, **PERSON)
    await waiting.decline(first.id, now=NOW)
    await waiting.next_offers(NOW)
    assert await offered_to() == []
    assert NINE in await free(service)


async def test_no_family_gets_more_than_three_offers_and_they_are_told_once() -> None:
    service, booked = await full_day(per_person=9)
    family = await wait_for(service)
    for number in range(4):
        at = NOW + number * MINUTE
        await appointments.cancel(booked[number % 2].id, actor=journal.PERSON, now=at)
        if await state(family) == WaitingState.OFFERED:
            await JournalEntry.filter(kind="waiting.offered").update(details={"offer": 0, "minute": 0})
            await waiting.decline(family.id, now=at)
        booked[number % 2] = await make_appointment(service, starts_at=(NINE, TEN)[number % 2])
    assert await state(family) == WaitingState.ENDED
    assert await JournalEntry.filter(kind="waiting.offered").count() == waiting.MOST_OFFERS
    assert await JournalEntry.filter(kind="waiting.ended").count() == 1


async def test_who_leaves_gets_no_offer_and_gives_back_what_was_kept() -> None:
    service, booked = await full_day()
    first, second = await wait_for(service), await wait_for(service, now=NOW + MINUTE)
    await appointments.cancel(booked[0].id, **PERSON)
    await waiting.leave(first.id, now=NOW)
    await waiting.leave(first.id, now=NOW)
    assert await offered_to() == [second.id]
    assert await state(first) == WaitingState.LEFT


async def test_moved_appointment_leaves_its_old_time_to_the_waiting_list() -> None:
    service, booked = await full_day()
    await appointments.cancel(booked[1].id, **PERSON)
    family = await wait_for(service)
    await moves.move(booked[0].id, TEN, zone=ZONE, **PERSON)
    assert (await Hold.get(waiting_id=family.id)).starts_at == NINE
    assert await claims.differences() == []


async def test_family_gets_only_times_it_can_use() -> None:
    service, booked = await full_day()
    await wait_for(service, Hours(weekdays=(0, 1)))
    await wait_for(service, Hours(from_minute=14 * 60))
    await waiting.join(Wish(service.code, language="ar"), introduction(), district="unknown", now=NOW)
    await waiting.join(Wish(service.code, 3), introduction(), district="unknown", now=NOW)  # too long
    await appointments.cancel(booked[0].id, **PERSON)
    assert await offered_to() == []


async def test_nobody_with_whom_others_read_along_gets_an_offer() -> None:
    service, booked = await full_day()
    await wait_for(service, read_by_others=True)
    await appointments.cancel(booked[0].id, **PERSON)
    assert await offered_to() == []


async def test_one_family_has_one_offer_at_a_time() -> None:
    service, booked = await full_day()
    family = await wait_for(service)
    for one in booked:
        await appointments.cancel(one.id, **PERSON)
    await waiting.next_offers(NOW)
    assert await offered_to() == [family.id]
    assert await Hold.filter(waiting_id=family.id).count() == 1


async def test_who_waits_while_something_is_free_gets_an_offer() -> None:
    service, booked = await full_day()
    await appointments.cancel(booked[1].id, **PERSON)
    family = await wait_for(service)
    await waiting.next_offers(NOW)
    assert (await Hold.get(waiting_id=family.id)).starts_at == TEN


async def test_address_waits_once_for_one_thing() -> None:
    service, _ = await full_day()
    once, again = [await wait_for(service, email="mother@example.org") for _ in range(2)]
    assert once.id == again.id


async def test_who_waited_too_long_is_told_so() -> None:
    service, _ = await full_day()
    family = await wait_for(service)
    await waiting.next_offers(family.until)
    assert await state(family) == WaitingState.ENDED


@pytest.mark.parametrize(
    ("now", "closed", "opens", "ends", "why"),
    [
        (NOW, (), (2, 9), (2, 12), "on a working day at once, for three hours"),
        (local(WEDNESDAY, 6), (), (4, 8), (4, 11), "at night from eight"),
        (local(WEDNESDAY, 16), (), (4, 16), (4, 18), "not beyond the evening"),
        (local(WEDNESDAY, 17, 30), (), (5, 8), (5, 11), "too short a rest of the day is left out"),
        (FRIDAY_EVENING, (), (9, 8), (9, 11), "not at the weekend"),
        (FRIDAY_EVENING, (9,), (10, 8), (10, 11), "not on a closing day"),
    ],
)
def test_offers_stand_within_the_hours_of_the_office(
    now: datetime, closed: tuple[int, ...], opens: tuple[int, int], ends: tuple[int, int], why: str
) -> None:
    shut = {WEDNESDAY.replace(day=day) for day in closed}
    expected = [local(WEDNESDAY.replace(day=day), hour) for day, hour in (opens, ends)]
    assert waiting.window(now, (8, 18), ZONE, shut) == tuple(expected), why
