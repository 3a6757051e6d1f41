"""Squeezing in: every rule gives way to a reason, two talks at once to none."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from booking import claims, errors, holds, squeeze
from booking.appointments import Booking
from booking.models import Appointment, Offering, Service
from booking.services import Wish
from inquiries.people import Introduction
from office import closing_days
from office.errors import Invalid
from office.models import Staff
from tests.factories import (
    NOW,
    WEDNESDAY,
    ZONE,
    introduction,
    local,
    make_absence,
    make_appointment,
    make_office,
)

pytestmark = pytest.mark.usefixtures("database")
TEN = local(WEDNESDAY, 10)


async def counsellor(service: Service) -> Staff:
    [offering] = await Offering.filter(service=service)
    member: Staff = await offering.staff
    return member


async def squeezed(
    service: Service,
    starts_at: datetime,
    *,
    reason: str = "wartet im Flur",
    key: str = "q",
    now: datetime = NOW,
    who: Introduction | None = None,
) -> Appointment:
    return await squeeze.squeeze_in(
        Wish(service.code, by_staff=True), (await counsellor(service)).id, starts_at, reason,
        Booking(who or introduction(), channel="walk_in", actor="staff:re"), key=key, now=now, zone=ZONE,
    )  # fmt: skip


async def codes(service: Service, starts_at: datetime, now: datetime = NOW) -> list[str]:
    member = await counsellor(service)
    return await squeeze.overridden(Wish(service.code), member.id, starts_at, now=now, zone=ZONE)


async def test_reason_is_kept_and_nothing_is_overridden_where_the_time_is_free() -> None:
    service = await make_office()
    assert await codes(service, TEN) == []
    booked = await squeezed(service, TEN)
    assert (booked.override, booked.starts_at, booked.booked_by) == ("wartet im Flur", TEN, "staff:re")
    assert (await squeezed(service, TEN)).id == booked.id
    assert await claims.differences() == []


async def test_buffers_on_both_sides_give_way() -> None:
    service = await make_office()
    before = await make_appointment(service, starts_at=local(WEDNESDAY, 9))
    await make_appointment(service, starts_at=local(WEDNESDAY, 10, 30))
    between = local(WEDNESDAY, 9, 45)
    assert await codes(service, between) == ["buffer"]
    booked = await squeezed(service, between)
    await before.refresh_from_db()
    assert (before.claimed_until, booked.claimed_until) == (between, local(WEDNESDAY, 10, 30))
    assert await claims.differences() == []


@pytest.mark.parametrize("minute", [30, 40, 50])
async def test_true_overlap_stays_impossible(minute: int) -> None:
    service = await make_office()
    booked = await make_appointment(service, starts_at=TEN)
    begin = local(WEDNESDAY, 9, minute)
    with pytest.raises(errors.SlotTaken):
        await codes(service, begin)
    with pytest.raises(errors.SlotTaken):
        await squeezed(service, begin)
    assert [one.id for one in await Appointment.all()] == [booked.id]


async def test_standing_hold_is_somebody_an_expired_one_nobody() -> None:
    service = await make_office()
    await holds.place(Wish(service.code), TEN, key="k", now=NOW, zone=ZONE)
    with pytest.raises(errors.SlotTaken):
        await squeezed(service, TEN)
    assert (await squeezed(service, TEN, now=NOW + holds.LASTS)).starts_at == TEN
    assert await claims.differences() == []


async def test_limit_of_the_address_does_not_count() -> None:
    service, who = await make_office(per_person=1), introduction()
    await make_appointment(service, who=who)
    assert (await squeezed(service, TEN, who=who)).override


@pytest.mark.parametrize("reason", ["", "  x ", "x" * 201])
async def test_without_a_reason_nothing_is_squeezed_in(reason: str) -> None:
    with pytest.raises(Invalid):
        await squeezed(await make_office(), TEN, reason=reason)


async def test_what_would_be_overridden_is_named() -> None:
    service = await make_office(notice_minutes=3 * 24 * 60)
    member = await counsellor(service)
    await make_absence(member, TEN, TEN + timedelta(hours=1))
    assert await codes(service, TEN) == ["absent", "notice"]
    assert await codes(service, local(WEDNESDAY, 14)) == ["outside_hours", "notice"]
    await closing_days.close(WEDNESDAY, "Betriebsausflug")
    assert await codes(service, local(WEDNESDAY, 9)) == ["closed", "notice"]


async def test_full_day_and_missing_break_are_named() -> None:
    service = await make_office()
    member = await counsellor(service)
    await make_appointment(service)
    member.most_talks = 1
    await member.save()
    assert await codes(service, TEN) == ["full_day"]
    member.most_talks, member.break_after_minutes = 9, 90
    await member.save()
    assert await codes(service, TEN) == ["no_break"]


async def test_of_many_at_once_on_one_time_one_is_squeezed_in() -> None:
    service = await make_office()
    results = await asyncio.gather(
        *(squeezed(service, local(WEDNESDAY, 14), key=f"k{n}") for n in range(3)), return_exceptions=True
    )
    assert all(isinstance(one, Invalid | errors.SlotTaken | Appointment) for one in results)
    assert sum(isinstance(one, Appointment) for one in results) == 1
    assert await claims.differences() == []
