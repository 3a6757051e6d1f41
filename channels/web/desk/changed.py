"""What became of the families a change of hours touched: who took over, what was offered, whom to call.

Invariant: "ill today" is one step, and it can be taken back until the end of the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import disruptions, instead, undoing
from booking.models import Appointment, CallBack, Choice, Disruption, Interpretation, Status, Touched
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page, rows
from channels.web.desk.rows import Row
from inquiries import people
from inquiries.models import AddressKind
from office import staff, wake
from office.errors import Forbidden, NotFound
from office.models import Role, Staff
from office.settings import current

TAKEN, OFFERED, STAYED, GONE = "taken", "offered", "stayed", "gone"
MAY_FOR_OTHERS = (Role.LEAD, Role.RECEPTION)


@dataclass(frozen=True, slots=True)
class Line:
    """One family: what was done, and how they learn of it."""

    row: Row
    done: str
    """`taken` by a colleague, `offered` other times, `stayed`, or `gone`: it changed otherwise since."""
    by_phone: bool
    times: list[datetime]
    phone: str
    told: bool
    """A message of ours reaches them; where others read along, it would not say who meets them."""
    call: CallBack | None


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def who_is_ill(request: Request) -> Response:
    """One key; for lead and reception, who it is, too. Who is ill today already stands above it."""
    member, first = log_in.staff_of(request), page.bounds(page.today(clock.now()))[0]
    said = Disruption.filter(kind="ill", undone_at=None, at__gte=first)
    return await page.render(
        request,
        "desk/ill.html",
        counsellors=await staff.counsellors() if member.role in MAY_FOR_OTHERS else [],
        who=request.query_params.get("who", member.code),
        today=await said.order_by("id").prefetch_related("staff"),
    )


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def ill(request: Request) -> Response:
    """In one step: away for the rest of today, and every family gets what we would do. Idempotent."""
    fields, member = await csrf.form(request), log_in.staff_of(request)
    who = await Staff.get_or_none(code=str(fields.get("staff", "")) or member.code, active=True)
    if who is None or who.role not in (Role.COUNSELLOR, Role.LEAD):
        raise NotFound
    if who.id != member.id and member.role not in MAY_FOR_OTHERS:
        raise Forbidden
    done = await disruptions.ill_today(
        who.id, actor=log_in.actor(request), now=clock.now(), zone=current().zone
    )
    wake.nudge()
    return RedirectResponse(f"/desk/changes/{done.id}", 303)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """What was done for each family, whom to call, and the way back."""
    found, now, member = await _found(request), clock.now(), log_in.staff_of(request)
    lines = await _lines(found, member, pages.language_of(request), now)
    return await page.render(
        request,
        "desk/changed.html",
        change=found,
        lines=lines,
        calls=[line for line in lines if line.call],
        told_here=[line for line in lines if line.done == TAKEN and not line.told],
        may_take_back=_may_take_back(found, member, now),
        until=await instead.answer_by(found.at, current().zone),
    )


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def take_back(request: Request) -> Response:
    """They are here after all. Idempotent."""
    await csrf.form(request)
    found, member, now = await _found(request), log_in.staff_of(request), clock.now()
    if not _may(found, member):
        raise Forbidden
    await undoing.take_back(found.id, actor=log_in.actor(request), now=now, zone=current().zone)
    wake.nudge()
    return RedirectResponse(f"/desk/changes/{found.id}", 303)


async def _found(request: Request) -> Disruption:
    found = await Disruption.get_or_none(id=request.path_params["id"]).prefetch_related("staff")
    if found is None:
        raise NotFound
    return found


def _may(found: Disruption, member: Staff) -> bool:
    return member.role in MAY_FOR_OTHERS or found.staff_id == member.id


def _may_take_back(found: Disruption, member: Staff, now: datetime) -> bool:
    return _may(found, member) and found.undone_at is None and undoing.possible(found, now, current().zone)


async def _lines(found: Disruption, member: Staff, language: str, now: datetime) -> list[Line]:
    touched = await Touched.filter(disruption_id=found.id).order_by("id")
    ids = [one.appointment_id for one in touched]
    talks = {
        one.id: one
        for one in await Appointment.filter(id__in=ids).prefetch_related("service", "staff", "person")
    }
    calls = {call.appointment_id: call for call in await disruptions.to_call(found.id)}
    shown = await rows.of([talks[one.appointment_id] for one in touched], member, language, now)
    return [
        await _line(one, talks[one.appointment_id], row, calls.get(one.appointment_id), now)
        for one, row in zip(touched, shown, strict=True)
    ]


async def _line(touched: Touched, talk: Appointment, row: Row, call: CallBack | None, now: datetime) -> Line:
    numbers = await people.reachable(talk.person_id, AddressKind.PHONE)
    return Line(
        row=row,
        done=_done(touched, talk),
        by_phone=talk.interpretation == Interpretation.BY_PHONE,
        times=[hold.starts_at for hold in await instead.offered(talk.id, now)],
        phone=numbers[0].value if numbers else "",
        told=not row.discreet and await instead.reached(talk.person_id),
        call=call,
    )


def _done(touched: Touched, talk: Appointment) -> str:
    if talk.status == Status.CANCELLED:
        return OFFERED if touched.choice == Choice.OFFER else GONE
    if talk.staff_id == touched.from_staff:
        return STAYED
    return TAKEN if touched.choice == Choice.COLLEAGUE else GONE
