"""Group evenings at the desk: planned, filled, called off; the counsellor is invited once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from booking import claims, sessions
from booking.models import Appointment, Claim, Offering, Room, Service, Session, Status
from channels.models import Message
from office import closing_days
from office.models import Role, Staff
from tests.factories import NOW, WEDNESDAY, local, make_absence, make_appointment, make_office, make_service
from workers import sweep

pytestmark = pytest.mark.usefixtures("database")
LIST = "/desk/sessions"


@pytest.fixture
async def group() -> tuple[Service, Staff]:
    """A service for groups, and who gives it."""
    talks = await make_office()
    [offering] = await Offering.filter(service=talks)
    member = await Staff.get(id=offering.staff_id)
    titles = {"de": "Elternabend Klasse 4"}
    return await make_service(member, code="evening", group=True, minutes=90, titles=titles), member


def form(member: Staff, **other: str) -> dict[str, str]:
    typed = {"service": "evening", "counsellor": member.code, "place": "linden", "room": ""}
    return {**typed, "day": "2026-03-04", "starts": "18:00", "seats": "8", **other}


async def evening(group: tuple[Service, Staff], seats: int = 8) -> Session:
    service, member = group
    return await sessions.plan(
        service, member.id, place="linden", starts_at=local(WEDNESDAY, 18), seats=seats, actor="staff:le", now=NOW
    )  # fmt: skip


async def test_planned_evening_stands_in_the_list_and_on_its_own_page(enter: Any, group: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    assert "Elternabend Klasse 4" in await browser.get(LIST)
    answer = await browser.send(LIST, **form(group[1]))
    one = await Session.get()
    assert answer.headers["location"] == f"{LIST}/{one.id}?planned"
    assert (one.starts_at, one.seats, one.staff_id) == (local(WEDNESDAY, 18), 8, group[1].id)
    shown = await browser.get(LIST)
    assert "18:00–19:30" in shown and "0 von 8 Plätzen" in shown
    assert "Elternabend Klasse 4" in await browser.get(answer.headers["location"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("service", "school"), ("counsellor", "zz"), ("place", "mond"), ("room", "x"), ("day", ""), ("starts", "26:00"),
     ("seats", "0"), ("day", "2026-03-01")],
)  # fmt: skip
async def test_what_is_wrong_is_said_at_its_field(enter: Any, group: Any, field: str, value: str) -> None:
    await Room.create(place="linden", code="l1", name="2.01")
    browser = await enter(Role.LEAD)
    status = 409 if value == "2026-03-01" else 422
    answer = await browser.send(LIST, status=status, **form(group[1], **{field: value}))
    assert (f'id="{field}-error"' in answer.text and 'value="18:00"' in answer.text) or field == "starts"
    assert not await Session.exists()


async def test_closed_day_absence_talk_and_foreign_room_are_refused_in_words(enter: Any, group: Any) -> None:
    _service, member = group
    browser, room = await enter(Role.LEAD), await Room.create(place="nord", code="n1", name="Laden")
    said = (await browser.send(LIST, status=409, **form(member, room=str(room.id)))).text
    assert "Dieser Raum gehört zu einem anderen Ort." in said
    await make_absence(member, local(WEDNESDAY, 19), local(WEDNESDAY, 20))
    said = (await browser.send(LIST, status=409, **form(member))).text
    assert 'id="counsellor-error"' in said
    talk = await make_appointment(starts_at=local(WEDNESDAY, 9))
    other = await Staff.get(id=talk.staff_id)
    said = (await browser.send(LIST, status=409, **form(other, starts="09:30"))).text
    assert 'id="starts-error"' in said
    await closing_days.close(WEDNESDAY, "Betriebsausflug")
    said = (await browser.send(LIST, status=409, **form(member))).text
    assert "An diesem Tag ist geschlossen." in said
    assert not await Session.exists() and await claims.differences() == []


async def test_a_room_is_given_to_one_evening_at_a_time(enter: Any, group: Any) -> None:
    room = await Room.create(place="linden", code="l1", name="2.01")
    browser = await enter(Role.LEAD)
    await browser.send(LIST, **form(group[1], room=str(room.id)))
    await make_office()
    other = await Staff.exclude(id=group[1].id).filter(role=Role.COUNSELLOR).first()
    said = await browser.send(LIST, status=409, **form(other, room=str(room.id)))
    assert 'id="room-error"' in said.text and await Session.all().count() == 1


async def test_seats_are_booked_for_a_caller_also_at_short_notice(enter: Any, group: Any, at: Any) -> None:
    one = await evening(group)
    at(one.starts_at - timedelta(hours=1))
    browser = await enter(Role.RECEPTION)
    typed = {"seats": "3", "name": "Amira", "phone": "0176 04069012", "key": "k" * 20}
    answers = [await browser.send(f"{LIST}/{one.id}/seats", **typed) for _ in range(2)]
    booked = await Appointment.get()
    assert {a.headers["location"] for a in answers} == {f"/desk/appointments/{booked.id}?new"}
    assert (booked.seats, booked.session_id, booked.channel) == (3, one.id, "phone")
    shown = await browser.get(f"{LIST}/{one.id}")
    assert "Amira" in shown and booked.code in shown and "3 von 8 Plätzen" in shown
    assert f"/desk/appointments/{booked.id}/move" not in await browser.get(f"/desk/appointments/{booked.id}")


async def test_more_seats_than_are_free_are_refused_at_the_desk(enter: Any, group: Any) -> None:
    one = await evening(group, seats=2)
    browser = await enter(Role.RECEPTION)
    answer = await browser.send(f"{LIST}/{one.id}/seats", status=409, seats="3", name="Amira")
    assert "Amira" in answer.text and not await Appointment.exists()
    await browser.send(f"{LIST}/{one.id}/seats", status=422, seats="6")


async def test_reception_sees_times_and_names_and_never_the_topic(enter: Any, group: Any) -> None:
    one = await evening(group)
    reception = await enter(Role.RECEPTION)
    for address in (LIST, f"{LIST}/{one.id}"):
        shown = await reception.get(address)
        assert "18:00" in shown and "Elternabend" not in shown and "call-off" not in shown
    assert f'action="{LIST}"' not in await reception.get(LIST)
    await reception.send(LIST, status=403, **form(group[1]))
    await reception.send(f"{LIST}/{one.id}/call-off", status=403)
    assert (await Session.get()).cancelled_at is None


async def test_called_off_after_one_question(enter: Any, group: Any) -> None:
    one = await evening(group)
    lead = await enter(Role.LEAD)
    await lead.send(f"{LIST}/{one.id}/seats", seats="2", name="Amira")
    assert "1 Buchung" in await lead.get(f"{LIST}/{one.id}/call-off")
    assert (await Session.get()).cancelled_at is None
    answer = await lead.send(f"{LIST}/{one.id}/call-off")
    assert "Abgesagt" in await lead.get(answer.headers["location"])
    assert (await Appointment.get()).status == Status.CANCELLED and not await Claim.exists()


async def test_counsellor_is_invited_once_however_many_families_come(enter: Any, group: Any) -> None:
    one = await evening(group)
    browser = await enter(Role.RECEPTION)
    for number in range(3):
        await browser.send(f"{LIST}/{one.id}/seats", seats="1", email=f"family{number}@example.org")
    while await sweep.run(NOW):
        pass
    to_staff = Message.filter(staff_id__not_isnull=True)
    assert await to_staff.values_list("text", flat=True) == ["staff_session"]
    assert await Message.filter(text="confirm").count() == 3
    await sessions.call_off(one.id, actor="staff:le", now=NOW)
    while await sweep.run(NOW):
        pass
    found = await Message.filter(staff_id__not_isnull=True).order_by("id").values_list("text", flat=True)
    assert found == ["staff_session", "staff_session_off"]
    assert await Message.filter(text="cancelled_by_office").count() == 3
