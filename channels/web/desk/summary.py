"""What a client takes home from a talk, written with clicks, in their language; by mail, SMS link, or on paper.

Invariant: it goes the way of every answer, so that nothing is sent where others read along; it is seen before it goes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking.models import Appointment, Mode, Status
from channels import languages, outbox
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import inquiry as desk_inquiry
from channels.web.desk import page
from inquiries import people, thread
from inquiries.models import Inquiry, WritingKind
from office import audit, catalogues, places
from office.errors import NotFound

AGREED = (
    "we_find_out",
    "we_write",
    "we_call",
    "you_register",
    "you_apply",
    "you_ask_there",
    "you_send",
    "you_think",
    "nothing_more",
)
"""What may have been agreed; the words are in `desk/summary_words.html`."""
BRING = ("identity", "birth", "reports", "residence", "translations", "letters")
MAX_LETTERS = 6_000
MOST_TYPED = 600


@dataclass(frozen=True, slots=True)
class Blocks:
    """What was clicked, and the little that was typed."""

    topic: bool
    agreed: tuple[str, ...]
    bring: tuple[str, ...]
    partners: str
    own: str
    next_time: bool


@log_in.for_roles(*log_in.SEES_TOPICS)
async def form(request: Request) -> Response:
    """The building blocks; the topic and the next appointment are already chosen."""
    return await _page(request, await desk_inquiry.of(request), Blocks(True, (), (), "", "", True))


@log_in.for_roles(*log_in.SEES_TOPICS)
async def write(request: Request) -> Response:
    """The text to look at; or, once it was seen, on its way to the person or to the printer."""
    fields = await csrf.form(request, most=80)
    found, blocks = await desk_inquiry.of(request), _blocks(fields)
    text, way = _text(fields, "text"), str(fields.get("channel", ""))
    act = str(fields.get("do", "preview"))
    if act == "preview":
        return await _page(request, found, blocks, text=await compose(found, blocks, clock.now()))
    wrong = {} if text else {"text": "empty"}
    if len(text) > MAX_LETTERS:
        wrong["text"] = "too_long"
    if act == "send" and way not in await outbox.ways_to_answer(found):
        wrong["channel"] = "cannot_reach"
    if wrong:
        return await _page(request, found, blocks, text=text, way=way, wrong=wrong)
    written = await thread.answer(
        found.id,
        text,
        key=_key(fields, found.id, text),
        channel=way if act == "send" else outbox.WEB,
        actor=log_in.actor(request),
        now=clock.now(),
        seen=_seen(fields),
    )
    on_paper = f"/desk/inquiries/{found.id}/summary/{written.id}"
    return RedirectResponse(f"/desk/inquiries/{found.id}?answered" if act == "send" else on_paper, 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def paper(request: Request) -> Response:
    """An answer of the thread in the person's language, to be printed. Raises `NotFound`."""
    found = await desk_inquiry.of(request)
    number = request.path_params["writing"]
    answers = [
        one for one in await thread.of(found.id) if one.id == number and one.kind is WritingKind.ANSWER
    ]
    if not answers:
        raise NotFound
    await audit.note(log_in.actor(request), "printed", f"inquiry:{found.id}", clock.now())
    request.state.language = languages.known(found.person.language)
    return await page.render(
        request,
        "desk/summary_paper.html",
        found=found,
        written=answers[0],
        discreet=await people.discreet(found.person_id),
    )


async def compose(found: Inquiry, blocks: Blocks, now: datetime) -> str:
    """The blocks as plain text in the person's language; in German where we do not write theirs."""
    language = languages.known(found.person.language)
    topics = await catalogues.labels("topic", language)
    template = pages.environment(language).get_template("desk/summary.txt")
    text = template.render(
        day=await _talked_on(found, now),
        topic=topics.get(found.topic, "") if blocks.topic and found.topic != catalogues.UNKNOWN else "",
        blocks=blocks,
        partners=[line.strip() for line in blocks.partners.splitlines() if line.strip()],
        coming=await _next(found, now) if blocks.next_time else None,
        place=await _place(found, now),
    )
    lines = [line.strip() for line in text.strip().splitlines()]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept)


async def _talked_on(found: Inquiry, now: datetime) -> datetime:
    """When the last talk was; today if there was none, for a call is a talk, too."""
    held = Appointment.filter(inquiry_id=found.id, status=Status.ATTENDED, starts_at__lte=now)
    last = await held.order_by("-starts_at").first()
    return last.starts_at if last else now


async def _next(found: Inquiry, now: datetime) -> Appointment | None:
    booked = Appointment.filter(person_id=found.person_id, status=Status.BOOKED, starts_at__gt=now)
    return await booked.order_by("starts_at").first()


async def _place(found: Inquiry, now: datetime) -> str:
    """The address of the next talk, if it is in a house."""
    coming = await _next(found, now)
    if coming is None or coming.mode != Mode.OFFICE:
        return ""
    place = (await places.all_places()).get(coming.place)
    return place.address if place else ""


async def _page(
    request: Request,
    found: Inquiry,
    blocks: Blocks,
    *,
    text: str = "",
    way: str = "",
    wrong: dict[str, str] | None = None,
) -> Response:
    now, language = clock.now(), pages.language_of(request)
    await audit.note(log_in.actor(request), "looked", f"inquiry:{found.id}", now)
    theirs = languages.known(found.person.language)
    ways = await outbox.ways_to_answer(found)
    spoken = await catalogues.labels("language", language)
    written = await thread.of(found.id)
    return await page.render(
        request,
        "desk/summary.html",
        status=422 if wrong else 200,
        found=found,
        blocks=blocks,
        agreed=AGREED,
        bring=BRING,
        text=text,
        theirs=theirs,
        turned=languages.direction(theirs),
        spoken=spoken.get(found.person.language, found.person.language),
        topic=(await catalogues.labels("topic", language)).get(found.topic, ""),
        coming=await _next(found, now),
        ways=ways,
        way=way if way in ways else ways[0],
        labels={"channel": await catalogues.labels("channel", language)},
        discreet=await people.discreet(found.person_id),
        wrong=wrong or {},
        key=secrets.token_hex(16),
        seen=max((one.id for one in written), default=0),
    )


def _blocks(fields: FormData) -> Blocks:
    """What nobody offers is not taken."""
    return Blocks(
        topic="topic" in fields,
        agreed=_of(fields.getlist("agreed"), AGREED),
        bring=_of(fields.getlist("bring"), BRING),
        partners=_text(fields, "partners")[:MOST_TYPED],
        own=_text(fields, "own")[:MOST_TYPED],
        next_time="next_time" in fields,
    )


def _of(chosen: Iterable[object], offered: tuple[str, ...]) -> tuple[str, ...]:
    wanted = {str(one) for one in chosen}
    return tuple(code for code in offered if code in wanted)


def _text(fields: FormData, name: str) -> str:
    return str(fields.get(name, "")).replace("\r\n", "\n").strip()


def _key(fields: FormData, inquiry_id: int, text: str) -> str:
    """The same words sent twice are one thing."""
    said = f"{fields.get('key', '')} {inquiry_id} {text}"
    return f"summary:{sha256(said.encode()).hexdigest()[:40]}"


def _seen(fields: FormData) -> int | None:
    said = str(fields.get("seen", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 9 else None
