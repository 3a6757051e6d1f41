"""Squeezing in at the desk: a reason is needed, every rule gives way but two talks at once."""

from __future__ import annotations

from typing import Any

import pytest

from booking.models import Appointment, Offering, Room
from office.models import Role, Staff
from tests.factories import WEDNESDAY, local, make_appointment, make_office

pytestmark = pytest.mark.usefixtures("database")
PAGE = "/desk/squeeze"


@pytest.fixture
async def member() -> Staff:
    """Nine to twelve, and a talk on Wednesday at ten."""
    service = await make_office(code="school", notice_minutes=10_000)
    [offering] = await Offering.filter(service=service)
    await make_appointment(service, starts_at=local(WEDNESDAY, 10), wish={"by_staff": True})
    return await Staff.get(id=offering.staff_id)


def form(member: Staff, **other: str) -> dict[str, str]:
    typed = {"service": "school", "mode": "office", "counsellor": member.code, "day": "2026-03-04"}
    return {**typed, "starts": "16:00", "reason": "wartet im Flur", "name": "Amira", "key": "k" * 20, **other}


async def test_time_outside_every_rule_is_booked_with_its_reason(enter: Any, member: Staff) -> None:
    browser = await enter(Role.RECEPTION)
    answers = [await browser.send(PAGE, **form(member)) for _ in range(2)]
    booked = await Appointment.get(starts_at=local(WEDNESDAY, 16))
    assert {a.headers["location"] for a in answers} == {f"/desk/appointments/{booked.id}?new"}
    assert (booked.override, booked.staff_id) == ("wartet im Flur", member.id)
    assert "wartet im Flur" in await browser.get(f"/desk/appointments/{booked.id}")


async def test_two_talks_at_once_are_refused_in_words(enter: Any, member: Staff) -> None:
    browser = await enter(Role.COUNSELLOR)
    answer = await browser.send(PAGE, status=409, **form(member, starts="10:30"))
    assert 'id="starts-error"' in answer.text and "Amira" in answer.text and "wartet im Flur" in answer.text
    assert await Appointment.all().count() == 1


async def test_buffer_gives_way(enter: Any, member: Staff) -> None:
    await (await enter(Role.LEAD)).send(PAGE, **form(member, starts="10:45"))
    assert await Appointment.all().count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("reason", ""), ("reason", "x"), ("counsellor", ""), ("mode", "visiting"), ("place", "mond"), ("day", "gestern"),
     ("starts", ""), ("email", "x@"), ("day", "2026-03-01")],
)  # fmt: skip
async def test_what_is_wrong_is_said_at_its_field(enter: Any, member: Staff, field: str, value: str) -> None:
    status = 409 if value == "2026-03-01" else 422
    answer = await (await enter(Role.LEAD)).send(PAGE, status=status, **form(member, **{field: value}))
    assert f'id="{field}-error"' in answer.text
    assert await Appointment.all().count() == 1


async def test_without_a_free_room_it_says_so(enter: Any, member: Staff) -> None:
    room = await Room.create(place="linden", code="l1", name="2.01")
    browser = await enter(Role.LEAD)
    await browser.send(PAGE, **form(member, starts="16:00"))
    await make_office()
    other = await Staff.exclude(id=member.id).filter(role=Role.COUNSELLOR).first()
    answer = await browser.send(PAGE, status=409, **form(other, starts="16:00", place="linden", key="n" * 20))
    assert 'id="place-error"' in answer.text, room


async def test_booking_page_leads_to_it_with_what_was_chosen(enter: Any, member: Staff) -> None:
    browser = await enter(Role.RECEPTION)
    assert f"{PAGE}?service=school" in await browser.get("/desk/book")
    shown = await browser.get(f"{PAGE}?service=school&mode=phone&counsellor={member.code}")
    assert '<option value="phone" selected>' in shown and f'<option value="{member.code}" selected>' in shown
