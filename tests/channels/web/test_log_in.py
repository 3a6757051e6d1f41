"""Logging in, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest

from channels.web import rate
from channels.web.desk import page
from office import staff
from office.models import AuditEntry, Role, Staff
from office.settings import Settings
from tests.channels.web.staffroom import Browser

PASSWORD = "a password nobody guesses"


@pytest.fixture
async def gate(enter: Any) -> Browser:
    """A browser before the log-in form, and a counsellor who could use it."""
    await staff.add(
        code="jb", name="Jonas Brückner", email="jb@example.org", role=Role.COUNSELLOR, password=PASSWORD
    )
    browser: Browser = await enter()
    return browser


async def test_the_right_password_opens_the_day(gate: Browser) -> None:
    answer = await gate.send("/desk/log-in", email="JB@example.org ", password=PASSWORD)
    assert answer.headers["location"] == "/desk/"
    assert "Jonas Brückner" in await gate.get("/desk/")
    assert await AuditEntry.filter(actor="staff:jb", action="logged_in").count() == 1


async def test_a_wrong_password_says_so_keeps_the_address_and_is_noted(gate: Browser) -> None:
    answer = await gate.send("/desk/log-in", status=422, email="jb@example.org", password="wrong")
    assert 'value="jb@example.org"' in answer.text
    assert 'role="alert"' in answer.text
    assert "wrong" not in answer.text.partition("<form")[2]
    assert await AuditEntry.filter(action="failed_to_log_in", subject="staff:jb").count() == 1


async def test_an_unknown_address_is_refused_in_the_same_words_and_not_written_down(gate: Browser) -> None:
    known = await gate.send("/desk/log-in", status=422, email="jb@example.org", password="x")
    unknown = await gate.send("/desk/log-in", status=422, email="kv@example.org", password="x")
    assert known.text.replace("jb@", "kv@") == unknown.text
    assert [entry.subject for entry in await AuditEntry.all()] == ["staff:jb", "nobody"]


async def test_a_form_without_our_token_logs_nobody_in(gate: Browser) -> None:
    answer = await gate.http.post("/desk/log-in", data={"email": "jb@example.org", "password": PASSWORD})
    assert answer.status_code == 403
    assert "desk" not in gate.http.cookies


async def test_after_the_log_in_the_wanted_page_comes(gate: Browser) -> None:
    answer = await gate.send(
        "/desk/log-in", email="jb@example.org", password=PASSWORD, next="/desk/figures?unit=case"
    )
    assert answer.headers["location"] == "/desk/figures?unit=case"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/desk/../a",
        "/desk\\evil",
        "/desk/\r\nx: y",
        "/de/",
        "/deskx",
        "",
    ],
)
def test_nobody_is_sent_elsewhere(elsewhere: str) -> None:
    assert page.local(elsewhere) == "/desk/"


async def test_logging_out_ends_it(gate: Browser) -> None:
    await gate.send("/desk/log-in", email="jb@example.org", password=PASSWORD)
    gate.member = await staff.by_id(1)
    await gate.send("/desk/log-out")
    assert (await gate.http.get("/desk/")).status_code == 303


async def test_a_new_password_ends_every_log_in(gate: Browser) -> None:
    await gate.send("/desk/log-in", email="jb@example.org", password=PASSWORD)
    await staff.set_password("jb@example.org", "another")
    assert (await gate.http.get("/desk/")).status_code == 303


async def test_who_left_the_office_is_nobody(gate: Browser) -> None:
    await gate.send("/desk/log-in", email="jb@example.org", password=PASSWORD)
    await Staff.filter(email="jb@example.org").update(active=False)
    assert (await gate.http.get("/desk/")).status_code == 303


async def test_admin_begins_with_the_cards(enter: Any) -> None:
    browser = await enter(Role.ADMIN)
    answer = await browser.http.get("/desk/log-in")
    assert answer.headers["location"] == "/desk/cards"


async def test_the_desk_speaks_the_language_chosen(enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    assert '<html lang="de"' in await browser.get("/desk/")
    await browser.send("/desk/language", language="ar", back="/desk/book")
    assert '<html lang="ar" dir="rtl">' in await browser.get("/desk/")


async def test_too_many_attempts_on_one_account_are_stopped_from_wherever(
    gate: Browser, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = database.model_copy(update={"rate_limits": True})
    monkeypatch.setattr(rate, "current", lambda: limited)
    monkeypatch.setattr(rate, "client", lambda request: str(id(request)))
    for _ in range(20):
        await gate.send("/desk/log-in", status=422, email="jb@example.org", password="guess")
    await gate.send("/desk/log-in", status=429, email="jb@example.org", password=PASSWORD)
