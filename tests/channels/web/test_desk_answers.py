"""Answering at the desk: nothing goes out over the head of something new, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx2
import pytest

from channels.web import csrf, log_in
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Draft, DraftKind, Inquiry, Writing, WritingKind
from inquiries.thread import From, Told
from office import catalogues, staff
from office import database as office_database
from office.models import AuditEntry, Role
from office.settings import Settings
from sprechstunde import house
from tests import factories
from tests.channels.web.staffroom import Browser, hidden
from tests.channels.web.test_desk_inbox import ask
from tests.channels.web.test_desk_inquiry import address
from tests.channels.web.test_race import two_webs
from tests.factories import NOW

PASSWORD = "a password nobody guesses"


@pytest.fixture
async def question(database: Any, at: Any) -> Inquiry:
    """Somebody asked by mail."""
    return await ask(name="Amira Haddad", email="amira@example.org")


async def form(browser: Browser, question: Inquiry) -> dict[str, str]:
    """What stands hidden in the answer form."""
    page = (await browser.get(address(question))).split('/answer" data-keep')[1].partition("</form>")[0]
    fields = hidden(page)
    return {name: fields[name] for name in ("form", "key", "seen")} | {"channel": "email"}


def typed(page: str, name: str = "text") -> str:
    """What stands in a text area."""
    found = re.search(rf'<textarea[^>]* id="{name}"[^>]*>\n(.*?)</textarea>', page, re.S)
    assert found
    return unescape(found[1])


async def answers() -> list[str]:
    return [one.text for one in await Writing.filter(kind=WritingKind.ANSWER).order_by("id")]


async def test_second_answer_is_held_shown_what_is_new_and_sent_by_a_second_press(
    question: Inquiry, enter: Any, at: Any
) -> None:
    first = await enter(Role.COUNSELLOR)
    second = await enter(Role.LEAD)
    theirs, mine = await form(first, question), await form(second, question)
    await first.send(f"{address(question)}/answer", text="Im Mai.", **theirs)
    at(NOW + timedelta(seconds=40))
    held = await second.send(f"{address(question)}/answer", status=409, text="Im Juni.", **mine)
    written = await Writing.get(kind=WritingKind.ANSWER)
    assert "Beantwortet vor 40 Sekunden von Jonas Brückner" in held.text
    assert f'href="#w{written.id}"' in held.text and f'id="w{written.id}"' in held.text
    assert typed(held.text) == "Im Juni."
    assert await answers() == ["Im Mai."]
    again = {**mine, "seen": hidden(held.text.split('/answer" data-keep')[1])["seen"]}
    await second.send(f"{address(question)}/answer", text="Im Juni.", **again)
    assert await answers() == ["Im Mai.", "Im Juni."]


async def test_what_was_begun_before_a_colleague_took_it_may_be_finished_and_nothing_else(
    question: Inquiry, enter: Any
) -> None:
    first, third = await enter(Role.COUNSELLOR), await enter(Role.LEAD)
    second = await enter(Role.COUNSELLOR, name="Meryem Vural", code="mv")
    theirs, mine = await form(first, question), await form(second, question)
    await first.send(f"{address(question)}/answer", text="Im Mai.", **theirs)
    assert (
        "Im Juni"
        in (await second.send(f"{address(question)}/answer", status=409, text="Im Juni.", **mine)).text
    )
    closed = await second.get(address(question), 403)
    assert typed(closed, "kept") == "Im Juni." and "Im Mai" not in closed and "Amira" not in closed
    await second.send(f"{address(question)}/settle", status=403)
    refused = await third.send(f"{address(question)}/answer", status=403, text="Im Juli.", **mine)
    assert "Im Mai" not in refused.text and typed(refused.text, "kept") == "Im Juli."
    noted = AuditEntry.filter(subject=f"inquiry:{question.id}", purpose="begun")
    assert await noted.values_list("action", flat=True) == ["worked"]


async def test_message_that_came_while_the_answer_was_written_is_read_first(
    question: Inquiry, enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    fields = await form(browser, question)
    told = Told(key="web:later", text="Noch etwas", channel="web_form", at=NOW)
    await thread.receive(
        told, From(inquiry=question.id), Concern(channel="web_form"), actor="person", now=NOW
    )
    held = await browser.send(f"{address(question)}/answer", status=409, text="Ja.", **fields)
    assert "Eine Nachricht kam" in held.text
    assert (await Inquiry.get()).waiting_since == NOW


async def test_two_browsers_in_the_same_moment_send_one_answer(settings: Settings) -> None:
    async with office_database.opened(house.databases(settings)):
        await catalogues.seed()
        question = await ask(name="Amira", email="amira@example.org")
        members = [await factories.make_staff(name=f"Kollegin {number}") for number in range(6)]
    async with two_webs(settings) as ports:
        crowd = [await _logged_in(who, ports[number % 2]) for number, who in enumerate(members)]
        path = address(question)
        forms = [hidden((await http.get(path)).text.split('/answer" data-keep')[1]) for http in crowd]
        sent = await asyncio.gather(
            *(
                http.post(f"{path}/answer", data={**fields, "channel": "email", "text": f"Antwort {number}"})
                for number, (http, fields) in enumerate(zip(crowd, forms, strict=True))
            )
        )
        for http in crowd:
            await http.aclose()
    assert sorted(one.status_code for one in sent) == [303, 409, 409, 409, 409, 409]
    async with office_database.opened(house.databases(settings)):
        assert len(await answers()) == 1
        assert await Draft.all().count() == 5


async def _logged_in(who: Any, port: int) -> httpx2.AsyncClient:
    signed = log_in._signer().dumps([who.id, who.log_in_generation])
    cookies = {log_in.cookie_name(): signed}
    return httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", cookies=cookies, timeout=60)


async def test_what_is_saved_while_typing_is_there_again_and_for_nobody_else(
    question: Inquiry, enter: Any
) -> None:
    browser, colleague = await enter(Role.COUNSELLOR), await enter(Role.LEAD)
    fields = await form(browser, question)
    await browser.send(f"{address(question)}/draft", status=204, text="Guten Tag,", quiet="1", **fields)
    note = {"form": "note", "note": "Ruft an", "key": "n"}
    saved = await browser.send(f"{address(question)}/draft", **note)
    assert saved.headers["location"] == f"{address(question)}?drafted"
    page = await browser.get(address(question))
    assert (typed(page), typed(page, "note")) == ("Guten Tag,", "Ruft an")
    assert "Sie haben eine Antwort begonnen" in page
    assert typed(await colleague.get(address(question))) == ""
    await browser.send(f"{address(question)}/answer", text="Guten Tag,", **fields)
    page = await browser.get(address(question))
    assert (typed(page), typed(page, "note")) == ("", "Ruft an")


async def test_draft_opened_again_says_what_came_in_since(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    fields = await form(browser, question)
    await browser.send(f"{address(question)}/draft", text="Guten Tag,", **fields)
    await thread.answer(question.id, "Ja.", key="a", channel="email", actor="staff:xx", now=NOW)
    page = await browser.get(address(question))
    assert "Seitdem:" in page and "Beantwortet vor" in page


async def test_form_sent_without_saving_one_of_two_loses_neither(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    fields = await form(browser, question)
    await browser.send(f"{address(question)}/draft", text="Guten Tag,", **fields)
    page = (await browser.send(f"{address(question)}/note", status=422, note=" ", key="n")).text
    assert typed(page) == "Guten Tag,"


async def test_draft_too_long_for_any_mail_is_refused_and_unknown_kinds_too(
    question: Inquiry, enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    await browser.send(f"{address(question)}/draft", status=422, form="answer", text="x" * 20_001)
    await browser.send(f"{address(question)}/draft", status=422, form="poem", text="x")
    assert await Draft.all().count() == 0


@pytest.fixture
async def ended(enter: Any) -> Browser:
    """A browser whose log-in has ended; its member knows a password."""
    await staff.add(
        code="jb", name="Jonas Brückner", email="jb@example.org", role=Role.COUNSELLOR, password=PASSWORD
    )
    browser: Browser = await enter()
    return browser


async def test_log_in_that_ended_while_typing_leads_back_to_the_form_with_the_text(
    question: Inquiry, ended: Browser
) -> None:
    words = "Guten Tag,\n\nim „Mai“ <b>oder</b> Juni."
    fields = {"form": "answer", "text": words, "channel": "email", "key": "k", "seen": "1"}
    asked = await ended.send(f"{address(question)}/answer", status=403, **fields)
    assert "Ihre Anmeldung ist abgelaufen" in asked.text and "location" not in asked.headers
    assert not [name for name in ended.http.cookies if name not in {csrf.cookie_name(), "desk-language"}]
    log_in_form = hidden(asked.text)
    wrong = await ended.http.post(
        "/desk/log-in", data={**log_in_form, "email": "jb@example.org", "password": "x"}
    )
    assert hidden(wrong.text)["posted.text"].replace("\r\n", "\n") == words
    on = await ended.http.post(
        "/desk/log-in", data={**hidden(wrong.text), "email": "jb@example.org", "password": PASSWORD}
    )
    assert f'action="{address(question)}/draft"' in on.text
    back = await ended.http.post(f"{address(question)}/draft", data=hidden(on.text.split("<main")[1]))
    assert back.headers["location"] == f"{address(question)}?drafted"
    assert typed(await ended.get(address(question))) == words
    assert await answers() == []


async def test_other_forms_are_done_after_the_log_in_by_one_press(question: Inquiry, ended: Browser) -> None:
    figures = {
        "topic": "school_enrolment", "audience": "parent", "district": "unknown", "outcome": "answered",
        "referral": "unknown",
    }  # fmt: skip
    asked = await ended.send(f"{address(question)}/record", status=403, **figures)
    on = await ended.http.post(
        "/desk/log-in", data={**hidden(asked.text), "email": "jb@example.org", "password": PASSWORD}
    )
    assert (await Inquiry.get()).outcome == "open"
    await ended.http.post(f"{address(question)}/record", data=hidden(on.text.split("<main")[1]))
    assert (await Inquiry.get()).outcome == "answered"


async def test_form_from_elsewhere_is_not_carried_through_the_log_in(ended: Browser) -> None:
    answer = await ended.http.post("/desk/inquiries/1/answer", data={"text": "Fremde Worte"})
    assert "Fremde Worte" not in answer.text and "posted_to" not in answer.text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/de/ask", "/desk/../a"])
async def test_after_the_log_in_nothing_is_posted_elsewhere(ended: Browser, elsewhere: str) -> None:
    answer = await ended.send(
        "/desk/log-in", email="jb@example.org", password=PASSWORD, posted_to=elsewhere, **{"posted.a": "b"}
    )
    assert answer.headers["location"] == "/desk/"


async def test_saving_while_typing_without_a_log_in_says_so_and_keeps_nothing(
    question: Inquiry, ended: Browser
) -> None:
    quiet = {"form": DraftKind.ANSWER.value, "text": "Guten Tag", "quiet": "1"}
    answer = await ended.send(f"{address(question)}/draft", status=403, **quiet)
    assert answer.text == ""
    assert await Draft.all().count() == 0
