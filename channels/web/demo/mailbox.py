"""The demonstration's mailbox: what would have been sent, as its reader would see it, and a pen to write back.

Invariant: only in the demonstration; only files of the mailbox are shown, and nothing in them runs.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages
from channels.email.source import DemoInbox
from channels.web import clock, csrf, pages
from channels.web.demo import letters, parts
from channels.web.demo.letters import Draft
from channels.web.security import POLICY
from office import wake
from office.errors import NotFound
from office.settings import current

SHOWN = 200
LONGEST = 20_000
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,180}\.eml")
HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail may look as it likes and do nothing; its links open in a window of their own."""
FIELDS = ("sender", "to", "subject", "text", "message_id", "references")


async def mailbox(request: Request) -> Response:
    """All mails, newest first."""
    _listen(request)
    found = await run_in_threadpool(_newest)
    sent = "sent" in request.query_params
    return pages.render(request, "demo/mailbox.html", mails=[_summary(path) for path in found], sent=sent)


async def mail(request: Request) -> Response:
    """One mail: its text, its HTML as the reader's program shows it, and its other parts."""
    _listen(request)
    path = _path(request.path_params["name"])
    letter = await run_in_threadpool(_parsed, path)
    shown = _summary(path, letter) | {"parts": parts.shown(letter), "invited": parts.invitation(letter)}
    response = pages.render(request, "demo/mail.html", **shown)
    response.headers["content-security-policy"] = f"{POLICY}; frame-src 'self'"
    return response


async def part(request: Request) -> Response:
    """One part as it is: HTML under its own, stricter policy; everything else as a file."""
    letter = await run_in_threadpool(_parsed, _path(request.path_params["name"]))
    leaves = parts.leaves(letter)
    number = request.path_params["part"]
    if number >= len(leaves):
        raise NotFound
    leaf = leaves[number]
    content = parts.content(leaf)
    if leaf.get_content_type() == "text/html":
        html = re.sub(rb"(?i)<head[^>]*>", rb'\g<0><base target="_blank">', content, count=1)
        headers = {"content-security-policy": HTML_POLICY, "x-frame-options": "SAMEORIGIN"}
        return Response(html, media_type="text/html; charset=utf-8", headers=headers)
    name = "invite.ics" if leaf.get_content_type() == "text/calendar" else f"part-{number}.txt"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


async def write(request: Request) -> Response:
    """An empty sheet to the office."""
    _listen(request)
    return _sheet(request, Draft("", current().office_email, "", ""), {})


async def reply(request: Request) -> Response:
    """A sheet to answer this mail on."""
    _listen(request)
    letter = await run_in_threadpool(_parsed, _path(request.path_params["name"]))
    return _sheet(request, letters.reply_to(letter), {})


async def send(request: Request) -> Response:
    """The mail lies where the office's own is fetched from."""
    _listen(request)
    fields = await csrf.form(request)
    typed = {name: str(fields.get(name, ""))[:LONGEST] for name in FIELDS}
    draft = Draft(**typed, html="html" in fields, picture="picture" in fields)
    if wrong := letters.wrong(draft):
        return _sheet(request, draft, wrong, status=422)
    return await _delivered(request, letters.written(draft, clock.now()))


async def respond(request: Request) -> Response:
    """The invitation of this mail is accepted or declined, as a calendar program would."""
    _listen(request)
    fields = await csrf.form(request)
    letter = await run_in_threadpool(_parsed, _path(request.path_params["name"]))
    invited, answer = parts.invitation(letter), str(fields.get("answer", ""))
    if invited is None or answer not in letters.ANSWERS:
        raise NotFound
    return await _delivered(request, letters.response(letter, invited, answer, clock.now()))


async def _delivered(request: Request, mail: EmailMessage) -> Response:
    await run_in_threadpool(DemoInbox(current().var_dir / "mail-in").deliver, mail.as_bytes())
    wake.nudge()
    return RedirectResponse(f"/demo/mailbox?lang={pages.language_of(request)}&sent", 303)


def _sheet(request: Request, draft: Draft, errors: dict[str, str], *, status: int = 200) -> Response:
    return pages.render(request, "demo/write.html", status=status, draft=draft, errors=errors)


def _listen(request: Request) -> None:
    """The page speaks the language it was asked for."""
    wished = request.query_params.get("lang", "")
    if wished in languages.NAMES:
        request.state.language = wished
    if request.method == "POST":
        request.state.here = "/demo/mailbox"


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
    return parts.parsed(path.read_bytes())


def _summary(path: Path, letter: EmailMessage | None = None) -> dict[str, Any]:
    letter = letter or _parsed(path)
    return {
        "name": path.name,
        "to": str(letter["to"] or ""),
        "sender": str(letter["from"] or ""),
        "subject": str(letter["subject"] or ""),
        "at": datetime.fromtimestamp(path.stat().st_mtime, UTC),
    }
