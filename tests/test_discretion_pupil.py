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

import pytest

from booking.models import Appointment, Status
from channels.models import Message
from inquiries import thread
from inquiries.models import Inquiry
from office.models import Due, JournalEntry, Role
from office.settings import Settings
from tests.channels.web.staffroom import make_member
from tests.channels.web.test_race import next_weekday
from tests.factories import ZONE, local, make_office
from tests.servers import Imap, Smtp
from tests.test_discretion import rows
from tests.walking import Browser, answers_to, living
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


async def book(browser: Browser, service: str, hour: int, **typed: str) -> str:
    """Book a time; the address of its page."""
    day = next_weekday()
    search = f"/de/book?service={service}&children=1&mode=office&from={day}"
    held = await browser.send(search, "/de/book/hold", starts_at=local(day, hour).isoformat())
    form = held.headers["location"]
    booked = await browser.send(form, form, **typed)
    return str(booked.headers["location"])


@pytest.fixture
async def open_() -> AsyncIterator[AsyncExitStack]:
    """What is opened in a test and closed after it, also when it fails."""
    async with AsyncExitStack() as stack:
        yield stack


async def test_nobody_at_home_learns_of_the_pupil(
    settings: Settings, smtp_server: Smtp, imap_server: Imap, tmp_path: Path, open_: AsyncExitStack
) -> None:
    house = await open_.enter_async_context(living(settings, tmp_path, smtp_server, imap_server))
    origin, gateway = house.origin, house.gateway
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
    page = (await pupil.get(question)).text
    assert QUESTION in page
    more_digits = re.findall(r'id="told">(\d{4})<', page)[0]
    await settled(30)
    assert [re.sub(r"^\w\w [\d.]+ um 9:00", "…", one.body) for one in gateway.sent] == [
        "… ist notiert. Absagen: einfach NEIN antworten."
    ]

    # A counsellor answers; nothing is sent.
    counsellor = await make_member(Role.COUNSELLOR)
    desk.log_in(counsellor)
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
    await mother.send(mine, f"{mine}/open", 422, digits=f"{(int(digits) + 1) % 10_000:04}")
    await mother.send(question, f"{question}/open", 422, digits=f"{(int(more_digits) + 1) % 10_000:04}")
    await mother.send(question, question, 422, text="Was steht hier?")
    for word in ("WANN", "TERMIN", "ABSAGEN", "Was ist das?"):
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
    await elsewhere.send(question, f"{question}/open", digits=more_digits)
    assert ANSWER in (await elsewhere.get(question)).text

    # He was there; afterwards nobody asks him how it was.
    later = await _settled_after(lambda: _attend(desk, appointment))
    assert later == 0

    metrics = (await mother.get("/metrics")).text
    inside = await rows(JournalEntry, Due, Message)
    token, thread_token = mine.rpartition("/")[2], thread.token(inquiry)
    logs = house.logs
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
