"""The quick log: a call or a visit in a few keys, counted once, on the day it was."""

from __future__ import annotations

from typing import Any

import pytest

from inquiries.models import Address, Contact, Inquiry, Person, Writing
from office.models import Role
from tests.channels.web.staffroom import hidden
from tests.channels.web.test_desk_inbox import QUESTION, ask
from tests.factories import NOW

USUAL = {"channel": "phone", "topic": "school_enrolment"}


async def test_a_call_needs_a_topic_and_nothing_else(database: Any, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    page = await browser.get("/desk/log")
    answer = await browser.send("/desk/log", key=hidden(page)["key"], **USUAL)
    found, contact = await Inquiry.get(), await Contact.get()
    assert answer.headers["location"] == f"/desk/log?saved={found.id}"
    assert (found.channel, found.topic, found.audience, found.language) == (
        "phone",
        "school_enrolment",
        "parent",
        "de",
    )
    assert (found.outcome, found.new_case) == ("answered", False)
    assert found.closed_at == NOW
    assert (contact.form, contact.duration, contact.at) == ("phone", "up_to_15", NOW)


async def test_afterwards_the_same_form_is_empty_and_says_the_number(database: Any, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    answer = await browser.send("/desk/log", note="Ein Wort", **USUAL)
    page = await browser.get(answer.headers["location"])
    assert f"#{(await Inquiry.get()).id}" in page
    assert "Ein Wort" not in page
    assert 'value="phone" checked autofocus' in page


@pytest.mark.parametrize("channel", ["phone", "walk_in", "letter", "third_party", "event"])
async def test_each_way_they_come_is_counted_as_such(database: Any, enter: Any, channel: str) -> None:
    browser = await enter(Role.COUNSELLOR)
    await browser.send("/desk/log", channel=channel)
    assert (await Inquiry.get()).channel == channel


async def test_a_form_sent_twice_is_one_contact(database: Any, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    for _ in range(2):
        await browser.send("/desk/log", key="k", **USUAL)
    assert await Contact.all().count() == await Inquiry.all().count() == 1


async def test_a_call_of_friday_written_down_on_monday_counts_on_friday(database: Any, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    await browser.send("/desk/log", day="2026-02-27", time="15:10", **USUAL)
    assert (await Contact.get()).at.isoformat() == "2026-02-27T14:10:00+00:00"
    await browser.send("/desk/log", day="2026-02-26", **USUAL)
    assert (await Contact.all().order_by("id"))[-1].at.isoformat() == "2026-02-26T11:00:00+00:00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2026-03-03"},
        {"day": "2019-01-01"},
        {"day": "gestern"},
        {"time": "23:59"},
        {"time": "9 Uhr"},
        {"channel": "sms"},
        {"topic": "nonsense"},
        {"audience": "nonsense"},
        {"language": "nonsense"},
        {"language": "not_stated"},
        {"duration": "nonsense"},
        {"outcome": "nonsense"},
        {"outcome": "referred"},
        {"outcome": "referred", "referral": "nonsense"},
        {"phone": "123"},
        {"email": "nobody"},
        {"inquiry": "4711"},
        {"inquiry": "K7M42"},
        {"note": "x" * 2001},
    ],
)
async def test_what_is_amiss_is_said_and_what_was_typed_stays(
    database: Any, enter: Any, wrong: dict[str, str]
) -> None:
    browser = await enter(Role.COUNSELLOR)
    answer = await browser.send("/desk/log", status=422, **{"note": "Ein Wort", "key": "k", **USUAL, **wrong})
    assert "Noch nicht gespeichert" in answer.text
    assert 'name="key" value="k"' in answer.text
    assert 'value="school_enrolment" selected' in answer.text or "topic" in wrong
    assert await Contact.all().count() == 0


async def test_a_call_is_added_to_an_open_question(database: Any, enter: Any) -> None:
    found = await ask(name="Amira")
    browser = await enter(Role.RECEPTION)
    for said in (f"#{found.id}", str(found.id), found.code or ""):
        await browser.send("/desk/log", inquiry=said, outcome="open", **USUAL)
    assert await Inquiry.all().count() == 1
    assert await Contact.filter(inquiry_id=found.id, channel="phone").count() == 3
    assert await Person.all().count() == 1


async def test_with_a_name_or_number_they_are_somebody(database: Any, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.send("/desk/log", name="Ute Brandt", phone="0176 04069005", read_by_others="yes", **USUAL)
    assert (await Person.get()).name == "Ute Brandt"
    [known] = await Address.all()
    assert (known.value, known.read_by_others) == ("+4917604069005", True)
    assert (await Inquiry.get()).new_case


@pytest.mark.parametrize("language", ["unknown", "other", "gsg"])
async def test_every_language_of_the_catalogue_can_be_logged(
    database: Any, enter: Any, language: str
) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.send("/desk/log", language=language, name="A", **USUAL)
    await browser.send("/desk/log", language=language, **USUAL)
    assert await Inquiry.filter(language=language).count() == 2


async def test_a_call_left_open_waits_in_the_inbox(database: Any, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.send("/desk/log", outcome="open", name="Ute Brandt", **USUAL)
    assert (await Inquiry.get()).waiting_since == NOW
    assert "Ute Brandt" in await browser.get("/desk/inbox")


async def test_reception_sees_nobody_s_notes(database: Any, enter: Any) -> None:
    found = await ask()
    browser = await enter(Role.RECEPTION)
    await browser.send(
        "/desk/log", note="Etwas Vertrauliches", inquiry=str(found.id), outcome="open", **USUAL
    )
    assert (await Writing.filter(text="Etwas Vertrauliches")) != []
    for path in (f"/desk/log?inquiry={found.id}", f"/desk/log?saved={found.id}", "/desk/inbox", "/desk/"):
        page = await browser.get(path)
        assert "Vertrauliches" not in page
        assert QUESTION not in page


async def test_admin_logs_nothing(database: Any, enter: Any) -> None:
    browser = await enter(Role.ADMIN)
    await browser.get("/desk/log", 403)
    await browser.send("/desk/log", status=403, **USUAL)


async def test_markup_typed_stays_text(database: Any, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    typed = {
        "note": "</textarea><script>alert(1)</script>",
        "name": '"><script>alert(2)</script>',
        "phone": "1",
    }
    assert "<script>alert" not in (await browser.send("/desk/log", status=422, **typed)).text
    assert "<script>" not in await browser.get('/desk/log?inquiry="><script>')
