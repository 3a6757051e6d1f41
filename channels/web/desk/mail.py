"""A mail at the desk: what it says, its formatting in a locked frame, what is attached, and its bytes as they came.

Invariant: nothing of a stranger's mail runs, loads or leads anywhere at the desk; every look is in the audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import nh3
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.email import intake, quoting, reading
from channels.email.reading import Attachment, Letter, Unreadable
from channels.models import Incoming, IncomingState
from channels.web import clock, csrf, files, log_in
from channels.web.desk import access, page
from channels.web.security import POLICY
from inquiries.models import Inquiry
from office import audit
from office.errors import NotFound

EMAIL = "email"
TO_DECIDE = (IncomingState.AUTOMATIC, IncomingState.UNREADABLE)
LONGEST_HTML = 1_000_000
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""Colours and nothing else: no script, no picture from anywhere, no form, and only the desk may frame it."""
SAFE_KINDS = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"}
"""What browsers show without running it; everything else is bytes to them."""
TAGS = {
    "b", "strong", "i", "em", "u", "s", "small", "sub", "sup", "span", "font", "p", "div", "br", "hr", "center",
    "blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption",
}  # fmt: skip
"""No links and no pictures: a link would lead out of the desk, a picture would tell its sender that we looked."""
ATTRIBUTES = {
    "*": {"dir", "lang", "style", "align"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
STYLES = {
    "color", "background-color", "font-weight", "font-style", "font-size", "font-family", "text-align",
    "text-decoration", "margin", "padding", "border", "border-collapse", "white-space", "direction",
}  # fmt: skip
FRAME = '<!doctype html><html dir="auto"><head><meta charset="utf-8"><title>-</title></head><body>{}</body></html>'


@dataclass(frozen=True, slots=True)
class Shown:
    """What the desk shows of a mail; texts are as the sender wrote them, to be escaped.

    `readable` is false for bytes that are no mail, and then everything else is empty. `oddities` are codes.
    """

    readable: bool = False
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    text: str = ""
    quoted: str = ""
    formatted: bool = False
    """Is there HTML to look at, under /desk/mail/{id}/html?"""
    attachments: tuple[Attachment, ...] = ()
    """Each lies under /desk/mail/{id}/part/{number}."""
    oddities: tuple[str, ...] = ()


def shown(incoming: Incoming) -> Shown:
    """The mail in this row, whose `content` must be loaded. Never raises; takes up to a second for a huge one."""
    try:
        letter = _letter(incoming)
    except NotFound:
        return Shown()
    text, quoted = quoting.fold(letter.text)
    return Shown(
        readable=True,
        sender=letter.sender,
        sender_name=letter.sender_name,
        subject=letter.subject,
        text=text,
        quoted=quoted,
        formatted=bool(letter.html.strip()),
        attachments=letter.attachments,
        oddities=letter.oddities,
    )


@log_in.for_roles(*log_in.SEES_TOPICS)
async def raw(request: Request) -> Response:
    """The bytes as they came, as a file; of an SMS, the form of the gateway."""
    found = await _found(request, "mail_downloaded", channels=(EMAIL, "sms"))
    kind, name = (
        ("message/rfc822", f"mail-{found.id}.eml")
        if found.channel == EMAIL
        else ("application/octet-stream", f"sms-{found.id}.txt")
    )
    return files.as_file(bytes(found.content), kind, name)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """One mail on a page of its own."""
    found = await _found(request, "mail_seen")
    seen = await run_in_threadpool(shown, found)
    response = await page.render(
        request, "desk/mail.html", mail=found, shown=seen, undecided=found.state in TO_DECIDE
    )
    response.headers["content-security-policy"] = f"{POLICY}; frame-src 'self'"
    return response


@log_in.for_roles(*log_in.SEES_TOPICS)
async def html(request: Request) -> Response:
    """Its HTML without everything that runs, loads or leads anywhere, for a frame of the desk."""
    found = await _found(request, "mail_seen")
    content = await run_in_threadpool(_harmless, _letter(found))
    headers = {"content-security-policy": FRAME_POLICY, "x-frame-options": "SAMEORIGIN"}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def part(request: Request) -> Response:
    """One attachment, always as a file."""
    found = await _found(request, "attachment_downloaded")
    letter, number = _letter(found), request.path_params["n"]
    attachment = next((one for one in letter.attachments if one.number == number), None)
    if attachment is None:
        raise NotFound
    content = await run_in_threadpool(reading.content, letter.leaves[number])
    kind = attachment.kind if attachment.kind in SAFE_KINDS else "application/octet-stream"
    return files.as_file(content, kind, attachment.name or f"part-{number}.bin")


@log_in.for_roles(*log_in.SEES_TOPICS)
async def take(request: Request) -> Response:
    """What was set aside is an inquiry after all. Idempotent."""
    await csrf.form(request)
    found = await _found(request, "mail_taken")
    inquiry = await intake.take_anyway(found.id, clock.now())
    return RedirectResponse(f"/desk/inquiries/{inquiry.id}", 303)


async def _found(request: Request, action: str, channels: tuple[str, ...] = (EMAIL,)) -> Incoming:
    """The row the address names; that somebody looked is noted. Raises `NotFound`, `access.Closed`."""
    found = await Incoming.get_or_none(id=request.path_params["id"], channel__in=channels)
    if found is None:
        raise NotFound
    now: datetime = clock.now()
    purpose = await _purpose(request, found)
    await audit.note(log_in.actor(request), action, f"incoming:{found.id}", now, purpose=purpose)
    return found


async def _purpose(request: Request, found: Incoming) -> access.Purpose:
    """Why they may read it: that of its inquiry; what belongs to none yet, somebody must decide."""
    if found.inquiry_id is None:
        return access.Purpose.UNASSIGNED
    return await access.purpose(request, await Inquiry.get(id=found.inquiry_id))


def _letter(incoming: Incoming) -> Letter:
    """Raises `NotFound` for bytes that are no mail."""
    try:
        return reading.read(bytes(incoming.content))
    except Unreadable as error:
        raise NotFound from error


def _harmless(letter: Letter) -> str:
    clean = nh3.clean(
        letter.html[:LONGEST_HTML],
        tags=TAGS,
        attributes=ATTRIBUTES,
        filter_style_properties=STYLES,
        url_schemes=set(),
    )
    return FRAME.format(clean)
