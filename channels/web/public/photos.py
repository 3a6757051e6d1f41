"""Photos and PDFs sent from a page behind a link: of school reports, of letters somebody does not understand.

Invariant: GET shows, POST acts; where others read along, nobody without the four digits gets here; what is sent is one
message of the thread, however often the form is sent, and nothing of it can be downloaded from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages, pictures
from channels.pictures import Unfit
from channels.web import clock, csrf, pages, rate
from channels.web.public import appointment, question, questions
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry
from inquiries.thread import From, Told
from inquiries.uploads import Picture
from office import journal, wake

MOST = 4
"""Files at once."""
MOST_BYTES = MOST * pictures.LARGEST + 64 * 1024
HARD_LIMIT = 2 * MOST_BYTES
"""Beyond it the connection is cut; up to it somebody is told what was too much."""
MOST_PARTS = 20
FIELD = "photos"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody sends photos from."""

    inquiry: Inquiry
    here: str
    """Path of the page behind the link."""


async def of_question(request: Request) -> Response:
    """The form beside the page of a question."""
    place = await _question(request)
    return _closed(request) if place is None else _page(request, place)


async def of_appointment(request: Request) -> Response:
    """The form beside the page of an appointment."""
    place = await _appointment(request)
    return _closed(request) if place is None else _page(request, place)


async def send_to_question(request: Request) -> Response:
    """They belong to the thread of the question."""
    return await _send(request, await _question(request))


async def send_to_appointment(request: Request) -> Response:
    """They belong to the matter the appointment is about."""
    return await _send(request, await _appointment(request))


async def _question(request: Request) -> Place | None:
    """None where the four digits are still to be entered."""
    found = await question.found(request)
    locked = await question.locked(request, found, clock.now())
    return None if locked else Place(found, question.address(found))


async def _appointment(request: Request) -> Place | None:
    found = await appointment.found(request)
    if await appointment.locked(request, found):
        return None
    await found.fetch_related("inquiry__person")
    return Place(found.inquiry, f"/a/{request.path_params['token']}")


async def _send(request: Request, place: Place | None) -> Response:
    if place is None:
        return _closed(request)
    await rate.keep(request, "ask")
    if _announced(request) > MOST_BYTES:
        return _page(request, place, wrong={FIELD: "photo_large"})
    fields = await csrf.form(request, files=MOST_PARTS)
    try:
        kept, wrong = await _kept(fields)
    finally:
        await fields.close()
    text = questions.text(fields)
    if len(text) > questions.MOST:
        wrong["text"] = "text_long"
    if wrong:
        return _page(request, place, fields, wrong)
    now, matter = clock.now(), place.inquiry
    found = await thread.receive(
        Told(_key(fields, text, kept), text, questions.CHANNEL, now),
        From(inquiry=matter.id),
        Concern(questions.CHANNEL, topic=matter.topic, language=matter.language, audience=matter.audience),
        actor=journal.PERSON,
        now=now,
        pictures=kept,
    )
    wake.nudge()
    if place.here.startswith("/a/") or found.id == matter.id:
        return RedirectResponse(f"{place.here}/photos?sent={len(kept)}{_language(request, '&')}", 303)
    response = RedirectResponse(f"{question.address(found)}?asked=1", 303)
    await question.let_in(response, found, now)
    return response


async def _kept(fields: FormData) -> tuple[list[Picture], dict[str, str]]:
    """The files as we keep them, and what is wrong with one of them."""
    files = [one for one in fields.getlist(FIELD) if isinstance(one, UploadFile) and one.filename]
    if not files:
        return [], {FIELD: "photo_missing"}
    if len(files) > MOST:
        return [], {FIELD: "photo_many"}
    kept = []
    for one in files:
        try:
            kept.append(await run_in_threadpool(pictures.kept, await one.read(pictures.LARGEST + 1)))
        except Unfit as unfit:
            return [], {FIELD: f"photo_{unfit.code}"}
    return kept, {}


def _key(fields: Mapping[str, Any], text: str, kept: Sequence[Picture]) -> str:
    """The same files and words sent twice from one form are one message."""
    said = sha256(f"{questions.key(fields)} {text}".encode())
    for one in kept:
        said.update(sha256(one.content).digest())
    return f"photos:{said.hexdigest()[:40]}"


def _announced(request: Request) -> int:
    said = request.headers.get("content-length", "")
    return int(said[:20]) if said.isascii() and said.isdecimal() else 0


def _closed(request: Request) -> Response:
    """To the page that asks for the digits."""
    here = request.url.path.removesuffix("/photos")
    return RedirectResponse(here + _language(request, "?"), 303)


def _language(request: Request, sign: str) -> str:
    wished = request.query_params.get("lang", "")
    return f"{sign}lang={wished}" if wished in languages.NAMES else ""


def _page(
    request: Request,
    place: Place,
    fields: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    given, sent = fields or {}, request.query_params.get("sent", "")
    request.state.here = place.here + "/photos"
    return pages.render(
        request,
        "public/photos.html",
        status=422 if wrong else 200,
        here=place.here,
        more=_language(request, "?"),
        typed={"text": questions.text(given)},
        key=str(given.get("key") or questions.fresh_key()),
        wrong=wrong or {},
        sent=sent.isascii() and sent.isdigit() and sent != "0" and not wrong,
        most=MOST,
        megabytes=pictures.LARGEST // 1024 // 1024,
        locked=False,
    )
