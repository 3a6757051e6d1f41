"""What somebody wants to book, as it travels in addresses and hidden fields; read strictly, never trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from booking import resources, services
from booking.errors import NoSuchService
from booking.models import Mode, Service
from booking.services import Wish
from channels.web import clock
from office import catalogues
from office.errors import Invalid

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LANGUAGE = re.compile(r"[a-z_]{0,8}")
_MEMBER = re.compile(r"[A-Za-z0-9_-]{0,16}")


def read(fields: Mapping[str, Any]) -> tuple[Wish, datetime]:
    """The wish and the time of a posted form. Raises `Invalid`."""
    names = ("service", "mode", "talk", "children", "starts_at", "with")
    text = {name: str(fields.get(name, "")) for name in names}
    try:
        children, mode = int(text["children"]), Mode(text["mode"])
        starts_at = clock.moment(text["starts_at"])
    except ValueError as error:
        raise Invalid(wish="malformed") from error
    patterns = {"service": _CODE, "talk": _LANGUAGE, "with": _MEMBER}
    if not all(pattern.fullmatch(text[name]) for name, pattern in patterns.items()):
        raise Invalid(wish="malformed")
    interpreter = bool(text["talk"]) and fields.get("interpreter") == "1"
    again = fields.get("again") == "1"
    wish = Wish(
        text["service"], children, mode, text["talk"], text["with"], interpreter=interpreter, follow_up=again
    )
    return wish, starts_at


def from_query(
    service: Service,
    query: Mapping[str, str],
    spoken: Mapping[str, str],
    interpreted: Mapping[str, str] | None = None,
) -> Wish | None:
    """The wish an address spells out, or None while something is still to be asked.

    A language no counsellor speaks is interpreted; who wants an interpreter has to say for which language.
    """
    mode, talk = query.get("mode", ""), query.get("talk", "")
    children = query.get("children", "1" if not service.minutes_per_child else "")
    counts = {str(number) for number in range(1, services.MAX_CHILDREN + 1)}
    if mode not in service.modes or children not in counts:
        return None
    wanted = query.get("interpreter") == "1"
    if wanted and talk not in (interpreted or {}):
        return None
    interpreter = talk in (interpreted or {}) and (wanted or talk not in spoken)
    language = talk if talk in spoken or interpreter else ""
    again = bool(service.follow_up_minutes) and query.get("again") == "1"
    return Wish(service.code, int(children), Mode(mode), language, interpreter=interpreter, follow_up=again)


def as_fields(wish: Wish) -> dict[str, str]:
    """The wish as names and values; `read` and `from_query` understand it."""
    return {
        "service": wish.service,
        "children": str(wish.children),
        "mode": str(wish.mode),
        "talk": wish.language,
        **({"interpreter": "1"} if wish.interpreter else {}),
        **({"again": "1"} if wish.follow_up else {}),
        **({"with": wish.counsellor} if wish.counsellor else {}),
    }


def key(fields: Mapping[str, Any]) -> str:
    """The random key that makes a form count once. Raises `Invalid`."""
    found = str(fields.get("key", ""))
    if not KEY.fullmatch(found):
        raise Invalid(key="malformed")
    return found


def code(text: str) -> str:
    """A code as it may stand in an address. Raises `NoSuchService`."""
    if not _CODE.fullmatch(text):
        raise NoSuchService
    return text


def day(text: str, otherwise: date) -> date:
    """The day an address names, or another one when it names none."""
    try:
        return clock.day(text)
    except ValueError:
        return otherwise


async def interpreted(language: str) -> dict[str, str]:
    """Languages somebody who can be asked interprets: code → label, in the catalogue's order."""
    codes = await resources.interpreted()
    return {
        code: label
        for code, label in (await catalogues.labels("language", language)).items()
        if code in codes
    }


async def spoken(service: Service, language: str) -> dict[str, str]:
    """Languages the counsellors of this service speak: code → label, in the catalogue's order."""
    codes = {code for giver in await services.givers(service) for code in giver.languages}
    labels = await catalogues.labels("language", language)
    known = {code: label for code, label in labels.items() if code in codes}
    return {**known, **{code: code for code in sorted(codes - set(known))}}
