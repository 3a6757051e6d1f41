"""Every page there is: where it lies, who looks at it, and the picture that shows it in `docs/`.

Invariant: each GET route of the desk and of the public site has a page here or says why it is none; names in braces
are those of `showcase.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page as Tab
from starlette.routing import Route

from channels.web import site

WORDS = "bringen Sie den Bescheid bitte am Dienstag mit. Wir lesen ihn zusammen."
ARABIC = "يُرجى إحضار القرار يوم الثلاثاء. سنقرؤه معًا."
FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its route, an address of it, and what its picture is called.

    Where it answers a form, `typed` says what is typed where before, and `pressed` the button.
    """

    route: str
    picture: str
    path: str = ""
    role: str = "counsellor"
    typed: Mapping[str, str] = field(default_factory=dict)
    pressed: str = ""

    @property
    def address(self) -> str:
        """With names where the route has parameters."""
        return self.path or self.route

    def written(self, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Where what is typed; a name in braces that is none of `names` is part of the text."""
        for place, words in self.typed.items():
            yield place, words.format_map(names) if words.strip("{}") in names else words

    def show(self, tab: Tab, names: Mapping[str, str]) -> None:
        """This tab, of somebody who has logged in, shows the page."""
        tab.goto(self.address.format_map(names))
        for place, words in self.written(names):
            if tab.locator(place).is_hidden():  # what the form itself remembers
                tab.locator(place).evaluate("(field, words) => { field.value = words }", words)
            elif tab.locator(place).evaluate("field => field.tagName") == "SELECT":
                tab.select_option(place, words)
            else:
                tab.fill(place, words)
        if self.pressed:
            with tab.expect_navigation():
                tab.click(self.pressed)


DESK = [
    Page("/desk/log-in", "log-in", role=""),
    Page("/desk/", "desk"),
    Page("/desk/day-sheet", "day-sheet"),
    Page("/desk/week", "week"),
    Page("/desk/find", "find", "/desk/find", typed={"#find": "Darwisch"}, pressed="form:has(#find) button"),
    Page("/desk/reach", "reach", "/desk/reach?code={code}", "reception"),
    Page("/desk/inbox", "inbox"),
    Page("/desk/deputy", "deputy"),
    Page("/desk/log", "log"),
    Page("/desk/people/{id:number}", "person", "/desk/people/{person}"),
    Page("/desk/people/{id:number}/erase", "erase", "/desk/people/{person}/erase", "lead"),
    Page("/desk/inquiries/{id:number}", "question", "/desk/inquiries/{case}"),
    Page("/desk/inquiries/{id:number}", "closed", "/desk/inquiries/{closed}", "lead"),
    Page("/desk/inquiries/{id:number}/case-notes", "case-notes", "/desk/inquiries/{case}/case-notes"),
    Page("/desk/inquiries/{id:number}/summary", "summary", "/desk/inquiries/{case}/summary"),
    Page(
        "/desk/inquiries/{id:number}/summary/{writing:number}",
        "summary-paper",
        "/desk/inquiries/{case}/summary/{summary}",
    ),
    Page("/desk/inquiries/{id:number}/participants", "participants", "/desk/inquiries/{case}/participants"),
    Page(
        "/desk/inquiries/{id:number}/participants/{n:number}/write",
        "participant-letter",
        "/desk/inquiries/{case}/participants/{teacher}/write",
    ),
    Page("/desk/inquiries/{id:number}/void", "void", "/desk/inquiries/{same}/void"),
    Page("/desk/inquiries/{id:number}/merge", "merge", "/desk/inquiries/{same}/merge?into={alike}"),
    Page("/desk/inquiries/{id:number}/split/{n:number}", "split", "/desk/inquiries/{case}/split/{again}"),
    Page("/desk/answers", "answer-together", "/desk/answers?inquiry={same}&inquiry={alike}"),
    Page("/desk/modules", "modules", role="lead"),
    Page("/desk/modules/new", "module-new", role="lead"),
    Page("/desk/modules/{id:number}", "module", "/desk/modules/{module}", "lead"),
    Page("/desk/inquiries/{id:number}/refer", "refer", "/desk/inquiries/{case}/refer?partner={partner}"),
    Page("/desk/partners", "partners"),
    Page("/desk/partners/new", "partner-new", role="lead"),
    Page("/desk/partners/import", "partner-import", role="lead"),
    Page("/desk/partners/{id:number}", "partner", "/desk/partners/{partner}", "lead"),
    Page("/desk/topics", "desk-topics"),
    Page("/desk/topics/{code}/{lang:language}", "desk-topic", "/desk/topics/first_counselling/ar"),
    Page("/desk/gaps", "gaps", role="lead"),
    Page("/desk/mail/{id:number}/letter", "mail", "/desk/mail/{mail}/letter"),
    Page("/desk/feeds", "feeds"),
    Page("/desk/audit", "audit", role="lead"),
    Page("/desk/cards", "cards"),
    Page("/desk/change", "change", role="lead"),
    Page("/desk/changes/{id:number}", "changed", "/desk/changes/{change}", "lead"),
    Page("/desk/ill", "ill", role="reception"),
    Page("/desk/appointments/{id:number}", "appointment", "/desk/appointments/{here}"),
    Page("/desk/appointments/{id:number}/slip", "slip", "/desk/appointments/{appointment}/slip"),
    Page("/desk/appointments/{id:number}/attendance", "attendance", "/desk/appointments/{here}/attendance"),
    Page("/desk/appointments/{id:number}/move", "move", "/desk/appointments/{appointment}/move"),
    Page("/desk/book", "desk-book", "/desk/book?talk=ar", "reception"),
    Page("/desk/squeeze", "squeeze", role="reception"),
    Page("/desk/sessions", "sessions"),
    Page("/desk/sessions/{id:number}", "session", "/desk/sessions/{session}"),
    Page("/desk/sessions/{id:number}/call-off", "call-off", "/desk/sessions/{session}/call-off"),
    Page("/desk/password", "password"),
    Page("/desk/office", "office", role="lead"),
    Page("/desk/office/services", "office-services", role="lead"),
    Page("/desk/office/services/{code}", "office-service", "/desk/office/services/arrival", "lead"),
    Page("/desk/office/places", "office-places", role="lead"),
    Page("/desk/office/places/{code}", "office-place", "/desk/office/places/linden", "lead"),
    Page("/desk/office/rooms/{code}", "office-room", "/desk/office/rooms/new", "lead"),
    Page("/desk/office/closing", "office-closing", role="lead"),
    Page("/desk/office/catalogues", "office-catalogues", role="lead"),
    Page(
        "/desk/office/catalogues/{catalogue}", "office-catalogue", "/desk/office/catalogues/channel", "lead"
    ),
    Page("/desk/office/staff", "office-staff", role="lead"),
    Page("/desk/office/staff/{code}", "office-member", "/desk/office/staff/rh", "lead"),
    Page("/desk/office/interpreters", "office-interpreters", role="lead"),
    Page("/desk/office/interpreters/{code}", "office-interpreter", "/desk/office/interpreters/01", "lead"),
    Page("/desk/office/texts", "office-texts", role="lead"),
    Page("/desk/figures", "figures", role="lead"),
]
ANSWERS = [
    Page(
        "/desk/inquiries/{id:number}/answer",
        "answer-preview",
        "/desk/inquiries/{case}",
        typed={"#text": WORDS},
        pressed="button[value=preview]",
    ),
    Page(
        "/desk/inquiries/{id:number}/answer",
        "answer-held",
        "/desk/inquiries/{case}",
        typed={"#text": WORDS, "form:has(#text) input[name=seen]": "{summary}"},
        pressed="#send",
    ),
    Page(
        "/desk/answers",
        "together-preview",
        "/desk/answers?inquiry={same}&inquiry={alike}",
        typed={"#text_de": WORDS, "#text_ar": ARABIC},
        pressed="button[value=preview]",
    ),
    Page(
        "/desk/change",
        "change-preview",
        "/desk/change",
        "lead",
        typed={"#away-staff": "jb"},
        pressed="form:has([value=away]) button",
    ),
    Page(
        "/desk/change",
        "closing-preview",
        "/desk/change",
        "lead",
        typed={"#closing-from": "2026-09-15", "#closing-name": "Wasserschaden"},
        pressed="form:has([value=closing]) button",
    ),
    Page(
        "/desk/office/services/{code}",
        "service-preview",
        "/desk/office/services/arrival",
        "lead",
        typed={"#minutes": "90", "#notice": "2"},
        pressed="form[action$=arrival] button.kern-btn--primary",
    ),
    Page(
        "/desk/partners/import",
        "partner-import-preview",
        "/desk/partners/import",
        "lead",
        typed={"#table": "name;email\nJugendmigrationsdienst;jmd@example.org\n;nobody@example.org"},
        pressed="form:has(#table) button",
    ),
]
"""What a form of the desk is answered with before anything is saved."""
PUBLIC = [
    Page("/{lang:language}/", "booking-start", "/{lang}/"),
    Page("/{lang:language}/book", "services", "/{lang}/book"),
    Page("/{lang:language}/book", "booking-how", "/{lang}/book?service=school"),
    Page("/{lang:language}/book", "booking", "/{lang}/book?service=school&mode=office&children=1"),
    Page("/{lang:language}/book", "evening", "/{lang}/book?service=evening"),
    Page("/{lang:language}/book", "nothing-free", "/{lang}/book?service=arrival&mode=office&children=6"),
    Page("/{lang:language}/book/{key}", "booking-form", "/{lang}/book/{kept}"),
    Page("/{lang:language}/book/{key}", "booking-confirm", "/{lang}/book/{unproven}"),
    Page("/c/{token}", "confirm-link", "/c/{link}?lang={lang}"),
    Page("/{lang:language}/ask", "ask", "/{lang}/ask"),
    Page("/{lang:language}/topics", "topics", "/{lang}/topics"),
    Page("/{lang:language}/topics/{code}", "topic", "/{lang}/topics/first_counselling"),
    Page("/{lang:language}/imprint", "imprint", "/{lang}/imprint"),
    Page("/{lang:language}/privacy", "privacy", "/{lang}/privacy"),
    Page("/{lang:language}/accessibility", "accessibility", "/{lang}/accessibility"),
    Page("/a/{token}", "own-appointment", "/a/{own}?lang={lang}"),
    Page("/a/{token}/move", "own-move", "/a/{own}/move?lang={lang}"),
    Page("/a/{token}/cancel", "own-cancel", "/a/{own}/cancel?lang={lang}"),
    Page("/a/{token}/photos", "own-photos", "/a/{own}/photos?lang={lang}"),
    Page("/q/{token}", "own-question", "/q/{question}?lang={lang}"),
    Page("/q/{token}/photos", "question-photos", "/q/{question}/photos?lang={lang}"),
    Page("/{lang:language}/noted", "noted", "/{lang}/noted?waiting"),
    Page("/i/{token}", "interpreter", "/i/{interpreter}?lang={lang}"),
    Page("/r/{token}", "handover", "/r/{handover}?lang={lang}"),
    Page("/w/{token}", "waiting", "/w/{waiting}?lang={lang}"),
]
DEMO = [
    Page("/demo/phone", "phone", "/demo/phone?lang=de&number=4917604069001"),
    Page("/demo/mailbox", "mailbox", "/demo/mailbox?lang=de"),
]
ALL = [*DESK, *ANSWERS, *PUBLIC, *DEMO]
FILES = {
    "public": {
        "/": "leads on to the start page in the language of the browser",
        "/a/{token}.ics": "an entry for a calendar",
        "/calendar/{token}.ics": "a calendar for a calendar program",
        "/q/{token}/files/{n:number}": "a file of an answer",
    },
    "desk": {
        "/desk/partners.csv": "a table",
        "/desk/figures.csv": "a table",
        "/desk/mail/{id:number}": "the bytes of a mail",
        "/desk/mail/{id:number}/html": "what a frame in the page of a mail shows",
        "/desk/mail/{id:number}/part/{n:number}": "an attachment",
        "/desk/uploads/{id:number}": "a photo",
    },
}
"""Surface → route → what it answers with instead of a page."""
SURFACES = {"public": site.PUBLIC, "desk": site.DESK}


def routes(surface: str) -> set[str]:
    """The paths of everything that can be looked at there."""
    found = (route for route in SURFACES[surface] if isinstance(route, Route))
    return {route.path for route in found if "GET" in (route.methods or ())}
