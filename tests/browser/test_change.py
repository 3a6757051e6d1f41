"""A change of hours in a real browser: by keyboard and without script, nobody shut out."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from booking import appointments
from office import links
from office import settings as office_settings
from tests.browser import small_office
from tests.browser.conftest import barriers, overflow
from tests.browser.test_desk import SCREENS, Enter, busy_office, enter, pytestmark

__all__ = ["busy_office", "enter", "pytestmark"]


def harmless(page: Page) -> None:
    """Nobody is shut out, and nothing is wider than the screen, on a desk and on a phone."""
    assert barriers(page) == []
    for width, height in SCREENS.values():
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) <= 0
    assert barriers(page) == []


def test_an_absence_is_entered_with_the_keyboard_and_shown_before_it_is_saved(enter: Enter) -> None:
    page = enter("lead", "/desk/change")
    harmless(page)
    page.locator("#away-staff").focus()
    page.keyboard.press("j")  # Jonas Brückner
    page.locator("#away-until").press("Enter")
    page.locator("input[name=carry]").wait_for(state="attached")
    assert "Kevin Drews" in page.locator("main").inner_text()
    harmless(page)
    marked = page.locator(".sp-family input:checked").first
    marked.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.checked")
    page.get_by_role("link", name="Nicht speichern").click()
    expect(page).to_have_url(re.compile(re.escape("/desk/change") + "$"))


def test_ill_today_without_a_script_one_family_chooses_and_it_is_taken_back(
    enter: Enter, busy_office: tuple[str, Path]
) -> None:
    page = enter("lead", java_script_enabled=False)
    page.get_by_role("link", name="Krank?").click()
    page.locator("#ill").select_option("jb")
    page.get_by_role("button", name="Heute krank").click()
    assert "/desk/changes/" in page.url
    harmless(enter("lead", "/desk/ill"))
    here = page.url.removeprefix(busy_office[0])
    assert "frei gehalten" in page.locator("main").inner_text()

    family = enter("", _link_of_the_first_who_was_cancelled(page, busy_office))
    expect(family.locator("button[name=hold]")).to_have_count(3)
    harmless(family)
    family.goto(f"{family.url}?lang=ar")
    harmless(family)
    family.locator("button[name=hold]").nth(1).click()
    assert "booked=1" in family.url

    harmless(enter("lead", here))
    page.get_by_role("button", name="Zurücknehmen").click()
    assert "zurückgenommen" in page.locator("main").inner_text()
    harmless(enter("lead", here))


def _link_of_the_first_who_was_cancelled(page: Page, office: tuple[str, Path]) -> str:
    shown = page.locator(".sp-entry--cancelled a").first.get_attribute("href")
    assert shown
    address, folder = office
    office_settings.use(small_office.made(folder, int(address.rpartition(":")[2])))
    return f"/a/{links.token(appointments.LINK, int(shown.rpartition('/')[2]), 0)}"
