"""A booking whose address is not proven: a hold, then an appointment, or a call; never both, never lost."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from booking import availability, callbacks, claims, confirming, errors, holds
from booking.appointments import Booking
from booking.confirming import Way
from booking.models import Appointment, CallBack, CallBackReason, Confirmation, Hold, HoldKind, Mode, Service
from booking.services import Wish
from inquiries.models import Inquiry, Person
from office.models import JournalEntry
from tests.factories import NOW, WEDNESDAY, ZONE, introduction, local, make_office

pytestmark = pytest.mark.usefixtures("database")
NINE = local(WEDNESDAY, 9)


async def ask(key: str = "k" * 16, way: Way = Way.LINK, hour: int = 9, **who: object) -> Confirmation:
    service = await Service.get_or_none(code="talk") or await make_office(code="talk", per_person=1)
    await holds.place(
        Wish(service.code, mode=Mode.OFFICE), local(WEDNESDAY, hour), key=key, now=NOW, zone=ZONE
    )
    booking = Booking(introduction(**who), "web_booking", district="nord", calendar_wanted=True)
    return await confirming.ask(key, booking, way, now=NOW)


async def offered(now: datetime = NOW) -> bool:
    found = await availability.search(
        Wish("talk", mode=Mode.OFFICE), first=WEDNESDAY, last=WEDNESDAY, now=now, zone=ZONE
    )
    return any(slot.starts_at == NINE for slot in found)


async def test_until_it_is_confirmed_it_is_kept_for_half_an_hour_and_nothing_more() -> None:
    await ask()
    hold = await Hold.get()
    assert (hold.kind, hold.expires_at) == (HoldKind.CONFIRMING, NOW + timedelta(minutes=30))
    assert not await offered()
    assert not await Appointment.exists() and not await Inquiry.exists()
    assert [entry.kind for entry in await JournalEntry.all()] == ["confirmation.asked"]
    assert await offered(NOW + timedelta(minutes=30))


async def test_confirmed_it_is_booked_once_with_all_that_was_said() -> None:
    asked = await ask(name="Amira")
    booked, again = [await confirming.confirm(asked.id, now=NOW) for _ in range(2)]
    assert booked.id == again.id and (booked.starts_at, booked.calendar_wanted) == (NINE, True)
    inquiry = await Inquiry.get().prefetch_related("person")
    assert (inquiry.district, inquiry.person.name) == ("nord", "Amira")
    assert await Person.all().count() == 1 and not await Hold.exists()
    assert await claims.differences() == []


async def test_two_clicks_at_the_same_moment_are_one_appointment() -> None:
    asked = await ask()
    booked = await asyncio.gather(*[confirming.confirm(asked.id, now=NOW) for _ in range(4)])
    assert len({one.id for one in booked}) == 1 == await Appointment.all().count()


async def test_asked_twice_it_waits_once() -> None:
    first = await ask()
    booking = Booking(introduction(), "web_booking")
    assert (await confirming.ask("k" * 16, booking, Way.LINK, now=NOW)).id == first.id
    assert await Person.all().count() == 1


async def test_what_waits_counts_towards_the_limit_of_its_address() -> None:
    await ask(email="a@example.org")
    with pytest.raises(errors.TooManyAppointments):
        await ask("l" * 16, hour=10, email="A@example.org")
    await ask("m" * 16, hour=11, email="b@example.org")


async def test_others_with_whom_they_share_the_address_are_told_nothing_by_the_limit() -> None:
    await ask(email="a@example.org", name="Kevin", read_by_others=True)
    assert await ask("l" * 16, hour=10, email="a@example.org", name="Mama")


async def test_too_late_it_is_the_one_s_who_took_it_since() -> None:
    asked = await ask()
    later = NOW + timedelta(minutes=31)
    await holds.place(Wish("talk", mode=Mode.OFFICE), NINE, key="o" * 16, now=later, zone=ZONE)
    with pytest.raises(errors.HoldExpired):
        await confirming.confirm(asked.id, now=later)
    assert await claims.differences() == []


async def test_right_code_books_and_a_wrong_one_does_not() -> None:
    asked = await ask(way=Way.CODE)
    code = confirming.code_of(asked)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert await confirming.enter(asked.id, wrong, now=NOW) is None
    assert await confirming.enter(asked.id, code, now=NOW)


async def test_after_five_wrong_codes_the_right_one_is_refused_until_a_new_one_is_sent() -> None:
    asked = await ask(way=Way.CODE)
    code = confirming.code_of(asked)
    for _ in range(confirming.MOST_TRIES):
        assert await confirming.enter(asked.id, "x", now=NOW) is None
    assert await confirming.enter(asked.id, code, now=NOW) is None
    assert await confirming.ask_again(asked.id, now=NOW)
    assert await confirming.enter(asked.id, code, now=NOW) is None
    newer = confirming.code_of(await Confirmation.get())
    assert newer != code and await confirming.enter(asked.id, newer, now=NOW)


async def test_it_is_asked_three_times_at_most_and_each_link_ends_with_the_next() -> None:
    asked = await ask()
    links = {confirming.token(asked)}
    sent = [await confirming.ask_again(asked.id, now=NOW) for _ in range(3)]
    links.add(confirming.token(await Confirmation.get()))
    assert sent == [True, True, False] and len(links) == 2


async def test_who_was_not_reached_is_called_and_the_time_stays_theirs() -> None:
    asked = await ask()
    await confirming.not_reached(asked.id, NOW)
    await confirming.not_reached(asked.id, NOW)
    hold, card = await Hold.get(), await CallBack.get()
    assert (hold.kind, hold.expires_at) == (HoldKind.CALL_BACK, local(WEDNESDAY, 12) - timedelta(days=1))
    assert (card.reason, card.hold_id) == (CallBackReason.UNCONFIRMED, hold.id)
    assert not await offered(NOW + timedelta(hours=5))
    booked = await confirming.book_called(card.id, actor="staff:1", now=NOW)
    assert booked and booked.booked_by == "staff:1"
    assert (await CallBack.get()).done_at == NOW and await claims.differences() == []


async def test_mail_that_came_after_all_still_confirms_and_closes_the_card() -> None:
    asked = await ask()
    await confirming.not_reached(asked.id, NOW)
    await confirming.confirm(asked.id, now=NOW)
    assert (await CallBack.get()).done_at == NOW


async def test_called_and_not_wanted_the_time_is_free_again() -> None:
    asked = await ask(way=Way.CALL)
    card = await CallBack.get()
    await callbacks.done(card.id, actor="staff:1", now=NOW)
    assert await offered() and await claims.differences() == []
    with pytest.raises(errors.HoldExpired):
        await confirming.confirm(asked.id, now=NOW)


async def test_corrected_the_time_is_kept_for_the_form_and_the_old_link_is_void() -> None:
    asked = await ask(email="wrong@example.org")
    await confirming.correct(asked.id, now=NOW, lasts=holds.LASTS)
    assert (await Hold.get()).kind == HoldKind.FORM
    with pytest.raises(errors.HoldExpired):
        await confirming.confirm(asked.id, now=NOW)
    booking = Booking(introduction(email="right@example.org"), "web_booking")
    newer = await confirming.ask("k" * 16, booking, Way.LINK, now=NOW)
    assert newer.id != asked.id and await confirming.confirm(newer.id, now=NOW)


async def test_confirming_crosses_passing_on_and_nothing_is_lost() -> None:
    asked = await ask()
    await asyncio.gather(
        confirming.confirm(asked.id, now=NOW), confirming.not_reached(asked.id, NOW), return_exceptions=False
    )
    assert await Appointment.all().count() == 1 and not await Hold.exists()
    assert not await CallBack.filter(done_at=None).exists()
