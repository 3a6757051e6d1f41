"""One text to several questions: each its own message, nobody twice, and who was answered meanwhile is named."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from channels.web.desk import together
from inquiries import inquiry, thread
from inquiries.models import Draft, Inquiry, Person, Writing, WritingKind
from office.models import AuditEntry, JournalEntry, Role
from tests.channels.web.staffroom import hidden
from tests.channels.web.test_desk_answers import typed
from tests.channels.web.test_desk_inbox import ask
from tests.channels.web.test_desk_modules import PHONE, make_module
from tests.factories import NOW

PATH = "/desk/answers"


@pytest.fixture
async def three(database: Any, at: Any) -> list[Inquiry]:
    """Three who ask the same, two in German and one in Arabic."""
    made = [
        await ask(f"Wann bekommt mein Kind einen Platz? {name}", name=name)
        for name in ("Amira", "Kevin", "Leo")
    ]
    await Person.filter(id=made[0].person_id).update(language="ar")
    return made


def of(some: list[Inquiry]) -> str:
    return f"{PATH}?" + "&".join(f"inquiry={one.id}" for one in some)


def chosen(page: str) -> list[str]:
    return re.findall(r'name="inquiry" value="([0-9:]+)"', page)


async def sent(browser: Any, page: str, status: int = 200, **fields: Any) -> str:
    """The form of this page with these texts in it."""
    data = {"key": hidden(page)["key"], "csrf": hidden(page)["csrf"], "inquiry": chosen(page), **fields}
    answer = await browser.http.post(PATH, data=data)
    assert answer.status_code == status, answer.text[:2000]
    return str(answer.text)


async def answers() -> dict[int, str]:
    written = await Writing.filter(kind=WritingKind.ANSWER).order_by("id")
    return {one.inquiry_id: one.text for one in written}


async def test_the_inbox_offers_to_select_and_the_page_lists_them(three: list[Inquiry], enter: Any) -> None:
    browser, reception = await enter(Role.COUNSELLOR), await enter(Role.RECEPTION)
    inbox = await browser.get("/desk/inbox")
    assert f'form="together" id="pick-{three[0].id}"' in inbox and f'action="{PATH}"' in inbox
    assert PATH not in await reception.get("/desk/inbox")
    await reception.get(of(three), 403)
    page = await browser.get(of(three))
    assert "Ein Text an 3 Anfragen" in page and "Wann bekommt mein Kind" in page
    assert 'id="text_de"' in page and 'id="text_ar"' in page and 'id="text_en"' not in page
    looked = await AuditEntry.filter(action="looked").values_list("subject", flat=True)
    assert sorted(looked) == [f"inquiry:{one.id}" for one in three]


async def test_each_gets_an_answer_of_their_own_in_their_language(three: list[Inquiry], enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get(of(three))
    texts = {"text_de": "{name}: im Mai, {office phone}", "text_ar": "في مايو"}
    assert "3 Antworten gespeichert" in await sent(browser, page, **texts)
    assert await answers() == {
        three[0].id: "في مايو", three[1].id: f"Kevin: im Mai, {PHONE}", three[2].id: f"Leo: im Mai, {PHONE}",
    }  # fmt: skip
    assert await Inquiry.filter(waiting_since=None).count() == 3
    told = await JournalEntry.filter(kind="inquiry.answered")
    assert len({one.subject for one in told}) == len(told) == 3


async def test_pressed_twice_or_at_once_each_gets_one(three: list[Inquiry], enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get(of(three))
    texts = {"text_de": "Im Mai.", "text_ar": "في مايو"}
    told = await asyncio.gather(*(sent(browser, page, **texts) for _ in range(3)))
    assert all("3 Antworten gespeichert" in one for one in told)
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 3


async def test_who_was_answered_meanwhile_is_left_out_named_and_a_draft(
    three: list[Inquiry], enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get(of(three))
    await thread.answer(three[1].id, "Im Juni.", key="x", channel="email", actor="staff:xx", now=NOW)
    told = await sent(browser, page, text_de="Im Mai.", text_ar="في مايو")
    left = told.split('id="left"')[1].split('id="told"')[0]
    assert "Kevin" in left and "Beantwortet vor" in left and "Leo" not in left
    assert "2 Antworten gespeichert" in told
    assert (await answers())[three[1].id] == "Im Juni."
    assert (await Draft.get()).text == "Im Mai."
    assert typed(await browser.get(f"/desk/inquiries/{three[1].id}")) == "Im Mai."


async def test_who_lacks_what_the_text_speaks_of_is_left_out_and_named(
    three: list[Inquiry], enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get(of(three))
    told = await sent(browser, page, text_de="Ihr Termin: {appointment}", text_ar="نعم")
    assert "1 Antwort gespeichert" in told and told.count("mit einer Lücke") == 2
    assert list(await answers()) == [three[0].id]
    assert {one.text for one in await Draft.all()} == {"Ihr Termin: [… appointment]"}


async def test_who_is_no_longer_ticked_or_no_longer_there_gets_nothing(
    three: list[Inquiry], enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    await inquiry.void(three[2].id, actor="staff:x", now=NOW)
    page = await browser.get(f"{of(three)}&inquiry=4711")
    assert len(chosen(page)) == 2
    await sent(browser, page, inquiry=chosen(page)[:1], text_ar="نعم")
    assert list(await answers()) == [three[0].id]


async def test_module_is_inserted_in_every_language_and_its_values_are_each_their_own(
    three: list[Inquiry], enter: Any
) -> None:
    browser, made = await enter(Role.COUNSELLOR), await make_module()
    page = await browser.get(of(three))
    page = await sent(browser, page, text_de="", text_ar="", do="insert", module=str(made.id))
    assert typed(page, "text_de") == "Rufen Sie an: {office phone}."
    assert typed(page, "text_ar") == "اتصلوا بنا: {office phone}."
    texts = {name: typed(page, name) for name in ("text_de", "text_ar")}
    shown = await sent(browser, page, do="preview", **texts)
    assert shown.count(f"Rufen Sie an: {PHONE}.") == 2 and f"اتصلوا بنا: {PHONE}." in shown
    assert await answers() == {}
    await sent(browser, shown, **texts)
    assert len(await answers()) == 3


async def test_language_without_a_text_stops_all_and_keeps_what_was_typed(
    three: list[Inquiry], enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    page = await sent(browser, await browser.get(of(three)), status=422, text_de="Im Mai.", text_ar=" ")
    assert typed(page, "text_de") == "Im Mai." and 'href="#text_ar"' in page
    assert await answers() == {}


@pytest.mark.parametrize(
    "query",
    [
        "inquiry=x",
        "inquiry=1:x",
        "inquiry=%D9%A1",
        "&".join(f"inquiry={n}" for n in range(1, together.MOST + 2)),
    ],
)
async def test_what_is_no_selection_is_refused(enter: Any, database: Any, query: str) -> None:
    await (await enter(Role.LEAD)).get(f"{PATH}?{query}", 422)


async def test_nothing_selected_leads_back(enter: Any, database: Any) -> None:
    assert (await (await enter(Role.LEAD)).http.get(PATH)).headers["location"] == "/desk/inbox"
