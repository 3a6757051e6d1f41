"""A partner as it is typed or stands in a file: read strictly, every field with what is wrong with it.

Invariant: what comes out can be stored, reached and linked to; a web address leads to the web and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from channels.web import clock
from inquiries import addresses
from inquiries.models import Agreement
from inquiries.partners import Entry
from office import catalogues

CATALOGUES = {"topics": "topic", "audiences": "audience", "languages": "language"}
"""Field → the catalogue its codes are from."""
TARGET = "referral_target"
LONGEST = {"name": 200, "offer": 300, "hours": 300, "phone": 60, "email": 254, "web": 300}
UNSAID = {catalogues.UNKNOWN, catalogues.NOT_STATED}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as text, and what was ticked, as codes."""

    text: Mapping[str, str]
    chosen: Mapping[str, Collection[str]]
    public: bool
    active: bool

    def get(self, name: str, otherwise: str = "") -> str:
        """A field as the form shows it again."""
        return self.text.get(name, otherwise)


async def read(typed: Typed) -> tuple[Entry | None, dict[str, str]]:
    """The entry, and field → what is wrong; no entry if anything is."""
    wrong: dict[str, str] = {
        name: "too_long" for name, most in LONGEST.items() if len(typed.get(name)) > most
    }
    name = addresses.name(typed.get("name"))
    if not name:
        wrong["name"] = "empty"
    chosen = {field: await _codes(field, typed, wrong) for field in CATALOGUES}
    said = {field: _reach(field, typed.get(field).strip(), wrong) for field in ("phone", "email", "web")}
    target, agreement = typed.get("target"), typed.get("agreement") or Agreement.UNKNOWN
    if target in UNSAID or target not in await catalogues.labels(TARGET, "de"):
        wrong["target"] = "choose"
    if agreement not in set(Agreement):
        wrong["agreement"] = "choose"
    days = {field: _day(field, typed.get(field), wrong) for field in ("agreed_on", "checked_on")}
    if wrong:
        return None, wrong
    return Entry(
        name=name,
        target=target,
        offer=_line(typed, "offer"),
        topics=chosen["topics"],
        audiences=chosen["audiences"],
        languages=chosen["languages"],
        hours=_line(typed, "hours"),
        phone=said["phone"],
        email=said["email"],
        web=said["web"],
        agreement=Agreement(agreement),
        agreed_on=days["agreed_on"],
        checked_on=days["checked_on"],
        public=typed.public,
        active=typed.active,
    ), {}


def _line(typed: Typed, field: str) -> str:
    return " ".join(typed.get(field).split())


async def _codes(field: str, typed: Typed, wrong: dict[str, str]) -> tuple[str, ...]:
    codes = [code for code in dict.fromkeys(typed.chosen.get(field, ())) if code]
    known = await catalogues.labels(CATALOGUES[field], "de")
    if any(code not in known or code in UNSAID for code in codes):
        wrong[field] = "unknown"
    return tuple(code for code in known if code in codes)


def _reach(field: str, said: str, wrong: dict[str, str]) -> str:
    if not said:
        return ""
    try:
        return {"phone": _phone, "email": addresses.email, "web": _web}[field](said)
    except ValueError:
        wrong.setdefault(field, field)
        return ""


def _phone(said: str) -> str:
    """As it was typed, if somebody can be called there."""
    addresses.phone(said)
    return " ".join(said.split())


def _web(said: str) -> str:
    address = said if "://" in said else f"https://{said}"
    found = urlsplit(address)
    if found.scheme not in {"http", "https"} or "." not in (found.hostname or ""):
        raise ValueError("web")
    if found.username or found.password or not address.isprintable() or any(c in address for c in " \"'<>\\"):
        raise ValueError("web")
    return address


def _day(field: str, said: str, wrong: dict[str, str]) -> date | None:
    if not said:
        return None
    try:
        return clock.day(said)
    except ValueError:
        wrong[field] = "not_a_day"
        return None
