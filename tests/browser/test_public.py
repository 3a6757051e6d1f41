"""The main ways of a family, in a real browser: book, move, cancel; by touch, by keyboard, without a script."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser import screens
from tests.browser.conftest import barriers, overflow

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

PAGES = (
    "/{}/",
    "/{}/book",
    "/{}/book?service=school",
    "/{}/ask",
    "/{}/topics",
    "/{}/topics/german_course",
    "/{}/imprint",
    "/{}/privacy",
    "/{}/accessibility",
    "/{}/nothing",
)
TIMES = "/{}/book?service=school&mode=office&children=1"
_visitor = count(1)


def choose_slot(page: Page, number: int = 3) -> str:
    """Press one of the times; its label."""
    slot = page.locator(".sp-slot").nth(number)
    label = slot.inner_text().strip()
    slot.click()
    return label


def when(page: Page) -> str:
    return page.locator("#when").inner_text()


def book(page: Page) -> None:
    """From the start page to the appointment, as a thumb does it."""
    page.locator(".sp-hero .kern-btn--primary").click()
    page.locator(".sp-choice a").first.click()
    page.click("#on")
    label = choose_slot(page)
    page.fill("#name", "مريم الخطيب")
    page.fill("#email", f"visitor{next(_visitor)}@example.org")
    page.click("#book")
    assert label in when(page)
    assert page.locator(".sp-code__value").inner_text().isalnum()


def move_and_cancel(page: Page) -> None:
    page.click("#move")
    label = choose_slot(page, 4)
    assert label in when(page)
    expect(page.locator(".kern-alert--success")).to_be_visible()
    page.click("#cancel")
    page.click("#yes")
    expect(page.locator(".sp-summary--cancelled")).to_be_visible()
    expect(page.locator("#again")).to_be_visible()


@pytest.mark.parametrize("language", screens.LANGUAGES)
def test_book_move_cancel_on_a_small_phone(visit: Visit, language: str) -> None:
    page = visit(f"/{language}/")
    book(page)
    assert page.locator("html").get_attribute("lang") == language
    move_and_cancel(page)


@pytest.mark.parametrize("language", screens.LANGUAGES)
def test_book_move_cancel_without_a_script(visit: Visit, language: str) -> None:
    page = visit(f"/{language}/", java_script_enabled=False)
    book(page)
    move_and_cancel(page)


def test_book_move_cancel_by_keyboard_only(visit: Visit) -> None:
    page = visit("/de/")
    press(page, ".sp-skip")
    press(page, ".sp-hero .kern-btn--primary")
    press(page, ".sp-choice a")
    tab_to(page, "input[name=children]:checked")
    page.keyboard.press("ArrowDown")
    press(page, "#on")
    press(page, "li:nth-child(4) .sp-slot")
    tab_to(page, "#name")
    page.keyboard.type("Li U")
    tab_to(page, "#email")
    page.keyboard.type("li.u@example.org")
    press(page, "#book")
    press(page, "#move")
    press(page, "li:nth-child(5) .sp-slot")
    press(page, "#cancel")
    press(page, "#yes")
    expect(page.locator(".sp-summary--cancelled")).to_be_visible()


def tab_to(page: Page, selector: str) -> None:
    """Tab until the element has the focus and can be seen to have it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(SEEN), f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


SEEN = """() => [null, '::after'].some(part => {
    const style = getComputedStyle(document.activeElement, part);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
})"""


def press(page: Page, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_enter_key_books_and_does_not_ask_for_more_time(visit: Visit) -> None:
    page = visit(TIMES.format("de"))
    choose_slot(page)
    page.fill("#name", "Li U")
    page.press("#name", "Enter")
    page.wait_for_url("**/a/*")


def test_double_click_gives_one_appointment(visit: Visit) -> None:
    page = visit(TIMES.format("de"))
    page.locator(".sp-slot").first.dblclick()
    page.wait_for_url("**/book/*")
    page.locator("#book").dblclick()
    page.wait_for_url("**/a/*")
    expect(page.locator("#move")).to_be_visible()


def test_more_time_keeps_what_was_typed(visit: Visit) -> None:
    page = visit(TIMES.format("ar"))
    choose_slot(page)
    page.fill("#name", "خديجة عثمان")
    page.click("#more-time")
    assert page.input_value("#name") == "خديجة عثمان"


def test_calendar_is_not_offered_where_others_read(visit: Visit) -> None:
    page = visit(TIMES.format("de"))
    choose_slot(page)
    expect(page.locator("#calendar")).to_be_visible()
    page.check("#others-yes")
    expect(page.locator("#calendar")).not_to_be_visible()


@pytest.mark.parametrize("language", ["de", "ar"])
def test_earliest_free_time_is_seen_before_any_input(visit: Visit, language: str) -> None:
    page = visit(f"/{language}/", height=640)
    box = page.locator(".sp-next__when").first.bounding_box()
    button = page.locator(".sp-hero .kern-btn--primary").bounding_box()
    assert box and box["y"] + box["height"] < 640
    assert button and button["y"] + button["height"] < 640


@pytest.mark.parametrize(("language", "scheme"), screens.COLOURS)
def test_no_page_has_a_barrier(visit: Visit, language: str, scheme: str) -> None:
    page = visit(PAGES[0].format(language), color_scheme=scheme)
    found = {"start": barriers(page)}
    origin = page.url.removesuffix(f"/{language}/")
    for path in PAGES[1:]:
        page.goto(origin + path.format(language))
        found[path] = barriers(page)
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("language", screens.LANGUAGES)
def test_no_step_of_a_booking_has_a_barrier(visit: Visit, language: str) -> None:
    page = visit(TIMES.format(language), width=320)
    found = {"times": (barriers(page), overflow(page))}
    choose_slot(page)
    found["details"] = (barriers(page), overflow(page))
    page.fill("#email", "no address")
    page.click("#book")
    found["errors"] = (barriers(page), overflow(page))
    page.fill("#email", "")
    page.click("#book")
    found["booked"] = (barriers(page), overflow(page))
    for step in ("#move", "#cancel"):
        page.click(step)
        found[step] = (barriers(page), overflow(page))
        page.go_back()
    page.click("#cancel")
    page.click("#yes")
    found["cancelled"] = (barriers(page), overflow(page))
    assert {name: what for name, what in found.items() if what != ([], 0)} == {}


@pytest.mark.parametrize(
    "language", ["ar", *(pytest.param(other, marks=pytest.mark.long) for other in ("de", "en"))]
)
def test_first_visit_is_small(visit: Visit, language: str) -> None:
    for path in (*PAGES[:-1], TIMES):
        page = visit("/healthz")
        weights = weigh(page, path.format(language))
        fonts = sum(size for kind, size in weights if kind == "Font")
        assert sum(size for _kind, size in weights) - fonts <= 150_000, path
        assert sum(size for _kind, size in weights) <= 300_000, path


def weigh(page: Page, path: str) -> list[tuple[str, int]]:
    """Every answer of a first visit: what it is, and its bytes on the wire."""
    kinds, sizes = {}, {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    network.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]}))
    network.on(
        "Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]})
    )
    page.goto(page.url.removesuffix("/healthz") + path)
    page.wait_for_load_state("networkidle")
    return [(kinds.get(answer, "Other"), int(size)) for answer, size in sizes.items()]
