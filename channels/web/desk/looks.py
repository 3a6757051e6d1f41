"""Who looked at what, for the head of office: of one case, or of one day.

Invariant: it is found by case or by day, never by colleague, and says nothing of log-ins, so that it protects people's
confidentiality and measures nobody's work; looking here is itself noted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import Response

from booking.models import Appointment
from channels.models import Incoming
from channels.web import clock, log_in
from channels.web.desk import access, finding, page
from inquiries.models import Inquiry
from office import audit
from office.errors import Invalid, NotFound
from office.models import AuditEntry, Role, Staff
from office.personal import AUDIT

PAGE = 100


@dataclass(frozen=True, slots=True)
class Look:
    """One entry; `who` is a name, or empty for the system."""

    at: datetime
    who: str
    action: str
    kind: str
    number: str
    purpose: str
    reason: str


@log_in.for_roles(Role.LEAD)
async def show(request: Request) -> Response:
    """All looks at the case that was named, else those of a day, by default today."""
    said, today = request.query_params.get("case", "").strip()[:40], page.today(clock.now())
    day = page.day_named(request.query_params.get("day", ""), today)
    number = _number(request.query_params.get("page", "1"))
    case, missing = await _case(said)
    found = [] if missing else await _found(case, day, number)
    await access.look(request, access.subject(case.id) if case else "audit", access.Purpose.CONTROL)
    return await page.render(
        request,
        "desk/looks.html",
        status=404 if missing else 200,
        looks=await _looks(found[:PAGE]),
        case=case,
        said=said,
        missing=missing,
        day=day,
        number=number,
        more=len(found) > PAGE,
        days_kept=AUDIT.period.days,
    )


async def _case(said: str) -> tuple[Inquiry | None, bool]:
    """The inquiry that was named, and whether one was named that is not there."""
    try:
        return (await finding.inquiry(said) if said else None), False
    except NotFound:
        return None, True


async def _found(case: Inquiry | None, day: date, number: int) -> list[AuditEntry]:
    """A page of entries, and one more if there are more."""
    offset, limit = (number - 1) * PAGE, PAGE + 1
    if case is None:
        return await audit.between(*page.bounds(day), offset=offset, limit=limit)
    return await audit.of(await _subjects(case), offset=offset, limit=limit)


async def _subjects(case: Inquiry) -> list[str]:
    """How the audit names the case and what belongs to it."""
    talks = await Appointment.filter(inquiry_id=case.id).values_list("id", flat=True)
    mails = await Incoming.filter(inquiry_id=case.id).values_list("id", flat=True)
    return [
        access.subject(case.id),
        f"person:{case.person_id}",
        *(f"appointment:{number}" for number in talks),
        *(f"incoming:{number}" for number in mails),
    ]


async def _looks(entries: list[AuditEntry]) -> list[Look]:
    names = dict(await Staff.all().values_list("code", "name"))
    return [_look(one, names) for one in entries]


def _look(one: AuditEntry, names: dict[str, str]) -> Look:
    by, _, code = one.actor.partition(":")
    kind, _, number = one.subject.partition(":")
    who = names.get(code, code) if by == "staff" else ""
    return Look(one.at, who, one.action, kind, number, one.purpose, one.reason)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text)):
        raise Invalid(page="not_a_number")
    return int(text)
