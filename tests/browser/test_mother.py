"""A mother of two with little German, a phone without mail, and an interpreter who first has to be found.

The story in Arabic, 360 px wide, without a script, against the demonstration with its workers. What the desk does
on the day itself is in `test_desk.py`; photos of school reports, the summary to take home and a new number told at
the counter belong to the desk and come with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from channels import languages
from channels.sms import segments
from tests.browser import visitors
from tests.browser.test_desk import Enter, busy_office, enter  # noqa: F401 - fixtures
from tests.browser.test_phone import look_again_until
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser
NAME = "مريم الخطيب"
NUMBER, DIALLED = "٠١٥٢ ٢٨٨٩٥٤٥٦", "4915228895456"
ARABIC = re.compile("[\u0600-\u06ff]")
OFFICE = re.compile("مدرس|تعليم|Schul|Bildung")


@pytest.fixture
def people(chromium: Browser, demonstration: str) -> Iterator[Visitors]:
    with visitors.of(chromium, demonstration) as found:
        yield found


def says(english: str) -> str:
    """The sentence as an Arabic page says it."""
    said = str(languages.translations("ar").ugettext(english))
    assert ARABIC.search(said)
    return said


def fits(page: Page) -> None:
    """It reads from the right and is no wider than the phone."""
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def minutes(page: Page) -> int:
    """How long the talk on this page takes."""
    begins, ends = re.findall(r"(\d+):(\d\d)", page.locator("#when").inner_text())[:2]
    return (int(ends[0]) - int(begins[0])) * 60 + int(ends[1]) - int(begins[1])


def comes_by_a_neighbour_s_link(page: Page) -> None:
    """What a messenger shows of it is neutral; the page says how soon, in her language and with an interpreter."""
    expect(page.locator("meta[property^='og:']")).to_have_count(0)
    assert not OFFICE.search(page.title())
    expect(page.locator(".sp-hero")).to_contain_text(says("In your language"))
    expect(page.locator(".sp-hero")).to_contain_text(says("With somebody who translates"))
    expect(page.locator(".sp-next")).to_have_count(3)
    fits(page)


def says_what_she_needs(page: Page) -> None:
    """Two children and a language, before any time is shown."""
    page.locator(".sp-hero .kern-btn--primary").click()
    page.wait_for_url("**/book")
    page.locator(".sp-choice a[href$='service=school']").click()
    page.wait_for_url("**/book?service=school")
    page.check("#children-2")
    page.select_option("#talk", "ar")
    page.check("#interpreter")
    hint = page.locator("#interpreter-hint").bounding_box()
    assert hint and hint["width"] > 250, "a hint is read in lines, not in letters"
    fits(page)
    page.click("#on")
    fits(page)


def introduces_herself(page: Page) -> None:
    """A number with too few digits is refused in Arabic; nothing else she wrote is lost."""
    page.fill("#name", NAME)
    page.fill("#phone", "٠١٥٢")
    page.click("#book")
    assert ARABIC.search(page.locator("#phone-error").inner_text())
    assert page.input_value("#name") == NAME
    page.fill("#phone", NUMBER)
    page.click("#book")
    page.wait_for_url("**/a/*")
    fits(page)


def look_until(page: Page, words: str) -> None:
    """Her own page says so, now or when the workers have come round."""
    for _ in range(visitors.PATIENCE):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(1000)
        page.goto(page.url.partition("?")[0])
    raise AssertionError(words)


def bubbles(phone: Page) -> Locator:
    return phone.locator(".sp-bubble:not(.sp-bubble--mine) .sp-bubble__text")


def reads_sms(phone: Page, number: int) -> str:
    """The `number`th message she gets: in Arabic from its first letter, two segments at most, with her link."""
    for _ in range(visitors.PATIENCE):
        if bubbles(phone).count() >= number:
            break
        phone.wait_for_timeout(1000)
        phone.locator(".sp-phone__again").click()
    said = bubbles(phone).nth(number - 1).inner_text()
    assert ARABIC.match(next(char for char in said if char.isalpha())), said
    assert segments.count(said) <= 2 and not OFFICE.search(said), said
    return said


def request_to(people: Visitors, number: int) -> Page:
    """The page of the `number`th interpreter who was asked: when, where, which language, and nothing of her."""
    page = people.outside("/demo/mailbox?lang=de")
    mails = page.locator(".sp-mails li", has_text="dolmetsch-").locator("a")
    for _ in range(visitors.PATIENCE):
        if mails.count() >= number:
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(mails).to_have_count(number)
    mails.first.click()
    letter = page.locator("main").inner_html()
    link = re.search(r"/i/[\w-]+", letter)
    assert link and NAME not in letter and "456" not in letter
    page.goto(link[0])
    shown = page.locator("main").inner_text()
    assert "Arabisch" in shown and "12345 Musterstadt" in shown and NAME not in shown and "Schul" not in shown
    return page


def test_she_finds_a_time_and_somebody_who_translates(people: Visitors) -> None:
    page = people.outside("/ar/", java_script_enabled=False)
    comes_by_a_neighbour_s_link(page)
    says_what_she_needs(page)
    page.locator(".sp-slot").first.click()
    fits(page)
    assert minutes(page) == 60, "45 minutes, and 15 for the second child"
    introduces_herself(page)
    look_until(page, says("We are looking for somebody who translates."))
    code = page.locator(".sp-code__value").inner_text()

    phone = people.outside(f"/demo/phone?lang=ar&number={DIALLED}", java_script_enabled=False)
    look_again_until(phone, "a[href*='/a/']")
    assert page.url.partition("?")[0] in reads_sms(phone, 1)

    desk = people.desk(f"/desk/find?code={code}")
    expect(desk.locator("main")).to_contain_text(NAME)
    expect(desk.locator("main")).to_contain_text("angefragt")

    request_to(people, 1).click("#decline")
    second = request_to(people, 2)
    look_until(page, says("We are looking for somebody who translates."))
    second.click("#accept")
    expect(second.locator(".kern-alert--success")).to_be_visible()
    look_until(page, says("Somebody comes to translate for you."))
    assert page.url.partition("?")[0] in reads_sms(phone, 2)
    desk.reload()
    expect(desk.locator("main")).to_contain_text("kommt")

    moves_and_calls_off(page, phone, second)


def moves_and_calls_off(page: Page, phone: Page, interpreter: Page) -> None:
    """Another time by her link: whoever said yes is asked anew for it, and told when it is called off."""
    before = page.locator("#when").inner_text()
    page.click("#move")
    fits(page)
    page.locator(".sp-slot").nth(3).click()
    assert page.locator("#when").inner_text() != before and minutes(page) == 60
    look_until(page, says("We are looking for somebody who translates."))
    assert page.url.partition("?")[0] in reads_sms(phone, 3)
    for _ in range(visitors.PATIENCE):
        interpreter.reload()
        if interpreter.locator("#accept, #decline").count() == 0:
            break
        interpreter.wait_for_timeout(1000)
    expect(interpreter.locator("#accept, #decline")).to_have_count(0)
    page.click("#cancel")
    page.click("#yes")
    expect(page.locator(".sp-summary--cancelled")).to_be_visible()
    fits(page)


def test_she_comes_late_and_says_a_number_instead_of_her_name(enter: Enter) -> None:  # noqa: F811
    desk = enter("reception")
    entry = desk.locator(".sp-entry", has=desk.locator("form[action$='arrive']")).last
    code = entry.locator(".sp-entry__code").inner_text()
    desk.goto(f"/desk/find?code={code.lower()}")
    expect(desk.locator("main")).to_contain_text(code)
    with desk.expect_navigation():
        desk.locator("form[action$='arrive'] button").first.click()
    expect(desk.locator("main")).to_contain_text(re.compile(r"[Dd]a[^.]*\d\d?:\d\d"))
    expect(desk.locator("form[action$='arrive']")).to_have_count(0)
