"""Everything we hold about a person as one file they can read and keep (Art. 15 and 20 GDPR).

Invariant: what stands in `belongings` stands here, in words and once more as JSON; internal notes are in it, for they
are about the person; who of our staff looked is told by role and day, not by name.
"""

from __future__ import annotations

import base64
import importlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from markupsafe import Markup

from channels import belongings, languages
from channels.belongings import Belongings
from channels.models import Incoming
from channels.web import pages
from inquiries.models import Person
from office import catalogues
from office.models import Staff
from office.personal import Personal
from office.settings import current

CATALOGUES = (
    "channel",
    "topic",
    "audience",
    "outcome",
    "language",
    "district",
    "school_type",
    "form",
    "duration",
)
ROOMS = ("inquiries", "booking", "channels", "office")
STAFF = ("actor", "author", "booked_by")
"""Columns that name a member of staff by their code."""
OF_OTHERS = ("participants",)
"""About people who are not the one who asks; neither is what was written to them (Art. 15 (4) GDPR)."""
TABLES = tuple(name for name in (*belongings.ROWS, *belongings.STAYS) if name not in OF_OTHERS)


async def page(person: Person, now: datetime) -> str:
    """One HTML document that needs nothing else, in the person's language."""
    held = theirs(await belongings.of(person))
    language = languages.known(person.language)
    roles = dict(await Staff.all().values_list("code", "role"))
    return (
        pages.environment(language)
        .get_template("export.html")
        .render(
            held=held,
            now=now,
            language=language,
            direction=languages.direction(language),
            office=current(),
            labels={name: await catalogues.labels(name, language) for name in CATALOGUES},
            referrals=await catalogues.labels("referral_target", language),
            role=lambda actor: _role(actor, roles),
            as_text=as_text,
            periods=_periods(),
            embedded=embedded(as_data(held, roles)),
        )
    )


def theirs(held: Belongings) -> Belongings:
    """What is about the person, without letters to others who take part and what those wrote."""
    own = [one for one in held.writings if one.participant_id is None]
    others = {one.id for one in held.writings if one.participant_id is not None}
    sent = [one for one in held.messages if one.participant_id is None]
    came = [one for one in held.incoming if one.writing_id not in others]
    return replace(held, writings=own, messages=sent, incoming=came, participants=())


def as_data(held: Belongings, roles: dict[str, str]) -> dict[str, Any]:
    """The same as plain values: table → rows, each with every column declared personal."""
    tables = {name: [_columns(row, roles) for row in getattr(held, name)] for name in TABLES}
    return {"person": _columns(held.person, roles), **tables}


def embedded(content: Any) -> Markup:
    """JSON that can stand in a script element: nothing in it can end the element or begin another."""
    text = json.dumps(content, ensure_ascii=False, indent=1, default=_plain)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def as_text(stored: Incoming) -> str:
    """What came in, readable: the words of an SMS, or the mail with its text parts decoded."""
    if stored.channel == "sms":
        fields = dict(parse_qsl(bytes(stored.content).decode(errors="replace")))
        return fields.get("Body") or _read(stored.content)
    parts = [part for part in message_from_bytes(bytes(stored.content)).walk() if not part.is_multipart()]
    texts = [_decoded(part) for part in parts if part.get_content_maintype() == "text"]
    names = [f"[{part.get_filename()}]" for part in parts if part.get_filename()]
    return "\n\n".join([*filter(None, texts), *names]) or _read(stored.content)


def _decoded(part: Any) -> str:
    content = part.get_payload(decode=True) or b""
    try:
        return str(content.decode(part.get_content_charset() or "utf-8", "replace")).strip()
    except LookupError:  # a charset nobody knows
        return _read(content)


def _read(content: bytes) -> str:
    return bytes(content).decode("utf-8", "replace")


def _columns(row: Any, roles: dict[str, str]) -> dict[str, Any]:
    """Its personal columns, staff by their role; more than those only its number."""
    declared, name = _declared(), type(row).__name__
    found = {
        column: getattr(row, column)
        for column in row._meta.fields_db_projection
        if f"{name}.{column}" in declared
    }
    staff = {column: _role(str(found[column]), roles) for column in STAFF if column in found}
    return {"id": row.pk, **found, **staff}


@cache
def _declared() -> dict[str, Personal]:
    rooms = [importlib.import_module(f"{room}.personal").PERSONAL for room in ROOMS]
    return {name: reason for room in rooms for name, reason in room.items()}


def _periods() -> Sequence[int]:
    """Days: contact data, and everything else."""
    declared = _declared()
    return declared["Address.value"].period.days, declared["Writing.text"].period.days


def _role(actor: str, roles: dict[str, str]) -> str:
    """ "person", "system", or the role of a member of staff."""
    by, _, code = actor.partition(":")
    return str(roles.get(code, "staff")) if by == "staff" else by


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        try:
            return bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(bytes(value)).decode()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
