"""Answering in two real browsers: the second answer is held, and nothing typed is lost, whatever dies meanwhile."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import servers
from tests.browser import conftest
from tests.browser.conftest import barriers, overflow

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]
FIRST = 13
"""The first question of `desk_server.py`; eight more follow it."""
PATIENCE = 20_000


class Office:
    """The office of `desk_server.py`, which can be killed and come back with all it had."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, servers.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.browser.desk_server", str(self.folder), str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=conftest.ROOT, stdout=log, stderr=log)
        conftest._wait(f"{self.address}/healthz", self.process, self.folder / "log")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("answering"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def enter(chromium: Browser, office: Office) -> Iterator[Enter]:
    """`enter("lead", path)`: the page as they see it, in a browser of their own."""
    contexts: list[Any] = []

    def entered(role: str, path: str, *, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, base_url=office.address, locale="de-DE", **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto("/desk/log-in")
        log_in(page, role)
        page.goto(path)
        return page

    yield entered
    for context in contexts:
        context.close()


def log_in(page: Page, role: str) -> None:
    page.fill("#email", f"{role}@example.org")
    page.fill("#password", "demo")
    with page.expect_navigation():
        page.press("#password", "Enter")


def question(number: int) -> str:
    return f"/desk/inquiries/{FIRST + number}"


def kept(page: Page) -> Any:
    return page.locator("form[action$='/answer'] .sp-kept")


@pytest.mark.parametrize("script", [True, False])
def test_second_answer_is_held_until_the_first_was_read(enter: Enter, script: bool) -> None:
    path = question(2 if script else 3)
    one, other = (enter(role, path, java_script_enabled=script) for role in ("counsellor", "lead"))
    one.fill("#text", "Die erste Antwort")
    other.fill("#text", "Die zweite Antwort")
    one.click("#send")
    one.wait_for_url("**?answered")
    other.click("#send")
    expect(other.locator("#held")).to_contain_text("von Jonas Brückner")
    expect(other.locator("#text")).to_have_value("Die zweite Antwort")
    expect(other.locator(".sp-thread--desk")).not_to_contain_text("Die zweite Antwort")
    other.locator("#held a", has_text="lesen").click()
    expect(other.locator(".sp-message:target")).to_contain_text("Die erste Antwort")
    if script:
        assert barriers(other) == []
        other.set_viewport_size({"width": 360, "height": 740})
        assert overflow(other) <= 0
    other.click("#send")
    other.wait_for_url("**?answered")
    expect(other.locator(".sp-thread--desk")).to_contain_text("Die zweite Antwort")
    expect(other.locator("#text")).to_have_value("")


def test_a_connection_cut_while_typing_loses_nothing(enter: Enter) -> None:
    page = enter("counsellor", question(4))
    page.locator("#text").press_sequentially("Guten Tag, ")
    expect(kept(page)).to_contain_text("gespeichert")
    page.context.set_offline(True)
    page.locator("#text").press_sequentially("wir rufen an.")
    expect(kept(page)).to_contain_text("keine Verbindung")
    page.click("#send")
    page.wait_for_timeout(500)
    expect(page.locator("#text")).to_have_value("Guten Tag, wir rufen an.")
    page.context.set_offline(False)
    expect(kept(page)).to_contain_text("als Entwurf gespeichert")
    page.reload()
    expect(page.locator("#text")).to_have_value("Guten Tag, wir rufen an.")
    page.click("#send")
    page.wait_for_url("**?answered")


def test_a_server_killed_while_typing_loses_nothing(enter: Enter, office: Office) -> None:
    page = enter("counsellor", question(5))
    page.locator("#text").press_sequentially("Vor dem Ende, ")
    expect(kept(page)).to_contain_text("gespeichert")
    office.kill()
    page.locator("#text").press_sequentially("danach.")
    expect(kept(page)).to_contain_text("keine Verbindung")
    page.click("#send")
    page.wait_for_timeout(500)
    expect(page.locator("#text")).to_have_value("Vor dem Ende, danach.")
    office.start()
    expect(kept(page)).to_contain_text("als Entwurf gespeichert")
    again = enter("counsellor", question(5))
    expect(again.locator("#text")).to_have_value("Vor dem Ende, danach.")
    page.click("#send")
    page.wait_for_url("**?answered")
    expect(page.locator(".sp-thread--desk")).to_contain_text("Vor dem Ende, danach.")


@pytest.mark.parametrize("script", [True, False])
def test_a_log_in_ended_while_typing_loses_nothing(enter: Enter, script: bool) -> None:
    page = enter("counsellor", question(6 if script else 7), java_script_enabled=script)
    page.context.clear_cookies(name="desk")
    words = "Eine lange Antwort,\n\nmit Absätzen."
    page.fill("#text", words)
    if script:
        expect(kept(page)).to_contain_text("abgelaufen")
    page.click("#send")
    expect(page.locator("#ended")).to_be_visible()
    if script:
        assert barriers(page) == []
    log_in(page, "counsellor")
    expect(page.locator("blockquote")).to_contain_text("Eine lange Antwort")
    if script:
        assert barriers(page) == []
    page.click("#go-on")
    expect(page.locator("#text")).to_have_value(words)
    page.click("#send")
    page.wait_for_url("**?answered")
    expect(page.locator(".sp-thread--desk")).to_contain_text("mit Absätzen.")


def test_words_typed_and_left_in_a_hurry_are_there_again(enter: Enter) -> None:
    page = enter("counsellor", question(8))
    page.fill("#text", "Angefangen und weitergeklickt")
    page.locator(".sp-back").click()
    page.wait_for_url("**/desk/inbox")
    page.goto(question(8))
    expect(page.locator("#text")).to_have_value("Angefangen und weitergeklickt")
    expect(page.locator("#begun")).to_be_visible()
    assert barriers(page) == []
