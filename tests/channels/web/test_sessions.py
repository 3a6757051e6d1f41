"""Group evenings for families: from the list of sessions to the page of the seats they booked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from booking import sessions
from booking.models import Appointment, Hold, Offering, SeatClaim, Service, Session, Status
from tests.channels.web.conftest import Clock
from tests.channels.web.test_public import fields_of
from tests.factories import NOW, WEDNESDAY, local, make_service

PAGE = "/de/book?service=evening"


@pytest.fixture
async def evening(school: Service) -> Session:
    """Three seats on Wednesday at six."""
    [offering] = await Offering.filter(service=school)
    group = await make_service(
        await offering.staff, code="evening", group=True, minutes=90, modes=["office"], minutes_per_child=0,
        titles={"de": "Elternabend"},
    )  # fmt: skip
    return await sessions.plan(
        group, offering.staff_id, place="linden", starts_at=local(WEDNESDAY, 18), seats=3, actor="staff:le", now=NOW
    )  # fmt: skip


async def held(
    web: httpx2.AsyncClient, evening: Session, seats: int = 2, page: str = PAGE
) -> httpx2.Response:
    shown = (await web.get(page)).text
    return await web.post("/de/book/seats", data=fields_of(shown, session=str(evening.id), seats=str(seats)))


async def booked(web: httpx2.AsyncClient, evening: Session) -> str:
    """Address of the page of two booked seats."""
    details = (await held(web, evening)).headers["location"]
    form = fields_of((await web.get(details)).text, name="Amira", email="amira@example.org")
    answer = await web.post(details, data=form)
    return str(answer.headers["location"]).partition("?")[0]


async def test_evening_shows_time_place_and_free_seats_and_stands_on_the_start_page(
    web: httpx2.AsyncClient, evening: Session
) -> None:
    shown = (await web.get(PAGE)).text
    assert "4. März" in shown and "18:00" in shown and "Lindenplatz 4" in shown and "3 Plätze frei" in shown
    assert "Elternabend" in (await web.get("/de/")).text
    assert (await web.get("/de/book")).text.count("Elternabend") == 1


async def test_seats_are_kept_then_booked_and_have_a_page_of_their_own(
    web: httpx2.AsyncClient, evening: Session
) -> None:
    details = (await held(web, evening)).headers["location"]
    form_page = (await web.get(details)).text
    assert "Plätze</dt><dd>2" in form_page
    form = fields_of(form_page, name="Amira", email="amira@example.org")
    first, again = [await web.post(details, data=form) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    one = await Appointment.get()
    assert (one.session_id, one.seats, one.status) == (evening.id, 2, Status.BOOKED)
    shown = (await web.get(first.headers["location"])).text
    assert "Plätze</dt><dd>2" in shown and 'id="move"' not in shown and 'id="cancel"' in shown
    assert "1 Platz frei" in (await web.get(PAGE)).text


async def test_seats_are_cancelled_by_the_link_and_free_again(
    web: httpx2.AsyncClient, evening: Session
) -> None:
    page = await booked(web, evening)
    asked = (await web.get(f"{page}/cancel")).text
    assert f"{page}/move" not in asked
    await web.post(f"{page}/cancel", data=fields_of(asked))
    assert (await Appointment.get()).status == Status.CANCELLED and not await SeatClaim.exists()


async def test_seats_do_not_move_by_the_link(web: httpx2.AsyncClient, evening: Session) -> None:
    page = await booked(web, evening)
    assert (await web.get(f"{page}/move")).status_code == 303
    token = fields_of((await web.get(f"{page}/cancel")).text)
    answer = await web.post(f"{page}/move", data={**token, "starts_at": local(WEDNESDAY, 9).isoformat()})
    assert answer.status_code == 404
    assert (await Appointment.get()).starts_at == evening.starts_at


async def test_seats_have_a_calendar_file(web: httpx2.AsyncClient, evening: Session) -> None:
    file = await web.get(f"{await booked(web, evening)}.ics")
    assert file.status_code == 200 and "DTSTART;TZID=Europe/Berlin:20260304T180000" in file.text
    assert "Elternabend" not in file.text


@pytest.mark.parametrize("way", ["", "/extend"])
async def test_seats_kept_too_long_ago_are_told_so(
    web: httpx2.AsyncClient, evening: Session, time: Clock, way: str
) -> None:
    details = (await held(web, evening)).headers["location"]
    form = fields_of((await web.get(details)).text, name="Amira", email="amira@example.org")
    time.now = NOW + timedelta(minutes=16)
    await Hold.all().delete()
    answer = await web.post(details + way, data=form)
    assert answer.status_code == 409 and not await Appointment.exists()


async def test_more_seats_than_are_free_are_refused_on_the_same_page(
    web: httpx2.AsyncClient, evening: Session
) -> None:
    await booked(web, evening)
    answer = await held(web, evening, 2)
    assert answer.status_code == 409 and 'id="seats-error"' in answer.text and "1 Platz frei" in answer.text


async def test_who_chose_no_evening_is_asked_to(web: httpx2.AsyncClient, evening: Session) -> None:
    form = fields_of((await web.get(PAGE)).text, seats="1")
    form.pop("session", None)
    answer = await web.post("/de/book/seats", data=form)
    assert answer.status_code == 422 and 'id="session-error"' in answer.text


@pytest.mark.parametrize("state", ["full", "none"])
async def test_no_free_seat_is_no_dead_end(web: httpx2.AsyncClient, evening: Session, state: str) -> None:
    if state == "full":
        await sessions.hold_seats(evening.id, 3, key="x" * 16, now=NOW)
    else:
        await sessions.call_off(evening.id, actor="staff:le", now=NOW)
    shown = (await web.get(PAGE)).text
    assert ("Ausgebucht" in shown) == (state == "full")
    assert 'formaction="/de/call-back"' in shown and 'id="wait"' not in shown
    form = fields_of(shown, name="Amira", phone="0176 04069012")
    assert (await web.post("/de/call-back", data=form)).status_code == 303
    assert (await web.post("/de/wait", data=form)).status_code == 404


async def test_a_talk_is_booked_as_no_seat(
    web: httpx2.AsyncClient, evening: Session, school: Service
) -> None:
    form: dict[str, Any] = fields_of((await web.get(PAGE)).text, session=str(evening.id), seats="1")
    assert (await web.post("/de/book/seats", data={**form, "service": "school"})).status_code == 404
