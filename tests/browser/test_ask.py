"""Asking in a real browser: the receipt, the four digits, and what is left when the page is closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import screens
from tests.browser.conftest import barriers, overflow
from tests.channels.test_pictures import revealing

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
TEXT = {"de": "Wie melde ich meine Tochter an?", "ar": "كيف أسجّل أولادي في المدرسة؟"}


def ask(page: Page, language: str, *, discreet: bool = False) -> None:
    page.fill("#text", TEXT[language])
    page.fill("#name", "Leo")
    if discreet:
        page.fill("#phone", "٠١٧٦٠٤٠٦٩٠٠٢")
        page.check("#others-yes")
    page.click("#send")


def fits(page: Page) -> None:
    assert overflow(page) == 0 and barriers(page) == []


@pytest.mark.parametrize(("language", "script"), screens.TALKS)
def test_question_is_asked_and_goes_on(visit: Visit, language: str, script: bool) -> None:
    page = visit(f"/{language}/", java_script_enabled=script)
    page.click("#ask")
    page.fill("#email", "kevin")
    ask(page, language)
    expect(page.locator("#email-error")).to_be_visible()
    assert page.input_value("#text") == TEXT[language]
    page.fill("#email", "")
    page.click("#send")
    assert page.locator("#number").inner_text().isdigit()
    assert page.locator(".sp-code__value").inner_text().isalnum()
    page.fill("#text", "…")
    page.click("#send")
    expect(page.locator(".sp-message")).to_have_count(2)


@pytest.mark.parametrize(("language", "script"), screens.TALKS)
def test_photos_are_sent_from_the_page_of_a_question(visit: Visit, language: str, script: bool) -> None:
    page = visit(f"/{language}/ask", java_script_enabled=script)
    ask(page, language)
    page.click("#photos")
    heic = {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"}
    page.set_input_files("#photos", [heic])
    page.fill("#text", TEXT[language])
    page.click("#send")
    expect(page.locator("#photos-error")).to_contain_text("HEIC")
    expect(page.locator("#text")).to_have_value(TEXT[language])
    page.set_input_files("#photos", [{"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": revealing()}])
    page.click("#send")
    expect(page.get_by_role("status")).to_be_visible()
    if script:
        fits(page)
    page.click("#back")
    expect(page.locator(".sp-message")).to_have_count(2)


@pytest.mark.parametrize(("language", "script"), screens.TALKS)
def test_closed_page_opens_with_the_four_digits_only(visit: Visit, language: str, script: bool) -> None:
    page = visit(f"/{language}/ask", java_script_enabled=script)
    ask(page, language, discreet=True)
    digits = page.inner_text("#told")
    page.click("#close")
    assert "Leo" not in page.content() and TEXT[language] not in page.content()
    page.fill("#digits", "12345")
    page.click("#open")
    expect(page.locator("#digits-error")).to_be_visible()
    page.fill("#digits", digits)
    page.click("#open")
    assert TEXT[language] in page.locator(".sp-message").inner_text()


@pytest.mark.parametrize("language", TEXT)
def test_pages_of_a_question_have_no_barriers(visit: Visit, language: str) -> None:
    page = visit(f"/{language}/ask")
    fits(page)
    page.click("#send")
    fits(page)
    ask(page, language, discreet=True)
    fits(page)
    page.click("#close")
    fits(page)
    page.fill("#digits", "x")
    page.click("#open")
    fits(page)
