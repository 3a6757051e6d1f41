"""What a client takes home: written with clicks, in their language, seen before it goes, never where others read."""

from __future__ import annotations

from typing import Any

import pytest

from booking.models import Appointment
from channels.models import Message
from inquiries.models import Inquiry, Person, Writing, WritingKind
from office import settings
from office.models import Role
from tests.channels.web.staffroom import Browser, hidden, meets
from tests.factories import introduction, make_appointment
from tests.workers.test_erasure import settle

CLICKED = {"do": "preview", "topic": "yes", "next_time": "yes", "agreed": "you_register", "bring": "reports"}


@pytest.fixture
async def talk(database: Any, at: Any) -> Appointment:
    """Booked for Wednesday by somebody who reads German mails."""
    return await make_appointment(who=introduction(email="amira@example.org", name="Amira Haddad"))


@pytest.fixture
async def browser(enter: Any, talk: Appointment) -> Browser:
    """Of the counsellor who meets them."""
    return await meets(await enter(Role.COUNSELLOR), talk)


def path(talk: Appointment) -> str:
    return f"/desk/inquiries/{talk.inquiry_id}/summary"


async def preview(browser: Browser, talk: Appointment, **fields: str) -> str:
    page = (await browser.send(path(talk), status=200, **{**CLICKED, **fields})).text
    return page.partition('id="text"')[2].partition(">")[2].partition("</textarea>")[0].strip()


async def test_blocks_become_plain_words(browser: Browser, talk: Appointment) -> None:
    text = await preview(browser, talk, partners="Schulamt Musterstadt & Partner, 0221 4710123")
    assert text.splitlines() == [
        "Das haben wir am Montag, 2. März 2026 besprochen.",
        "",
        "Thema: Schulanmeldung &amp; Schulwechsel",
        "",
        "Das haben wir vereinbart:",
        "– Sie melden sich bei der Schule an.",
        "",
        "Bitte bringen Sie mit:",
        "– die letzten Zeugnisse",
        "",
        "Hier bekommen Sie auch Hilfe:",
        "– Schulamt Musterstadt &amp; Partner, 0221 4710123",
        "",
        "Ihr nächster Termin: Mittwoch, 4. März 2026, 9:00 Uhr. Lindenplatz 4, 12345 Musterstadt",
    ]


async def test_it_is_written_in_the_person_s_language(browser: Browser, talk: Appointment) -> None:
    await Person.filter(id=talk.person_id).update(language="ar")
    text = await preview(browser, talk)
    assert "تقومون بالتسجيل في المدرسة." in text
    assert "Zeugnisse" not in text
    await Person.filter(id=talk.person_id).update(language="tr")
    assert "die letzten Zeugnisse" in await preview(browser, talk)
    assert "Türkisch können wir nicht selbst schreiben" in await browser.get(path(talk))


async def test_nothing_goes_before_it_was_seen(browser: Browser, talk: Appointment) -> None:
    await preview(browser, talk)
    assert not await Writing.filter(kind=WritingKind.ANSWER).exists()


async def test_it_goes_by_mail_once_and_stands_in_the_thread(browser: Browser, talk: Appointment) -> None:
    for _ in range(2):
        await browser.send(path(talk), do="send", text="Kurz und gut", channel="email", key="k")
    await settle()
    (written,) = await Writing.filter(kind=WritingKind.ANSWER)
    assert written.text == "Kurz und gut"
    (message,) = await Message.filter(writing_id=written.id)
    assert (message.channel, message.text) == ("email", "answer")


async def test_by_sms_goes_a_link_and_no_word(database: Any, browser: Browser) -> None:
    settings.use(database.model_copy(update={"demo": True}))
    talk = await make_appointment(who=introduction(email="", phone="+4917604069013"))
    await meets(browser, talk)
    await browser.send(path(talk), do="send", text="Kurz und gut", channel="sms")
    await settle()
    assert (await Message.get(writing_id__isnull=False)).text == "answer"


async def test_on_paper_it_is_in_their_thread_and_printed_in_their_language(
    browser: Browser, talk: Appointment
) -> None:
    await Person.filter(id=talk.person_id).update(language="en")
    answer = await browser.send(path(talk), do="print", text="Short and good")
    page = await browser.get(answer.headers["location"])
    assert "Short and good" in page and "Our talk" in page
    await settle()
    assert not await Message.filter(writing_id__isnull=False).exists()
    await browser.get(f"{path(talk)}/999", 404)


async def test_where_others_read_along_nothing_is_sent(browser: Browser, talk: Appointment) -> None:
    await Person.filter(id=talk.person_id).update(discreet=True)
    page = (await browser.send(path(talk), status=422, do="send", text="x", channel="email")).text
    assert 'value="email"' not in page and 'value="web_form"' in page
    await browser.send(path(talk), do="send", text="x", channel="web_form")
    await settle()
    assert not await Message.filter(writing_id__isnull=False).exists()


async def test_what_was_clicked_and_typed_stays_when_something_is_amiss(
    browser: Browser, talk: Appointment
) -> None:
    fields = {**CLICKED, "do": "send", "text": "x" * 6001, "channel": "email", "own": "Alles Gute"}
    page = (await browser.send(path(talk), status=422, **fields)).text
    assert 'id="agreed-you_register" name="agreed" value="you_register" checked' in page
    assert "x" * 6001 in page and hidden(page)["own"] == "Alles Gute"


async def test_no_topic_is_named_where_none_is_known(browser: Browser, talk: Appointment) -> None:
    await Inquiry.filter(id=talk.inquiry_id).update(topic="unknown")
    assert "Thema" not in await preview(browser, talk)
