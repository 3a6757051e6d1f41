"""Booking for somebody on the phone or at the counter."""

from __future__ import annotations

from typing import Any

import pytest

from booking.models import Appointment
from inquiries.models import Address, Contact, Person
from office.models import Role
from tests.channels.web.staffroom import Browser, hidden, times
from tests.factories import NOW, WEDNESDAY, introduction, local, make_appointment, make_office

NINE = local(WEDNESDAY, 9).isoformat()


@pytest.fixture
async def desk(enter: Any) -> Browser:
    """Reception, before the booking page of an office with one counsellor, weekdays 9 to 12."""
    browser: Browser = await enter(Role.RECEPTION)
    await make_office(code="school", step_minutes=30, per_person=1)
    return browser


async def typed(desk: Browser, query: str = "?service=school", **fields: str) -> dict[str, str]:
    """The form of the page with these fields."""
    return {**hidden(await desk.get(f"/desk/book{query}")), "starts_at": NINE, "channel": "phone", **fields}


async def test_times_begin_now_without_notice(desk: Browser, at: Any) -> None:
    at(local(NOW.date(), 10, 1))
    assert times(await desk.get("/desk/book"))[0] == local(NOW.date(), 10, 30).isoformat()


async def test_a_caller_without_name_and_address_is_booked(desk: Browser) -> None:
    answer = await desk.send("/desk/book", **await typed(desk))
    appointment = await Appointment.get()
    assert answer.headers["location"] == f"/desk/appointments/{appointment.id}?new"
    assert (appointment.booked_by, appointment.channel) == ("staff:re", "phone")
    assert appointment.starts_at.isoformat() == NINE


async def test_who_comes_is_kept_as_typed(desk: Browser) -> None:
    await desk.send(
        "/desk/book",
        **await typed(
            desk,
            "?service=school&children=2&mode=phone&talk=en",
            name=" Ağaoğlu  Çiğdem ",
            call_name="Agaoglu",
            phone="0176 04069012",
            email="C@Example.org",
            read_by_others="yes",
            channel="walk_in",
        ),
    )
    person, appointment = await Person.get(), await Appointment.get()
    assert (person.name, person.call_name) == ("Ağaoğlu Çiğdem", "Agaoglu")
    assert sorted(await Address.all().values_list("value", "read_by_others")) == [
        ("+4917604069012", True),
        ("C@example.org", True),
    ]
    assert (appointment.children, appointment.mode, appointment.language) == (2, "phone", "en")
    assert (await Contact.get()).channel == "walk_in"


async def test_a_number_nobody_can_call_is_said_and_nothing_is_lost(desk: Browser) -> None:
    fields = await typed(desk, name="Kevin", phone="12", email="k@example.org")
    answer = await desk.send("/desk/book", status=422, **fields)
    assert 'id="phone-error"' in answer.text
    assert 'value="Kevin"' in answer.text
    assert f'value="{NINE}" required checked' in answer.text
    assert await Appointment.all().count() == 0


async def test_without_a_time_it_is_asked_for(desk: Browser) -> None:
    fields = await typed(desk)
    del fields["starts_at"]
    answer = await desk.send("/desk/book", status=422, **fields)
    assert 'href="#times"' in answer.text


async def test_a_time_taken_meanwhile_shows_fresh_ones_and_keeps_what_was_typed(desk: Browser) -> None:
    fields = await typed(desk, name="Kevin", phone="0176 04069012")
    first = await desk.send("/desk/book", **await typed(desk))
    assert first.status_code == 303
    answer = await desk.send("/desk/book", status=409, **fields)
    assert NINE not in times(answer.text)
    assert times(answer.text)
    assert 'value="Kevin"' in answer.text
    assert 'value="0176 04069012"' in answer.text


async def test_more_than_one_address_may_have_is_said(desk: Browser) -> None:
    await desk.send("/desk/book", **await typed(desk, email="k@example.org"))
    again = await typed(desk, email="k@example.org", starts_at=local(WEDNESDAY, 10).isoformat())
    await desk.send("/desk/book", status=409, **again)
    assert await Appointment.all().count() == 1


async def test_sent_twice_is_booked_once(desk: Browser) -> None:
    fields = await typed(desk)
    answers = [await desk.send("/desk/book", **fields) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await Appointment.all().count() == 1


async def test_a_way_to_meet_the_service_does_not_know_falls_back(enter: Any) -> None:
    desk: Browser = await enter(Role.LEAD)
    await make_office(code="phone-only", modes=["phone"])
    page = await desk.get("/desk/book?service=phone-only&mode=office&children=99&from=2026-03-03")
    assert '<option value="phone" selected>' in page
    assert 'value="8"' in page


async def test_a_language_nobody_speaks_has_no_times_and_says_what_may_help(desk: Browser) -> None:
    page = await desk.get("/desk/book?service=school&talk=ro")
    assert times(page) == []
    assert "sp-empty" in page


async def test_the_page_of_a_fresh_booking_offers_the_slip(desk: Browser) -> None:
    found = await make_appointment(who=introduction())
    page = await desk.get(f"/desk/appointments/{found.id}?new")
    assert 'role="status"' in page
    assert f"/desk/appointments/{found.id}/slip" in page


async def test_an_office_without_services_still_answers(enter: Any) -> None:
    page = await (await enter(Role.RECEPTION)).get("/desk/book")
    assert "sp-empty" in page
