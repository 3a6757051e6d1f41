"""A file goes with an answer, in a real browser: chosen, attached, kept while the connection is gone, sent."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import test_answers
from tests.browser.conftest import barriers, overflow
from tests.browser.test_answers import Enter, kept, question

pytestmark = pytest.mark.browser
office, enter = test_answers.office, test_answers.enter
PDF: FilePayload = {"name": "Anmeldung.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 Anmeldung"}
TEXT: FilePayload = {"name": "Notiz.txt", "mimeType": "text/plain", "buffer": b"Notiz"}


def attach(page: Page, *files: FilePayload) -> None:
    page.locator("#files").set_input_files(list(files))
    with page.expect_navigation():
        page.get_by_role("button", name="Anhängen", exact=True).click()


@pytest.mark.parametrize("width", [360, 1280])
def test_file_is_attached_kept_and_sent(enter: Enter, width: int) -> None:
    page = enter("counsellor", question(1 if width == 360 else 2), width=width)
    page.fill("#text", "Anbei das Formular.")
    expect(kept(page)).to_contain_text("gespeichert")  # what saves while typing sends no file
    attach(page, PDF)
    expect(page.locator("#enclosed li")).to_contain_text("Anmeldung.pdf")
    expect(page.locator("#text")).to_have_value("Anbei das Formular.")
    assert barriers(page) == [] and overflow(page) <= 0
    attach(page, TEXT)
    expect(page.locator("#files-error")).to_contain_text("kein PDF, JPEG oder PNG")
    expect(page.locator("#enclosed li")).to_have_count(1)
    assert barriers(page) == [] and overflow(page) <= 0
    page.reload()
    with page.expect_navigation():
        page.click("#send")
    expect(page).to_have_url(re.compile(r"\?answered$"))
    expect(page.locator(".sp-thread--desk")).to_contain_text("Anmeldung.pdf")


def test_file_chosen_without_attaching_it_goes_along_and_one_can_be_taken_out(enter: Enter) -> None:
    page = enter("counsellor", question(3))
    page.fill("#text", "Anbei.")
    attach(page, PDF, {**PDF, "name": "Falsch.pdf", "buffer": b"%PDF-1.7 falsch"})
    with page.expect_navigation():
        page.locator("#enclosed li", has_text="Falsch.pdf").get_by_role("button").click()
    expect(page.locator("#enclosed li")).to_have_count(1)
    page.locator("#files").set_input_files([{**PDF, "name": "Plan.pdf", "buffer": b"%PDF-1.7 Plan"}])
    with page.expect_navigation():
        page.click("#send")
    thread = page.locator(".sp-thread--desk")
    expect(thread).to_contain_text("Plan.pdf")
    expect(thread).not_to_contain_text("Falsch.pdf")
    expect(thread.locator(".sp-message--ours").last).to_contain_text("Anmeldung.pdf")


def test_without_javascript_it_works_as_well(enter: Enter) -> None:
    page = enter("counsellor", question(4), java_script_enabled=False)
    page.fill("#text", "Anbei.")
    attach(page, PDF)
    expect(page.locator("#text")).to_have_value("Anbei.")
    expect(page.locator("#enclosed li")).to_contain_text("Anmeldung.pdf")
    page.click("#send")
    expect(page.locator(".sp-thread--desk")).to_contain_text("Anmeldung.pdf")
