"""The inbox: what there is to do, follow-ups of today first, then the question promised earliest.

Invariant: the number of queries does not grow with the number of inquiries; no word of what was written is in a row
of a case that is closed to who looks, and reception sees of all cases names and states only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from tortoise.expressions import Case, RawSQL, When
from tortoise.functions import Max
from tortoise.queryset import QuerySet

from channels import incoming
from channels.email import quoting
from channels.models import Incoming, IncomingState
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import access, filters, freshness, mine, page
from channels.web.desk.filters import AUTOMATIC, TO_DO, VIEWS, Filters
from inquiries import people, states
from inquiries.models import Inquiry, Writing, WritingKind
from inquiries.states import State
from office import audit, catalogues
from office.errors import Invalid
from office.models import Staff

PAGE = 50
LOOKS_AHEAD = 200
"""Among so many questions the next one is sought."""
BEGINNING = 140
"""How many letters of what was written stand in a row."""
ORDERS: dict[str, tuple[str, ...]] = {
    State.WAITING: ("without_day", "follow_up_on", "-id"),
    State.ANSWERED: ("-answered_at", "-id"),
    State.CLOSED: ("-closed_at", "-id"),
}
"""How a view is ordered; all others as what there is to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One inquiry for one reader; of a case closed to them there is a number, its state and whose it is."""

    id: int
    closed: bool
    """A colleague's: no name and no word of it."""
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
    state: str
    follow_up_on: date | None
    back: bool
    """The day somebody wanted to look at it again has come."""
    assigned: str
    silent: bool
    assigned_id: int | None
    beginning: str


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """One view of the inbox, narrowed by the filters in the address, a page of it."""
    fresh = await freshness.tag(request)
    return freshness.unchanged(request, fresh) or freshness.marked(await _list(request), fresh)


async def _list(request: Request) -> Response:
    member, today = log_in.staff_of(request), page.today(clock.now())
    chosen = Filters.read(request.query_params, member.role)
    number = _number(request.query_params.get("page", "1"))
    if chosen.view == AUTOMATIC:
        found, more = await _page_of(_automatic(), number, *incoming.HEAD)
        await _hush(found, member)
        return await _render(request, chosen, number, more, mails=found)
    stands_in = await mine.stands_in_for(member, today)
    inquiries, more = await _page_of(await _inquiries(chosen, member, stands_in, today), number)
    shown = await _rows(inquiries, member, pages.language_of(request), today)
    if chosen.tells:
        shown = [row for row in shown if not row.closed]
    return await _render(request, chosen, number, more, rows=shown, stands_in=stands_in)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def settle_automatic(request: Request) -> Response:
    """Somebody has looked at this mail, and there is nothing to answer. Idempotent."""
    await csrf.form(request)
    number = request.path_params["id"]
    mail = await Incoming.get_or_none(id=number).only("id", "inquiry_id")
    if mail and mail.inquiry_id:
        await access.enter(request, await Inquiry.get(id=mail.inquiry_id))
    await incoming.settled(number, IncomingState.AUTOMATIC)
    await audit.note(log_in.actor(request), "mail_settled", f"incoming:{number}", clock.now())
    return RedirectResponse(f"/desk/inbox?view={AUTOMATIC}", 303)


async def next_waiting(after: int, member: Staff) -> int | None:
    """The number of what they may open and is to be done first, this one left out."""
    today = page.today(clock.now())
    to_do = Inquiry.filter(states.to_do(today)).exclude(id=after)
    first = _ordered(to_do, TO_DO, today).limit(LOOKS_AHEAD)
    numbers: list[int] = await first.values_list("id", flat=True)  # type: ignore[assignment]
    opened = await access.purposes(member, numbers)
    return next((number for number in numbers if number in opened), None)


async def _render(request: Request, chosen: Filters, number: int, more: bool, **shown: Any) -> Response:
    lists: dict[str, Any] = {"rows": [], "mails": [], "stands_in": set(), **shown}
    language, role = pages.language_of(request), log_in.staff_of(request).role
    return await page.render(
        request,
        "desk/inbox.html",
        chosen=chosen,
        views=VIEWS,
        whose_is_said=filters.WHOSE_IS_SAID,
        number=number,
        more=more,
        channels=await catalogues.labels("channel", language),
        offered=await filters.offered(chosen, language, page.today(clock.now()), role),
        here=chosen.address(page=number),
        **lists,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text)):
        raise Invalid(page="not_a_number")
    return int(text)


async def _inquiries(chosen: Filters, member: Staff, stands_in: set[int], today: date) -> QuerySet[Inquiry]:
    found = Inquiry.filter(await filters.query(chosen, member, stands_in, today))
    return _ordered(found, chosen.view, today).prefetch_related("person", "assigned")


def _ordered(found: QuerySet[Inquiry], view: str, today: date) -> QuerySet[Inquiry]:
    """In the order of this view; databases disagree where NULL belongs, so no order rests on it."""
    without_day = Case(When(follow_up_on__isnull=True, then="1"), default="0")
    not_back = Case(When(follow_up_on__lte=today, then="0"), default="1")
    marked = found.annotate(without_day=without_day, not_back=not_back)
    return marked.order_by(*ORDERS.get(view, ("not_back", "promised_on", "waiting_since", "id")))


def _automatic() -> QuerySet[Incoming]:
    return Incoming.filter(state=IncomingState.AUTOMATIC).order_by("-id")


async def _hush(mails: Sequence[Incoming], member: Staff) -> None:
    """Of mails of a colleague's case nobody learns the sender."""
    if member.role not in log_in.SEES_TOPICS:
        return
    opened = await access.purposes(member, {mail.inquiry_id for mail in mails if mail.inquiry_id})
    for mail in mails:
        if mail.inquiry_id and mail.inquiry_id not in opened:
            mail.sender = ""


async def _page_of(found: QuerySet[Any], number: int, *columns: str) -> tuple[list[Any], bool]:
    """The rows of this page, and whether there are more; their ids are asked first, for an index alone knows them."""
    ids = await found.offset((number - 1) * PAGE).limit(PAGE + 1).values_list("id", flat=True)
    shown = found.filter(id__in=ids[:PAGE])
    return list(await (shown.only(*columns) if columns else shown)), len(ids) > PAGE


async def _rows(found: Sequence[Inquiry], member: Staff, language: str, today: date) -> list[Row]:
    languages = await catalogues.labels("language", language)
    silent = await people.silent_among({one.person_id for one in found})
    opened = await access.purposes(member, [one.id for one in found])
    said = await beginnings(list(opened)) if opened else {}
    reads = member.role in log_in.SEES_TOPICS
    return [
        _shut(one, today)
        if reads and one.id not in opened
        else _row(one, languages, one.person_id in silent, said.get(one.id, ""), today)
        for one in found
    ]


def _shut(one: Inquiry, today: date) -> Row:
    """What is left of a row when the case is a colleague's."""
    whole = _row(one, {}, False, "", today)
    return replace(whole, closed=True, name="", call_name="", channel="", language="")


def _row(one: Inquiry, languages: Mapping[str, str], silent: bool, beginning: str, today: date) -> Row:
    return Row(
        id=one.id,
        closed=False,
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
        state=states.of(one, today),
        follow_up_on=one.follow_up_on,
        back=one.follow_up_on is not None and one.follow_up_on <= today,
        assigned_id=one.assigned_id,
        assigned=one.assigned.name if one.assigned else "",
        silent=silent,
        beginning=beginning,
    )


async def beginnings(ids: Sequence[int]) -> dict[int, str]:
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
