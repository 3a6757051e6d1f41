"""Where nothing is free: the waiting list, a call back, open hours; and the page behind the link of an offer."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx2
import pytest

from booking import appointments, waiting
from booking.models import Appointment, CallBack, Hold, Service, Waiting, WaitingState, WorkingHours
from office import journal
from office.models import OpenHours, Role
from tests.channels.web.conftest import Clock
from tests.channels.web.test_public import fields_of
from tests.factories import NOW, WEDNESDAY, make_appointment

WISH = "service=school&mode=office&children=1"


@pytest.fixture
async def full(school: Service) -> Appointment:
    """Only Wednesday from nine to ten, and somebody has it."""
    await WorkingHours.all().update(weekday=2, ends_minute=600, valid_to=WEDNESDAY)
    _first, *rest = await WorkingHours.all().order_by("id")
    await WorkingHours.filter(id__in=[one.id for one in rest]).delete()
    return await make_appointment(school)


async def ask(web: httpx2.AsyncClient, to: str, **typed: str) -> httpx2.Response:
    page = (await web.get(f"/de/book?{WISH}")).text
    return await web.post(to, data=fields_of(page, **typed))


async def offered(web: httpx2.AsyncClient, booked: Appointment) -> str:
    """Address of the page of a family that has an offer."""
    await ask(web, "/de/wait", email="mother@example.org")
    await appointments.cancel(booked.id, actor=journal.PERSON, now=NOW)
    return f"/w/{waiting.token(await Waiting.get())}"


async def test_page_without_times_offers_the_waiting_list_a_call_and_the_open_hours(
    web: httpx2.AsyncClient, full: Appointment
) -> None:
    await OpenHours.create(
        place="linden", weekday=3, starts_minute=840, ends_minute=960, valid_from=date(2020, 1, 1)
    )
    page = (await web.get(f"/de/book?{WISH}")).text
    assert 'action="/de/wait"' in page and 'formaction="/de/call-back"' in page
    assert "5. März" in page and "14:00" in page


async def test_who_asks_stands_on_the_list_and_gets_the_freed_time(
    web: httpx2.AsyncClient, full: Appointment
) -> None:
    answer = await ask(web, "/de/wait", email="mother@example.org", part="morning")
    assert (answer.status_code, answer.headers["location"]) == (303, "/de/noted?waiting")
    family = await Waiting.get()
    assert (family.from_minute, family.to_minute, family.state) == (0, 720, WaitingState.WAITING)
    await appointments.cancel(full.id, actor=journal.PERSON, now=NOW)
    assert await Hold.filter(waiting_id=family.id).count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [({}, "email"), ({"email": "mother"}, "email"), ({"email": "m@example.org", "others": "yes"}, "others")],
)
async def test_who_cannot_be_written_to_is_told_so_and_nothing_is_lost(
    web: httpx2.AsyncClient, full: Appointment, typed: dict[str, str], field: str
) -> None:
    answer = await ask(web, "/de/wait", name="Amira", **typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text and "Amira" in answer.text
    assert not await Waiting.exists()


async def test_offer_is_taken_by_a_click_and_looking_at_it_changes_nothing(
    web: httpx2.AsyncClient, full: Appointment
) -> None:
    page = await offered(web, full)
    shown = await web.get(page)
    assert 'id="accept"' in shown.text and "9:00" in shown.text
    assert await Appointment.all().count() == 1
    form = fields_of(shown.text)
    first, again = [await web.post(f"{page}/accept", data=form) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    assert await Appointment.filter(status="booked").count() == 1
    assert first.headers["location"].partition("?")[0] in (await web.get(page)).text


async def test_offer_is_declined_and_they_go_on_waiting(web: httpx2.AsyncClient, full: Appointment) -> None:
    page = await offered(web, full)
    answer = await web.post(f"{page}/decline", data=fields_of((await web.get(page)).text))
    assert answer.status_code == 303
    assert (await Waiting.get()).state == WaitingState.WAITING
    assert 'id="accept"' not in (await web.get(page)).text


async def test_who_wants_no_more_offers_leaves(web: httpx2.AsyncClient, full: Appointment) -> None:
    page = await offered(web, full)
    await web.post(f"{page}/leave", data=fields_of((await web.get(page)).text))
    assert (await Waiting.get()).state == WaitingState.LEFT
    assert not await Hold.exists()
    assert 'id="leave"' not in (await web.get(page)).text


async def test_time_that_is_kept_no_more_is_told_kindly(
    web: httpx2.AsyncClient, full: Appointment, time: Clock
) -> None:
    page = await offered(web, full)
    form = fields_of((await web.get(page)).text)
    time.now = (await Hold.get()).expires_at
    answer = await web.post(f"{page}/accept", data=form)
    assert answer.status_code == 303
    assert "nicht mehr für Sie" in (await web.get(answer.headers["location"])).text


async def test_link_of_another_is_no_link(web: httpx2.AsyncClient, full: Appointment) -> None:
    await offered(web, full)
    assert (await web.get("/w/AAAAAAAAAAAAAAAAAAAAAAE")).status_code == 404


async def test_call_back_is_a_card_until_somebody_called(
    web: httpx2.AsyncClient, full: Appointment, enter: Any
) -> None:
    typed = {"name": "Amira", "phone": "0176 04069012", "part": "morning"}
    page = (await web.get(f"/de/book?{WISH}")).text
    form = fields_of(page, **typed)
    assert [(await web.post("/de/call-back", data=form)).status_code for _ in range(2)] == [303, 303]
    asked = await CallBack.get()
    assert (asked.day, asked.from_minute, asked.to_minute) == (date(2026, 3, 3), 540, 720)
    desk = await enter(Role.RECEPTION)
    cards = await desk.http.get("/desk/cards")
    assert "Amira" in cards.text and "+4917604069012" in cards.text
    await desk.send(f"/desk/cards/call/{asked.id}", do="settled")
    assert (await CallBack.get()).done_by
    assert "Amira" not in (await desk.http.get("/desk/cards")).text


async def test_call_back_without_a_number_asks_for_one(web: httpx2.AsyncClient, full: Appointment) -> None:
    answer = await ask(web, "/de/call-back", name="Amira")
    assert answer.status_code == 422 and 'id="phone-error"' in answer.text
