"""Asking on the web: what the form keeps, what it refuses, and that a double click is one question."""

from __future__ import annotations

import re
from typing import Any

import pytest

from channels.web.public import questions
from inquiries.models import Address, Contact, Inquiry, Person, Writing
from office.models import JournalEntry
from tests.channels.web.test_public import fields_of

Web = Any
TEXT = "Wir ziehen um.\nWie melde ich meine Tochter an?"


async def form(web: Web, language: str = "de") -> str:
    answer = await web.get(f"/{language}/ask")
    assert answer.status_code == 200
    return str(answer.text)


async def ask(web: Web, language: str = "de", **typed: str) -> Any:
    """The answer to the form, sent as typed."""
    fields = fields_of(await form(web, language), **{"text": TEXT, **typed})
    return await web.post(f"/{language}/ask", data=fields)


async def asked(web: Web, **typed: str) -> str:
    """Address of the question's page."""
    answer = await ask(web, **typed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


async def test_question_becomes_one_inquiry_with_number_and_promise(web: Web, lists: None) -> None:
    address = await asked(web, email="kevin@example.org", topic="recognition", name="Kevin")
    found = await Inquiry.get()
    assert (found.channel, found.topic, found.language) == ("web_form", "recognition", "de")
    assert (await Writing.get()).text == TEXT and await Contact.all().count() == 1
    page = (await web.get(f"{address}?asked=1")).text
    assert f'id="number">{found.id}<' in page and "Mittwoch, 4. März" in page and "Wie melde ich" in page
    assert f"http://localhost:8000{address}" in page and "/de/book" in page


async def test_double_click_is_one_question(web: Web, lists: None) -> None:
    fields = fields_of(await form(web), text=TEXT)
    places = [(await web.post("/de/ask", data=fields)).headers["location"] for _ in range(2)]
    assert places[0] == places[1] and await Inquiry.all().count() == await Contact.all().count() == 1


async def test_same_address_twice_is_two_people(web: Web, lists: None) -> None:
    for _ in range(2):
        await asked(web, phone="0176 04069012")
    assert await Person.all().count() == 2


async def test_without_any_address_the_code_is_told(web: Web, lists: None) -> None:
    address = await asked(web)
    page, found = (await web.get(f"{address}?asked=1")).text, await Inquiry.get()
    assert await Address.all().count() == 0 and found.code and found.code in page


async def test_with_an_address_only_the_way_of_the_receipt_is_told(web: Web, lists: None) -> None:
    address = await asked(web, email="kevin@example.org")
    page, found = (await web.get(f"{address}?asked=1")).text, await Inquiry.get()
    assert "E-Mail mit dem Link" in page and str(found.code) not in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " \r\n "}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"email": "kevin"}, "email"),
        ({"phone": "12"}, "phone"),
    ],
)
async def test_what_was_typed_stays_when_something_is_wrong(
    web: Web, lists: None, wrong: dict[str, str], field: str
) -> None:
    typed = {"name": "Kevin D.", "topic": "recognition", "others": "yes", "email": "k@example.org", **wrong}
    answer = await ask(web, **typed)
    assert (
        answer.status_code == 422
        and f'href="#{field}"' in answer.text
        and f'id="{field}-error"' in answer.text
    )
    assert 'value="Kevin D."' in answer.text and 'value="recognition" selected' in answer.text
    assert 'value="yes" checked' in answer.text and typed.get("text", TEXT).strip() in answer.text
    assert await Inquiry.all().count() == 0


async def test_corrected_form_is_sent_under_its_first_key(web: Web, lists: None) -> None:
    first = await ask(web, email="kevin")
    again = fields_of(first.text, text=TEXT, email="kevin@example.org")
    assert (await web.post("/de/ask", data=again)).status_code == 303


async def test_field_only_machines_fill_in_asks_nothing(web: Web, lists: None) -> None:
    assert (await ask(web, website="http://example.org")).status_code == 422
    assert await Inquiry.all().count() == 0


async def test_form_from_elsewhere_is_refused(web: Web, lists: None) -> None:
    fields = fields_of(await form(web), text=TEXT)
    assert (await web.post("/de/ask", data={**fields, "csrf": "x"})).status_code == 403


@pytest.mark.parametrize("key", ["", "short", "x" * 61, "ü" * 20])
async def test_odd_keys_are_refused(web: Web, lists: None, key: str) -> None:
    assert (await ask(web, key=key)).status_code == 422


@pytest.mark.parametrize("topic", ["nothing", "not_stated", "x" * 5000, "lateral_entrants"])
async def test_unknown_topic_is_no_obstacle(web: Web, lists: None, topic: str) -> None:
    await asked(web, topic=topic)
    assert (await Inquiry.get()).topic == "unknown"


@pytest.mark.parametrize("language", ["de", "en", "ar"])
async def test_form_asks_for_nothing_that_deserves_special_protection(
    web: Web, lists: None, language: str
) -> None:
    offered = set(re.findall(r'<option value="(\w+)"', await form(web, language)))
    assert len(offered) >= 10
    assert not offered & {"inclusion", "needs_assessment", "dyslexia_dyscalculia", "unknown", "not_stated"}


async def test_asking_speaks_the_language_of_the_page(web: Web, lists: None) -> None:
    answer = await ask(web, "ar", text="كيف أسجّل أولادي؟")
    page = (await web.get(answer.headers["location"], headers={"accept-language": "de"})).text
    assert '<html lang="ar" dir="rtl">' in page and "كيف أسجّل أولادي؟" in page


async def test_markup_is_shown_as_typed(web: Web, lists: None) -> None:
    page = (await web.get(await asked(web, text="<b>hello</b>"))).text
    assert "&lt;b&gt;hello" in page and "<b>hello" not in page


async def test_nothing_of_the_question_is_in_the_journal_or_an_address(web: Web, lists: None) -> None:
    answer = await ask(web, name="Zenobia", text="Schulverweigerung", email="zenobia@example.org")
    told = str([entry.details for entry in await JournalEntry.all()]) + answer.headers["location"]
    assert not any(secret in told.lower() for secret in ("zenobia", "schulverweigerung"))


async def test_who_finds_no_time_may_ask(web: Web, lists: None) -> None:
    for path in ("/de/", "/de/book"):
        assert 'href="/de/ask"' in (await web.get(path)).text


def test_lines_stay_and_odd_characters_go() -> None:
    assert questions.clean("a\r\nb\rc\x00\x1b\ud800\u200c ") == "a\nb\nc\u200c"


async def test_other_words_from_a_page_gone_back_to_are_another_question(web: Web, lists: None) -> None:
    fields = fields_of(await form(web), text=TEXT)
    for words in (TEXT, "Und wo finde ich Sie?", TEXT):
        await web.post("/de/ask", data={**fields, "text": words})
    assert sorted(await Writing.all().values_list("text", flat=True)) == sorted(
        [TEXT, "Und wo finde ich Sie?"]
    )
