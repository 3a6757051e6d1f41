"""Topics A–Z: what we know of each, who else helps, and the way to a talk or a question about it.

Invariant: no page is a dead end: without a text in the page's language the German one stands there and says so, and
a talk and a question are always one click away. Nobody is led to say on the web that a child needs special support.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from booking import services
from booking.models import Service
from channels import languages, markdown
from channels.web import clock, pages, rate
from channels.web.public import questions
from inquiries import partners, topics
from inquiries.models import TopicText
from office import catalogues
from office.catalogues import Value
from office.errors import NotFound
from office.settings import current


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list; `language` is that of its title."""

    code: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that begins with one letter."""

    letter: str
    entries: Sequence[Entry]


async def index(request: Request) -> Response:
    """Every topic we wrote about, by its first letter."""
    await rate.keep(request, "search")
    language = pages.language_of(request)
    codes = [value.code for value in await _catalogue(language)]
    said = topics.said_about(await topics.texts(), language, codes)
    return pages.render(request, "public/topics.html", letters=letters(said))


async def show(request: Request) -> Response:
    """One topic. Raises `NotFound` for a code no catalogue has."""
    await rate.keep(request, "search")
    language, code = pages.language_of(request), request.path_params["code"]
    catalogue = await _catalogue(language)
    value = next((one for one in catalogue if one.code == code), None)
    if value is None:
        raise NotFound
    around, said = partners.around(code, catalogue), await topics.texts()
    text = topics.shown(said, code, language)
    return pages.render(
        request,
        "public/topic.html",
        title=text.title if text else value.label,
        text=text,
        spoken=text.language if text else language,
        spoken_name=languages.NAMES.get(text.language, "") if text else "",
        turned=languages.direction(text.language) if text else "",
        html=markdown.html(text.text) if text else "",
        partners=await partners.public(around),
        bookable=[_offer(one, language) for one in await services.bookable() if one.topic in around],
        related=[one for one in topics.said_about(said, language, around) if one.topic != code],
        asked=askable(value),
        labels={name: await catalogues.labels(name, language) for name in ("topic", "audience", "language")},
    )


def letters(said: Sequence[TopicText]) -> list[Letter]:
    """Grouped by first letter, accents laid aside, in the order of the alphabet. Pure."""
    groups: dict[str, list[Entry]] = {}
    for one in said:
        groups.setdefault(_first(one.title), []).append(Entry(one.topic, one.title, one.language))
    return [Letter(letter, groups[letter]) for letter in sorted(groups)]


def askable(value: Value) -> str:
    """What the form for a question may say it is about: the main topic, or nothing."""
    main = value.parent or value.code
    return "" if main in questions.UNSAID else main


def _first(title: str) -> str:
    """The letter it stands under: Ä is A, an Arabic article is none of it."""
    bare = title.strip().removeprefix("ال")
    plain = unicodedata.normalize("NFD", bare)[:1].upper()
    return plain if plain.isalpha() else "#"


def _offer(service: Service, language: str) -> tuple[str, str]:
    return service.code, services.title(service, language)


async def _catalogue(language: str) -> list[Value]:
    values = await catalogues.values("topic", language, _today())
    return [one for one in values if one.code not in {catalogues.UNKNOWN, catalogues.NOT_STATED}]


def _today() -> date:
    return clock.now().astimezone(current().zone).date()
