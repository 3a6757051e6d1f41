"""A question as it is typed: its text, and what it is about if somebody says so."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from channels.web.public import wishes
from office import catalogues
from office.catalogues import Value
from office.errors import Invalid

CHANNEL = "web_form"
MOST = 5000
"""Characters of a question."""
SENSITIVE = "inclusion"
"""Never asked for on the web: it would tell of somebody's health (Art. 9 GDPR)."""
UNSAID = {catalogues.UNKNOWN, catalogues.NOT_STATED, "complaint_other", SENSITIVE}
LONGEST_KEY = 60


def text(fields: Mapping[str, Any]) -> str:
    """What was written: NFC, lines kept, without characters no keyboard has."""
    return clean(str(fields.get("text", "")))


def clean(written: str) -> str:
    """NFC, lines kept, without characters no keyboard has."""
    lines = unicodedata.normalize("NFC", written.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def wrong(written: str) -> dict[str, str]:
    """What is wrong with a question: field → message code."""
    if not written:
        return {"text": "text_missing"}
    return {"text": "text_long"} if len(written) > MOST else {}


async def topics(language: str, day: date) -> list[Value]:
    """What people may say it is about: the main topics in plain words."""
    return [
        value
        for value in await catalogues.values("topic", language, day)
        if not value.parent and value.code not in UNSAID
    ]


async def topic(code: str, day: date) -> str:
    """This topic if the catalogue has it, else unknown."""
    known = {value.code for value in await catalogues.values("topic", "de", day)}
    return code if code in known - {catalogues.NOT_STATED} else catalogues.UNKNOWN


def fresh_key() -> str:
    """The random key of a new form."""
    return secrets.token_urlsafe(16)


def key(fields: Mapping[str, Any]) -> str:
    """The key under which these words of a form are one question, however often sent. Raises `Invalid`.

    Other words from the same form (a page gone back to) are another question, and are not lost.
    """
    found = wishes.key(fields)
    if len(found) > LONGEST_KEY:
        raise Invalid(key="malformed")
    said = f"{found} {text(fields)}"
    return f"web:{sha256(said.encode()).hexdigest()[:40]}"
