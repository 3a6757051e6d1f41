"""Writing down in few keys, counted: a call, a talk, a booking for a caller, yesterday's outcomes; and parking."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import barriers, overflow
from tests.browser.test_desk import QUESTION, SCREENS, Enter, busy_office, enter

__all__ = ["busy_office", "enter"]

pytestmark = pytest.mark.browser

PAGES = {
    "reception": ["/desk/day-sheet", "/desk/appointments/5/attendance", "/desk/book?after=5"],
    "counsellor": ["/desk/appointments/5", f"{QUESTION}/case-notes", f"{QUESTION}/summary"],
}


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def free(self, text: str) -> None:
        """What is chosen or typed freely is not counted."""
        self.page.keyboard.type(text)

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id || document.activeElement.tagName"))

    def tab_to(self, name: str) -> None:
        while self.focused() != name:
            self.press("Tab")
            assert self.count < 30, f"{name} is not reached"


@pytest.mark.long  # `test_every_page.py` looks at each of these pages; here they are full of a busy day
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in PAGES.items() for path in paths])
def test_no_page_has_a_barrier_or_is_wider_than_its_screen(
    enter: Enter, role: str, path: str, screen: str
) -> None:
    page = enter(role, path, screen=screen)
    assert barriers(page) == []
    assert overflow(page) <= 0


def test_a_call_is_written_down_in_six_keys_beside_the_free_choice(enter: Enter) -> None:
    page = enter("reception", "/desk/log")
    keys = Keys(page)
    keys.press("Tab")
    keys.free("Schul")  # the topic
    keys.press("Tab", "Tab", "Tab")
    keys.free("Info")  # what came of it
    keys.press("Tab", "Enter")  # Enter on the length saves
    page.wait_for_url("**/desk/log?saved=*")
    assert keys.count <= 6


def test_a_talk_is_written_down_in_fifteen_keys(enter: Enter) -> None:
    page = enter("counsellor", "/desk/appointments/1")
    expect(page.locator("[name=topic]").first).to_be_focused()
    keys = Keys(page)
    keys.press("ArrowRight")
    topic = page.locator("[name=topic]:checked").get_attribute("value")
    keys.tab_to("school_type")
    keys.press("g")
    keys.tab_to("district")
    keys.press("h")
    keys.press("Tab", "Tab", "ArrowRight")  # past the length, which the clock knows, to what came of it
    keys.press("Tab", "ArrowRight", "Enter")  # another appointment
    page.wait_for_url("**/desk/appointments/1?recorded")
    assert keys.count <= 15
    expect(page.locator(f"[name=topic][value={topic}]")).to_be_checked()
    expect(page.locator("#school_type")).to_have_value("primary_school")
    expect(page.locator("#outcome-information_given")).to_be_checked()
    expect(page.locator("form[action$=reopen]").first).to_be_visible()  # it counts as held
    page.get_by_role("link", name="Folgetermin").click()
    expect(page.locator("[name=starts_at]").first).to_be_attached()
    assert barriers(page) == []


def test_a_caller_is_booked_in_twelve_keys_beside_the_name(enter: Enter) -> None:
    page = enter("reception", "/desk/book")
    keys = Keys(page)
    keys.press("s", "Tab", "2", "Enter")  # the service, two children, show the times
    page.wait_for_url("**children=*2*")
    page.wait_for_function("document.activeElement.name === 'starts_at'")
    keys.press("Space")
    keys.tab_to("name")
    keys.free("Frau Yılmaz")
    keys.press("Enter")
    page.wait_for_url("**/desk/appointments/*?new")
    assert keys.count <= 12


def test_yesterday_s_outcomes_are_one_key_each(enter: Enter) -> None:
    page = enter("counsellor")
    rows = page.locator("section[aria-labelledby=left-open] li")
    expect(rows).to_have_count(3)
    page.locator("section[aria-labelledby=left-open] button").first.focus()
    keys = Keys(page)
    for left in (2, 1, 0):
        keys.press("Enter")
        expect(rows).to_have_count(left)
        if left:
            expect(page.locator("section[aria-labelledby=left-open] button").first).to_be_focused()
    assert keys.count == 3


def test_a_call_is_parked_and_taken_up_again_with_one_key_each(enter: Enter) -> None:
    page = enter("reception", "/desk/log")
    page.fill("#note", "Fragt nach der OGS")
    page.keyboard.press("F8")
    page.wait_for_url("**/desk/log?parked")
    expect(page.locator("#note")).to_have_value("")
    expect(page.locator(".sp-parked summary")).to_have_text("1 geparkt")
    assert barriers(page) == []
    page.goto("/desk/cards")
    page.keyboard.press("F9")
    page.wait_for_url("**/desk/log?draft=*")
    expect(page.locator("#note")).to_have_value("Fragt nach der OGS")
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_url("**/desk/log?saved=*")
    expect(page.locator(".sp-parked")).to_have_count(0)


def test_a_booking_is_parked_with_a_wish_that_was_not_yet_asked_for(enter: Enter) -> None:
    page = enter("reception", "/desk/book")
    page.fill("#children", "3")
    page.fill("#name", "Herr Popescu")
    page.keyboard.press("F8")
    page.wait_for_url("**/desk/book?parked")
    page.locator(".sp-parked summary").click()
    assert overflow(page) <= 0
    page.get_by_role("link", name="Herr Popescu").click()
    expect(page.locator("#children")).to_have_value("3")
    expect(page.locator("#name")).to_have_value("Herr Popescu")
    page.locator(".sp-parked summary").click()
    page.get_by_role("button", name="Verwerfen").click()
    expect(page.locator(".sp-parked")).to_have_count(0)


def test_a_summary_is_clicked_seen_and_sent(enter: Enter) -> None:
    page = enter("counsellor", f"{QUESTION}/summary")
    page.locator("#agreed-we_call").check()
    page.get_by_role("button", name="Ansehen").click()
    expect(page.locator("#text")).to_have_value(re.compile("Wir rufen Sie an"))
    assert barriers(page) == []
    assert overflow(page) <= 0
    page.get_by_role("button", name="Auf Papier").click()
    page.wait_for_url("**/summary/*")
    expect(page.locator(".sp-letter")).to_contain_text("Wir rufen Sie an")
    assert barriers(page) == []


def test_the_day_sheet_is_paper_without_the_desk_on_it(enter: Enter) -> None:
    page = enter("reception", "/desk/day-sheet")
    page.emulate_media(media="print")
    expect(page.locator(".sp-nav")).to_be_hidden()
    expect(page.locator("table").first).to_contain_text("Mohammed Al-Hussein")
    expect(page.locator("body")).not_to_contain_text("Schule und Schulwechsel")
