"""Text modules at the desk: the lead writes them, whoever answers inserts them, nothing unfinished is sent."""

from __future__ import annotations

from typing import Any

import pytest

from channels import modules
from channels.models import TextModule
from channels.modules import Wording
from inquiries.models import Draft, Inquiry, Person, Writing, WritingKind
from office.models import Role
from office.settings import Settings
from tests.channels.web.test_desk_answers import form, typed
from tests.channels.web.test_desk_inbox import ask
from tests.channels.web.test_desk_inquiry import address
from tests.factories import NOW

TEXTS = {"de": "Rufen Sie an: {office phone}.", "en": "", "ar": "اتصلوا بنا: {office phone}."}
PHONE = "0221 4710-100"


@pytest.fixture
async def question(database: Any, at: Any) -> Inquiry:
    """Somebody asked by mail, and reads Arabic."""
    found = await ask(name="Amira Haddad", email="amira@example.org")
    await Person.all().update(language="ar")
    return found


async def make_module(**overrides: Any) -> TextModule:
    wording = Wording(**{"title": "Anruf", "texts": TEXTS, **overrides})
    return await modules.save(None, wording, version=0, actor="staff:ps", now=NOW)


def fields(**overrides: str) -> dict[str, str]:
    return {"title": "Anruf", "text_de": "Ja.", "topic": "", "active": "yes", "version": "0", **overrides}


async def test_lead_writes_a_module_and_counsellors_read_it(database: Any, enter: Any) -> None:
    lead, counsellor = await enter(Role.LEAD), await enter(Role.COUNSELLOR)
    await lead.send("/desk/modules/new", **fields(text_ar="نعم", topic="finances"))
    made = await TextModule.get()
    assert (made.texts, made.topic, made.active) == ({"de": "Ja.", "ar": "نعم"}, "finances", True)
    page = await counsellor.get("/desk/modules")
    assert "نعم" in page and "English fehlt" in page and "/desk/modules/new" not in page
    await counsellor.send(f"/desk/modules/{made.id}", status=403, **fields())
    await lead.send(f"/desk/modules/{made.id}", **fields(title="Neu", version="1", active=""))
    assert not (await TextModule.get()).active
    assert "Fassung 1 von" in await lead.get(f"/desk/modules/{made.id}")


async def test_placeholder_nobody_knows_is_named_and_what_was_typed_stays(database: Any, enter: Any) -> None:
    lead = await enter(Role.LEAD)
    page = (await lead.send("/desk/modules/new", status=422, **fields(text_de="Guten Tag {vorname}"))).text
    assert '<code class="sp-ltr">{vorname}</code>' in page
    assert typed(page, "text_de") == "Guten Tag {vorname}"
    await lead.send("/desk/modules/new", status=422, **fields(topic="nonsense"))
    assert await TextModule.all().count() == 0


async def test_second_lead_sees_the_first_version_and_keeps_what_they_typed(
    database: Any, enter: Any
) -> None:
    lead, made = await enter(Role.LEAD), await make_module()
    await lead.send(f"/desk/modules/{made.id}", **fields(text_de="Zuerst", version="1"))
    page = (
        await lead.send(f"/desk/modules/{made.id}", status=409, **fields(text_de="Danach", version="1"))
    ).text
    assert typed(page, "text_de") == "Danach" and "Zuerst" in page
    assert 'name="version" value="2"' in page
    await lead.send(f"/desk/modules/{made.id}", **fields(text_de="Danach", version="2"))
    assert (await TextModule.get()).texts == {"de": "Danach"}


async def test_inserted_in_the_person_s_language_with_german_beside_it(question: Inquiry, enter: Any) -> None:
    browser, made = await enter(Role.COUNSELLOR), await make_module()
    sent = {**await form(browser, question), "text": "مرحبا", "do": "insert", "module": str(made.id)}
    page = (await browser.send(f"{address(question)}/answer", status=200, **sent)).text
    assert typed(page) == f"مرحبا\n\nاتصلوا بنا: {PHONE}."
    assert f'lang="de" dir="ltr">Rufen Sie an: {PHONE}.' in page
    assert (await Draft.get()).text == typed(page)
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 0


async def test_without_a_text_in_their_language_it_is_german_and_said_so(
    question: Inquiry, enter: Any
) -> None:
    await Person.all().update(language="en")
    browser, made = await enter(Role.COUNSELLOR), await make_module()
    sent = {**await form(browser, question), "text": "", "do": "insert", "module": str(made.id)}
    page = (await browser.send(f"{address(question)}/answer", status=200, **sent)).text
    assert typed(page) == f"Rufen Sie an: {PHONE}."
    assert "Er ist auf Deutsch" in page


@pytest.mark.parametrize("number", ["", "0", "999", "x", "²", "9" * 12])
async def test_no_module_chosen_changes_nothing(question: Inquiry, enter: Any, number: str) -> None:
    browser = await enter(Role.COUNSELLOR)
    sent = {**await form(browser, question), "text": "Hallo", "do": "insert", "module": number}
    page = (await browser.send(f"{address(question)}/answer", status=200, **sent)).text
    assert typed(page) == "Hallo"


@pytest.mark.parametrize("text", ["Am [… Tag]", "Guten Tag {name}"])
async def test_nothing_goes_out_with_a_gap_or_a_placeholder_in_it(
    question: Inquiry, enter: Any, text: str
) -> None:
    browser = await enter(Role.COUNSELLOR)
    sent = await form(browser, question)
    page = (await browser.send(f"{address(question)}/answer", status=422, text=text, **sent)).text
    assert "Da ist noch eine Lücke" in page and typed(page) == text
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 0


async def test_preview_shows_the_mail_as_it_goes_out_and_sends_nothing(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    sent = {**await form(browser, question), "text": "نعم.", "do": "preview"}
    shown = (await browser.send(f"{address(question)}/answer", status=200, **sent)).text
    preview = shown.split("sp-preview")[1].split("</section>")[0]
    assert "amira@example.org" in preview and "نعم." in preview and "/q/" in preview
    assert 'lang="ar"' in preview
    assert typed(shown) == "نعم."
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 0


async def test_preview_says_when_nothing_is_sent(database: Any, enter: Any) -> None:
    found = await ask(name="Leo", read_by_others=True)
    browser = await enter(Role.COUNSELLOR)
    sent = {**await form(browser, found), "channel": "web_form", "text": "Ja.", "do": "preview"}
    shown = (await browser.send(f"{address(found)}/answer", status=200, **sent)).text
    assert "Es wird nichts gesendet" in shown and "/q/" not in shown


async def test_preview_of_an_sms_is_a_link_or_the_words(
    database: Any, enter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "sms", property(lambda _self: True), raising=False)
    found = await ask(channel="sms", email="", phone="+4917604069001")
    browser = await enter(Role.COUNSELLOR)
    sent = {**await form(browser, found), "channel": "sms", "text": "Im Mai.", "do": "preview"}
    for how, has in (("link", "/q/"), ("words", "Im Mai.")):
        page = (await browser.send(f"{address(found)}/answer", status=200, how=how, **sent)).text
        preview = page.split("sp-preview")[1].split("</section>")[0]
        assert has in preview and "1 SMS" in preview
