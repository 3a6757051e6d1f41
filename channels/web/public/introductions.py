"""What people write about themselves: read as they type it, checked, and kept when something is amiss."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from booking.appointments import Booking
from booking.models import Mode
from inquiries import addresses
from inquiries.people import Introduction
from office import catalogues
from office.catalogues import Value
from office.errors import Invalid

FIELDS = ("name", "email", "phone", "others", "calendar", "audience", "district")
TRAP = "website"
ASKING = (
    "parent", "pupil", "young_adult", "other_relative", "teacher", "school_social_work",
    "counselling_service", "other",
)  # fmt: skip
"""Who asks, of the catalogue `audience`: those who book for themselves or for a child."""
CHANNEL = "web_booking"


def typed(fields: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, field by field, without characters no keyboard has."""
    return {name: _clean(str(fields.get(name, ""))) for name in FIELDS}


def read(
    fields: Mapping[str, Any], *, language: str, mode: Mode, asking: list[Value], districts: list[Value]
) -> tuple[Booking, dict[str, str]]:
    """The booking, and what is wrong with it: field → message code. Raises `Invalid` for machines."""
    given, (who, wrong) = typed(fields), introduction(fields, language=language)
    if mode is Mode.PHONE and not given["phone"]:
        wrong["phone"] = "phone_needed"
    if mode is Mode.VIDEO and not (given["email"] or given["phone"]):
        wrong["email"] = "reach_needed"
    booking = Booking(
        who,
        CHANNEL,
        district=_one_of(districts, given["district"]) or catalogues.UNKNOWN,
        audience=_one_of(asking, given["audience"]),
        calendar_wanted=bool(given["calendar"] and who.email and not who.read_by_others),
    )
    return booking, wrong


def introduction(fields: Mapping[str, Any], *, language: str) -> tuple[Introduction, dict[str, str]]:
    """Who somebody is and how to reach them, and what is wrong with it. Raises `Invalid` for machines."""
    if fields.get(TRAP):
        raise Invalid(**{TRAP: "filled"})
    given, wrong = typed(fields), {}
    email, wrong["email"] = _read(addresses.email, given["email"])
    phone, wrong["phone"] = _read(addresses.phone, given["phone"])
    who = Introduction(language, addresses.name(given["name"]), "", email, phone, given["others"] == "yes")
    return who, {name: code for name, code in wrong.items() if code}


async def asking(language: str, day: date) -> list[Value]:
    """Who may be asking, short; a value that replaced one of these is one of them."""
    since = await catalogues.successors("audience", day)
    asked = {*ASKING, *(since[code] for code in ASKING if code in since)}
    return [value for value in await catalogues.values("audience", language, day) if value.code in asked]


async def districts(language: str, day: date) -> list[Value]:
    """Where people live, as they would say it."""
    unsaid = {catalogues.UNKNOWN, catalogues.NOT_STATED}
    return [value for value in await catalogues.values("district", language, day) if value.code not in unsaid]


def _read(reading: Callable[[str], str], text: str) -> tuple[str, str]:
    """The address in its normal form and no code, or nothing and the code of what is wrong."""
    if not text:
        return "", ""
    try:
        return reading(text), ""
    except ValueError as error:
        return "", str(error)


def _one_of(choices: list[Value], code: str) -> str:
    return code if any(choice.code == code for choice in choices) else ""


def _clean(text: str) -> str:
    """Without control characters and halves of characters, and no longer than a page can take."""
    kept = (c for c in text if unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept).strip()[:254]
