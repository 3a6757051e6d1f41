"""What the office wrote about its services and places, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from booking.models import Service
from channels import languages
from office import places
from office.models import Place


@dataclass(frozen=True, slots=True)
class Where:
    """A place as a page tells it; texts the office did not write are empty."""

    name: str
    address: str
    floor: str
    directions: str
    hours: str


async def where(code: str, language: str) -> Where | None:
    """The place with this code, or None when the office no longer has it."""
    place = (await places.all_places()).get(code)
    return _told(place, language) if place else None


async def main_place(language: str) -> Where | None:
    """The first place in use that has an address."""
    found = (place for place in (await places.all_places()).values() if place.address and place.active)
    return next((_told(place, language) for place in found), None)


def bring(service: Service, language: str) -> list[str]:
    """What to bring if one has it, one thing each."""
    told = said(service.bring, language)
    parts = told.replace("|", "\n").replace(" · ", "\n").split("\n") if isinstance(told, str) else told
    return [str(part).strip() for part in parts or [] if str(part).strip()]


def said(texts: Any, language: str) -> Any:
    """The text in this language, else in German; a text without languages is itself."""
    if not isinstance(texts, dict):
        return texts or ""
    return texts.get(language) or texts.get(languages.DEFAULT) or ""


def _told(place: Place, language: str) -> Where:
    return Where(
        name=place.name,
        address=place.address,
        floor=_detail(place, "floor", language),
        directions=_detail(place, "directions", language),
        hours=_detail(place, "hours", language),
    )


def _detail(place: Place, what: str, language: str) -> str:
    """Written as {what: {language: text}} or as {language: {what: text}}."""
    direct = place.details.get(what)
    return str(said(direct, language) if direct else (said(place.details, language) or {}).get(what, ""))
