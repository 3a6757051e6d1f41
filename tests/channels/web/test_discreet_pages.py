"""Where others read along: locked pages hold nothing back to be found, and four digits open them for a while."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from booking.models import Appointment, Service
from channels.web import rate
from channels.web.public import second_secret
from inquiries import thread
from inquiries.models import Address, Inquiry, Writing
from office.settings import Settings
from tests.channels.web.test_ask import asked
from tests.channels.web.test_public import book, fields_of
from tests.channels.web.test_question import writing_fields
from tests.factories import NOW

Web = httpx2.AsyncClient
LEO = {"name": "Leo", "phone": "0176 04069002", "others": "yes", "calendar": "yes"}
TEXT = "Ich will die Schule wechseln."
ANSWER = "Komm einfach vorbei."
SECRETS = (
    "Leo", "04069002", "4069002", "Schul", "School", "مدرسة", "Zeugnis", "wechseln", "vorbei", "Frage", "question",
    "Beratung", "ounselling", "Sprechstunde", ".ics",
)  # fmt: skip


@pytest.fixture
async def appointment(web: Web, school: Service) -> str:
    await Service.all().update(bring={"de": ["letztes Zeugnis"]})
    return await book(web, **LEO)


@pytest.fixture
async def question(web: Web, lists: None) -> str:
    return await ask(web)


@pytest.fixture(params=["appointment", "question"])
async def address(request: pytest.FixtureRequest, web: Web, school: Service) -> str:
    """One page of each kind."""
    return await book(web, **LEO) if request.param == "appointment" else await ask(web)


async def ask(web: Web) -> str:
    address = await asked(web, text=TEXT, topic="school_enrolment", **LEO)
    found = await Inquiry.get()
    await thread.answer(found.id, ANSWER, key="a1", channel="web_form", actor="staff:kl", now=NOW)
    return address


async def person() -> int:
    return (await Inquiry.get()).person_id


async def elsewhere(web: Web, address: str) -> httpx2.Response:
    """The page as another browser sees it."""
    web.cookies.clear()
    return await web.get(address)


async def enter(web: Web, address: str, digits: str, **more: str) -> httpx2.Response:
    page = (await web.get(address)).text
    form = page[: page.index("</form>", page.index(f'action="{address}/open'))]
    return await web.post(f"{address}/open", data=fields_of(form, digits=digits, **more))


def told(page: str) -> str:
    return "".join(re.findall(r'id="told">(\d{4})<', page))


def numbers(answer: httpx2.Response) -> list[str]:
    """Every number of the page that is no part of a longer word, such as the mark of a file."""
    return re.findall(r"(?<![\w-])\d+(?![\w-])", answer.text)


def given_away(answer: httpx2.Response) -> list[str]:
    """What a locked page would betray, head and headers included."""
    everything = f"{answer.headers} {answer.content.decode()}".lower()
    return [secret for secret in SECRETS if secret.lower() in everything]


@pytest.mark.parametrize("language", ["de", "en", "ar"])
@pytest.mark.parametrize("query", ["", "booked=1&", "moved=1&"])
async def test_locked_appointment_tells_time_and_place_only(
    web: Web, appointment: str, language: str, query: str
) -> None:
    answer = await elsewhere(web, f"{appointment}?{query}lang={language}")
    assert given_away(answer) == [] and second_secret.digits(await person()) not in numbers(answer)
    assert "Lindenplatz 4" in answer.text and (await Appointment.get()).code in answer.text


@pytest.mark.parametrize("language", ["de", "en", "ar"])
async def test_locked_question_tells_only_that_something_was_noted(
    web: Web, question: str, language: str
) -> None:
    answer = await elsewhere(web, f"{question}?asked=1&lang={language}")
    assert given_away(answer) == [] and 'id="write"' not in answer.text
    code = str((await Inquiry.get()).code)
    assert code not in answer.text and second_secret.digits(await person()) not in numbers(answer)


async def test_who_has_just_booked_reads_everything_and_is_told_the_digits(
    web: Web, appointment: str
) -> None:
    page = (await web.get(f"{appointment}?booked=1")).text
    assert "Leo" in page and "Schule und Schulwechsel" in page and "letztes Zeugnis" in page
    assert told(page) == second_secret.digits(await person())
    assert ".ics" not in page and (await web.get(f"{appointment}.ics")).status_code == 404


async def test_who_has_just_asked_reads_everything_and_is_told_the_digits(web: Web, question: str) -> None:
    page = (await web.get(f"{question}?asked=1")).text
    assert TEXT in page and ANSWER in page and told(page) == second_secret.digits(await person())
    assert "SMS" not in page and "E-Mail" not in page


async def test_right_digits_open_for_a_quarter_of_an_hour(web: Web, address: str, time: Any) -> None:
    await elsewhere(web, address)
    time.now = NOW + timedelta(hours=1)
    answer = await enter(web, address, second_secret.digits(await person()))
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    cookie = answer.headers["set-cookie"].lower()
    assert all(
        part in cookie for part in ("httponly", "samesite=strict", f"path={address.lower()}", "max-age=900")
    )
    assert "Leo" in (await web.get(address)).text
    time.now += timedelta(minutes=15)
    assert given_away(await web.get(address)) == []


async def test_digits_are_read_in_any_script(web: Web, question: str) -> None:
    await elsewhere(web, question)
    arabic = "".join(chr(0x0660 + int(digit)) for digit in second_secret.digits(await person()))
    assert (await enter(web, question, f" {arabic[:2]} {arabic[2:]}")).status_code == 303


@pytest.mark.parametrize("wrong", ["", "12345", "letters", "½²③", "4" * 5000])
async def test_wrong_digits_are_the_same_page_with_a_neutral_word(web: Web, address: str, wrong: str) -> None:
    await elsewhere(web, address)
    answer = await enter(web, address, wrong)
    assert answer.status_code == 422 and 'id="digits-error"' in answer.text
    assert given_away(answer) == [] and "set-cookie" not in answer.headers


async def test_close_again_locks_the_page(web: Web, question: str) -> None:
    page = (await web.get(question)).text
    form = page[: page.index("</form>", page.index(f'action="{question}/close'))]
    csrf = re.findall(r'name="csrf" value="(\w+)"', form)[-1]
    await web.post(f"{question}/close", data={"csrf": csrf})
    assert given_away(await web.get(question)) == []


async def test_five_tries_an_hour_over_all_links_whatever_the_settings_say(web: Web, address: str) -> None:
    await elsewhere(web, address)
    answers = [(await enter(web, address, "x")).status_code for _ in range(6)]
    late = await enter(web, address, second_secret.digits(await person()))
    assert answers == [422] * 5 + [429] and late.status_code == 429 and "set-cookie" not in late.headers
    assert given_away(late) == []


async def test_fifteen_tries_a_day(monkeypatch: pytest.MonkeyPatch, web: Web, question: str) -> None:
    monkeypatch.setattr(rate, "TRIES", "15/day")
    who = await person()
    assert [await second_secret.check(who, "x") for _ in range(16)] == ["digits"] * 15 + ["too_often"]
    assert await second_secret.check(who + 1, "x") == "digits"


async def test_cookie_opens_one_page_of_one_person(web: Web, question: str) -> None:
    name = second_secret.cookie_name()
    value = next(str(cookie.value) for cookie in web.cookies.jar if cookie.name == name)
    second = await asked(web, text=TEXT, **LEO)
    for page, cookie in (
        (second, value),
        (question, value[:-1] + "x"),
        (question, f"9{value}"),
        (question, "²"),
    ):
        web.cookies.clear()
        cookies = {"cookie": f"{name}={cookie}".encode()}
        assert given_away(await web.get(page, headers=cookies)) == [], cookie  # type: ignore[arg-type]
    web.cookies.clear()
    assert "Leo" in (await web.get(question, headers={"cookie": f"{name}={value}"})).text


def test_cookie_of_one_page_opens_no_other_of_the_same_person(settings: Settings) -> None:
    response = Response()
    second_secret.open_page(response, "/q/one", 7, NOW, NOW)
    cookie = response.headers["set-cookie"].partition(";")[0].encode()
    request = Request({"type": "http", "headers": [(b"cookie", cookie)]})
    opened = [second_secret.opened(request, here, who, NOW) for here, who in (("/q/one", 7), ("/q/two", 7))]
    assert opened == [True, False] and not second_secret.opened(request, "/q/one", 8, NOW)


async def test_old_link_of_the_form_does_not_open_the_page(web: Web, appointment: str) -> None:
    booked = await Appointment.get()
    answer = await elsewhere(web, f"/de/book/{booked.key}")
    assert answer.status_code == 303 and "set-cookie" not in answer.headers


async def test_sending_the_form_again_later_does_not_open_the_page(web: Web, lists: None, time: Any) -> None:
    fields = fields_of((await web.get("/de/ask")).text, text=TEXT, **LEO)
    first = await web.post("/de/ask", data=fields)
    time.now = NOW + timedelta(minutes=15)
    again = await web.post("/de/ask", data=fields)
    assert again.headers["location"] == first.headers["location"]
    assert "open=" in first.headers["set-cookie"] and "set-cookie" not in again.headers


async def test_message_typed_while_the_page_closed_is_not_lost(web: Web, question: str, time: Any) -> None:
    fields = writing_fields((await web.get(question)).text, text="Noch etwas")
    time.now = NOW + timedelta(minutes=20)
    refused = await web.post(question, data=fields)
    assert refused.status_code == 422 and await Writing.all().count() == 2
    assert TEXT not in refused.text and ANSWER not in refused.text
    form = fields_of(refused.text, digits=second_secret.digits(await person()))
    opened = await web.post(f"{question}/open", data=form)
    assert opened.status_code == 200 and "Noch etwas</textarea>" in opened.text and ANSWER in opened.text
    sent = await web.post(question, data=writing_fields(opened.text, text="Noch etwas"))
    assert sent.status_code == 303 and await Writing.all().count() == 3


async def test_who_does_not_know_the_digits_may_still_cancel(web: Web, appointment: str) -> None:
    asking = await elsewhere(web, f"{appointment}/cancel")
    assert given_away(asking) == []
    assert given_away(await web.get(f"{appointment}/move")) == []
    await web.post(f"{appointment}/cancel", data=fields_of(asking.text))
    assert (await Appointment.get()).status == "cancelled"


async def test_page_nobody_else_reads_asks_for_no_digits(web: Web, lists: None) -> None:
    address = await asked(web, text=TEXT, phone="0176 04069002")
    answer = await elsewhere(web, address)
    assert TEXT in answer.text and 'name="digits"' not in answer.text and not told(answer.text)


async def test_who_gave_no_address_is_believed_that_others_read_along(web: Web, lists: None) -> None:
    address = await asked(web, text=TEXT, others="yes")
    assert not await Address.exists()
    answer = await elsewhere(web, address)
    assert TEXT not in answer.text and 'name="digits"' in answer.text


def test_the_search_would_find_them() -> None:
    assert given_away(httpx2.Response(200, text="LEO … Schulwechsel")) == ["Leo", "Schul"]
