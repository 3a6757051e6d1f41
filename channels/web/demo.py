"""The demonstration's mailbox: what would have been sent, as its reader would see it. Only in the demonstration."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from icalendar import Calendar
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from channels.web import pages
from channels.web.security import POLICY
from office.errors import NotFound
from office.settings import current

SHOWN = 200
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,180}\.eml")
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail may look as it likes and do nothing; its links open in a window of their own."""


async def mailbox(request: Request) -> Response:
    """All mails, newest first."""
    found = await run_in_threadpool(_newest)
    return pages.render(request, "demo/mailbox.html", mails=[_summary(path) for path in found])


async def mail(request: Request) -> Response:
    """One mail: its text, its HTML as the reader's program shows it, and its other parts."""
    path = _path(request.path_params["name"])
    letter = await run_in_threadpool(_parsed, path)
    response = pages.render(request, "demo/mail.html", **_summary(path, letter), parts=_parts(letter))
    response.headers["content-security-policy"] = f"{POLICY}; frame-src 'self'"
    return response


async def part(request: Request) -> Response:
    """One part as it is: HTML under its own, stricter policy; everything else as a file."""
    letter = await run_in_threadpool(_parsed, _path(request.path_params["name"]))
    leaves = _leaves(letter)
    number = request.path_params["part"]
    if number >= len(leaves):
        raise NotFound
    leaf = leaves[number]
    content = _bytes(leaf)
    if leaf.get_content_type() == "text/html":
        html = re.sub(rb"(?i)<head[^>]*>", rb'\g<0><base target="_blank">', content, count=1)
        headers = {"content-security-policy": HTML_POLICY, "x-frame-options": "SAMEORIGIN"}
        return Response(html, media_type="text/html; charset=utf-8", headers=headers)
    name = "invite.ics" if leaf.get_content_type() == "text/calendar" else f"part-{number}.txt"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _folder() -> Path:
    return current().var_dir / "mailbox"


def _newest() -> list[Path]:
    files = [path for path in _folder().glob("*.eml") if NAME.fullmatch(path.name)]
    return sorted(files, key=lambda path: (path.stat().st_mtime, path.name), reverse=True)[:SHOWN]


def _path(name: str) -> Path:
    """The file of this name in the mailbox. Raises `NotFound` for any other name."""
    path = _folder() / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise NotFound
    return path


def _parsed(path: Path) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(path.read_bytes())


def _summary(path: Path, letter: EmailMessage | None = None) -> dict[str, Any]:
    letter = letter or _parsed(path)
    return {
        "name": path.name,
        "to": str(letter["to"] or ""),
        "sender": str(letter["from"] or ""),
        "subject": str(letter["subject"] or ""),
        "at": datetime.fromtimestamp(path.stat().st_mtime, UTC),
    }


def _leaves(letter: EmailMessage) -> list[EmailMessage]:
    return [leaf for leaf in letter.walk() if not leaf.is_multipart()]


def _bytes(leaf: EmailMessage) -> bytes:
    if leaf.get_content_maintype() == "text":
        return str(leaf.get_content()).encode()
    return bytes(leaf.get_payload(decode=True) or b"")


def _parts(letter: EmailMessage) -> list[dict[str, Any]]:
    """What the page shows of each part."""
    shown = []
    for number, leaf in enumerate(_leaves(letter)):
        kind = leaf.get_content_type()
        text = _bytes(leaf).decode(errors="replace")
        shown.append(
            {
                "number": number,
                "kind": kind,
                "size": len(text.encode()),
                "pieces": _pieces(text) if kind == "text/plain" else [],
                "event": _event(text) if kind == "text/calendar" else None,
            }
        )
    return shown


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The text cut at its links: (piece, is a link)."""
    pieces, at = [], 0
    for link in LINK.finditer(text):
        pieces += [(text[at : link.start()], False), (link.group(), True)]
        at = link.end()
    return [*pieces, (text[at:], False)]


def _event(text: str) -> dict[str, Any]:
    """What a calendar program reads in the part."""
    calendar: Any = Calendar.from_ical(text)
    event: Any = next(iter(calendar.walk("VEVENT")), {})
    moments = {name: event[name].dt for name in ("DTSTART", "DTEND") if name in event}
    words = {
        name: str(event[name]) for name in ("SUMMARY", "LOCATION", "SEQUENCE", "STATUS") if name in event
    }
    return {"METHOD": str(calendar.get("METHOD", "")), **words, **moments}
