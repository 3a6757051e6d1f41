"""Text modules: answers we give often, per language, with placeholders filled for each person.

Invariant: a text holds no placeholder we do not know; a value we do not have becomes a gap somebody sees, and what
has a gap or a placeholder left is not sent. Every version is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from booking.models import Appointment, Status
from channels import languages, texts
from channels.models import TextModule, TextModuleVersion
from inquiries.models import Inquiry, Person
from office import catalogues, database, journal
from office.errors import Invalid, NotFound, Refused
from office.models import CatalogueEntry, Place
from office.settings import current

PLACEHOLDERS = ("name", "number", "appointment", "place", "office phone", "link")
"""What stands in braces: first name, number of the question, next appointment and where, our phone, where to book."""
PLACEHOLDER = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
GAP = re.compile(r"\[… [^\]\n]+\]")
LONGEST, LONGEST_TITLE = 4_000, 100


class ChangedMeanwhile(Refused):
    """A colleague has changed this text since you opened it. Please look at their version first."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is written on the page of a module; `texts` per language, German is never empty."""

    title: str
    texts: Mapping[str, str]
    topic: str = ""
    active: bool = True


@database.verb
async def save(
    module_id: int | None, wording: Wording, *, version: int, actor: str, now: datetime
) -> TextModule:
    """The module reads like this from now on; what it said before is in its history.

    `version` is the one that was on the page. Raises `Invalid`, `ChangedMeanwhile`, `NotFound`.
    """
    if wrong := amiss(wording):
        raise Invalid(**wrong)
    module = await _opened(module_id, version, now)
    module.title, module.topic, module.active = wording.title, wording.topic, wording.active
    module.texts, module.saved_at = {code: text for code, text in wording.texts.items() if text}, now
    module.version += 1
    await module.save()
    said = {name: getattr(module, name) for name in ("title", "texts", "topic", "active", "saved_at")}
    await TextModuleVersion.create(module=module, version=module.version, **said)
    details = {"version": module.version}
    await journal.write("module.saved", f"module:{module.id}", actor=actor, now=now, details=details)
    return module


async def _opened(module_id: int | None, version: int, now: datetime) -> TextModule:
    if module_id is None:
        return TextModule(version=0, saved_at=now)
    module = await TextModule.select_for_update().get_or_none(id=module_id)
    if module is None:
        raise NotFound
    if module.version != version:
        raise ChangedMeanwhile
    return module


def amiss(wording: Wording) -> dict[str, str]:
    """Field → what is wrong with it."""
    wrong = {"title": "empty"} if not wording.title else {}
    if len(wording.title) > LONGEST_TITLE:
        wrong["title"] = "too_long"
    if not wording.texts.get(languages.DEFAULT):
        wrong[f"text_{languages.DEFAULT}"] = "empty"
    for code, text in wording.texts.items():
        if len(text) > LONGEST:
            wrong[f"text_{code}"] = "too_long"
        elif unknown(text):
            wrong[f"text_{code}"] = "placeholder"
    return wrong


def unknown(text: str) -> list[str]:
    """What stands in braces and is no placeholder, or a brace that stands alone."""
    return re.findall(r"\{[^{}\n]*\}?|\}", PLACEHOLDER.sub("\n", text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text for one person; a value that is missing is a gap to be filled: `[… appointment]`."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or f"[… {found[1]}]", text)


def unfinished(text: str) -> list[str]:
    """Gaps and placeholders that are still in it: it must not be sent like this."""
    return [found[0] for found in re.finditer(f"{GAP.pattern}|{PLACEHOLDER.pattern}", text)]


async def values(inquiry: Inquiry, language: str, now: datetime) -> dict[str, str]:
    """What the placeholders mean for this inquiry, in this language; empty where we do not know.

    No value is a secret: a link that proves itself is made at sending and never stands in a text.
    """
    settings = current()
    person = await Person.get(id=inquiry.person_id)
    ahead = Appointment.filter(person_id=person.id, status=Status.BOOKED, starts_at__gt=now)
    appointment = await ahead.order_by("starts_at").first()
    place = await Place.get_or_none(code=appointment.place) if appointment else None
    return {
        "name": texts.sayable(person.name),
        "number": str(inquiry.id),
        "appointment": _moment(appointment.starts_at, language) if appointment else "",
        "place": place.address if place else "",
        "office phone": settings.office_phone,
        "link": f"{settings.origin}/{language}/book",
    }


async def offered(topic: str) -> list[TextModule]:
    """All that can be inserted, by title; those about this topic, or the group it is in, first."""
    above = await CatalogueEntry.filter(catalogue="topic", code=topic).values_list("parent", flat=True)
    group = {topic, *above} - {"", catalogues.UNKNOWN}
    found = await TextModule.filter(active=True).order_by("title", "id")
    return sorted(found, key=lambda module: module.topic not in group)


async def every() -> list[TextModule]:
    """All there are, those out of use at the end."""
    return await TextModule.all().order_by("-active", "title", "id")


async def by_id(module_id: int) -> TextModule:
    """Raises `NotFound`."""
    found = await TextModule.get_or_none(id=module_id)
    if found is None:
        raise NotFound
    return found


async def history(module_id: int) -> list[TextModuleVersion]:
    """What it said, the latest first."""
    return await TextModuleVersion.filter(module_id=module_id).order_by("-version")


def text_for(module: TextModule | TextModuleVersion, language: str) -> tuple[str, str]:
    """Its text in this language, else in German, and the language it is in."""
    code = language if module.texts.get(language) else languages.DEFAULT
    return str(module.texts.get(code, "")), code


def _moment(at: datetime, language: str) -> str:
    zone, comma = current().zone, "، " if language == "ar" else ", "
    return f"{languages.say_day(at, language, zone)}{comma}{languages.say_time(at, language, zone)}"
