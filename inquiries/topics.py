"""What we say in public about a topic: short texts per language, each saving a version, the last one shown.

Invariant: no version is ever changed or lost; a language without a text shows the German one, never nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from inquiries.models import TopicText
from office import database, journal
from office.errors import NotFound

GERMAN = "de"
Texts = Mapping[tuple[str, str], TopicText]
"""(topic, language) → what is said now, withdrawn ones left out."""


@database.verb
async def write(
    topic: str, language: str, *, title: str, text: str, today: date, actor: str, now: datetime
) -> TopicText:
    """It is said so from now on; nothing happens if it is so already. An empty text withdraws it."""
    last = await _last(topic, language)
    if last and (last.title, last.text) == (title, text):
        return last
    made = await TopicText.create(
        topic=topic,
        language=language,
        version=last.version + 1 if last else 1,
        title=title,
        text=text,
        at=now,
        author=actor,
        checked_on=today,
    )
    await journal.write("topic.written", f"topic:{made.id}", actor=actor, now=now)
    return made


@database.verb
async def checked(topic: str, language: str, today: date, *, actor: str, now: datetime) -> None:
    """Somebody made sure that all of it is still so. Idempotent within a day. Raises `NotFound`."""
    last = await _last(topic, language)
    if last is None:
        raise NotFound
    if last.checked_on != today:
        last.checked_on = today
        await last.save(update_fields=["checked_on"])
        await journal.write("topic.checked", f"topic:{last.id}", actor=actor, now=now)


async def texts() -> Texts:
    """Everything that is said now."""
    newest = {(one.topic, one.language): one for one in await TopicText.all().order_by("version")}
    return {key: one for key, one in newest.items() if one.text}


async def versions(topic: str, language: str) -> list[TopicText]:
    """Every version of a text, the latest first."""
    return await TopicText.filter(topic=topic, language=language).order_by("-version")


def shown(said: Texts, topic: str, language: str) -> TopicText | None:
    """The text in this language, else in German, else in whatever language there is one. Pure."""
    others = sorted(other for about, other in said if about == topic)
    return next((said[topic, one] for one in (language, GERMAN, *others) if (topic, one) in said), None)


def said_about(said: Texts, language: str, topics: Collection[str]) -> list[TopicText]:
    """One text for each of these topics that has any, by title. Pure."""
    found = [one for topic in topics if (one := shown(said, topic, language))]
    return sorted(found, key=lambda one: one.title.casefold())


async def _last(topic: str, language: str) -> TopicText | None:
    return await TopicText.filter(topic=topic, language=language).order_by("-version").first()
