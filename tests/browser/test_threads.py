"""The inbox in a real browser: by keys, without a script, renewed under one's hands; two questions made one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import barriers, overflow
from tests.browser.test_desk import QUESTION, SCREENS, Enter, busy_office, enter  # noqa: F401

pytestmark = pytest.mark.browser
PAGES = (
    "/desk/inbox?view=waiting",
    "/desk/inbox?channel=sms&topic=finances",
    f"{QUESTION}/merge",
    f"{QUESTION}/merge?into=15",
    f"{QUESTION}/merge?into=4711",
    f"{QUESTION}/split/4",
    "/desk/deputy",
)


def soon(page: Page) -> None:
    """The page asks now, not in twenty seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.long  # `test_every_page.py` looks at each of these pages; here they are full of a busy day
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_barrier_or_is_wider_than_its_screen(enter: Enter, path: str, screen: str) -> None:  # noqa: F811
    page = enter("counsellor", path, screen=screen)
    assert barriers(page) == []
    assert overflow(page) <= 0


def test_down_up_and_open_by_single_keys_that_can_be_switched_off(enter: Enter) -> None:  # noqa: F811
    page = enter("counsellor", "/desk/inbox")
    links = page.locator(".sp-question [data-row]")
    for key, number in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(links.nth(number)).to_be_focused()
    page.locator("[data-keys-help] button").click()
    page.keyboard.press("j")
    expect(page.locator("[data-keys-help] button")).to_be_focused()
    page.reload()
    page.keyboard.press("j")
    assert page.locator(".sp-question :focus").count() == 0
    page.locator("[data-keys-help] button").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/inquiries/*")


def test_not_for_us_is_one_key_and_leads_back(enter: Enter) -> None:  # noqa: F811
    page = enter("counsellor", "/desk/inbox?channel=web_form")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_url("**/void?back=*")
    page.locator(".sp-actions a").click()
    page.wait_for_url("**/desk/inbox?channel=web_form")


def test_what_is_new_appears_and_focus_and_what_is_typed_stay(enter: Enter) -> None:  # noqa: F811
    page, elsewhere = enter("counsellor", "/desk/"), enter("reception", "/desk/")
    held = page.locator("#a1 a").first
    held.focus()
    page.fill("#walk-in", "Herr")
    held.focus()
    elsewhere.fill("#walk-in", "Frau Neu")
    elsewhere.keyboard.press("Enter")
    expect(elsewhere.locator("section[aria-labelledby=walk-ins]")).to_contain_text("Frau Neu")
    soon(page)
    expect(page.locator("section[aria-labelledby=walk-ins]")).to_contain_text("Frau Neu")
    expect(held).to_be_focused()
    expect(page.locator("#walk-in")).to_have_value("Herr")
    elsewhere.get_by_role("button", name=re.compile("Gegangen.*Frau Neu")).click()
    soon(page)
    expect(page.locator("section[aria-labelledby=walk-ins]")).to_have_count(0)
    assert barriers(page) == []


def test_nothing_is_fetched_again_while_nothing_happens(enter: Enter) -> None:  # noqa: F811
    page = enter("counsellor", "/desk/inbox?view=closed")
    answers: list[int] = []
    page.on("response", lambda one: answers.append(one.status) if "inbox" in one.url else None)
    for number in (1, 2):
        with page.expect_response("**/desk/inbox?view=closed"):
            soon(page)
        page.wait_for_timeout(200 * number)
    assert answers[0] == 200
    assert set(answers[1:]) <= {200, 304}


def test_a_walk_in_is_two_keys_taken_by_one_and_written_down(enter: Enter) -> None:  # noqa: F811
    page = enter("counsellor", "/desk/", java_script_enabled=False)
    page.focus("#walk-in")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("Übernehmen")).click()
    page.wait_for_url("**/desk/log?walk_in=*")
    expect(page.locator("#channel-walk_in")).to_be_checked()
    page.locator(".sp-log .sp-actions .kern-btn--primary").click()
    page.wait_for_url("**/desk/log?saved=*")
    page.goto("/desk/")
    assert page.locator("section[aria-labelledby=walk-ins]").count() == 0


@pytest.mark.parametrize("script", [True, False])
def test_follow_up_merge_and_split_by_keyboard(enter: Enter, script: bool) -> None:  # noqa: F811
    page = enter("counsellor", QUESTION, java_script_enabled=script)
    page.get_by_role("button", name=re.compile("^In einer Woche")).press("Enter")
    expect(page.locator(".sp-toolbar--top")).to_contain_text("Wiedervorlage am")
    page.get_by_role("button", name="Nicht mehr").press("Enter")
    expect(page.locator(".sp-toolbar--top")).not_to_contain_text("Wiedervorlage am")
    if script:
        return
    page.get_by_role("link", name=re.compile("Ab hier eine eigene Anfrage")).last.press("Enter")
    page.locator(".sp-actions button").press("Enter")
    page.wait_for_url("**?split")
    opened = page.url.partition("?")[0].rpartition("/")[2]
    page.get_by_role("link", name="Gehört zu einer anderen Anfrage").press("Enter")
    page.locator("#perhaps + ul a").first.press("Enter")
    expect(page.locator(".sp-sides > section")).to_have_count(2)
    page.locator("form[method=post].sp-flow button").press("Enter")
    page.wait_for_url("**?merged")
    page.goto(f"/desk/inquiries/{opened}")
    page.wait_for_url(f"**{QUESTION}?merged")
