"""The inbox: questions that wait for an answer, the one promised earliest first.

Invariant: the number of queries does not grow with the number of inquiries, and no word of what was written
is in a row for a role that must not know what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from tortoise.expressions import RawSQL
from tortoise.functions import Max
from tortoise.queryset import QuerySet

from channels import incoming
from channels.email import quoting
from channels.models import Incoming, IncomingState
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page, rows
from inquiries.models import Inquiry, Writing, WritingKind
from office import audit, catalogues
from office.errors import Invalid, NotFound
from office.models import Role, Staff

PAGE = 50
BEGINNING = 140
"""How many letters of what was written stand in a row."""
WAITING, MINE, NOBODYS, ANSWERED, CLOSED, AUTOMATIC = VIEWS = (
    "waiting",
    "mine",
    "nobodys",
    "answered",
    "closed",
    "automatic",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One inquiry for one role; `beginning` is empty for who may not know what it is about."""

    id: int
    name: str
    call_name: str
    channel: str
    language: str
    """The label of the language; empty for German."""
    opened_at: datetime
    since: datetime | None
    promised_on: date | None
    overdue: bool
    answered_at: datetime | None
    assigned: str
    discreet: bool
    beginning: str


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """One view of the inbox, a page of it."""
    member, view = log_in.staff_of(request), request.query_params.get("view", WAITING)
    if view not in VIEWS:
        raise NotFound
    number = _number(request.query_params.get("page", "1"))
    if view == AUTOMATIC:
        found, more = await _page_of(_automatic(), number, *incoming.HEAD)
        return await _render(request, view, number, more, mails=found)
    inquiries, more = await _page_of(_inquiries(view, member), number)
    shown = await _rows(inquiries, member.role, pages.language_of(request), page.today(clock.now()))
    return await _render(request, view, number, more, rows=shown)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def settle_automatic(request: Request) -> Response:
    """Somebody has looked at this mail, and there is nothing to answer. Idempotent."""
    await csrf.form(request)
    number = request.path_params["id"]
    await incoming.settled(number, IncomingState.AUTOMATIC)
    await audit.note(log_in.actor(request), "mail_settled", f"incoming:{number}", clock.now())
    return RedirectResponse(f"/desk/inbox?view={AUTOMATIC}", 303)


async def next_waiting(after: int) -> int | None:
    """The number of the question that waits for an answer and was promised earliest, this one left out."""
    first = await _waiting().exclude(id=after).order_by("promised_on", "waiting_since", "id").first()
    return first.id if first else None


async def _render(request: Request, view: str, number: int, more: bool, **shown: Any) -> Response:
    lists: dict[str, Any] = {"rows": [], "mails": [], **shown}
    channels = await catalogues.labels("channel", pages.language_of(request))
    return await page.render(
        request,
        "desk/inbox.html",
        view=view,
        views=VIEWS,
        number=number,
        more=more,
        channels=channels,
        **lists,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text)):
        raise Invalid(page="not_a_number")
    return int(text)


def _waiting() -> QuerySet[Inquiry]:
    return Inquiry.filter(waiting_since__isnull=False, void=False)


def _listed() -> QuerySet[Inquiry]:
    return Inquiry.filter(void=False).prefetch_related("person", "assigned")


def _inquiries(view: str, member: Staff) -> QuerySet[Inquiry]:
    if view == ANSWERED:
        open_still = _listed().filter(answered_at__isnull=False, waiting_since=None, closed_at=None)
        return open_still.order_by("-answered_at", "-id")
    if view == CLOSED:
        return _listed().filter(closed_at__isnull=False).order_by("-closed_at", "-id")
    waiting = _listed().filter(waiting_since__isnull=False)
    if view != WAITING:
        waiting = waiting.filter(assigned_id=member.id if view == MINE else None)
    return waiting.order_by("promised_on", "waiting_since", "id")


def _automatic() -> QuerySet[Incoming]:
    return Incoming.filter(state=IncomingState.AUTOMATIC).order_by("-id")


async def _page_of(found: QuerySet[Any], number: int, *columns: str) -> tuple[list[Any], bool]:
    """The rows of this page, and whether there are more; their ids are asked first, for an index alone knows them."""
    ids = await found.offset((number - 1) * PAGE).limit(PAGE + 1).values_list("id", flat=True)
    shown = found.filter(id__in=ids[:PAGE])
    return list(await (shown.only(*columns) if columns else shown)), len(ids) > PAGE


async def _rows(found: Sequence[Inquiry], role: Role, language: str, today: date) -> list[Row]:
    languages = await catalogues.labels("language", language)
    hushed = await rows.discreet(one.person_id for one in found)
    said = await _beginnings([one.id for one in found]) if role in log_in.SEES_TOPICS else {}
    return [_row(one, languages, one.person_id in hushed, said.get(one.id, ""), today) for one in found]


def _row(one: Inquiry, languages: Mapping[str, str], discreet: bool, beginning: str, today: date) -> Row:
    return Row(
        id=one.id,
        name=one.person.name,
        call_name=one.person.call_name,
        channel=one.channel,
        language=""
        if one.language in {"de", catalogues.UNKNOWN}
        else languages.get(one.language, one.language),
        opened_at=one.opened_at,
        since=one.waiting_since,
        promised_on=one.promised_on,
        overdue=one.promised_on is not None and one.promised_on < today,
        answered_at=one.answered_at,
        assigned=one.assigned.name if one.assigned else "",
        discreet=discreet,
        beginning=beginning,
    )


async def _beginnings(ids: Sequence[int]) -> dict[int, str]:
    """Inquiry → the first words of what the person wrote last."""
    received = Writing.filter(inquiry_id__in=ids, kind=WritingKind.RECEIVED)
    last = await received.annotate(last=Max("id")).group_by("inquiry_id").values_list("last", flat=True)
    texts = Writing.filter(id__in=last).annotate(beginning=RawSQL(f"substr(text, 1, {BEGINNING + 1})"))
    found = await texts.values_list("inquiry_id", "beginning")
    return {number: _first_words(str(text)) for number, text in found}


def _first_words(text: str) -> str:
    new, _quoted = quoting.fold(text)
    line = " ".join(new.split())
    return line if len(text) <= BEGINNING else f"{line[:BEGINNING].rpartition(' ')[0]} …"
