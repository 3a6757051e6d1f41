"""The phone page walked: an SMS to the desk, the answer back on the screen, and on in the same thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import screens, visitors
from tests.browser.conftest import barriers, overflow
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser

TALKS = {
    "de": (
        "0172 9925904",
        "Hallo, welche Papiere brauche ich für die Anmeldung?",
        "Bringen Sie einfach das letzte Zeugnis mit.",
        "Danke, das habe ich. Und den Impfpass?",
    ),
    "ar": (
        "٠١٧٤٩٠٩١٣١٧",
        "مرحبا، ما الأوراق التي أحتاجها للتسجيل؟",
        "يكفي إحضار آخر شهادة مدرسية.",
        "شكرا، وهل أحتاج دفتر التطعيم؟",
    ),
}


@pytest.fixture
def people(chromium: Browser, demonstration: str) -> Iterator[Visitors]:
    with visitors.of(chromium, demonstration) as found:
        yield found


def type_sms(page: Page, words: str) -> None:
    page.fill("#body", words)
    with page.expect_navigation():
        page.locator(".sp-phone__write button").click()
    expect(page.locator(".sp-bubble--mine").last).to_contain_text(words)


@pytest.mark.parametrize(("language", "script"), screens.TALKS)
def test_a_question_by_sms_is_answered_and_goes_on_in_one_thread(
    people: Visitors, language: str, script: bool
) -> None:
    number, question, reply, more = TALKS[language]
    if not script:
        number = {"de": "0172 9968532", "ar": "٠١٧٤٩٤٦٤٣٠٨"}[language]
        question, more = question + " (2)", more + " (2)"
    phone = people.outside(f"/demo/phone?lang={language}", java_script_enabled=script)
    phone.fill("#number", number)
    with phone.expect_navigation():
        phone.locator(".sp-phones__choice button").click()
    type_sms(phone, question)

    desk = people.desk("/desk/")
    path = visitors.open_question(desk, question)
    visitors.answer(desk, reply)

    link = phone.locator(".sp-bubble:not(.sp-bubble--mine) a[href*='/q/']").last
    if script:
        link.wait_for(timeout=visitors.PATIENCE * 1000)
    else:
        look_again_until(phone, "a[href*='/q/']")
    assert phone.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    screen = phone.url
    link.click()
    expect(phone.locator(".sp-thread")).to_contain_text(reply)
    assert language in str(phone.locator("html").get_attribute("lang"))

    phone.goto(screen)
    type_sms(phone, more)
    desk.goto(path)
    visitors.appears(desk, more)
    expect(desk.locator(".sp-thread--desk > li")).to_have_count(3)


def look_again_until(phone: Page, selector: str) -> None:
    for _ in range(visitors.PATIENCE):
        if phone.locator(selector).count():
            return
        phone.wait_for_timeout(1000)
        phone.locator(".sp-phone__again").click()
    raise AssertionError(selector)


def test_a_one_word_sms_is_answered_without_anybody(people: Visitors) -> None:
    phone = people.outside("/demo/phone?lang=de&number=4915228817386")
    type_sms(phone, "TERMIN")
    expect(phone.locator(".sp-bubble:not(.sp-bubble--mine) a").last).to_be_visible(timeout=40_000)


def test_who_typed_no_number_is_told(people: Visitors) -> None:
    page = people.outside("/demo/phone?lang=de&number=12")
    expect(page.locator("#number-error")).to_be_visible()
    expect(page.locator(".sp-phone")).to_have_count(0)


@pytest.mark.parametrize(("language", "width", "colours"), screens.ALL)
def test_the_phone_page_shuts_nobody_out(people: Visitors, language: str, width: int, colours: str) -> None:
    page = people.outside(
        f"/demo/phone?lang={language}&number=4917604069001", width=width, color_scheme=colours
    )
    assert barriers(page) == []
    assert overflow(page) <= 0
    expect(page.locator(".sp-bubble")).to_have_count(4)


def test_an_arabic_sms_reads_from_the_right_on_a_german_page(people: Visitors) -> None:
    page = people.outside("/demo/phone?lang=de&number=4917604069001")
    texts = page.locator(".sp-bubble__text")
    directions = texts.evaluate_all("all => all.map(one => getComputedStyle(one).direction)")
    assert directions == ["rtl"] * 4
