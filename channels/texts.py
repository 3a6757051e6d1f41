"""Every sentence we send, per language, rendered from templates.

Invariant: plain text and HTML are two forms of the same paragraphs; a subject carries no name and no topic;
what strangers typed is never made into a link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from booking import appointments
from booking.models import Appointment, Mode
from channels import languages
from inquiries import people, thread
from inquiries.models import AddressKind, Inquiry, Person
from office import seasons
from office.models import Place
from office.settings import current

PERSON = (
    "confirm",
    "remind",
    "moved",
    "cancelled_by_person",
    "cancelled_by_office",
    "reinstated",
    "colleague",
)
DISCREET = ("confirm_discreet", "remind_discreet", "moved_discreet", "cancelled_discreet")
"""For addresses others read, too: nothing but a time."""
BAREST = (*DISCREET, "code_discreet")
"""The same, and digits that say nothing of what they open."""
QUESTION = ("received", "answer")
"""About a question; never where others may read."""
STAFF = (
    "staff_booked",
    "staff_moved",
    "staff_cancelled",
    "staff_interpreter_yes",
    "staff_interpreter_phone",
    "staff_interpreter_none",
)
PARTNER = "handover"
"""To another office; never of whom."""
STAFF_LANGUAGE = "de"
GRACE_MINUTES = 15
LONGEST_NAME = 60
ISOLATED = ("name", "counsellor", "address", "floor", "phone", "hours", "city")
"""Facts that may run against the direction of the sentence around them."""
FIRST_STRONG, POP = "\u2068", "\u2069"
WORDS = "\ufffc"
"""Where a template says `words`, what a colleague typed stands, as it was typed."""
ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?'()\[\]{}]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One text in one language, ready to be put into a mail."""

    subject: str
    plain: str
    html: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines that belong together; the ones everybody looks for (when, where) stand in a box."""

    lines: tuple[str, ...]
    boxed: bool = False
    typed: bool = False
    """By one of us, in whatever language: not the template's words."""


def render(text: str, language: str, *, words: str = "", **facts: Any) -> Rendered:
    """The text `text` with what `facts` found out; the first paragraph of a template is the subject.

    `words` are what a colleague typed for this person; only there any address becomes a link.
    """
    first, *rest = paragraphs(text, language, words=WORDS, **facts)
    body = [one for part in rest for one in (_typed(words) if part.lines == (WORDS,) else [part])]
    subject = " ".join(first.lines)
    links = {value for value in (facts["link"], facts["home"], facts["desk"]) if value}
    html = _environment(language).get_template("mail.html")
    return Rendered(
        subject=subject,
        plain="\n\n".join("\n".join(paragraph.lines) for paragraph in body) + "\n",
        html=html.render(
            language=language,
            direction=languages.direction(language),
            subject=subject,
            paragraphs=body,
            links=links,
            desk=facts["desk"],
            question=text in QUESTION,
            handed_over=text == PARTNER,
            linked=partial(_linked, links=links),
            typed=_typed_line,
        ),
    )


def render_sms(text: str, language: str, **facts: Any) -> str:
    """The SMS `text`, in one piece; `facts` as in `channels.sms.wording`."""
    return _environment(language, "channels.sms").get_template(f"{text}.txt").render(**facts).strip()


def paragraphs(template: str, language: str, **facts: Any) -> list[Paragraph]:
    """The paragraphs of `templates/{template}.txt`: parted by an empty line, boxed when marked with `|`."""
    written = _environment(language).get_template(f"{template}.txt").render(**_isolated(facts, language))
    return [_paragraph(part) for part in re.split(r"\n\s*\n", written) if part.strip()]


def _paragraph(written: str) -> Paragraph:
    lines = [line.strip() for line in written.strip().splitlines()]
    return Paragraph(tuple(line.removeprefix("| ") for line in lines), boxed=lines[0].startswith("| "))


def _typed(words: str) -> list[Paragraph]:
    """What was typed, in paragraphs; lines keep their indentation."""
    lines = [line.rstrip() for line in words.strip("\r\n").splitlines()]
    return [Paragraph(tuple(part), typed=True) for written, part in groupby(lines, key=bool) if written]


def _isolated(facts: dict[str, Any], language: str) -> dict[str, Any]:
    """Between right-to-left words a phone number or a German address would be shown in pieces (UAX 9)."""
    if languages.direction(language) == "ltr":
        return facts
    return facts | {name: f"{FIRST_STRONG}{facts[name]}{POP}" for name in ISOLATED if facts.get(name)}


def _linked(line: str, links: Collection[str]) -> Markup:
    """Escaped; only our own links become anchors, values that run the other way are kept together."""
    html = escape(line).replace(FIRST_STRONG, Markup("<bdi>")).replace(POP, Markup("</bdi>"))
    for link in links:
        html = html.replace(escape(link), _anchor(link))
    return html


def _typed_line(line: str) -> Markup:
    """Escaped; one of us typed it, so every address of the web in it is a link that shows where it goes."""
    made, rest = Markup(), line
    while found := ADDRESS.search(rest):
        made += escape(rest[: found.start()]) + _anchor(found[0])
        rest = rest[found.end() :]
    return made + escape(rest)


def _anchor(link: str) -> Markup:
    return Markup('<a href="{0}" dir="ltr" style="overflow-wrap:anywhere">{0}</a>').format(link)


async def facts(appointment: Appointment, language: str) -> dict[str, Any]:
    """What the templates may say of an appointment that has its person at hand; links are made here, now."""
    settings, zone = current(), current().zone
    place = await Place.get_or_none(code=appointment.place)
    numbers = await people.reachable(appointment.person.id, AddressKind.PHONE)
    starts_at = appointment.starts_at
    return {
        "mode": Mode(appointment.mode).value,
        "code": appointment.code,
        "name": sayable(appointment.person.name),
        "day": languages.say_day(starts_at, language, zone),
        "date": languages.say_day(starts_at, language, zone, year=False),
        "starts": languages.say_time(starts_at, language, zone),
        "ends": languages.say_time(appointment.ends_at, language, zone),
        "grace": GRACE_MINUTES,
        "address": place.address if place and place.address else settings.office_address,
        "floor": _detail(place, "floor", language),
        "hours": _detail(place, "phone_hours", language),
        "phone": settings.office_phone,
        "city": settings.city_name,
        "last_three": numbers[0].value[-3:] if numbers else "",
        "may_call": any(not number.read_by_others for number in numbers),
        "link": link(appointment),
        "home": f"{settings.origin}/{language}/",
        "desk": "",
        "theirs": True,
    }


async def inquiry_facts(inquiry: Inquiry, language: str) -> dict[str, Any]:
    """What the templates may say of an inquiry: its number and promise, never what it is about."""
    settings = current()
    person = await Person.get(id=inquiry.person_id)
    place = await Place.all().order_by("position", "id").first()
    promised = inquiry.promised_on
    return {
        "number": inquiry.id,
        "name": sayable(person.name),
        "promised": languages.say_day(promised, language, settings.zone) if promised else "",
        "busy": await _busy(inquiry),
        "grace": GRACE_MINUTES,
        "hours": _detail(place, "phone_hours", language),
        "phone": settings.office_phone,
        "city": settings.city_name,
        "link": question_link(inquiry),
        "home": f"{settings.origin}/{language}/",
        "desk": "",
    }


async def _busy(inquiry: Inquiry) -> bool:
    """Did it come in a season in which answers take longer?"""
    season = await seasons.on((inquiry.waiting_since or inquiry.opened_at).astimezone(current().zone).date())
    return bool(season and season.promise_days)


def discreet_sender(language: str) -> str:
    """The name mail comes from where others read it, too: "Termin"."""
    return paragraphs("sender_discreet", language)[0].lines[0]


def link(appointment: Appointment) -> str:
    """Address of the page "my appointment"."""
    return f"{current().origin}/a/{appointments.token(appointment)}"


def question_link(inquiry: Inquiry) -> str:
    """Address of the page "my question", the thread to read and to go on with."""
    return f"{current().origin}/q/{thread.token(inquiry)}"


def desk_link(appointment: Appointment) -> str:
    """Address of the appointment on the desk, for who can log in there."""
    return f"{current().origin}/desk/appointments/{appointment.id}"


def sayable(name: str) -> str:
    """The name if it can be nothing but a name, else empty: our mail carries no stranger's message or link."""
    plain = all(unicodedata.category(char)[0] in "LM" or char in " -'’ʼ.\u200c\u200d" for char in name)
    return name if plain and len(name) <= LONGEST_NAME and not re.search(r"\.\S", name) else ""


def _detail(place: Place | None, what: str, language: str) -> str:
    texts = place.details.get(what, {}) if place else {}
    return (
        str(texts.get(language, texts.get(languages.DEFAULT, ""))) if isinstance(texts, dict) else str(texts)
    )


@cache
def _environment(language: str, package: str = "channels.email") -> Environment:
    made = Environment(
        loader=PackageLoader(package, "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(languages.translations(language), newstyle=True)  # type: ignore[attr-defined]
    return made
