"""A question from the web to the desk and back by mail, the quick log by keyboard, and pages that shut nobody out."""

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
        "Meine Tochter kommt in die fünfte Klasse. Wann melde ich sie an?",
        "Die Anmeldung ist im Februar. Bringen Sie das Halbjahreszeugnis mit.",
        "Vielen Dank. Gilt das auch für die Gesamtschule?",
    ),
    "ar": (
        "ابنتي تنتقل إلى الصف الخامس. متى أسجّلها؟",
        "التسجيل في شهر فبراير. يرجى إحضار شهادة نصف السنة.",
        "شكرا جزيلا. وهل ينطبق ذلك على المدرسة الشاملة؟",
    ),
}
PUBLIC = ("/{}/ask", "/demo/mailbox?lang={}", "/demo/mailbox/write?lang={}")
DESK = (
    "/desk/inbox",
    "/desk/inbox?view=answered",
    "/desk/inbox?view=automatic",
    "/desk/cards",
    "/desk/log",
)
MOST_KEYS = 6
"""Beyond choosing what was the case: so many a call may cost."""


@pytest.fixture
def people(chromium: Browser, demonstration: str) -> Iterator[Visitors]:
    with visitors.of(chromium, demonstration) as found:
        yield found


def ask(page: Page, words: str, mail: str) -> None:
    page.fill("#text", words)
    page.fill("#email", mail)
    with page.expect_navigation():
        page.click("#send")
    expect(page.locator(".sp-thread")).to_contain_text(words)


def read_mail(page: Page, mail: str, language: str, words: str) -> None:
    """Open the mail to this address that says so, from the mailbox."""
    for _ in range(visitors.PATIENCE):
        page.goto(f"/demo/mailbox?lang={language}")
        theirs = page.locator(".sp-mails li", has_text=mail)
        for number in range(theirs.count()):
            theirs.nth(number).locator("a").click()
            if page.locator(".sp-letter", has_text=words).count():
                return
            page.goto(f"/demo/mailbox?lang={language}")
        page.wait_for_timeout(1000)
    raise AssertionError(f"no mail says: {words}")


@pytest.mark.parametrize(("language", "script"), screens.TALKS)
def test_a_question_on_the_web_is_answered_by_mail_and_goes_on_in_one_thread(
    people: Visitors, language: str, script: bool
) -> None:
    question, reply, more = (f"{words} ({'A' if script else 'B'})" for words in TALKS[language])
    mail = f"frage-{language}-{'a' if script else 'b'}@example.org"
    family = people.outside(f"/{language}/ask", java_script_enabled=script)
    assert overflow(family) <= 0 if script else True
    ask(family, question, mail)
    token = family.url.partition("?")[0]

    desk = people.desk("/desk/")
    path = visitors.open_question(desk, question)
    visitors.answer(desk, reply)

    read_mail(family, mail, language, reply)
    assert token in family.locator(".sp-letter").inner_text()
    family.locator(".sp-actions a").first.click()
    assert family.input_value("#sender") == mail
    family.fill("#text", more)
    family.check("#html")
    with family.expect_navigation():
        family.locator(".sp-form--letter button").click()
    expect(family.locator(".kern-alert--success")).to_be_visible()

    desk.goto(path)
    visitors.appears(desk, more)
    expect(desk.locator(".sp-thread--desk > li")).to_have_count(3)
    family.goto(token)
    expect(family.locator(".sp-message")).to_have_count(3)


def test_a_mail_out_of_nowhere_is_a_question_and_gets_its_number(people: Visitors) -> None:
    family = people.outside("/demo/mailbox/write?lang=de", width=1280)
    family.fill("#sender", "neu-hier@example.org")
    family.fill("#subject", "Eine Frage")
    family.fill("#text", "Guten Tag, darf mein Sohn den Bus umsonst nehmen?")
    family.check("#picture")
    with family.expect_navigation():
        family.locator(".sp-form--letter button").click()
    desk = people.desk("/desk/")
    visitors.open_question(desk, "darf mein Sohn den Bus umsonst nehmen?")
    number = desk.locator("h1 .sp-ltr").inner_text().lstrip("#")
    read_mail(family, "neu-hier@example.org", "de", number)


def test_a_letter_with_something_missing_says_what(people: Visitors) -> None:
    family = people.outside("/demo/mailbox/write?lang=de")
    family.fill("#sender", "jemand@stadt.example")
    with family.expect_navigation():
        family.locator(".sp-form--letter button").click()
    expect(family.locator("#sender-error")).to_be_visible()
    expect(family.locator("#text-error")).to_be_visible()
    assert barriers(family) == []


@pytest.mark.parametrize(("language", "width", "colours"), screens.ALL)
def test_pages_for_everybody_shut_nobody_out(
    people: Visitors, language: str, width: int, colours: str
) -> None:
    page = people.outside(f"/{language}/", width=width, color_scheme=colours)
    found = {}
    for path in PUBLIC:
        page.goto(path.format(language))
        found[path] = barriers(page) + [f"wider by {overflow(page)}"] * (overflow(page) > 0)
    page.goto(f"/demo/mailbox?lang={language}")
    page.locator(".sp-mails a").first.click()
    found["mail"] = barriers(page) + [f"wider by {overflow(page)}"] * (overflow(page) > 0)
    assert {path: some for path, some in found.items() if some} == {}


@pytest.mark.long  # `test_every_page.py` looks at each of these pages; here they are full of a busy day
@pytest.mark.parametrize(
    ("width", "colours"),
    [
        (360, "dark"),
        (1280, "light"),
        (360, "light"),
        (1280, "dark"),
    ],
)
def test_pages_of_the_desk_shut_nobody_out(people: Visitors, width: int, colours: str) -> None:
    page = people.desk("/desk/inbox", width=width, color_scheme=colours)
    theirs = page.locator(".sp-question a")
    paths = [str(theirs.nth(number).get_attribute("href")) for number in (0, 2, 6)]
    found = {}
    for path in (*DESK, *paths):
        page.goto(path)
        found[path] = barriers(page) + [f"wider by {overflow(page)}"] * (overflow(page) > 0)
    assert {path: some for path, some in found.items() if some} == {}


def test_a_thread_as_the_family_sees_it_shuts_nobody_out(people: Visitors) -> None:
    for language in TALKS:
        page = people.outside(f"/{language}/ask")
        ask(page, f"{TALKS[language][0]} (C)", f"faden-{language}@example.org")
        assert barriers(page) == []
        assert overflow(page) <= 0


def test_a_call_is_written_down_with_few_keys(people: Visitors) -> None:
    """Letters and arrows choose what was the case; going from field to field and saving is what costs."""
    desk = people.desk("/desk/log")
    chosen = {"channel": "", "topic": "Ü", "audience": "M", "language": "", "outcome": "v", "duration": ""}
    keys = 0
    for name, letters in chosen.items():
        assert desk.evaluate("document.activeElement.name") == name
        desk.keyboard.type(letters)
        if name != "duration":
            desk.keyboard.press("Tab")
            keys += 1
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
        keys += 1
    expect(desk.locator(".sp-saved")).to_be_visible()
    assert keys <= MOST_KEYS
