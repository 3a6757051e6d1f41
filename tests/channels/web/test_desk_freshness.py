"""A page asked for again answers "nothing new" until something happens, to whoever has it and to nobody else."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from inquiries import counter, inquiry
from office.models import JournalEntry, Role
from tests.channels.web.test_desk_inbox import ask
from tests.factories import NOW

PAGES = ("/desk/", "/desk/inbox", "/desk/inbox?view=automatic")


async def tag(browser: Any, path: str) -> str:
    answer = await browser.http.get(path)
    assert answer.status_code == 200
    return str(answer.headers["etag"])


async def asked(browser: Any, path: str, known: str) -> int:
    answer = await browser.http.get(path, headers={"if-none-match": known})
    assert answer.content == b"" or answer.status_code == 200
    return int(answer.status_code)


@pytest.mark.parametrize("path", PAGES)
async def test_nothing_new_is_said_in_few_queries(
    database: Any, enter: Any, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    await ask()
    browser = await enter(Role.COUNSELLOR)
    known = await tag(browser, path)
    caplog.set_level(logging.DEBUG, "tortoise.db_client")
    assert await asked(browser, path, known) == 304
    assert len(caplog.records) <= 3


async def test_whatever_happens_is_shown(database: Any, enter: Any, at: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    found = await ask()
    at_desk = {"actor": "staff:kl", "now": NOW}
    for number, happens in enumerate(
        (
            lambda: ask("Neu"),
            lambda: inquiry.assign(found.id, browser.member.id, **at_desk),
            lambda: counter.came("Eva", "de", **at_desk),
        )
    ):
        known = {path: await tag(browser, path) for path in PAGES}
        await happens()
        assert {await asked(browser, path, known[path]) for path in PAGES} == {200}, number
    known = {path: await tag(browser, path) for path in PAGES}
    at(NOW + timedelta(minutes=1))
    assert {await asked(browser, path, known[path]) for path in PAGES} == {200}


async def test_an_entry_that_becomes_visible_late_is_seen(database: Any, enter: Any) -> None:
    for _ in range(3):
        await ask(f"Frage {_}")
    late = await JournalEntry.all().order_by("-id").offset(1).first()
    await late.delete()
    browser = await enter(Role.COUNSELLOR)
    known = await tag(browser, "/desk/inbox")
    await JournalEntry.create(id=late.id, at=NOW, kind=late.kind, actor="person", subject=late.subject)
    assert await asked(browser, "/desk/inbox", known) == 200


async def test_a_tag_is_good_for_one_page_and_one_person(database: Any, enter: Any) -> None:
    first, second = await enter(Role.COUNSELLOR), await enter(Role.LEAD)
    known = await tag(first, "/desk/inbox")
    assert await asked(first, "/desk/inbox?channel=sms", known) == 200
    assert await asked(second, "/desk/inbox", known) == 200
    first.http.cookies.set("desk-language", "ar")
    assert await asked(first, "/desk/inbox", known) == 200
    first.http.cookies.clear()
    assert await asked(first, "/desk/inbox", known) == 303
