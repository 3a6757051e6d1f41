"""Asking over the API: one question however often it is sent, and no answer that says what it is about."""

from __future__ import annotations

from typing import Any

import httpx2
import jsonschema
import pytest

from inquiries.models import Address, Contact, Inquiry, Person, Writing
from office.models import JournalEntry
from tests.channels.web.test_api import Api, api, is_problem, schema  # noqa: F401 (fixture)

ASKED = {"language": "de", "text": "Wie melde ich meine Tochter an?", "email": "kevin@example.org"}
TO = "/inquiries"


async def ask(api: Api, key: str = "one", **more: Any) -> httpx2.Response:  # noqa: F811
    body = {name: value for name, value in {**ASKED, **more}.items() if value is not None}
    return await api.post(TO, json=body, headers={"idempotency-key": key})


async def test_question_becomes_an_inquiry_with_a_number_and_a_promise(api: Api) -> None:  # noqa: F811
    answer = await ask(api, topic="moving_here", name="Kevin")
    found, said = await Inquiry.get(), answer.json()
    assert answer.status_code == 201 and (found.channel, found.topic, found.language) == (
        "web_form", "moving_here", "de",
    )  # fmt: skip
    assert said["number"] == found.id and said["promised_on"] == "2026-03-04"
    assert answer.headers["location"] == said["links"]["self"]
    assert said["links"]["self"] == f"http://localhost:8000/q/{said['token']}"
    assert "Tochter" not in answer.text and "Kevin" not in answer.text
    jsonschema.validate(said, schema("InquiryReceived"))
    jsonschema.validate(ASKED, schema("NewInquiry"))


async def test_a_repeated_key_is_the_same_question(api: Api) -> None:  # noqa: F811
    first, second = await ask(api), await ask(api)
    assert first.json() == second.json() and second.status_code == 201
    assert await Inquiry.all().count() == await Contact.all().count() == await Person.all().count() == 1


async def test_a_key_is_not_for_two_questions(api: Api) -> None:  # noqa: F811
    await ask(api)
    found = is_problem(await ask(api, text="Etwas anderes?"), 422)
    assert list(found["fields"]) == ["Idempotency-Key"] and await Writing.all().count() == 1


async def test_a_key_is_one_s_own(api: Api) -> None:  # noqa: F811
    await ask(api)
    api.headers["authorization"] = "Bearer report-key-for-the-tests"
    await ask(api)
    assert await Inquiry.all().count() == 2
    assert not any(written.key == "web:one" for written in await Writing.all())


async def test_number_is_enough_and_others_may_read_it(api: Api) -> None:  # noqa: F811
    answer = await ask(api, email=None, phone="0176 04069012", discreet=True)
    address = await Address.get()
    assert answer.status_code == 201 and (address.value, address.read_by_others) == ("+4917604069012", True)


async def test_any_language_may_be_asked_in(api: Api) -> None:  # noqa: F811
    await ask(api, language="tr")
    assert (await Inquiry.get()).language == "tr" and (await Person.get()).language == "de"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "kevin"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"text": ""}, "text"),
        ({"text": " \r\n\u0000"}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"text": None}, "text"),
        ({"language": "Deutsch"}, "language"),
        ({"topic": "nothing"}, "topic"),
        ({"topic": "not_stated"}, "topic"),
        ({"children": 2}, "children"),
    ],
)
async def test_what_is_wrong_with_a_question_is_named(api: Api, wrong: dict[str, Any], field: str) -> None:  # noqa: F811
    found = is_problem(await ask(api, **wrong), 422)
    assert list(found["fields"]) == [field] and await Inquiry.all().count() == 0


async def test_asking_needs_a_key_to_count_once(api: Api) -> None:  # noqa: F811
    is_problem(await api.post(TO, json=ASKED), 400)


async def test_no_problem_and_no_journal_repeats_what_was_sent(api: Api) -> None:  # noqa: F811
    refused = await ask(api, text="Zenobia" * 1000, topic="quittenbaum")
    await ask(api, key="two", text="Zenobia", name="Quittenbaum")
    told = f"{refused.text} {[entry.details for entry in await JournalEntry.all()]}".lower()
    assert "zenobia" not in told and "quittenbaum" not in told
