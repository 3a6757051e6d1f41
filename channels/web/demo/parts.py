"""A mail taken apart for showing: its leaves, its links, what a calendar program reads in it. Pure."""

from __future__ import annotations

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from icalendar import Calendar

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


def parsed(content: bytes) -> EmailMessage:
    """The mail these bytes are."""
    return BytesParser(policy=policy.default).parsebytes(content)


def leaves(letter: EmailMessage) -> list[EmailMessage]:
    """Every part that holds no others, in order."""
    return [leaf for leaf in letter.walk() if not leaf.is_multipart()]


def content(leaf: EmailMessage) -> bytes:
    """What the part holds, decoded; text in UTF-8."""
    if leaf.get_content_maintype() == "text":
        return str(leaf.get_content()).encode()
    return bytes(leaf.get_payload(decode=True) or b"")


def shown(letter: EmailMessage) -> list[dict[str, Any]]:
    """What the page shows of each part."""
    return [_shown(number, leaf) for number, leaf in enumerate(leaves(letter))]


def _shown(number: int, leaf: EmailMessage) -> dict[str, Any]:
    kind = leaf.get_content_type()
    text = content(leaf).decode(errors="replace")
    return {
        "number": number,
        "kind": kind,
        "size": len(text.encode()),
        "pieces": pieces(text) if kind == "text/plain" else [],
        "event": event(text) if kind == "text/calendar" else None,
    }


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text cut at its links: (piece, is a link)."""
    found, at = [], 0
    for link in LINK.finditer(text):
        found += [(text[at : link.start()], False), (link.group(), True)]
        at = link.end()
    return [*found, (text[at:], False)]


def event(text: str) -> dict[str, Any]:
    """What a calendar program reads in the part."""
    calendar: Any = Calendar.from_ical(text)
    found: Any = next(iter(calendar.walk("VEVENT")), {})
    moments = {name: found[name].dt for name in ("DTSTART", "DTEND") if name in found}
    words = {
        name: str(found[name]) for name in ("SUMMARY", "LOCATION", "SEQUENCE", "STATUS") if name in found
    }
    return {"METHOD": str(calendar.get("METHOD", "")), **words, **moments}


def invitation(letter: EmailMessage) -> bytes | None:
    """The calendar entry that asks for an answer, if the mail has one."""
    for leaf in leaves(letter):
        if leaf.get_content_type() == "text/calendar" and leaf.get_param("method") == "REQUEST":
            return content(leaf)
    return None
