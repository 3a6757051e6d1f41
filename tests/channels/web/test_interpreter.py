"""The page behind the link of a request to interpret: yes or no, and never a word about the family."""

from __future__ import annotations

from datetime import date, timedelta

import httpx2
import pytest

from booking import appointments, interpreting
from booking.models import Appointment, Interpretation, Interpreter, InterpreterRequest, RequestState, Service
from inquiries.people import Introduction
from office import journal
from tests.channels.web.conftest import Clock
from tests.channels.web.test_public import fields_of
from tests.factories import NOW, local, make_appointment

NINE = local(date(2026, 3, 9), 9)
WHO = Introduction(language="ar", name="Mariam", phone="+4917604069012")
WISH = {"language": "ar", "interpreter": True}


@pytest.fixture
async def talk(school: Service, time: Clock) -> Appointment:
    """On a Monday, with somebody who was asked to interpret."""
    time.now = NOW
    await Interpreter.create(code="01", name="D. 01", languages=["ar"], email="dolmetsch-01@example.org")
    made = await make_appointment(school, starts_at=NINE, who=WHO, wish=WISH)
    await interpreting.ask(made.id, NOW)
    return made


async def link() -> str:
    return f"/i/{interpreting.token(await InterpreterRequest.get())}"


async def answer(web: httpx2.AsyncClient, what: str) -> httpx2.Response:
    here = await link()
    page = (await web.get(here)).text
    return await web.post(f"{here}/{what}", data=fields_of(page))


async def state() -> RequestState:
    return (await InterpreterRequest.get()).state


async def test_page_says_when_where_and_which_language_and_nothing_of_the_family(
    web: httpx2.AsyncClient, talk: Appointment
) -> None:
    shown = await web.get(await link())
    assert "9:00" in shown.text and "Arabisch" in shown.text
    await talk.fetch_related("service")
    for secret in ("Mariam", "04069012", talk.code, talk.service.titles["de"]):
        assert secret not in shown.text, secret
    assert "no-store" in shown.headers["cache-control"]
    assert shown.headers["referrer-policy"] == "no-referrer"


async def test_looking_answers_nothing(web: httpx2.AsyncClient, talk: Appointment) -> None:
    here = await link()
    for address in (here, here, f"{here}?lang=ar"):
        assert (await web.get(address)).status_code == 200
    assert (await web.get(f"{here}/accept")).status_code in (404, 405)
    assert await state() == RequestState.ASKED


async def test_yes_confirms_and_can_be_taken_back_later(web: httpx2.AsyncClient, talk: Appointment) -> None:
    assert (await answer(web, "accept")).headers["location"] == await link()
    assert (await Appointment.get(id=talk.id)).interpretation == Interpretation.CONFIRMED
    assert 'id="accept"' not in (await web.get(await link())).text
    await answer(web, "decline")
    assert await state() == RequestState.DECLINED


async def test_no_without_anybody_else_makes_a_card_and_the_page_says_thanks(
    web: httpx2.AsyncClient, talk: Appointment
) -> None:
    await answer(web, "decline")
    assert (await Appointment.get(id=talk.id)).interpretation == Interpretation.MISSING
    assert "<form" not in (await web.get(await link())).text.partition("<main")[2].partition("</main")[0]


async def test_what_was_taken_back_or_is_over_can_not_be_answered(
    web: httpx2.AsyncClient, talk: Appointment, time: Clock
) -> None:
    here = await link()
    typed = fields_of((await web.get(here)).text)
    await appointments.cancel(talk.id, actor=journal.PERSON, now=NOW)
    await interpreting.ask(talk.id, NOW)
    assert (await web.post(f"{here}/accept", data=typed)).status_code == 303
    assert await state() == RequestState.WITHDRAWN
    time.now = NINE + timedelta(days=1)
    assert 'id="decline"' not in (await web.get(here)).text


async def test_wrong_link_and_foreign_form_change_nothing(web: httpx2.AsyncClient, talk: Appointment) -> None:
    here = await link()
    assert (await web.get(f"{here[:-2]}AA")).status_code == 404
    assert (await web.post(f"{here}/accept", data={"csrf": "x"})).status_code == 403
    assert await state() == RequestState.ASKED
