"""Running the office in a real browser: by keyboard, in every colour and direction, nobody shut out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import barriers, overflow
from tests.browser.test_desk import SCREENS, Enter, busy_office, enter, pytestmark

__all__ = ["busy_office", "enter", "pytestmark"]

PAGES = (
    "/desk/office",
    "/desk/office/services",
    "/desk/office/services/school",
    "/desk/office/places",
    "/desk/office/places/linden",
    "/desk/office/rooms/new",
    "/desk/office/closing",
    "/desk/office/catalogues",
    "/desk/office/catalogues/topic?entry=german_support_class",
    "/desk/office/catalogues/channel",
    "/desk/office/staff",
    "/desk/office/staff/jb",
    "/desk/office/interpreters",
    "/desk/office/interpreters/new",
    "/desk/office/texts",
    "/desk/password",
)


@pytest.mark.long  # `test_every_page.py` looks at each of these pages; here they are full of a busy day
@pytest.mark.parametrize(
    ("screen", "colours"),
    [
        ("wide", "light"),
        ("phone", "dark"),
        ("wide", "dark"),
        ("phone", "light"),
    ],
)
def test_no_page_that_runs_the_office_has_a_barrier_or_is_wider_than_its_screen(
    enter: Enter, screen: str, colours: str
) -> None:
    page = enter("lead", screen=screen, color_scheme=colours)
    for path in PAGES:
        page.goto(path)
        assert barriers(page) == [], path
        assert overflow(page) <= 0, path


def test_they_work_from_right_to_left(enter: Enter) -> None:
    page = enter("lead", screen="phone")
    page.locator(".sp-menu summary").click()
    page.get_by_role("button", name="العربية").click()
    page.wait_for_load_state()
    for path in PAGES:
        page.goto(path)
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert barriers(page) == [] and overflow(page) <= 0, path


def test_length_of_a_service_is_changed_with_the_keyboard_and_families_see_it(enter: Enter) -> None:
    page = enter("lead", "/desk/office/services/short")
    page.locator("#minutes").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("23")
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_contain_text("Vielfaches von fünf")
    expect(page.locator("#minutes")).to_have_value("23")
    page.locator("#minutes").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Prüfen und speichern")
    expect(page.locator(".sp-panel").first).to_contain_text("20")
    for screen in SCREENS.values():
        page.set_viewport_size({"width": screen[0], "height": screen[1]})
        assert barriers(page) == [] and overflow(page) <= 0
    button = page.get_by_role("button", name="Speichern", exact=True)
    for _ in range(40):
        if button.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Gespeichert")
    expect(page.locator("section[aria-labelledby=history]")).to_contain_text("Minuten: 15 → 20")
    family = enter("", "/de/book")
    expect(family.locator(".sp-choice", has_text="Kurze Frage")).to_contain_text("20")


def test_without_a_script_a_value_is_replaced_and_taken_back(enter: Enter) -> None:
    page = enter("lead", "/desk/office/catalogues/school_type", java_script_enabled=False)
    page.get_by_role("link", name="Beenden oder ersetzen").first.click()
    page.locator("#code").fill("new_school")
    page.locator("#labels-de").fill("Neue Schule")
    page.get_by_role("button", name="Änderung prüfen").first.click()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.locator(".sp-lines").first).to_contain_text("geht weiter als Neue Schule")
    page.get_by_role("button", name="Zurücknehmen").first.click()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("button", name="Zurücknehmen")).to_have_count(0)


def test_a_list_of_staff_is_shown_and_taken_in(enter: Enter) -> None:
    page = enter("admin", "/desk/office/staff", screen="phone")
    raw = "Kürzel;Name;E-Mail;Rolle;Sprachen\r\nzz;Zoë Zander;zz@example.org;Empfang;de\r\nyy;;x;y;z\r\n"
    page.locator("#file").set_input_files(
        {"name": "team.csv", "mimeType": "text/csv", "buffer": raw.encode("cp1252", errors="replace")}
    )
    page.get_by_role("button", name="Zeilen zeigen").click()
    expect(page.locator("table")).to_contain_text("Zoë Zander")
    assert barriers(page) == [] and overflow(page) <= 0
    page.get_by_role("button", name="Lesbare Zeilen übernehmen").click()
    expect(page.get_by_role("status")).to_contain_text("Gespeichert")
    page.get_by_role("link", name="Zoë Zander").first.click()
    page.get_by_role("button", name="Startpasswort erzeugen").click()
    assert len(page.locator("#told").inner_text()) == 14
    assert barriers(page) == [] and overflow(page) <= 0
