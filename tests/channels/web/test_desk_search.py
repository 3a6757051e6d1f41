"""One box finds anything at the desk, says to each role what it may know, and leaves nothing typed in an address."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from channels.web import log_in
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry
from inquiries.thread import From, Told
from office import journal
from office.models import Role
from tests.channels.web.staffroom import Browser
from tests.factories import NOW, introduction, make_appointment

QUESTION = "Wir suchen eine Wüstenspringmaus-Schule und haben ein Zeugnis aus Damaskus."


async def ask(text: str = QUESTION, key: str = "asked", **who: Any) -> Inquiry:
    return await thread.receive(
        Told(key, text, "web_form", NOW),
        From(introduction(**who)),
        Concern("web_form", topic="finances"),
        actor=journal.PERSON,
        now=NOW,
    )


async def look_for(browser: Browser, said: str) -> str:
    """The page of results, as it reads."""
    answer = await browser.send("/desk/find", said=said)
    assert answer.headers["location"] == "/desk/find"
    return await browser.get("/desk/find")


def shown(page: str) -> list[str]:
    """Who was found, in this order."""
    people = re.findall(r'<p class="sp-hits__who">(.*?)</p>', page)
    return [unescape(re.sub("<[^>]+>", "", one)).strip() for one in people]


@pytest.mark.parametrize("said", ["ozturk", "OEZTUERK şükrü", "sukru", "Öz", "Öztrük"])
async def test_a_person_is_found_by_name_and_leads_to_time_and_number(enter: Any, said: str) -> None:
    booked = await make_appointment(who=introduction(name="Şükrü Öztürk"))
    page = await look_for(await enter(Role.COUNSELLOR), said)
    assert shown(page) == ["Şükrü Öztürk"]
    assert f'href="/desk/appointments/{booked.id}"' in page
    assert f'href="/desk/inquiries/{booked.inquiry_id}"' in page
    assert "<mark>" in page


@pytest.mark.parametrize(
    "said", ["amira.haddad@example.org", "AMIRA.HADDAD@EXAMPLE.ORG", "0176 04069 077", "+49 (176) 04069077"]
)
async def test_a_person_is_found_by_the_address_they_gave(enter: Any, said: str) -> None:
    await ask(name="Amira", email="Amira.Haddad@example.org", phone="+4917604069077")
    assert shown(await look_for(await enter(Role.RECEPTION), said)) == ["Amira"]


async def test_a_code_or_a_number_leads_there_at_once(enter: Any) -> None:
    booked = await make_appointment()
    question = await ask()
    browser = await enter(Role.COUNSELLOR)
    for said, where in (
        (booked.code.lower(), f"/desk/appointments/{booked.id}"),
        (f"#{question.id}", f"/desk/inquiries/{question.id}"),
        (str(question.code), f"/desk/inquiries/{question.id}"),
    ):
        assert (await browser.send("/desk/find", said=said)).headers["location"] == where


@pytest.mark.parametrize("said", ["wüstenspringmaus", "WÜSTENSPRINGMAUS zeugnis", "zeug"])
async def test_words_of_a_text_are_found_by_who_may_read_it(enter: Any, said: str) -> None:
    question = await ask(name="Amira")
    page = await look_for(await enter(Role.COUNSELLOR), said)
    assert f'href="/desk/inquiries/{question.id}"' in page
    assert "<mark>" in page


@pytest.mark.parametrize("said", ["wüstenspringmaus", "zeugnis", "Amira"])
async def test_reception_finds_names_and_times_never_what_it_is_about(enter: Any, said: str) -> None:
    await ask(name="Amira")
    await make_appointment(who=introduction(name="Amira"))
    page = await look_for(await enter(Role.RECEPTION), said)
    assert ("Amira" in page) is (said == "Amira")
    for secret in (
        "Zeugnis",
        "stenspringmaus-",
        "Damaskus",
        "finances",
        "Finanz",
        "Schulwechsel",
        "/desk/inquiries/",
    ):
        assert secret not in page


async def test_who_others_read_along_with_is_found_and_marked(enter: Any) -> None:
    await ask(name="Kevin", read_by_others=True)
    page = await look_for(await enter(Role.RECEPTION), "kevin")
    assert "keine Auskunft" in page


async def test_what_was_typed_is_in_no_address_and_ends_with_the_log_out(enter: Any) -> None:
    await ask(name="Amira Haddad")
    browser = await enter(Role.COUNSELLOR)
    answer = await browser.send("/desk/find", said="Amira Haddad")
    assert "Amira" not in str(answer.headers["location"])
    assert "path=/desk/find" in answer.headers["set-cookie"].lower()
    assert "httponly" in answer.headers["set-cookie"].lower()
    await browser.send("/desk/log-out")
    assert "desk-search" not in browser.http.cookies


async def test_nobody_else_sees_what_was_sought_in_this_browser(enter: Any) -> None:
    await ask(name="Amira Haddad")
    browser, other = await enter(Role.COUNSELLOR), await enter(Role.RECEPTION)
    await browser.send("/desk/find", said="Amira")
    browser.http.cookies.set(log_in.cookie_name(), other.http.cookies[log_in.cookie_name()])
    assert "Amira" not in await browser.get("/desk/find")


@pytest.mark.parametrize(
    "said", ["Xanthippe", "0176 1", "nobody@example.org", "<b>X", "%", "9" * 60, "K7M42"]
)
async def test_nothing_found_says_what_to_try_and_keeps_what_was_typed(enter: Any, said: str) -> None:
    page = await look_for(await enter(Role.COUNSELLOR), said)
    assert "Nichts gefunden" in page
    assert said in unescape(re.findall(r'id="said"[^>]*? value="([^"]*)"', page)[0])
    assert "<b>X" not in page


async def test_many_are_cut_and_it_says_so(enter: Any) -> None:
    for number in range(22):
        await ask(key=f"k{number}", name=f"Mehmet {'abcdefghijklmnopqrstuvwxyz'[number]}")
    page = await look_for(await enter(Role.RECEPTION), "mehmet")
    assert len(shown(page)) == 20
    assert "Es gibt mehr" in page


async def test_an_empty_box_asks_what_to_look_for(enter: Any) -> None:
    page = await (await enter(Role.RECEPTION)).get("/desk/find")
    assert "Nichts gefunden" not in page
    assert 'name="said"' in page
