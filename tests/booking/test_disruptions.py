"""A change of hours: what it touches, what is done for each family, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from booking import appointments, availability, changes, claims, disruptions, instead, undoing
from booking.intervals import Interval, subtract
from booking.models import (
    Absence,
    Appointment,
    CallBack,
    Choice,
    Hold,
    Interpretation,
    Interpreter,
    InterpreterKind,
    Mode,
    Offering,
    Room,
    Service,
    Status,
    Touched,
    WorkingHours,
)
from inquiries.people import Introduction
from office.errors import Invalid
from office.models import JournalEntry, Staff
from tests.factories import (
    NOW,
    WEDNESDAY,
    ZONE,
    local,
    make_appointment,
    make_hours,
    make_office,
    make_staff,
)

pytestmark = pytest.mark.usefixtures("database")
TUESDAY = date(2026, 3, 10)
EARLY = local(WEDNESDAY, 7, 55)
ASKED: dict[str, Any] = {"actor": "staff:re", "zone": ZONE}


async def alone() -> tuple[Service, Staff]:
    """A service of one counsellor, 8 to 14 each day."""
    service = await make_office(starts=8, ends=14)
    [offering] = await Offering.filter(service=service)
    return service, await Staff.get(id=offering.staff_id)


async def four_families() -> tuple[Service, Staff, list[Appointment]]:
    """At 8, 9, 10 and 11 on Wednesday; the last one left no address."""
    service, member = await alone()
    found = [await make_appointment(service, starts_at=local(WEDNESDAY, hour)) for hour in (8, 9, 10)]
    nobody = Introduction(language="de", name="Kevin Drews")
    found.append(await make_appointment(service, starts_at=local(WEDNESDAY, 11), who=nobody))
    return service, member, found


async def helper(service: Service, starts: int, ends: int, **who: object) -> Staff:
    """A colleague who works these hours of Wednesday only."""
    colleague = await make_staff(**who)
    await make_hours(colleague, 2, starts, ends)
    await Offering.create(service=service, staff=colleague)
    return colleague


async def shorter_tuesday(member: Staff) -> changes.Hours:
    """On Tuesdays from 8 to 10 only, from the tenth of March on."""
    [rule] = await WorkingHours.filter(staff=member, weekday=1)
    shorter = changes.Rule(1, 8 * 60, 10 * 60, "linden")
    return changes.Hours(member.id, (rule.id,), (shorter,), TUESDAY)


async def state(appointment: Appointment) -> tuple[str, int]:
    now = await Appointment.get(id=appointment.id)
    return str(now.status), now.staff_id


async def test_shortening_a_tuesday_shows_the_three_and_carries_out_each_choice() -> None:
    service, member = await alone()
    colleague = await make_staff()
    await make_hours(colleague, 1, 11, 12)
    await Offering.create(service=service, staff=colleague)
    early = await make_appointment(service, starts_at=local(TUESDAY, 9))
    three = [
        await make_appointment(service, starts_at=local(TUESDAY, hour), wish={"counsellor": member.code})
        for hour in (11, 12, 13)
    ]
    shorter = await shorter_tuesday(member)
    shown = await disruptions.preview(shorter, now=NOW, zone=ZONE)
    assert [one.appointment.id for one in shown] == [one.id for one in three]
    assert [one.best for one in shown] == [Choice.COLLEAGUE, Choice.OFFER, Choice.OFFER]
    choices = dict(zip([one.id for one in three], [Choice.COLLEAGUE, Choice.OFFER, Choice.KEEP], strict=True))
    await disruptions.carry_out(shorter, choices, now=NOW, **ASKED)
    assert [await state(one) for one in three] == [
        ("booked", colleague.id),
        ("cancelled", member.id),
        ("booked", member.id),
    ]
    assert await state(early) == ("booked", member.id)
    assert len(await instead.offered(three[1].id, NOW)) == 3
    assert await disruptions.preview(shorter, now=NOW, zone=ZONE) == []
    assert await claims.differences() == []


async def test_ill_today_finds_a_colleague_or_keeps_three_times_and_lists_who_must_be_called() -> None:
    service, member, families = await four_families()
    colleague = await helper(service, 9, 10)
    disruption = await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    assert [await state(one) for one in families] == [
        ("cancelled", member.id),
        ("booked", colleague.id),
        ("cancelled", member.id),
        ("cancelled", member.id),
    ]
    assert [call.appointment_id for call in await disruptions.to_call(disruption.id)] == [families[3].id]
    kept = await instead.offered(families[0].id, EARLY)
    assert [hold.starts_at.astimezone(ZONE).date() for hold in kept] == [
        date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9),
    ]  # fmt: skip
    assert {hold.expires_at for hold in kept} == {local(date(2026, 3, 5), 12)}
    assert (await disruptions.ill_today(member.id, now=EARLY, **ASKED)).id == disruption.id
    assert await claims.differences() == []


async def test_taken_back_everybody_returns_once_and_nothing_stays_kept() -> None:
    service, member, families = await four_families()
    await helper(service, 9, 10)
    disruption = await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    for _twice in range(2):
        await undoing.take_back(disruption.id, now=EARLY, **ASKED)
    assert [await state(one) for one in families] == [("booked", member.id)] * 4
    assert await JournalEntry.filter(kind="appointment.reinstated").count() == 3
    assert (await Hold.all().count(), await Absence.all().count()) == (0, 0)
    assert await CallBack.filter(done_at=None).count() == 0
    assert await claims.differences() == []


async def test_who_was_called_already_is_called_again_when_it_takes_place_after_all() -> None:
    _service, member, families = await four_families()
    disruption = await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    await CallBack.all().update(done_at=EARLY, done_by="staff:re")
    await undoing.take_back(disruption.id, now=EARLY, **ASKED)
    assert [call.appointment_id for call in await disruptions.to_call(disruption.id)] == [families[3].id]


async def test_family_that_chose_another_time_keeps_it_when_it_is_taken_back() -> None:
    _service, member, families = await four_families()
    disruption = await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    kept = await instead.offered(families[0].id, EARLY)
    booked = await instead.choose(families[0].id, kept[1].id, now=EARLY)
    again = await instead.choose(families[0].id, kept[1].id, now=EARLY)
    assert (booked.id, booked.starts_at) == (again.id, kept[1].starts_at)
    assert booked.inquiry_id == families[0].inquiry_id
    assert await instead.offered(families[0].id, EARLY) == []
    await undoing.take_back(disruption.id, now=EARLY, **ASKED)
    assert (await state(families[0]))[0] == Status.CANCELLED
    assert await claims.differences() == []


async def test_time_somebody_else_has_by_now_does_not_come_back() -> None:
    service, member, families = await four_families()
    disruption = await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    await Absence.all().delete()
    other = await make_appointment(
        service, starts_at=local(WEDNESDAY, 9), now=EARLY, wish={"by_staff": True}, actor="staff:re"
    )
    await undoing.take_back(disruption.id, now=EARLY, **ASKED)
    assert (await state(families[1]))[0] == Status.CANCELLED
    assert len(await instead.offered(families[1].id, EARLY)) > 0
    assert (await state(other))[0] == Status.BOOKED
    assert await claims.differences() == []


async def test_colleague_who_does_not_speak_their_language_is_not_proposed() -> None:
    service, member = await alone()
    await helper(service, 8, 14, languages=["de"])
    english = await make_appointment(
        service, starts_at=local(WEDNESDAY, 10), wish={"language": "en", "counsellor": member.code}
    )
    away = changes.Away(member.id, Interval(local(WEDNESDAY, 9), local(WEDNESDAY, 13)))
    [shown] = await disruptions.preview(away, now=NOW, zone=ZONE)
    assert (shown.appointment.id, shown.colleagues) == (english.id, ())


async def test_crash_after_saving_leaves_whole_families_for_carrying_on() -> None:
    _service, member, families = await four_families()
    away = changes.Away(member.id, Interval(EARLY, local(WEDNESDAY, 20)), "ill")
    every = {one.id: Choice.OFFER for one in families}
    disruption = await disruptions._save(away, every, now=EARLY, **ASKED)
    assert {(await state(one))[0] for one in families} == {"booked"}
    for _twice in range(2):
        await disruptions.carry_on(disruption.id, now=EARLY, **ASKED)
    assert {(await state(one))[0] for one in families} == {"cancelled"}
    assert await claims.differences() == []


async def test_closing_day_touches_everybody_and_cannot_be_taken_back() -> None:
    service, _member, families = await four_families()
    await helper(service, 8, 14)
    closed = changes.Closed(WEDNESDAY, "Personalversammlung")
    shown = await disruptions.preview(closed, now=NOW, zone=ZONE)
    assert [one.best for one in shown] == [Choice.OFFER] * 4
    disruption = await disruptions.carry_out(closed, {families[0].id: Choice.OFFER}, now=NOW, **ASKED)
    assert [(await state(one))[0] for one in families] == ["cancelled", "booked", "booked", "booked"]
    with pytest.raises(Invalid):
        await undoing.take_back(disruption.id, now=NOW, **ASKED)


async def test_family_that_cancelled_meanwhile_is_left_alone() -> None:
    _service, member, families = await four_families()
    disruption = await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    await undoing.take_back(disruption.id, now=EARLY, **ASKED)
    await appointments.cancel(families[0].id, actor="person", now=EARLY)
    await undoing.take_back(disruption.id, now=EARLY, **ASKED)
    assert (await state(families[0]))[0] == Status.CANCELLED
    assert await Touched.filter(disruption_id=disruption.id).count() == 4


async def test_colleague_takes_over_in_the_one_room_there_is() -> None:
    service, member = await alone()
    await Room.create(place="linden", code="r1", name="Raum 1")
    colleague = await helper(service, 9, 10)
    talk = await make_appointment(service, starts_at=local(WEDNESDAY, 9), wish={"counsellor": member.code})
    await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    assert await state(talk) == ("booked", colleague.id)
    assert (await Appointment.get(id=talk.id)).room_id is not None
    assert await claims.differences() == []


async def test_nobody_speaks_it_so_somebody_interprets_by_phone_until_she_is_back() -> None:
    service, member = await alone()
    await Staff.filter(id=member.id).update(languages=["de", "uk"])
    colleague = await helper(service, 9, 10)
    await Interpreter.create(code="tel", name="T", kind=InterpreterKind.PHONE, languages=["uk"])
    talk = await make_appointment(service, starts_at=local(WEDNESDAY, 9), wish={"language": "uk"})
    disruption = await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    assert await state(talk) == ("booked", colleague.id)
    assert (await Appointment.get(id=talk.id)).interpretation == Interpretation.BY_PHONE
    await undoing.take_back(disruption.id, now=EARLY, **ASKED)
    assert await state(talk) == ("booked", member.id)
    assert (await Appointment.get(id=talk.id)).interpretation == Interpretation.NONE


async def test_no_time_is_proposed_to_two_families() -> None:
    _service, member, _families = await four_families()
    away = changes.Away(member.id, Interval(EARLY, local(WEDNESDAY, 20)))
    shown = await disruptions.preview(away, now=EARLY, zone=ZONE)
    times = [slot.starts_at for one in shown for slot in one.times]
    assert len(times) == len(set(times)) == 12


async def test_ill_yesterday_cannot_be_taken_back() -> None:
    _service, member, _families = await four_families()
    disruption = await disruptions.ill_today(member.id, now=EARLY, **ASKED)
    with pytest.raises(Invalid):
        await undoing.take_back(disruption.id, now=EARLY + timedelta(days=1), **ASKED)


async def test_the_named_colleague_takes_over_even_if_another_is_freer() -> None:
    service, member = await alone()
    talk = await make_appointment(service, starts_at=local(WEDNESDAY, 9))
    found = [await helper(service, 9, ends) for ends in (10, 12, 11)]
    away = changes.Away(member.id, Interval(EARLY, local(WEDNESDAY, 20)))
    for last in found[-1:]:
        await disruptions.carry_out(
            away, {talk.id: Choice.COLLEAGUE}, colleagues={talk.id: last.code}, now=EARLY, **ASKED
        )
    assert await state(talk) == ("booked", found[-1].id)


async def test_hours_that_only_move_to_another_place_touch_who_comes_there_and_nobody_on_the_phone() -> None:
    service, member = await alone()
    here = await make_appointment(service, starts_at=local(TUESDAY, 9))
    await make_appointment(service, starts_at=local(TUESDAY, 11), wish={"mode": Mode.PHONE})
    [rule] = await WorkingHours.filter(staff=member, weekday=1)
    elsewhere = changes.Hours(member.id, (rule.id,), (changes.Rule(1, 480, 840, "nord"),), TUESDAY)
    shown = await disruptions.preview(elsewhere, now=NOW, zone=ZONE)
    assert [one.appointment.id for one in shown] == [here.id]


async def test_talk_squeezed_in_beside_the_hours_is_not_touched_by_them() -> None:
    service, member = await alone()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 13))
    [rule] = await WorkingHours.filter(staff=member, weekday=1)
    await WorkingHours.filter(id=rule.id).update(ends_minute=12 * 60)
    shorter = changes.Hours(member.id, (rule.id,), (changes.Rule(1, 480, 600, "linden"),), TUESDAY)
    assert await disruptions.preview(shorter, now=NOW, zone=ZONE) == []
    assert (await state(talk))[0] == Status.BOOKED


async def test_the_same_change_entered_twice_stands_there_once() -> None:
    _service, member = await alone()
    shorter = await shorter_tuesday(member)
    for _twice in range(2):
        await disruptions.carry_out(shorter, {}, now=NOW, **ASKED)
    rules = await WorkingHours.filter(staff=member, weekday=1).order_by("id")
    assert [(one.valid_to, one.ends_minute) for one in rules] == [(date(2026, 3, 9), 840), (None, 600)]


@pytest.mark.parametrize(("day", "first", "last"), [(date(2026, 3, 29), 1, 4), (date(2026, 10, 25), 1, 4)])
async def test_one_day_with_other_hours_in_the_nights_the_clocks_change(
    day: date, first: int, last: int
) -> None:
    member = await make_staff()
    await make_hours(member, 6, 0, 6)
    change = changes.OnDay(member.id, day, ((first * 60, last * 60), (14 * 60, 16 * 60)))
    await disruptions.carry_out(change, {}, now=NOW, **ASKED)
    [calendar] = await availability.calendars([member], day, day, now=NOW, zone=ZONE)
    free = subtract([window.interval for window in calendar.windows], calendar.absences)
    assert free == [
        Interval(local(day, first), local(day, last)), Interval(local(day, 14), local(day, 16)),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["away", "series", "hours", "exception"])
async def test_no_time_is_proposed_that_the_change_itself_takes_away(kind: str) -> None:
    service, member = await alone()
    await make_appointment(service, starts_at=local(WEDNESDAY, 9))
    [rule] = await WorkingHours.filter(staff=member, weekday=2)
    weekly = changes.Rule(2, 12 * 60, 14 * 60, "linden")
    by_kind: dict[str, changes.Change] = {
        "away": changes.Away(member.id, Interval(local(WEDNESDAY, 0), local(date(2026, 3, 12), 0))),
        "series": changes.Series(member.id, 2, 0, 12 * 60, WEDNESDAY),
        "hours": changes.Hours(member.id, (rule.id,), (weekly,), WEDNESDAY),
        "exception": changes.OnDay(member.id, WEDNESDAY, ((12 * 60, 14 * 60),)),
    }
    change = by_kind[kind]
    shown = await disruptions.preview(change, now=NOW, zone=ZONE)
    promised = [slot.starts_at for one in shown for slot in one.times]
    await disruptions.carry_out(change, {shown[0].appointment.id: Choice.OFFER}, now=NOW, **ASKED)
    kept = await instead.offered(shown[0].appointment.id, NOW)
    assert [hold.starts_at for hold in kept] == promised


async def test_two_who_report_her_ill_at_once_say_it_once() -> None:
    _service, member, _families = await four_families()
    away = changes.Away(member.id, Interval(EARLY, local(date(2026, 3, 5), 0)), "ill")
    later = replace(away, interval=Interval(EARLY + timedelta(seconds=1), local(date(2026, 3, 5), 0)))
    said = [await disruptions._save(one, {}, now=EARLY, **ASKED) for one in (away, later)]
    assert said[0].id == said[1].id
    assert await Absence.all().count() == 1
