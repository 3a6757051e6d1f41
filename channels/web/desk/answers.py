"""What is written from the desk: an answer to the person, a note for ourselves, and what is begun of either.

Invariant: an answer goes only by a channel that reaches the person, and never over the head of something its writer
has not read; what was typed or attached is never lost.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages, modules, outbox, previews
from channels.models import TextModule
from channels.sms import segments, wording
from channels.web import clock, csrf, log_in
from channels.web.desk import enclosures, inquiry
from inquiries import drafts, thread, uploads
from inquiries.models import DraftKind, Inquiry, Upload, UploadState
from inquiries.uploads import Picture
from office.errors import Invalid

MAX_LETTERS = 6_000
MAX_BEGUN = 20_000
"""A draft may be longer than what may be sent: it is to be shortened, not lost."""
MAX_SEGMENTS = wording.FULL_SEGMENTS
"""More than so many SMS for one answer are a mistake: a link says it better."""
WORDS = "words"
INSERT, PREVIEW, ATTACH, REMOVE = "insert", "preview", "attach", "remove:"
FORMS = {DraftKind.ANSWER: ("text", "channel", "how", "inserted"), DraftKind.NOTE: ("note",)}
"""What is typed into each form; the words stand first."""


@log_in.for_roles(*log_in.SEES_TOPICS)
async def answer(request: Request) -> Response:
    """The answer stands in the thread and goes out; or the page again, with what is amiss or came in meanwhile."""
    fields = await csrf.form(request, files=enclosures.MOST_PARTS)
    sent = await enclosures.sent(fields)
    found, typed = await inquiry.to_finish(request), _typed(fields, DraftKind.ANSWER)
    added, wrong = await _attach(request, found, fields, typed, sent)
    act = str(fields.get("do", ""))
    if act == INSERT:
        return await _insert(request, found, typed, fields, wrong)
    if act == ATTACH or act.startswith(REMOVE):
        return await _files(request, found, typed, fields, wrong)
    attached = await uploads.enclosed(log_in.staff_of(request).id, found.id)
    wrong = _wrong(typed, await outbox.ways_to_answer(found), attached) | wrong
    if wrong or act == PREVIEW:
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
            files=[*enclosures.listed(fields), *added],
        )
    except thread.Unread as unread:
        return await _held(request, fields, typed, unread)
    except thread.FilesChanged:
        await _keep(request, found, DraftKind.ANSWER, fields, said=typed["files"])
        return await inquiry.render(request, found, typed=typed, wrong={"files": "files_changed"}, status=409)
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
    fields = await csrf.form(request, files=enclosures.MOST_PARTS)
    sent = await enclosures.sent(fields)
    found, kind = await inquiry.to_finish(request), _kind(fields)
    typed = _typed(fields, kind)
    _added, wrong = await _attach(request, found, fields, typed, sent)
    await _keep(request, found, kind, fields, said=typed["files"])
    if wrong:
        return await inquiry.render(request, found, typed=typed, wrong=wrong, status=422)
    if fields.get("quiet"):
        return Response(status_code=204)
    return RedirectResponse(f"/desk/inquiries/{found.id}?drafted", 303)


async def _attach(
    request: Request,
    found: Inquiry,
    fields: FormData,
    typed: dict[str, str],
    sent: Sequence[enclosures.Sent],
) -> tuple[list[int], dict[str, str]]:
    """What was chosen lies with the draft, and the words beside it: the ids, and what is wrong with a file."""
    there = await uploads.enclosed(log_in.staff_of(request).id, found.id)
    chosen = await enclosures.fit(sent, there)
    typed["files"] = enclosures.named(fields, chosen.files)
    wrong = {"files": chosen.wrong} if chosen.wrong else {}
    if not chosen.files:
        return [], wrong
    return await _keep(
        request, found, DraftKind.ANSWER, fields, files=chosen.files, said=typed["files"]
    ), wrong


async def _files(
    request: Request, found: Inquiry, typed: dict[str, str], fields: FormData, wrong: dict[str, str]
) -> Response:
    """The page again, with a file more or less; nothing is sent."""
    act = str(fields.get("do", ""))
    await _keep(request, found, DraftKind.ANSWER, fields, said=typed["files"])
    number = act.removeprefix(REMOVE)
    if act != ATTACH and number.isascii() and number.isdigit() and len(number) <= 9:
        await drafts.take_out(log_in.staff_of(request).id, found.id, int(number))
    return await inquiry.render(request, found, typed=typed, wrong=wrong, status=422 if wrong else 200)


async def _insert(
    request: Request, found: Inquiry, typed: dict[str, str], fields: FormData, wrong: dict[str, str]
) -> Response:
    """The page again, with the module below what was typed, in the person's language; nothing is sent."""
    language = languages.known(found.person.language)
    inserted = await module(str(fields.get("module", "")))
    if inserted:
        text, spoken = modules.text_for(inserted, language)
        said = modules.filled(text, await modules.values(found, spoken, clock.now()))
        typed["text"] = "\n\n".join(part for part in (typed["text"], said) if part)
        typed["inserted"] = str(inserted.id)
        await _keep(request, found, DraftKind.ANSWER, fields, typed["text"], said=typed["files"])
    return await inquiry.render(request, found, typed=typed, wrong=wrong, written_in=inserted)


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


async def _held(request: Request, fields: FormData, typed: dict[str, str], unread: thread.Unread) -> Response:
    """Not sent: the page as it is now, what is new in it, and what was typed."""
    found = await inquiry.named(request)
    await _keep(request, found, DraftKind.ANSWER, fields, said=typed["files"])
    new = [one.id for one in unread.writings]
    return await inquiry.render(request, found, typed=typed, unread=new, held=True, status=409)


async def _keep(
    request: Request,
    found: Inquiry,
    kind: DraftKind,
    fields: FormData,
    words: str | None = None,
    *,
    files: Sequence[Picture] = (),
    said: str = "",
) -> list[int]:
    """It is a draft of theirs; the ids of `files`. `said` is what the form says of files."""
    typed = _typed(fields, kind)
    words = typed[FORMS[kind][0]] if words is None else words
    if len(words) > MAX_BEGUN:
        raise Invalid(text="too_long")
    begun = drafts.Typed(
        words, typed.get("channel", "")[:48], typed.get("how", "")[:16], seen=_seen(fields) or 0
    )
    key = _key({**typed, "files": said or enclosures.named(fields, ())}, found.id, words)
    member = log_in.staff_of(request).id
    return await drafts.keep(member, found.id, kind, begun, key=key, now=clock.now(), files=files)


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
    return key_of(typed["key"], inquiry_id, words, typed.get("files", ""))


def key_of(form: str, inquiry_id: int, words: str, files: str = "") -> str:
    """The same words and files sent twice are one thing; others from the same form (gone back to) are not lost."""
    said = f"{form} {inquiry_id} {words}" + (f"\0{files}" if files else "")
    return f"desk:{sha256(said.encode()).hexdigest()[:40]}"


def _wrong(typed: dict[str, str], ways: list[str], attached: Sequence[Upload]) -> dict[str, str]:
    wrong = {}
    if text := text_wrong(typed["text"]):
        wrong["text"] = text
    elif _in_full(typed) and segments.count(segments.plain(typed["text"])) > MAX_SEGMENTS:
        wrong["text"] = "too_many_sms"
    elif modules.unfinished(typed["text"]):
        wrong["text"] = "gap"
    if typed["channel"] not in ways:
        wrong["channel"] = "cannot_reach"
    if any(one.state is UploadState.REFUSED for one in attached):
        wrong["files"] = "file_refused"
    elif attached and _in_full(typed):
        wrong["files"] = "files_sms"
    return wrong


def text_wrong(text: str) -> str:
    """What is wrong with it as something to send; empty if nothing is."""
    return "empty" if not text else "too_long" if len(text) > MAX_LETTERS else ""


def _in_full(typed: dict[str, str]) -> bool:
    return typed["channel"] == outbox.SMS and typed["how"] == WORDS
