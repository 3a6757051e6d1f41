"""Every page of the desk in a real browser: nothing in anybody's way, and everything to be had from the keyboard.

Each page wide in light colours with its Tab order, and dark on a phone, in `make test`; in `make proof` in English and
Arabic, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize
from playwright.sync_api import Page as Tab

from tests.browser import conftest, demo_server, every_page
from tests.browser.conftest import barriers, overflow
from tests.browser.every_page import Page

pytestmark = pytest.mark.browser
Open = Callable[..., Tab]
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
SCREENS = {"wide": WIDE, "phone": PHONE}
LOOKS = [("en", "wide", "dark"), ("ar", "phone", "light"), ("ar", "wide", "light")]
"""(language, screen, colours)"""
SCRIPT = Path(__file__).with_name("keyboard.js").read_text(encoding="utf-8")
SETTLED = """async () => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  await drawn()
  await Promise.allSettled(document.getAnimations().map(one => one.finished))
  await drawn()
}"""
"""Colours that were changed a moment ago are the new ones, on a busy machine, too."""
MOST_PARTS = 6
"""A date is a field of several parts, and Tab stops at each."""

page_of_the_desk = pytest.mark.parametrize(
    "page", [*every_page.DESK, *every_page.ANSWERS], ids=lambda page: page.picture
)


@pytest.fixture(scope="module")
def office(migrated: Callable[[str], Path]) -> Iterator[tuple[str, dict[str, str]]]:
    """Address of the demonstration with something on every page, and what the names in addresses stand for."""
    folder = migrated("every-page")
    with demo_server.standing_still(folder) as address:
        yield address, json.loads((folder / demo_server.NAMES).read_text())


@pytest.fixture(scope="module")
def visit(chromium: Browser, office: tuple[str, dict[str, str]]) -> Iterator[Open]:
    """`visit(page, "wide", "light")`: the page as its role sees it; each role logs in once."""
    entered: dict[tuple[str, ...], BrowserContext] = {}

    def opened(page: Page, language: str, screen: str, colours: str) -> Tab:
        key = (page.role, language, colours)
        if key not in entered:
            options = {"locale": language, "color_scheme": colours, "reduced_motion": "reduce"}
            entered[key] = conftest.at_the_desk(chromium, office[0], page.role, **options)
            entered[key].add_init_script(SCRIPT)
        tab = entered[key].new_page()
        tab.set_viewport_size(SCREENS[screen])
        page.show(tab, office[1])
        return tab

    yield opened
    for context in entered.values():
        context.close()


@page_of_the_desk
def test_everything_is_seen_and_reached_by_everybody(page: Page, visit: Open) -> None:
    """No barrier, nothing beside the screen of a phone, dark or light; Tab stops at each control and comes round."""
    tab = visit(page, "de", "wide", "light")
    stops = tab.evaluate("keyboard.stops()")
    for presses in (stops, *(1,) * MOST_PARTS * stops):
        for _ in range(presses):
            tab.keyboard.press("Tab")
        if tab.evaluate("keyboard.round()"):
            break
    found = tab.evaluate("keyboard.found()")
    assert found["trapped"] is False
    assert found["order"] == list(range(stops))
    assert found["unseen"] == found["ahead"] == found["unreachable"] == []
    tab.evaluate("keyboard.foldMenus()")
    assert barriers(tab) == []
    tab.set_viewport_size(PHONE)
    tab.emulate_media(color_scheme="dark")
    tab.evaluate(SETTLED)
    assert overflow(tab) <= 0
    assert barriers(tab) == []
    tab.close()


@pytest.mark.long
@pytest.mark.parametrize(("language", "screen", "colours"), LOOKS)
@page_of_the_desk
def test_nothing_is_in_anybodys_way(
    page: Page, language: str, screen: str, colours: str, visit: Open
) -> None:
    tab = visit(page, language, screen, colours)
    tab.evaluate("keyboard.stops()")
    tab.evaluate("keyboard.foldMenus()")
    assert barriers(tab) == []
    assert overflow(tab) <= 0
    tab.close()


def test_no_menu_that_lies_over_a_page_has_a_barrier(visit: Open) -> None:
    tab = visit(every_page.DESK[1], "de", "wide", "light")
    assert tab.evaluate("keyboard.stops()") > 20
    assert [found for found in barriers(tab) if "sp-menu" in found or "sp-parked" in found] == []
    tab.close()
