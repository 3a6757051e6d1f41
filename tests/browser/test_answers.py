"""Answering in two real browsers: the second answer is held, and nothing typed is lost, whatever dies meanwhile."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import servers
from tests.browser import conftest, demo_server
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
        demo_server.wait(f"{self.address}/healthz", self.process, self.folder / "log")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="module")
def office(migrated: Callable[[str], Path]) -> Iterator[Office]:
    made = Office(migrated("answering"))
    try:
        made.start()
        yield made
    finally:
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


MOST_KEYS = 8
"""So many an answer with a text module may cost."""


def test_an_answer_with_a_text_module_takes_few_keys(enter: Enter) -> None:
    """Alt + B to the modules, one by its first letter, insert it, Alt + S: sent."""
    page = enter("counsellor", question(0))
    access(page, "b")
    expect(page.locator("#module")).to_be_focused()
    for key in ("s", "Tab"):
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text")).to_have_value(re.compile("Das Schulamt sucht eine Schule"))
    with page.expect_navigation():
        access(page, "s")
    expect(page).to_have_url(re.compile(r"\?answered$"))
    expect(page.locator(".sp-thread--desk")).to_contain_text("Das Schulamt sucht eine Schule")
    keys = ["Alt+B", "s", "Tab", "Enter", "Alt+S"]
    assert len(keys) <= MOST_KEYS


def test_without_access_keys_it_takes_few_keys_too(enter: Enter) -> None:
    page = enter("counsellor", question(3))
    page.focus("#module")
    for key in ("s", "Tab"):
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    keys = 3
    while page.evaluate("document.activeElement.id") != "send":
        page.keyboard.press("Tab")
        keys += 1
        assert keys < MOST_KEYS
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?answered$"))
    assert keys + 1 <= MOST_KEYS


def access(page: Page, key: str) -> None:
    """Alt and this key, as a keyboard sends it: `press` leaves out the letter that access keys go by."""
    told = {
        "modifiers": 1,
        "key": key,
        "code": f"Key{key.upper()}",
        "windowsVirtualKeyCode": ord(key.upper()),
    }
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": key, "unmodifiedText": key, **told})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})


@pytest.mark.parametrize(
    ("width", "options"),
    [
        (360, {"color_scheme": "dark"}),
        pytest.param(360, {}, marks=pytest.mark.long),
        pytest.param(1280, {}, marks=pytest.mark.long),
        pytest.param(1280, {"color_scheme": "dark"}, marks=pytest.mark.long),
    ],
)
def test_no_page_of_answering_has_a_barrier_or_is_wider_than_its_screen(
    enter: Enter, width: int, options: dict[str, str]
) -> None:
    page = enter("lead", "/desk/modules", width=width, **options)
    found = {}
    several = "&".join(f"inquiry={FIRST + number}" for number in range(3))
    for path in (
        "/desk/modules",
        "/desk/modules/new",
        "/desk/modules/1",
        f"/desk/answers?{several}",
        "/desk/inbox",
    ):
        page.goto(path)
        found[path] = barriers(page) + [f"wider by {overflow(page)}"] * (overflow(page) > 0)
    page.goto(f"/desk/answers?{several}")
    for button in ("#insert", "button[value=preview]"):
        page.select_option("#module", index=3)
        with page.expect_navigation():
            page.click(button)
        found[button] = barriers(page) + [f"wider by {overflow(page)}"] * (overflow(page) > 0)
    page.goto(question(1))
    for button in ("#insert", "button[value=preview]"):
        page.select_option("#module", label="Schulplatz: so geht es weiter")
        with page.expect_navigation():
            page.click(button)
        if button != "#insert":
            expect(page.locator("#preview")).to_be_in_viewport()
        found[f"question {button}"] = barriers(page) + [f"wider by {overflow(page)}"] * (overflow(page) > 0)
    assert {path: some for path, some in found.items() if some} == {}


@pytest.mark.parametrize("script", [True, False])
def test_one_text_goes_to_those_selected_in_the_inbox(enter: Enter, script: bool) -> None:
    page = enter("counsellor", "/desk/inbox", java_script_enabled=script)
    chosen = [FIRST + number for number in ((4, 5) if script else (6, 7))]
    for number in chosen:
        page.check(f"#pick-{number}")
    with page.expect_navigation():
        page.locator("#together button").click()
    page.select_option("#module", label="Schulplatz: so geht es weiter")
    with page.expect_navigation():
        page.click("#insert")
    expect(page.locator("#text_de")).to_have_value(re.compile("{office phone}"))
    with page.expect_navigation():
        page.click("#send")
    expect(page.locator("#told li")).to_have_count(2)
    page.goto(f"/desk/inquiries/{chosen[0]}")
    expect(page.locator(".sp-thread--desk")).to_contain_text("rufen Sie uns an: 0221 4710-100")


@pytest.mark.parametrize("script", [True, False])
def test_second_answer_is_held_until_the_first_was_read(enter: Enter, script: bool) -> None:
    path = question(2 if script else 1)
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
    expect(other.locator("main")).to_contain_text("Die Antwort ist gespeichert")
    expect(other.locator("h1")).to_contain_text(
        "für Sie geschlossen"
    )  # whoever answered first looks after it
    one.reload()
    expect(one.locator(".sp-thread--desk")).to_contain_text("Die zweite Antwort")


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


def test_other_forms_stay_as_they_are_while_there_is_no_connection(enter: Enter) -> None:
    page = enter("counsellor", "/desk/log")
    page.fill("#note", "Ruft wegen der Schule an")
    page.context.set_offline(True)
    page.locator("main form .kern-btn--primary").last.click()
    expect(page.locator(".sp-unreached")).to_contain_text("keine Verbindung")
    expect(page.locator("#note")).to_have_value("Ruft wegen der Schule an")
    page.context.set_offline(False)
    with page.expect_navigation():
        page.locator("main form .kern-btn--primary").last.click()
    expect(page.locator(".sp-saved")).to_be_visible()


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
    for _ in range(
        10
    ):  # a busy server answers the next page before it reads what the last one sent in parting
        page.goto(question(8))
        if page.locator("#begun").is_visible():
            break
        page.wait_for_timeout(500)
    expect(page.locator("#text")).to_have_value("Angefangen und weitergeklickt")
    expect(page.locator("#begun")).to_be_visible()
    assert barriers(page) == []
