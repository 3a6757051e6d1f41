"""Confirming an address in the browser: link, code, correction, call; and forms sent faster than anybody reads."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from booking import confirming
from booking.models import Appointment, CallBack, Confirmation, Hold, HoldKind, Service
from channels import confirmations, sending
from channels.email.way import Email
from channels.models import Message, State
from channels.sms import message as sms_message
from office import settings as office_settings
from office.models import Role
from office.settings import Settings
from tests.channels.test_outbox import FakeTransport
from tests.channels.web.conftest import Clock
from tests.channels.web.test_public import NINE, fields_of, hold
from tests.factories import NOW
from workers import sweep

MAIL = "mother@example.org"
MOBILE = "0176 04069012"
pytestmark = pytest.mark.usefixtures("school")


@pytest.fixture(autouse=True)
def asks(web: httpx2.AsyncClient, database: Settings) -> None:
    """The office wants addresses confirmed."""
    office_settings.use(database.model_copy(update={"confirm_address": "both", "demo": True}))


async def book(web: httpx2.AsyncClient, **typed: str) -> str:
    """Address of the page that says what to do now."""
    form = await hold(web, NINE)
    answer = await web.post(form, data=fields_of((await web.get(form)).text, **typed))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def press(web: httpx2.AsyncClient, page: str, to: str, **typed: str) -> httpx2.Response:
    return await web.post(to, data=fields_of((await web.get(page)).text, **typed))


async def mail() -> str:
    """What the mail says that went out now."""
    while await sweep.run(NOW):
        pass
    transport = FakeTransport()
    await sending.deliver(Email(transport), lambda: NOW)
    [sent] = transport.sent
    assert "Schul" not in sent.as_string()
    return str(sent["Subject"]) + "\n" + str(sent.get_body(("plain",)).get_content())  # type: ignore[union-attr]


async def sms() -> str:
    while await sweep.run(NOW):
        pass
    message = await Message.get(channel="sms", state=State.QUEUED)
    return (await sms_message.compose(message, NOW)).body


async def test_link_in_the_mail_books_by_a_click_and_looking_at_it_does_not(web: httpx2.AsyncClient) -> None:
    page = await book(web, email=MAIL, name="Amira")
    assert 'id="by-mail"' in (await web.get(page)).text and not await Appointment.exists()
    said = await mail()
    link = re.search(r"/c/\S+", said)
    assert link and "9:00" in said and "9:30" in said
    assert "9:00" in (await web.get(link[0])).text and not await Appointment.exists()
    first, again = [await press(web, link[0], link[0]) for _ in range(1)], await web.get(link[0])
    assert first[0].headers["location"].startswith("/a/") and again.headers["location"].startswith("/a/")
    assert await Appointment.filter(status="booked").count() == 1
    assert (await web.get(page)).headers["location"].startswith("/a/")


async def test_who_gave_a_number_types_the_six_digits(web: httpx2.AsyncClient) -> None:
    page = await book(web, phone=MOBILE)
    digits = re.search(r"\d{6}", await sms())
    assert digits
    wrong = await press(web, page, f"{page}/code", code="000000")
    assert wrong.status_code == 422 and 'id="code-error"' in wrong.text
    arabic = digits[0].translate({ord(str(n)): chr(0x660 + n) for n in range(10)})
    right = await press(web, page, f"{page}/code", code=f" {arabic} ")
    assert right.status_code == 303 and right.headers["location"].startswith("/a/")


async def test_where_others_read_the_mail_has_a_time_and_digits_and_no_link(web: httpx2.AsyncClient) -> None:
    page = await book(web, email=MAIL, others="yes")
    said = await mail()
    digits = re.search(r"\d{6}", said)
    assert digits and "http" not in said and "Stadt" not in said
    right = await press(web, page, f"{page}/code", code=digits[0])
    assert right.status_code == 303


async def test_without_an_address_the_form_asks_for_one_and_keeps_the_rest(web: httpx2.AsyncClient) -> None:
    form = await hold(web, NINE)
    answer = await web.post(form, data=fields_of((await web.get(form)).text, name="Amira"))
    assert answer.status_code == 422 and 'id="email-error"' in answer.text and "Amira" in answer.text


async def test_sent_again_the_first_link_ends_and_three_messages_are_enough(web: httpx2.AsyncClient) -> None:
    page = await book(web, email=MAIL)
    first = confirming.token(await Confirmation.get())
    for _ in range(3):
        assert (await press(web, page, f"{page}/again")).status_code == 303
    assert (await Confirmation.get()).generation == 2
    assert (await web.get(f"/c/{first}")).status_code == 404
    assert 'id="again"' not in (await web.get(page)).text


async def test_mistyped_address_is_corrected_and_the_time_is_still_theirs(web: httpx2.AsyncClient) -> None:
    page = await book(web, email="moter@example.org")
    back = await press(web, page, f"{page}/correct")
    assert back.headers["location"] == page
    answer = await web.post(page, data=fields_of((await web.get(page)).text, email=MAIL))
    assert answer.headers["location"] == page
    assert MAIL in {one.value for one in (await newest()).person.addresses}


async def newest() -> Any:
    return await Confirmation.all().order_by("-id").first().prefetch_related("person__addresses")


@pytest.mark.parametrize("state", [State.FAILED, State.UNCERTAIN, State.WITHHELD])
async def test_message_that_did_not_get_through_becomes_a_call_and_the_time_stays(
    web: httpx2.AsyncClient, enter: Any, state: State
) -> None:
    page = await book(web, phone=MOBILE, name="Amira")
    await sms()
    await Message.all().update(state=state)
    await confirmations.pass_on(NOW)
    assert (await Hold.get()).kind == HoldKind.CALL_BACK
    assert 'id="call"' in (await web.get(page)).text
    desk = await enter(Role.RECEPTION)
    cards = (await desk.http.get("/desk/cards")).text
    assert cards.count('<li class="sp-card') == 1 and "Amira" in cards and "9:00" in cards
    await desk.send(f"/desk/cards/call/{(await CallBack.get()).id}", do="book")
    assert (await Appointment.get()).booked_by.startswith("staff:")
    assert "Amira" not in (await desk.http.get("/desk/cards")).text
    assert (await web.get(page)).headers["location"].startswith("/a/")


async def test_message_still_waiting_when_the_time_is_nearly_over_becomes_a_call(
    web: httpx2.AsyncClient,
) -> None:
    await book(web, email=MAIL)
    while await sweep.run(NOW):
        pass
    await confirmations.pass_on(NOW + timedelta(minutes=24))
    assert not await CallBack.exists()
    await confirmations.pass_on(NOW + timedelta(minutes=26))
    assert await CallBack.exists()


async def test_message_that_was_sent_and_not_answered_ends_with_its_half_hour(
    web: httpx2.AsyncClient,
) -> None:
    await book(web, email=MAIL)
    await mail()
    await confirmations.pass_on(NOW + timedelta(minutes=29))
    assert not await CallBack.exists()


async def test_landline_cannot_read_digits_and_is_called(web: httpx2.AsyncClient) -> None:
    page = await book(web, phone="0221 4710-105")
    assert 'id="call"' in (await web.get(page)).text and await CallBack.exists()


async def test_address_nobody_confirms_gets_three_messages_a_day(web: httpx2.AsyncClient) -> None:
    page = await book(web, email=MAIL)
    await mail()
    for _ in range(2):
        await press(web, page, f"{page}/again")
        await mail()
    await press(web, page, f"{page}/correct")
    await web.post(page, data=fields_of((await web.get(page)).text, email=MAIL))
    while await sweep.run(NOW):
        pass
    await sending.deliver(Email(FakeTransport()), lambda: NOW)
    assert await Message.filter(state=State.SENT).count() == 3
    last = await Message.all().order_by("-id").first()
    assert last and (last.state, last.reason) == (State.WITHHELD, "daily_cap")
    await confirmations.pass_on(NOW)
    assert await CallBack.exists()


async def test_time_that_ran_out_says_so(web: httpx2.AsyncClient, time: Clock) -> None:
    page = await book(web, email=MAIL)
    link = f"/c/{confirming.token(await Confirmation.get())}"
    form = fields_of((await web.get(link)).text)
    time.now = NOW + timedelta(minutes=31)
    await Hold.all().delete()
    assert (await web.get(page)).status_code == (await web.get(link)).status_code == 409
    assert (await web.post(link, data=form)).status_code == 409
    assert not await Appointment.exists()


@pytest.mark.parametrize("page", ["/de/ask", "book"])
async def test_form_sent_faster_than_anybody_reads_is_shown_once_more_with_all_that_was_typed(
    web: httpx2.AsyncClient, database: Settings, time: Clock, page: str, school: Service
) -> None:
    office_settings.use(database.model_copy(update={"form_seconds": 2}))
    to = await hold(web, NINE) if page == "book" else page
    typed = {"name": "Amira", "email": MAIL, "text": "Guten Tag"}
    fast = await web.post(to, data=fields_of((await web.get(to)).text, **typed))
    assert fast.status_code == 422 and "Amira" in fast.text and "sehr schnell" in fast.text
    time.now = NOW + timedelta(seconds=2)
    slow = await web.post(to, data=fields_of(fast.text, **typed))
    assert slow.status_code == 303


@pytest.mark.parametrize("forged", ["", "1", "1.x", "1.ü", "²." + "0" * 32, "9" * 40])
async def test_moment_a_machine_made_up_is_no_excuse(
    web: httpx2.AsyncClient, database: Settings, time: Clock, forged: str
) -> None:
    office_settings.use(database.model_copy(update={"form_seconds": 2}))
    form = fields_of((await web.get("/de/ask")).text, text="Guten Tag") | {"since": forged}
    time.now = NOW + timedelta(hours=1)
    assert (await web.post("/de/ask", data=form)).status_code == 422
