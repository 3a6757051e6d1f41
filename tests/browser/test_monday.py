"""A Monday in late August at the desk, from five to eight until four, and what the figures say of it.

Everybody is there: a counsellor, reception, the lead, and families; pages, worker and beat go by one clock. What is
counted is held against the table of docs/counting.md, event by event.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from figures.models import Unit
from tests.browser import monday_server, visitors
from tests.browser.monday_server import EQUAL, FRIDAYS, MOBILE, OKSANAS, OTHER, TODAY, TUESDAY, Office
from tests.browser.visitors import Visitors
from tests.figures import counting

pytestmark = pytest.mark.browser

SEEDED = {
    "appointment.booked: new inquiry, person new to us": len(OKSANAS) + len(TODAY) + len(FRIDAYS),
    "question.received: person new to us": len(monday_server.ASKED),
}
"""What had happened before that Monday."""
PLACE, APPEAL = "Schulplatz: so geht es weiter", "Widerspruch: Frist und Weg"
PARTNER, PARTNER_MAIL = "Kommunales Integrationszentrum", "ki@example.org"
LEFT_OPEN = "section[aria-labelledby=left-open]"
Figures = dict[str, Counter[str]]


class Monday:
    """Who is in the office, and what happened there so far, in the words of docs/counting.md."""

    def __init__(self, people: Visitors, office: Office) -> None:
        self.people, self.office = people, office
        self.jonas = people.desk("/desk/")
        self.katrin = people.desk("/desk/", role="reception")
        self.petra = people.desk("/desk/figures", role="lead")
        self.happened = Counter(SEEDED)

    def at(self, hour: int, minute: int = 0) -> None:
        self.office.at(hour, minute)

    def counts(self, event: str, times: int = 1) -> None:
        self.happened[event] += times

    def expected(self) -> Figures:
        """What the table says of everything that happened."""
        rows = {": ".join(filter(None, (row.event, row.circumstance))): row for row in counting.reachable()}
        found: Figures = {unit: Counter() for unit in Unit}
        for event, times in self.happened.items():
            for unit in Unit:
                for change in rows[event].changes[unit]:
                    found[unit][change.status] += change.by * times
        return {unit: _some(counted) for unit, counted in found.items()}

    def counted(self) -> Figures:
        """What the lead's tables say."""
        return {unit: _some(self._statuses(unit)) for unit in Unit}

    def figures_hold(self) -> None:
        """Now, or when the worker has come round; and they balance."""
        for _ in range(3 * visitors.PATIENCE):  # a worker that starts on a busy machine takes its time
            if self.counted() == self.expected():
                break
            self.petra.wait_for_timeout(1000)
        assert self.counted() == self.expected()
        self.petra.goto("/desk/figures?unit=contact&by=channel")
        expect(self.petra.locator(".sp-check--balanced")).to_be_visible()

    def table(self, unit: str, by: str) -> Counter[str]:
        """Code → how many, as the lead's table says."""
        asked = f"/desk/figures.csv?unit={unit}&by={by}&first=2026-01-01&last=2026-12-31"
        told = self.petra.request.get(asked)
        assert told.ok, told.status
        found: Counter[str] = Counter()
        for row in csv.DictReader(told.text().splitlines()):
            found[row[by]] += int(row["count"])
        return found

    def _statuses(self, unit: str) -> Counter[str]:
        """A cancellation is one, whoever cancelled; only appointments have a status."""
        found: Counter[str] = Counter()
        for code, count in self.table(unit, "status").items():
            found[code.partition("_by_")[0] if unit == Unit.APPOINTMENT else ""] += count
        return found


def _some(counted: Counter[str]) -> Counter[str]:
    return Counter({status: count for status, count in counted.items() if count})


@pytest.fixture
def monday(chromium: Browser, sqlite_template: Path, tmp_path: Path) -> Iterator[Monday]:
    shutil.copytree(sqlite_template, tmp_path, dirs_exist_ok=True)
    with monday_server.running(tmp_path) as office, visitors.of(chromium, office.address) as people:
        yield Monday(people, office)


def entry(page: Page, name: str) -> Locator:
    """The line of this family in the plan of the day."""
    return page.locator(".sp-day .sp-entry", has_text=name)


def in_view(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def colleague_is_ill(day: Monday) -> None:
    """7:55: two families get a colleague, two new times; one is called, one told when they come, one chooses."""
    day.at(7, 55)
    katrin = day.katrin
    katrin.get_by_role("link", name="Krank?").click()
    katrin.locator("#ill").select_option("ob")
    katrin.get_by_role("button", name="Heute krank").click()
    for name, what in (
        ("Шевченко", "übernimmt"),
        ("Bondar", "abgesagt"),
        ("Nguyễn", "abgesagt"),
        ("Wójcik", "übernimmt"),
    ):
        expect(entry(katrin, name)).to_contain_text(what)
    expect(katrin.locator("section[aria-labelledby=told-here]")).to_contain_text("Łukasz Wójcik")
    calls = katrin.locator("section[aria-labelledby=calls]")
    expect(calls).to_contain_text("Hồng Nguyễn")
    katrin.get_by_role("button", name=re.compile("^Angerufen.*Nguyễn")).click()
    expect(calls).to_have_count(0)
    day.counts("appointment.moved: by the office", 2)
    day.counts("appointment.cancelled: by the office", 2)


def families_are_told(day: Monday) -> None:
    """By mail who meets them now; by SMS a link, and behind it one of the times is chosen."""
    mailbox = day.people.outside("/demo/mailbox?lang=de")
    visitors.appears(mailbox, "shevchenko@example.org")
    phone = day.people.outside(f"/demo/phone?lang=de&number={MOBILE[1:]}")
    link = phone.locator(".sp-bubble:not(.sp-bubble--mine) a[href*='/a/']").last
    link.wait_for(timeout=visitors.PATIENCE * 1000)
    address = link.get_attribute("href")
    assert address
    family = day.people.outside("/a/" + address.partition("/a/")[2])
    family.locator("button[name=hold]").first.click()
    family.wait_for_url("**booked=1*")
    day.counts("appointment.booked: onto an open inquiry")


def inbox(day: Monday) -> None:
    """8:05: one more asks what three have asked; one text for the four, a module for the fifth."""
    day.at(8, 5)
    asker = day.people.outside("/de/ask")
    asker.fill("#text", EQUAL)
    asker.fill("#name", "Elif")
    asker.fill("#email", "elif@example.org")
    asker.click("#send")
    expect(asker.locator(".sp-thread")).to_contain_text(EQUAL)
    day.counts("question.received: person new to us")

    jonas = day.jonas
    jonas.goto("/desk/inbox")
    questions = jonas.locator(".sp-question", has_text=EQUAL)
    expect(questions).to_have_count(4)
    for number in range(4):
        questions.nth(number).locator("[name=inquiry]").check()
    jonas.locator("#together button").click()
    jonas.select_option("#module", label=PLACE)
    jonas.click("#insert")
    expect(jonas.locator("#text_ar")).not_to_have_value("")
    jonas.click("#send")
    expect(jonas.locator("#told li")).to_have_count(4)
    day.counts("answer.sent", 4)

    jonas.goto("/desk/inbox")
    jonas.locator(".sp-question", has_text=OTHER).locator("a").first.click()
    jonas.select_option("#module", label=APPEAL)
    jonas.click("#insert")
    expect(jonas.locator("#text")).to_have_value(re.compile("Widerspruch"))
    jonas.click("#send")
    jonas.wait_for_url("**?answered")
    day.counts("answer.sent")
    jonas.goto("/desk/inbox?view=new")
    in_view(jonas, "Hier wartet keine Anfrage.")


def calls(day: Monday) -> None:
    """8:30: one is written down, one is booked, one waits half written while the next one rings."""
    day.at(8, 30)
    katrin = day.katrin
    katrin.goto("/desk/log")
    katrin.select_option("#outcome", "information_given")
    katrin.get_by_role("button", name="Speichern").click()
    katrin.wait_for_url("**/desk/log?saved=*")
    day.counts("call.logged: new inquiry, person not named")
    booked_by_keyboard(katrin)
    day.counts("appointment.booked: new inquiry, person new to us")

    katrin.goto("/desk/log")
    katrin.fill("#note", "Fragt nach der OGS")
    katrin.keyboard.press("F8")
    katrin.wait_for_url("**/desk/log?parked")
    katrin.fill("#note", "Kommt eine Viertelstunde später")
    katrin.get_by_role("button", name="Speichern").click()
    katrin.wait_for_url("**/desk/log?saved=*")
    katrin.keyboard.press("F9")
    katrin.wait_for_url("**/desk/log?draft=*")
    expect(katrin.locator("#note")).to_have_value("Fragt nach der OGS")
    katrin.get_by_role("button", name="Speichern").click()
    katrin.wait_for_url("**/desk/log?saved=*")
    expect(katrin.locator(".sp-parked")).to_have_count(0)
    day.counts("call.logged: new inquiry, person not named", 2)


def booked_by_keyboard(katrin: Page) -> None:
    katrin.goto("/desk/book")
    for key in ("s", "Tab", "2", "Enter"):
        katrin.keyboard.press(key)
    katrin.wait_for_url("**children=*2*")
    katrin.wait_for_function("document.activeElement.name === 'starts_at'")
    katrin.keyboard.press("Space")
    for _ in range(12):
        katrin.keyboard.press("Tab")
        if katrin.evaluate("document.activeElement.id") == "name":
            break
    katrin.keyboard.type("Frau Aydın")
    katrin.keyboard.press("Enter")
    katrin.wait_for_url("**/desk/appointments/*?new")


def walk_ins(day: Monday) -> None:
    """9:20: two wait; one is taken and written down, the other comes in between two talks, with a reason."""
    day.at(9, 20)
    katrin, jonas = day.katrin, day.jonas
    katrin.goto("/desk/")
    waiting = katrin.locator("section[aria-labelledby=walk-ins]")
    for number, name in enumerate(("Frau Kaya", "Herr Popescu"), 1):
        katrin.fill("#walk-in", name)
        katrin.keyboard.press("Enter")
        expect(waiting.locator("li")).to_have_count(number)
    expect(waiting).to_contain_text("seit 9:20")

    day.at(9, 47)
    jonas.goto("/desk/")
    jonas.get_by_role("button", name=re.compile("Übernehmen.*Kaya")).click()
    jonas.wait_for_url("**/desk/log?walk_in=*")
    expect(jonas.locator("#channel-walk_in")).to_be_checked()
    expect(jonas.locator("#name")).to_have_value("Frau Kaya")
    jonas.get_by_role("button", name="Speichern").click()
    jonas.wait_for_url("**/desk/log?saved=*")
    day.counts("walk_in.logged: new inquiry, person new to us")

    jonas.goto("/desk/")
    jonas.get_by_role("button", name=re.compile("Übernehmen.*Popescu")).click()
    jonas.get_by_role("link", name="Stattdessen einen Termin einschieben").click()
    jonas.select_option("#service", "short")
    jonas.fill("#starts", "10:45")
    jonas.get_by_role("button", name="Buchen").click()
    expect(jonas.locator("#reason-error")).to_be_visible()
    jonas.fill("#reason", "Frist läuft heute ab")
    jonas.get_by_role("button", name="Buchen").click()
    jonas.wait_for_url("**/desk/appointments/*?new")
    expect(jonas.locator("h1")).to_have_text("Herr Popescu")
    day.counts("appointment.booked: new inquiry, person new to us")
    katrin.goto("/desk/")
    expect(waiting).to_have_count(0)


def family_of_ten(day: Monday) -> None:
    """9:55: they are here; after the talk one form says all of it, and a partner goes on."""
    day.at(9, 55)
    katrin, jonas = day.katrin, day.jonas
    entry(katrin, "Ayşe Yılmaz").get_by_role("button", name=re.compile("^Ist da")).click()
    expect(katrin.locator("section[aria-labelledby=waiting]")).to_contain_text("Ayşe Yılmaz")
    day.counts("appointment.arrived")

    day.at(10, 40)
    jonas.goto("/desk/")
    expect(entry(jonas, "Ayşe Yılmaz")).to_contain_text("da seit 9:55")
    entry(jonas, "Ayşe Yılmaz").get_by_role("link", name="Ayşe Yılmaz").click()
    jonas.locator("[name=topic]").nth(1).check(force=True)
    jonas.locator("[name=duration][value='31_60']").check(force=True)
    jonas.locator("[name=outcome][value=information_given]").check(force=True)
    jonas.locator("[name=next_step][value=write]").check(force=True)
    jonas.locator(".sp-talk").get_by_role("button", name="Speichern").click()
    jonas.wait_for_url("**?recorded")
    day.counts("appointment.attended: was booked")
    day.counts("inquiry.recorded: something changed")

    jonas.get_by_role("link", name="Jetzt schreiben").click()
    jonas.get_by_role("link", name="An Partnerstelle verweisen").click()
    jonas.select_option("#partner", label=jonas.locator("#partner option", has_text=PARTNER).inner_text())
    jonas.get_by_label(re.compile("^Warme Übergabe")).check()
    jonas.locator("#warm > summary").click()
    jonas.get_by_label("mündlich zugestimmt").check()
    jonas.fill("#note", "Sucht einen Platz in einem Deutschkurs.")
    jonas.get_by_role("button", name="Verweisen").click()
    expect(jonas.locator("#referrals + ul")).to_contain_text(PARTNER)
    day.counts("inquiry.recorded: something changed")
    mailbox = day.people.outside("/demo/mailbox?lang=de")
    visitors.appears(mailbox, PARTNER_MAIL)


def fridays_outcomes(day: Monday) -> None:
    """12:20, before lunch: one key each."""
    day.at(12, 20)
    jonas = day.jonas
    jonas.goto("/desk/")
    left = jonas.locator(LEFT_OPEN)
    expect(left.locator("li")).to_have_count(len(FRIDAYS))
    left.locator("button").first.focus()
    for still in reversed(range(len(FRIDAYS))):
        jonas.keyboard.press("Enter")
        expect(left.locator("li")).to_have_count(still)
        if still:
            expect(left.locator("button").first).to_be_focused()
    day.counts("appointment.attended: was booked", len(FRIDAYS))


def end_of_the_day(day: Monday) -> None:
    """16:00: what nobody has written down yet is one key each."""
    day.at(16)
    jonas, katrin = day.jonas, day.katrin
    jonas.goto("/desk/")
    katrin.goto("/desk/")
    held = [(jonas, name) for name in ("Frau Aydın", "Herr Popescu", "Kevin Drews", "Maria Kowalski")]
    held += [(katrin, "Шевченко"), (katrin, "Wójcik")]
    for page, name in held:
        entry(page, name).get_by_role("button", name=re.compile("^Stattgefunden")).click()
        expect(entry(page, name)).to_contain_text("stattgefunden")
    entry(jonas, "Leo Brandt").get_by_role("button", name=re.compile("^Nicht erschienen")).click()
    expect(entry(jonas, "Leo Brandt")).to_contain_text("nicht erschienen")
    day.counts("appointment.attended: was booked", len(held))
    day.counts("appointment.no_show: was booked")


def nothing_is_left(day: Monday) -> None:
    """Not today, for nobody; no question waits, nothing went wrong; and tomorrow morning asks for no outcome."""
    katrin = day.katrin
    katrin.goto("/desk/")
    expect(katrin.locator(".sp-day form[action$=attend]")).to_have_count(0)
    expect(katrin.locator(LEFT_OPEN)).to_have_count(0)
    katrin.goto("/desk/cards")
    expect(katrin.locator(".sp-card")).to_have_count(0)
    day.jonas.goto("/desk/inbox")
    in_view(day.jonas, "Hier wartet keine Anfrage.")
    day.office.at(7, 55, TUESDAY)
    katrin.goto("/desk/")
    in_view(katrin, "1. September")
    expect(katrin.locator(LEFT_OPEN)).to_have_count(0)


def test_that_monday(monday: Monday) -> None:
    monday.figures_hold()
    colleague_is_ill(monday)
    families_are_told(monday)
    inbox(monday)
    calls(monday)
    walk_ins(monday)
    family_of_ten(monday)
    fridays_outcomes(monday)
    end_of_the_day(monday)
    monday.figures_hold()
    assert monday.table(Unit.INQUIRY, "outcome")["referred"] == 1
    nothing_is_left(monday)
    monday.figures_hold()
