"""Book, move, cancel, arrive, attend, miss: what holds afterwards, on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from booking import appointments, availability, claims, errors, holds, moves, outcomes
from booking.appointments import Booking
from booking.models import Appointment, Claim, Hold, Mode, Service, Status
from booking.services import Wish
from inquiries.models import Contact, Inquiry
from office import journal
from office.errors import NotFound
from office.models import JournalEntry
from tests.factories import (
    NOW,
    WEDNESDAY,
    ZONE,
    introduction,
    local,
    make_absence,
    make_appointment,
    make_hours,
    make_office,
    make_service,
    make_staff,
)

pytestmark = pytest.mark.usefixtures("database")
NINE = local(WEDNESDAY, 9)
PERSON = {"actor": journal.PERSON, "now": NOW}


async def free(service: Service, **wish: object) -> list[str]:
    """Local times free on Wednesday."""
    found = await availability.search(
        Wish(service.code, **wish), first=WEDNESDAY, last=WEDNESDAY, now=NOW, zone=ZONE
    )
    return [slot.starts_at.astimezone(ZONE).strftime("%H:%M") for slot in found]


async def test_booked_time_is_not_offered_again_nor_its_buffer() -> None:
    service = await make_office()
    await make_appointment(service)
    assert await free(service) == ["10:00", "10:15", "10:30", "10:45", "11:00", "11:15"]


async def test_cancelled_time_is_offered_again() -> None:
    service = await make_office()
    booked = await make_appointment(service)
    await appointments.cancel(booked.id, **PERSON)
    assert "09:00" in await free(service)
    assert not await Claim.all().exists()


async def test_loser_falls_through_to_the_next_counsellor_and_only_then_is_it_taken() -> None:
    service = await make_office(counsellors=2)
    first, second = await make_appointment(service), await make_appointment(service)
    assert first.staff_id != second.staff_id
    with pytest.raises(errors.SlotTaken):
        await make_appointment(service)


async def test_more_children_make_a_longer_talk() -> None:
    service = await make_office()
    booked = await make_appointment(service, wish={"children": 3})
    assert booked.ends_at - booked.starts_at == timedelta(minutes=75)
    assert await Claim.all().count() == (75 + 15) // 5


async def test_repeated_key_returns_the_same_booking() -> None:
    service = await make_office(counsellors=2)
    first = await make_appointment(service, key="k")
    again = await make_appointment(service, key="k")
    assert first.id == again.id
    assert await Appointment.all().count() == await Inquiry.all().count() == await Contact.all().count() == 1


async def test_double_click_at_the_same_moment_books_once() -> None:
    service = await make_office(counsellors=3)
    await holds.place(Wish(service.code), NINE, key="k", now=NOW, zone=ZONE)
    booking = Booking(introduction(), channel="web_booking")
    both = await asyncio.gather(*(appointments.book("k", booking, now=NOW) for _ in range(5)))
    assert len({one.id for one in both}) == 1
    assert await JournalEntry.filter(kind="appointment.booked").count() == 1


async def test_many_at_once_on_one_time_book_as_many_as_there_are_counsellors() -> None:
    service = await make_office(counsellors=3)
    results = await asyncio.gather(*(make_appointment(service) for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(result, Appointment) for result in results) == 3
    assert sum(isinstance(result, errors.SlotTaken) for result in results) == 9
    assert await claims.differences() == []


async def test_expired_hold_gives_way_to_whoever_comes() -> None:
    service = await make_office()
    await holds.place(Wish(service.code), NINE, key="slow", now=NOW, zone=ZONE)
    with pytest.raises(errors.SlotTaken):
        await make_appointment(service)
    later = NOW + holds.LASTS
    assert (await make_appointment(service, now=later)).starts_at == NINE
    with pytest.raises(errors.HoldExpired):
        await appointments.book("slow", Booking(introduction(), channel="web_booking"), now=later)


async def test_slow_person_still_books_while_nobody_else_wants_the_time() -> None:
    service = await make_office()
    await holds.place(Wish(service.code), NINE, key="slow", now=NOW, zone=ZONE)
    booked = await appointments.book(
        "slow", Booking(introduction(), channel="web_booking"), now=NOW + timedelta(hours=1)
    )
    assert booked.starts_at == NINE


async def test_hold_can_be_extended_three_times() -> None:
    service = await make_office()
    await holds.place(Wish(service.code), NINE, key="k", now=NOW, zone=ZONE)
    now = NOW
    for _ in range(5):
        now += timedelta(minutes=10)
        hold = await Hold.get_or_none(key="k", expires_at__gt=now)
        if hold:
            await holds.extend("k", now)
    assert (await Hold.get(key="k")).extended == holds.EXTENSIONS


async def test_moved_appointment_keeps_its_name_and_frees_the_old_time() -> None:
    service = await make_office()
    booked = await make_appointment(service)
    moved = await moves.move(booked.id, local(WEDNESDAY, 11), zone=ZONE, **PERSON)
    assert (moved.uid, moved.code, moved.revision, moved.times_moved) == (booked.uid, booked.code, 1, 1)
    assert "09:00" in await free(service)
    assert await claims.differences() == []


async def test_appointment_can_move_into_time_only_it_occupies() -> None:
    service = await make_office(starts=9, ends=10)
    booked = await make_appointment(service)
    moved = await moves.move(booked.id, local(WEDNESDAY, 9, 15), zone=ZONE, **PERSON)
    assert moved.starts_at == local(WEDNESDAY, 9, 15)


async def test_move_to_a_taken_time_changes_nothing() -> None:
    service = await make_office()
    booked = await make_appointment(service)
    await make_appointment(service, starts_at=local(WEDNESDAY, 10))
    with pytest.raises(errors.SlotTaken):
        await moves.move(booked.id, local(WEDNESDAY, 10), zone=ZONE, **PERSON)
    assert (await Appointment.get(id=booked.id)).revision == 0
    assert await claims.differences() == []


async def test_two_cannot_move_to_the_same_time() -> None:
    service = await make_office()
    one, other = (
        await make_appointment(service),
        await make_appointment(service, starts_at=local(WEDNESDAY, 10)),
    )
    target = local(WEDNESDAY, 11)
    results = await asyncio.gather(
        *(moves.move(a.id, target, zone=ZONE, **PERSON) for a in (one, other)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Appointment", "SlotTaken"]
    assert await claims.differences() == []


async def test_moving_and_cancelling_twice_is_doing_it_once() -> None:
    booked = await make_appointment()
    for _ in range(2):
        await moves.move(booked.id, local(WEDNESDAY, 11), zone=ZONE, **PERSON)
    for _ in range(2):
        await appointments.cancel(booked.id, **PERSON)
    kinds = await JournalEntry.all().order_by("id").values_list("kind", flat=True)
    assert kinds == ["appointment.booked", "appointment.moved", "appointment.cancelled"]
    assert (await Appointment.get(id=booked.id)).revision == 2


async def test_notice_and_horizon_are_kept_by_the_verb() -> None:
    service = await make_office()
    for too_soon_or_far in (local(NOW.date(), 11), NINE + timedelta(days=28)):
        with pytest.raises(errors.SlotTaken):
            await make_appointment(service, starts_at=too_soon_or_far)


async def test_staff_may_book_inside_the_notice() -> None:
    service = await make_office()
    booked = await make_appointment(service, starts_at=local(NOW.date(), 11), wish={"by_staff": True})
    assert booked.status == Status.BOOKED


async def test_one_address_has_at_most_so_many_open_appointments() -> None:
    service = await make_office(counsellors=4)
    who = introduction(email="Same@example.org")
    results = await asyncio.gather(
        *(make_appointment(service, who=who, starts_at=local(WEDNESDAY, hour)) for hour in (9, 10, 11)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, errors.TooManyAppointments) for result in results) == 1
    assert await Hold.all().count() == 0


async def test_people_without_any_address_are_not_limited() -> None:
    service = await make_office(counsellors=3)
    for _ in range(3):
        await make_appointment(service, who=introduction(email=""))
    assert await Appointment.all().count() == 3


async def test_only_a_counsellor_who_speaks_the_language_is_offered() -> None:
    german, arabic = await make_staff(languages=["de"]), await make_staff(languages=["de", "ar"])
    await make_hours(german, 2, 9, 10)
    await make_hours(arabic, 2, 10, 11)
    service = await make_service(german, arabic)
    assert await free(service, language="ar") == ["10:00", "10:15"]


async def test_hours_of_one_service_are_not_offered_for_another() -> None:
    member = await make_staff()
    service = await make_service(member)
    await make_hours(member, 2, 9, 10, services=["arrival"])
    assert await free(service) == []


async def test_absence_takes_the_time_away() -> None:
    service = await make_office()
    member = (await service.offerings.all())[0]
    await make_absence(await member.staff, local(WEDNESDAY, 9), local(WEDNESDAY, 11))
    assert await free(service) == ["11:00", "11:15"]


async def test_unsuitable_wish_is_not_offered() -> None:
    service = await make_office(modes=["phone"])
    with pytest.raises(errors.NotOffered):
        await make_appointment(service, wish={"mode": Mode.OFFICE})
    with pytest.raises(errors.NoSuchService):
        await holds.place(Wish("nothing"), NINE, key="k", now=NOW, zone=ZONE)


async def test_nothing_changes_once_it_has_begun() -> None:
    booked = await make_appointment()
    late = {"actor": journal.PERSON, "now": NINE}
    with pytest.raises(errors.TooLate):
        await appointments.cancel(booked.id, **late)
    with pytest.raises(errors.TooLate):
        await moves.move(booked.id, local(WEDNESDAY, 11), zone=ZONE, **late)


async def test_outcome_can_be_recorded_and_corrected() -> None:
    booked = await make_appointment()
    after = {"actor": "staff:jb", "now": NINE + timedelta(hours=1)}
    with pytest.raises(errors.TooLate):
        await outcomes.attend(booked.id, actor="staff:jb", now=NOW)
    await outcomes.arrive(booked.id, **after)
    await outcomes.attend(booked.id, **after)
    await outcomes.miss(booked.id, **after)
    await outcomes.attend(booked.id, **after)
    talk = await Contact.get(key=f"talk:{booked.id}")
    assert (talk.void, talk.form, talk.duration) == (False, "in_person", "31_60")


async def test_link_opens_one_appointment_until_its_generation_rises() -> None:
    booked, other = await make_appointment(), await make_appointment()
    token = appointments.token(booked)
    assert (await appointments.by_token(token)).id == booked.id
    assert token != appointments.token(other)
    await Appointment.filter(id=booked.id).update(generation=1)
    with pytest.raises(NotFound):
        await appointments.by_token(token)


async def test_short_code_is_read_as_people_type_it() -> None:
    booked = await make_appointment()
    found = await appointments.by_code(f" {booked.code[:2].lower()}-{booked.code[2:]} ")
    assert found is not None
    assert found.id == booked.id


async def test_comparison_finds_a_missing_claim() -> None:
    booked = await make_appointment()
    claim = await Claim.filter(appointment_id=booked.id).first()
    assert claim is not None
    await claim.delete()
    assert await claims.differences() == [f"appointment:{booked.id}"]
