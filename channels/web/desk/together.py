"""One text to several who ask the same: as many answers, each a message of its own.

Invariant: each goes out under the lock of its inquiry; who was written to or wrote meanwhile, or lacks something the
text speaks of, is left out and named. Sent twice is sent once.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages, modules, outbox, previews
from channels.models import TextModule
from channels.previews import Preview
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import answers, inbox, inquiry, page, threads
from channels.web.desk.threads import Entry
from inquiries import drafts, thread
from inquiries.models import DraftKind, Inquiry
from office import catalogues
from office.errors import Invalid, Refused

MOST = 40
"""So many at once; more than one page of the inbox would not be looked at."""
ITEM = re.compile(r"([0-9]{1,9})(?::([0-9]{1,9}))?")
GONE, GAP, MEANWHILE = "gone", "gap", "meanwhile"
"""Why somebody is left out."""


@dataclass(frozen=True, slots=True)
class Asker:
    """One of them: in which language they read, how it reaches them, and the last thing in their thread."""

    found: Inquiry
    language: str
    way: str
    seen: int
    beginning: str = ""
    text: str = ""
    """What goes to them, their own values filled in."""
    preview: Preview | None = None


@dataclass(slots=True)
class Sent:
    """What became of it; `left` says why, and what came in meanwhile."""

    told: list[Asker] = field(default_factory=list)
    left: list[tuple[Asker, str, list[Entry]]] = field(default_factory=list)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """Those that were selected, and the form for one text."""
    chosen = _chosen(request.query_params.getlist("inquiry"))
    if not chosen:
        return RedirectResponse("/desk/inbox", 303)
    return await _render(request, await _askers(request, chosen), {"key": secrets.token_hex(16)})


@log_in.for_roles(*log_in.SEES_TOPICS)
async def answer(request: Request) -> Response:
    """Each gets an answer of their own; or the page again: with a module, a preview, or what is amiss."""
    fields = await csrf.form(request, most=MOST + 20)
    askers, typed = await _askers(request, _chosen(map(str, fields.getlist("inquiry")))), _typed(fields)
    act, module = fields.get("do"), await answers.module(str(fields.get("module", "")))
    if act == answers.INSERT:
        return await _render(request, askers, _inserted(askers, typed, module))
    spoken = {one.language for one in askers}
    wrong = {
        f"text_{code}": said for code in sorted(spoken) if (said := answers.text_wrong(typed[f"text_{code}"]))
    }
    if wrong:
        return await _render(request, askers, typed, wrong=wrong, status=422)
    filled = [await _filled(one, typed) for one in askers]
    if act == answers.PREVIEW:
        return await _render(request, [await _previewed(one) for one in filled], typed)
    return await page.render(request, "desk/together_sent.html", **await _send(request, filled, typed["key"]))


async def _send(request: Request, askers: Sequence[Asker], key: str) -> dict[str, Any]:
    """Each in a transaction of its own; what could not go is a draft of whoever wrote it."""
    sent = Sent()
    for one in askers:
        written = answers.key_of(key, one.found.id, one.text)
        why, new = await _answered(request, one, written)
        if not why:
            sent.told.append(one)
            continue
        sent.left.append((one, why, [entry for entry in await threads.of(one.found.id) if entry.id in new]))
        if why != GONE:
            begun = drafts.Typed(one.text, one.way, seen=one.seen)
            member = log_in.staff_of(request).id
            await drafts.keep(member, one.found.id, DraftKind.ANSWER, begun, key=written, now=clock.now())
    return {"sent": sent, "now": clock.now()}


async def _answered(request: Request, one: Asker, key: str) -> tuple[str, set[int]]:
    """Why it did not go out (empty if it did), and what they have to read first."""
    if modules.unfinished(one.text):
        return GAP, set()
    number, actor, now = one.found.id, log_in.actor(request), clock.now()
    try:
        await thread.answer(number, one.text, key=key, channel=one.way, actor=actor, now=now, seen=one.seen)
    except thread.Unread as unread:
        return MEANWHILE, {writing.id for writing in unread.writings}
    except Refused:
        return GONE, set()
    return "", set()


async def _render(
    request: Request,
    askers: Sequence[Asker],
    typed: Mapping[str, str],
    *,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    spoken = [code for code in languages.NAMES if code in {one.language for one in askers}]
    inserted = await answers.module(typed.get("inserted", ""))
    return await page.render(
        request,
        "desk/together.html",
        status=status,
        askers=askers,
        typed=defaultdict(str, typed),
        wrong=wrong or {},
        spoken=spoken,
        modules=await modules.offered(askers[0].found.topic if askers else ""),
        german=inserted.texts[languages.DEFAULT] if inserted and languages.DEFAULT not in spoken else "",
        untranslated=[code for code in spoken if inserted and not inserted.texts.get(code)],
        previewed=any(one.preview for one in askers),
        channels=await catalogues.labels("channel", pages.language_of(request)),
    )


def _chosen(items: Iterable[str]) -> dict[int, int | None]:
    """Number → the last writing that was on the page; None where there was no page yet. Raises `Invalid`."""
    chosen: dict[int, int | None] = {}
    for item in items:
        found = ITEM.fullmatch(item)
        if not found:
            raise Invalid(inquiry="not_a_number")
        chosen[int(found[1])] = int(found[2]) if found[2] else None
    if len(chosen) > MOST:
        raise Invalid(inquiry="too_many")
    return chosen


async def _askers(request: Request, chosen: Mapping[int, int | None]) -> list[Asker]:
    """Those who may be answered by whoever asks, in the order they were selected; that somebody looked is noted."""
    said = await inbox.beginnings(list(chosen))
    return [
        await _asker(request, found, seen, said.get(found.id, ""))
        for number, seen in chosen.items()
        if (found := await _of(request, number)) and not found.void
    ]


async def _of(request: Request, number: int) -> Inquiry | None:
    """By the same rule as its own page; None if that would not be shown."""
    try:
        return await inquiry.of(Request({**request.scope, "path_params": {"id": number}}))
    except Refused:
        return None


async def _asker(request: Request, found: Inquiry, seen: int | None, beginning: str) -> Asker:
    entries, ways = await threads.of(found.id), await outbox.ways_to_answer(found)
    last = max((entry.id for entry in entries), default=0)
    return Asker(
        found=found,
        language=languages.known(found.person.language),
        way=inquiry.preselected(ways, entries, found),
        seen=last if seen is None else seen,
        beginning=beginning,
    )


async def _filled(one: Asker, typed: Mapping[str, str]) -> Asker:
    values = await modules.values(one.found, one.language, clock.now())
    return replace(one, text=modules.filled(typed[f"text_{one.language}"], values))


async def _previewed(one: Asker) -> Asker:
    return replace(one, preview=await previews.of(one.found, one.text, channel=one.way))


def _inserted(askers: Sequence[Asker], typed: dict[str, str], module: TextModule | None) -> dict[str, str]:
    """The module below what was typed, in every language that is read; its placeholders are filled at sending."""
    if module is None:
        return typed
    for code in {one.language for one in askers}:
        said = modules.text_for(module, code)[0]
        typed[f"text_{code}"] = "\n\n".join(part for part in (typed[f"text_{code}"], said) if part)
    return {**typed, "inserted": str(module.id)}


def _typed(fields: FormData) -> dict[str, str]:
    names = ("inserted", *(f"text_{code}" for code in languages.NAMES))
    read = {name: str(fields.get(name, "")).replace("\r\n", "\n").strip() for name in names}
    return {**read, "key": str(fields.get("key", ""))[:48] or secrets.token_hex(16)}
