"""Somebody is handed over to a partner, who says by one click what came of it; and pages that shut nobody out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import visitors
from tests.browser.conftest import barriers, overflow
from tests.browser.test_questions import ask, read_mail
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser
PARTNER, MAIL = "Kommunales Integrationszentrum", "ki@example.org"
NOTE = "Sucht einen Deutschkurs am Vormittag, spricht Arabisch."


@pytest.fixture
def people(chromium: Browser, demonstration: str) -> Iterator[Visitors]:
    with visitors.of(chromium, demonstration) as found:
        yield found


def hand_over(desk: Page) -> None:
    """The form, filled in as a counsellor would."""
    desk.get_by_role("link", name="An Partnerstelle verweisen").click()
    desk.get_by_label("Partnerstelle", exact=True).select_option(label=label_of(desk))
    desk.get_by_label("Warme Übergabe: Wir schreiben der Partnerstelle").check()
    if not desk.locator("#note").is_visible():
        desk.locator("#warm > summary").click()
    desk.get_by_label("mündlich zugestimmt").check()
    desk.fill("#note", NOTE)
    assert barriers(desk) == []
    desk.get_by_role("button", name="Verweisen").click()


def label_of(desk: Page) -> str:
    return desk.locator("#partner option", has_text=PARTNER).inner_text()


def test_a_family_is_handed_over_and_the_partner_answers_with_one_click(people: Visitors) -> None:
    question = "Wo kann ich am Vormittag Deutsch lernen? (Übergabe)"
    ask(people.outside("/de/ask"), question, "vormittag@example.org")
    desk = people.desk("/desk/")
    path = visitors.open_question(desk, question)
    hand_over(desk)
    expect(desk.locator("#referrals + ul")).to_contain_text(PARTNER)

    partner = people.outside("/demo/mailbox?lang=de")
    read_mail(partner, MAIL, "de", "wir möchten Ihnen etwas weitergeben")
    link = partner.locator(".sp-letter").inner_text().partition("/r/")[2].split()[0]
    partner.goto(f"/r/{link}")
    expect(partner.locator("main")).to_contain_text(NOTE)
    expect(partner.locator("main")).to_contain_text("vormittag@example.org")
    assert barriers(partner) == [] and overflow(partner) <= 0
    partner.get_by_role("button", name="Die Person ist bei uns angekommen").click()
    expect(partner.get_by_role("status")).to_contain_text("Danke")

    desk.goto(path)
    expect(desk.locator("#referrals + ul")).to_contain_text("ist dort angekommen")


def test_the_lead_looks_at_a_list_before_it_is_read_in(people: Visitors) -> None:
    lead = people.desk("/desk/partners/import", role="lead", width=360)
    lead.fill("#table", "Name;Telefon;Themen\nStadtbücherei;0221 4710-290;Finanzen\nKaputt;12;Zauberei\n")
    lead.get_by_role("button", name="Ansehen, was geschehen würde").click()
    expect(lead.get_by_role("status")).to_contain_text("Neu: 1. Geändert: 0. Abgelehnt: 1.")
    assert barriers(lead) == [] and overflow(lead) <= 0
    lead.get_by_role("button", name="Einlesen, ohne die abgelehnten Zeilen").click()
    expect(lead.locator("#partners")).to_contain_text("Stadtbücherei")
    expect(lead.locator("#partners")).not_to_contain_text("Kaputt")
