"""What is written from the desk: an answer to the person, a note for ourselves, and what is begun of either.

Invariant: an answer goes only by a channel that reaches the person, and never over the head of something its writer
has not read; what was typed is never lost.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages, modules, outbox, previews
from channels.models import TextModule
from channels.sms import segments, wording
from channels.web import clock, csrf, log_in
from channels.web.desk import inquiry
from inquiries import drafts, thread
from inquiries.models import DraftKind, Inquiry
from office.errors import Invalid

MAX_LETTERS = 6_000
MAX_BEGUN = 20_000
"""A draft may be longer than what may be sent: it is to be shortened, not lost."""
MAX_SEGMENTS = wording.FULL_SEGMENTS
"""More than so many SMS for one answer are a mistake: a link says it better."""
WORDS = "words"
INSERT, PREVIEW = "insert", "preview"
FORMS = {DraftKind.ANSWER: ("text", "channel", "how", "inserted"), DraftKind.NOTE: ("note",)}
"""What is typed into each form; the words stand first."""


@log_in.for_roles(*log_in.SEES_TOPICS)
async def answer(request: Request) -> Response:
    """The answer stands in the thread and goes out; or the page again, with what is amiss or came in meanwhile."""
    fields = await csrf.form(request)
    found, typed = await inquiry.to_finish(request), _typed(fields, DraftKind.ANSWER)
    if fields.get("do") == INSERT:
        return await _insert(request, found, typed, fields)
    ways = await outbox.ways_to_answer(found)
    wrong = _wrong(typed, ways)
    if wrong or fields.get("do") == PREVIEW:
        return await _look(request, found, typed, wrong)
    try:
        await thread.answer(
            found.id,
            typed["text"],
            key=_key(typed, found.id, typed["text"]),
            channel=typed["channel"],
            actor=log_in.actor(request),
            now=clock.now(),
            in_full=_in_full(typed),
            seen=_seen(fields),
        )
    except thread.Unread as unread:
        return await _held(request, fields, unread)
    return RedirectResponse(f"/desk/inquiries/{found.id}?answered", 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def note(request: Request) -> Response:
    """Something for colleagues only."""
    fields = await csrf.form(request)
    found, typed = await inquiry.to_finish(request), _typed(fields, DraftKind.NOTE)
    wrong = text_wrong(typed["note"])
    if wrong:
        return await inquiry.render(request, found, typed=typed, wrong={"note": wrong}, status=422)
    key = _key(typed, found.id, typed["note"])
    await thread.note(found.id, typed["note"], key=key, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"/desk/inquiries/{found.id}?noted", 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def draft(request: Request) -> Response:
    """What stands in a form is there when the page is opened again: 204 for who saves while typing, else the page."""
    fields = await csrf.form(request)
    found, kind = await inquiry.to_finish(request), _kind(fields)
    await _keep(request, found, kind, fields)
    if fields.get("quiet"):
        return Response(status_code=204)
    return RedirectResponse(f"/desk/inquiries/{found.id}?drafted", 303)


async def _insert(request: Request, found: Inquiry, typed: dict[str, str], fields: FormData) -> Response:
    """The page again, with the module below what was typed, in the person's language; nothing is sent."""
    language = languages.known(found.person.language)
    inserted = await module(str(fields.get("module", "")))
    if inserted:
        text, spoken = modules.text_for(inserted, language)
        said = modules.filled(text, await modules.values(found, spoken, clock.now()))
        typed["text"] = "\n\n".join(part for part in (typed["text"], said) if part)
        typed["inserted"] = str(inserted.id)
        await _keep(request, found, DraftKind.ANSWER, fields, typed["text"])
    return await inquiry.render(request, found, typed=typed, written_in=inserted)


async def _look(request: Request, found: Inquiry, typed: dict[str, str], wrong: dict[str, str]) -> Response:
    """The page again, with what is amiss, or with the message as it will go out."""
    shown = None
    if not wrong:
        shown = await previews.of(found, typed["text"], channel=typed["channel"], in_full=_in_full(typed))
    return await inquiry.render(
        request,
        found,
        typed=typed,
        wrong=wrong,
        preview=shown,
        written_in=await module(typed["inserted"]),
        status=422 if wrong else 200,
    )


async def module(number: str) -> TextModule | None:
    """The module of this number; None for what is none."""
    known = number.isascii() and number.isdigit() and len(number) <= 9
    return await TextModule.get_or_none(id=int(number)) if known else None


async def _held(request: Request, fields: FormData, unread: thread.Unread) -> Response:
    """Not sent: the page as it is now, what is new in it, and what was typed."""
    found, typed = await inquiry.named(request), _typed(fields, DraftKind.ANSWER)
    await _keep(request, found, DraftKind.ANSWER, fields)
    new = [one.id for one in unread.writings]
    return await inquiry.render(request, found, typed=typed, unread=new, held=True, status=409)


async def _keep(
    request: Request, found: Inquiry, kind: DraftKind, fields: FormData, words: str | None = None
) -> None:
    typed = _typed(fields, kind)
    words = typed[FORMS[kind][0]] if words is None else words
    if len(words) > MAX_BEGUN:
        raise Invalid(text="too_long")
    begun = drafts.Typed(
        words, typed.get("channel", "")[:48], typed.get("how", "")[:16], seen=_seen(fields) or 0
    )
    key = _key(typed, found.id, words)
    await drafts.keep(log_in.staff_of(request).id, found.id, kind, begun, key=key, now=clock.now())


def _kind(fields: FormData) -> DraftKind:
    try:
        return DraftKind(str(fields.get("form", "")))
    except ValueError as error:
        raise Invalid(form="unknown") from error


def _typed(fields: FormData, kind: DraftKind) -> dict[str, str]:
    read = {name: str(fields.get(name, "")) for name in FORMS[kind]}
    written = {name: text.replace("\r\n", "\n").strip() for name, text in read.items()}
    return {**written, "form": kind.value, "key": str(fields.get("key", ""))[:48] or secrets.token_hex(16)}


def _seen(fields: FormData) -> int | None:
    """The last thing of the thread that stood on the page the answer was written on."""
    said = str(fields.get("seen", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 9 else None


def _key(typed: dict[str, str], inquiry_id: int, words: str) -> str:
    return key_of(typed["key"], inquiry_id, words)


def key_of(form: str, inquiry_id: int, words: str) -> str:
    """The same words sent twice are one thing; others from the same form (a page gone back to) are not lost."""
    said = f"{form} {inquiry_id} {words}"
    return f"desk:{sha256(said.encode()).hexdigest()[:40]}"


def _wrong(typed: dict[str, str], ways: list[str]) -> dict[str, str]:
    wrong = {}
    if text := text_wrong(typed["text"]):
        wrong["text"] = text
    elif _in_full(typed) and segments.count(segments.plain(typed["text"])) > MAX_SEGMENTS:
        wrong["text"] = "too_many_sms"
    elif modules.unfinished(typed["text"]):
        wrong["text"] = "gap"
    if typed["channel"] not in ways:
        wrong["channel"] = "cannot_reach"
    return wrong


def text_wrong(text: str) -> str:
    """What is wrong with it as something to send; empty if nothing is."""
    return "empty" if not text else "too_long" if len(text) > MAX_LETTERS else ""


def _in_full(typed: dict[str, str]) -> bool:
    return typed["channel"] == outbox.SMS and typed["how"] == WORDS
