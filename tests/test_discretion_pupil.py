"""The pupil whose phone others read: his whole story, and no word of it comes out anywhere.

Real web, worker and beat processes, a real mail server and a gateway that keeps the provider's rules. He books,
asks and reads the answer; his mother, with the same phone in her hand, opens what she finds, texts us and books for
herself. Everything that comes out is searched.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from booking.models import Appointment, Status
from channels.models import Incoming, Message
from channels.sms import posted, signature
from channels.web import log_in
from inquiries import thread
from inquiries.models import Inquiry
from office import catalogues
from office import database as office_database
from office import settings as office_settings
from office.models import Due, JournalEntry, Role
from office.settings import Settings
from sprechstunde import house
from tests.channels.sms import twilio_server
from tests.channels.sms.posts import ACCOUNT, fields
from tests.channels.sms.twilio_server import TwilioServer
from tests.channels.web.staffroom import make_member
from tests.channels.web.test_race import _answers, _hidden, next_weekday
from tests.conftest import make_settings
from tests.factories import ZONE, local, make_office
from tests.servers import Smtp, free_port
from tests.test_discretion import rows
from tests.workers.processes import Process, running
from tests.workers.test_chaos import settled

NAME, PHONE, E164, STRANGER = "Leonhard", "0176 04069002", "+4917604069002", "+4917604069012"
SERVICE = "Schulverweigerung"
QUESTION = "Ich gehe seit Wochen heimlich nicht hin, meine Klassenlehrerin drohte mit Bußgeld."
ANSWER = "Komm am Dienstag vorbei, den Attestzwang besprechen wir dann."
SECRETS = [NAME, "4069002", SERVICE, "Klassenlehrerin", "heimlich", "Attestzwang", "Dienstag vorbei"]
TITLE = re.compile(r"<title>([^<]*)</title>")


def found(text: str) -> list[str]:
    """Which of the secrets the text gives away."""
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


class Browser:
    """Somebody at the web, who remembers everything that was shown and asked for."""

    def __init__(self, origin: str) -> None:
        self.http = httpx2.AsyncClient(base_url=origin, timeout=30)
        self.seen: list[str] = []

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def get(self, path: str, status: int = 200) -> httpx2.Response:
        return self._kept(await self.http.get(path), status)

    async def send(self, page: str, to: str, status: int = 303, **typed: str) -> httpx2.Response:
        """Fill in the form on `page` and send it `to`."""
        form = _hidden((await self.http.get(page)).text)
        return self._kept(await self.http.post(to, data={**form, **typed}), status)

    def _kept(self, answer: httpx2.Response, status: int) -> httpx2.Response:
        assert answer.status_code == status, (answer.url, answer.status_code, answer.text[:2000])
        self.seen.append(f"{answer.headers}\n{answer.text}")
        return answer


async def book(browser: Browser, service: str, hour: int, **typed: str) -> str:
    """Book a time; the address of its page."""
    day = next_weekday()
    search = f"/de/book?service={service}&children=1&mode=office&from={day}"
    held = await browser.send(search, "/de/book/hold", starts_at=local(day, hour).isoformat())
    form = held.headers["location"]
    booked = await browser.send(form, form, **typed)
    return str(booked.headers["location"])


async def text(origin: str, number: str, body: str) -> None:
    """An SMS to us, as the gateway posts it."""
    form, signed = signature.signed(posted.SMS, fields(body, number=number))
    headers = {"content-type": "application/x-www-form-urlencoded", signature.HEADER: signed}
    async with httpx2.AsyncClient(base_url=origin, timeout=30) as http:
        assert (await http.post(posted.SMS, content=form, headers=headers)).status_code == 200


async def answers_to(gateway: TwilioServer, origin: str, number: str, body: str) -> list[str]:
    """What this number gets for writing this."""
    before = len(gateway.sent)
    await text(origin, number, body)
    await settled(30)
    return [one.body for one in gateway.sent[before:] if one.to == number]


@pytest.fixture
async def walked(settings: Settings, smtp_server: Smtp, tmp_path: Path) -> Any:
    """The house with everything real; yields what a walk needs."""
    with twilio_server.twilio() as gateway:
        urls = settings.model_dump(include={"database_url", "statistics_url"})
        port = free_port()
        mine = make_settings(
            tmp_path, **urls, **ACCOUNT, smtp_url=smtp_server.url, port=port,
            twilio_api_url=gateway.url, base_url=f"http://127.0.0.1:{port}",
        )  # fmt: skip
        office_settings.use(mine)
        named = {name.upper(): value for name, value in ACCOUNT.items()} | {"TWILIO_API_URL": gateway.url}
        async with office_database.opened(house.databases(mine)):
            await catalogues.seed()
            processes = [Process(name, mine, **named) for name in ("web", "worker", "beat")]
            with running(*processes):
                async with httpx2.AsyncClient() as http:
                    await _answers(http, f"{mine.origin}/healthz")
                yield mine, gateway, processes


@pytest.fixture
async def open_() -> AsyncIterator[AsyncExitStack]:
    """What is opened in a test and closed after it, also when it fails."""
    async with AsyncExitStack() as stack:
        yield stack


async def test_nobody_at_home_learns_of_the_pupil(
    walked: tuple[Settings, TwilioServer, list[Process]],
    smtp_server: Smtp,
    tmp_path: Path,
    open_: AsyncExitStack,
) -> None:
    house_of, gateway, processes = walked
    origin = house_of.origin
    service = await make_office(
        titles=dict.fromkeys(("de", "en", "ar"), SERVICE), per_person=1, counsellors=2
    )
    pupil, mother, desk, elsewhere = [await open_.enter_async_context(Browser(origin)) for _ in range(4)]

    # He books with a nickname and the family's phone, and asks something on top.
    discreet = {"name": NAME, "email": "", "phone": PHONE, "others": "yes"}
    mine = (await book(pupil, service.code, 9, **discreet, calendar="yes")).partition("?")[0]
    page = (await pupil.get(mine)).text
    digits = re.findall(r'id="told">(\d{4})<', page)[0]
    assert NAME in page
    assert SERVICE in page
    asked = await pupil.send("/de/ask", "/de/ask", text=QUESTION, topic="", **discreet)
    question = asked.headers["location"].partition("?")[0]
    assert QUESTION in (await pupil.get(question)).text
    await settled(30)
    assert [re.sub(r"^\w\w [\d.]+ um 9:00", "…", one.body) for one in gateway.sent] == [
        "… ist notiert. Absagen: einfach NEIN antworten."
    ]

    # A counsellor answers; nothing is sent.
    counsellor = await make_member(Role.COUNSELLOR)
    signed = log_in._signer().dumps([counsellor.id, counsellor.log_in_generation])
    desk.http.cookies.set(log_in.cookie_name(), signed)
    inquiry = await Inquiry.get(channel="web_form")
    here = f"/desk/inquiries/{inquiry.id}"
    assert "Keine Auskunft" in (await desk.get(here)).text
    await desk.send(here, f"{here}/answer", text=ANSWER, channel="web_form")
    await settled(30)
    assert len(gateway.sent) == 1

    # His mother holds the phone: she opens the links, guesses, and texts.
    for path in (mine, question, f"{mine}/move", f"{mine}/cancel"):
        await mother.get(path)
    await mother.get(f"{mine}.ics", 404)
    wrong = f"{(int(digits) + 1) % 10_000:04}"
    await mother.send(mine, f"{mine}/open", 422, digits=wrong)
    await mother.send(question, f"{question}/open", 422, digits=wrong)
    await mother.send(question, question, 200, text="Was steht hier?")
    for word in ("WANN", "TERMIN", "ABSAGEN", "STOPP?"):
        at_home = await answers_to(gateway, origin, E164, word)
        strangers = await answers_to(gateway, origin, STRANGER, word)
        assert _neutral(at_home) == _neutral(strangers), word
    appointment = await Appointment.get()
    assert appointment.status is Status.BOOKED

    # She books for herself with the same number: nothing says that somebody else has a time already.
    hers = {"name": "Frau M.", "email": "", "phone": PHONE, "others": "no"}
    await book(mother, service.code, 10, **hers)
    await settled(30)
    when = await answers_to(gateway, origin, E164, "WANN")
    assert len(when) == 1
    assert "10:00" in when[0]
    assert "9:00" not in when[0]

    # He reads the answer elsewhere, with his digits.
    await elsewhere.send(question, f"{question}/open", digits=digits)
    assert ANSWER in (await elsewhere.get(question)).text

    # He was there; afterwards nobody asks him how it was.
    later = await _settled_after(lambda: _attend(desk, appointment))
    assert later == 0

    metrics = (await mother.get("/metrics")).text
    inside = await rows(JournalEntry, Due, Message)
    token, thread_token = mine.rpartition("/")[2], thread.token(inquiry)
    logs = "".join(process.log.read_text() for process in processes)
    broker = [path.read_text(errors="ignore") for path in (tmp_path / "broker").rglob("*") if path.is_file()]
    for told in (*(one.body for one in gateway.sent), *mother.seen, metrics, inside, logs, *broker):
        assert found(told.replace("Frau M.", "")) == []
    for answer in mother.seen:
        assert all(title.strip() for title in TITLE.findall(answer))
    assert token not in logs + metrics
    assert thread_token not in logs + metrics
    for mail in smtp_server.deliveries:
        assert found(mail.content.decode(errors="replace")) == []


def test_the_search_would_find_him() -> None:
    assert found(f"{NAME} {PHONE} {E164} {SERVICE} {QUESTION} {ANSWER}") == SECRETS


async def _attend(desk: Browser, appointment: Appointment) -> None:
    """The day comes, and the talk takes place."""
    now = datetime.now(UTC) - timedelta(hours=1)
    await Appointment.filter(id=appointment.id).update(starts_at=now, ends_at=now + timedelta(minutes=45))
    day = now.astimezone(ZONE).date()
    await desk.send(f"/desk/?day={day}", f"/desk/appointments/{appointment.id}/attend")


async def _settled_after(act: Callable[[], Awaitable[None]]) -> int:
    """How many messages to people follow from this."""
    before = await Message.filter(staff_id=None).count()
    await act()
    await settled(30)
    await asyncio.sleep(1)
    return await Message.filter(staff_id=None).count() - before


def _neutral(answers: list[str]) -> list[str]:
    """Without the number of the question, which is another for each."""
    return [re.sub(r"Nr\. \d+", "Nr. …", re.sub(r"/q/\S+", "/q/…", answer)) for answer in answers]


async def test_what_came_in_is_stored_under_its_number_only(
    walked: tuple[Settings, TwilioServer, list[Process]],
) -> None:
    house_of, gateway, _ = walked
    await make_office()
    assert await answers_to(gateway, house_of.origin, STRANGER, "Hallo, eine Frage")
    assert [row.sender for row in await Incoming.all()] == [STRANGER]
