"""What was changed in running the office, as the pages tell it: when, by whom, from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from booking import interpreters, rooms, services, terms
from channels import languages
from office import history, journal, places, seasons, staff
from office.models import Edit


@dataclass(frozen=True, slots=True)
class Row:
    """One field: its name, of which language (empty: none), and what it was and is; `unsaid`: only that it changed."""

    field: str
    language: str
    before: Any
    after: Any
    unsaid: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One change; `what` and `where` name the thing and its page, where a page tells of several."""

    at: datetime
    who: str
    made: bool
    rows: list[Row]
    kind: str
    what: str = ""
    where: str = ""


def rows(changes: Mapping[str, Sequence[object]]) -> list[Row]:
    """The fields of a change, in their order."""
    return [_row(name, pair) for name, pair in changes.items()]


def _row(name: str, pair: Sequence[object]) -> Row:
    field, _, language = name.partition(".")
    spoken = languages.NAMES.get(language, "")
    if not pair:
        return Row(field, spoken, None, None, unsaid=True)
    return Row(field, spoken, pair[0], pair[1])


async def of(*subjects: str, most: int = 20) -> list[Told]:
    """What was changed about one thing, the latest first."""
    who = await _names()
    return [_told(edit, who) for edit in await history.of(*subjects, most=most)]


async def lately(language: str, *subjects: str, most: int = 10) -> list[Told]:
    """As `of`, for things of several kinds, each named."""
    who, things = await _names(), await _things(language)
    return [
        _told(edit, who, *_named(edit.subject, things)) for edit in await history.of(*subjects, most=most)
    ]


def _told(edit: Edit, who: Mapping[str, str], what: str = "", where: str = "") -> Told:
    kind = edit.subject.partition(":")[0]
    return Told(edit.at, who.get(edit.actor, edit.actor), edit.made, rows(edit.changes), kind, what, where)


async def _names() -> dict[str, str]:
    found = {f"staff:{one.code}": one.name for one in await staff.every()}
    return {journal.SYSTEM: "", **found}


async def _things(language: str) -> dict[str, tuple[str, str]]:
    """Subject → what it is called, and the address of its page."""
    found: dict[str, tuple[str, str]] = {}
    for service in await terms.every():
        found[f"service:{service.id}"] = (services.title(service, language), f"services/{service.code}")
    for place in (await places.all_places()).values():
        found[f"place:{place.id}"] = (place.name, f"places/{place.code}")
    for room in await rooms.every():
        found[f"room:{room.id}"] = (room.name, f"rooms/{room.code}")
    for one in await interpreters.every():
        found[f"interpreter:{one.id}"] = (one.name, f"interpreters/{one.code}")
    for season in await seasons.every():
        found[f"season:{season.id}"] = (season.name, "texts")
    for member in await staff.every():
        found[f"staff:{member.id}"] = (member.name, f"staff/{member.code}")
    return found


def _named(subject: str, things: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    kind, _, name = subject.partition(":")
    if kind == "catalogue":
        return name, f"catalogues/{name}"
    if kind == "closing":
        return name, "closing"
    return things.get(subject, (name, ""))
