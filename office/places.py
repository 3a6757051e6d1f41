"""Where we meet, and the private calendar of each house.

Invariant: an address once given out ends when it is renewed; a place is never deleted, only no longer offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from office import database, history, journal
from office.errors import Invalid, NotFound
from office.models import Place

FEED = "place-feed"
TEXTS = ("floor", "directions", "hours")
"""What is written about a place, per language."""


@dataclass(frozen=True, slots=True)
class Written:
    """What the office says of a place; `texts`: any of `TEXTS` → language → text."""

    name: str
    address: str = ""
    texts: Mapping[str, Mapping[str, str]] | None = None
    position: int = 0
    active: bool = True


async def all_places() -> dict[str, Place]:
    """Every place by its code, in the office's order."""
    return {place.code: place for place in await Place.all().order_by("position", "code")}


async def by_id(place_id: int) -> Place | None:
    """The place."""
    return await Place.get_or_none(id=place_id)


@database.verb
async def renew_feed(place_id: int, *, actor: str, now: datetime) -> None:
    """The calendar of this place has a new address, and the old one shows nothing. Raises `NotFound`."""
    place = await Place.select_for_update().get_or_none(id=place_id)
    if place is None:
        raise NotFound
    place.feed_generation += 1
    await place.save(update_fields=["feed_generation"])
    await journal.write("calendar.renewed", f"place:{place.id}", actor=actor, now=now)


async def find(code: str) -> Place:
    """The place, offered or not. Raises `NotFound`."""
    place = await Place.get_or_none(code=code)
    if place is None:
        raise NotFound
    return place


def written(place: Place) -> Written:
    """As it stands."""
    texts = {what: _by_language(place, what) for what in TEXTS}
    return Written(place.name, place.address, texts, place.position, place.active)


def _by_language(place: Place, what: str) -> Mapping[str, str]:
    """Written as {what: {language: text}}, {what: text} or {language: {what: text}}."""
    direct = place.details.get(what)
    if direct:
        return direct if isinstance(direct, dict) else {"de": str(direct)}
    return {
        language: str(said[what])
        for language, said in place.details.items()
        if isinstance(said, dict) and said.get(what) and language not in TEXTS
    }


def said(place: Written) -> dict[str, object]:
    """As the desk shows it and history keeps it."""
    texts: dict[str, object] = {}
    for what, by_language in (place.texts or {}).items():
        texts |= history.by_language(what, by_language)
    return {"name": place.name, "address": place.address, **texts} | {
        "position": place.position,
        "active": place.active,
    }


@database.verb
async def save(code: str, wanted: Written, *, new: bool = False, actor: str, now: datetime) -> Place:
    """The place is as written from now on; its code is fixed once made. Raises `NotFound`, `Invalid`."""
    place = await Place.select_for_update().get_or_none(code=code)
    if new and place is not None:
        raise Invalid(code="code_taken")
    if not new and place is None:
        raise NotFound
    before = said(written(place)) if place is not None else None
    place = place or Place(code=code)
    place.name, place.address, place.position = wanted.name, wanted.address, wanted.position
    place.active = wanted.active
    # The first way of writing only, so that an old text in the second cannot shine through.
    others = {name: one for name, one in place.details.items() if not _is_text(name, one)}
    place.details = {**others, **{what: dict(by) for what, by in (wanted.texts or {}).items()}}
    await place.save()
    await history.note(f"place:{place.id}", before, said(wanted), actor=actor, now=now)
    return place


def _is_text(name: str, value: object) -> bool:
    return name in TEXTS or (isinstance(value, dict) and bool(set(value) & set(TEXTS)))
