"""Need to know: who may open which inquiry, and for what purpose.

Invariant: `may_open` is the one rule. Every page that shows or changes an inquiry passes `enter`, which writes each
look into the audit with its purpose; a list asks `open_to`, and shows no word of what is closed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from starlette.requests import Request

from booking.models import Appointment, Status
from channels.web import clock, log_in
from channels.web.desk import page
from inquiries.models import Inquiry
from office import audit, staff
from office.errors import Forbidden
from office.models import Role, Staff


class Purpose(StrEnum):
    """Why somebody may look; stands in the audit beside each look."""

    OWN = "own"
    DEPUTY = "deputy"
    UNASSIGNED = "unassigned"
    BEGUN = "begun"
    """Nobody had it when they began to write; a colleague took it meanwhile."""
    REASON = "reason"
    COUNTER = "counter"
    """To receive people: time and name, nothing of what it is about."""
    CONTROL = "control"
    """To see who looked."""


class Closed(Forbidden):
    """This case is somebody else's."""

    def __init__(self, inquiry: Inquiry) -> None:
        super().__init__()
        self.inquiry = inquiry


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides who may open one inquiry, as ids of staff who work here."""

    owners: frozenset[int] = frozenset()
    """Who looks after it, and who meets the person about it."""
    stands_in_for: frozenset[int] = frozenset()
    """Whose deputy the one is who looks."""
    opened_today: bool = False
    """The one who looks gave a reason today."""


def may_open(member: Staff, facts: Facts) -> Purpose | None:
    """Why they may open it; None if it is closed to them. Pure.

    Their own, those of whom they stand in for, and those nobody has, for somebody must answer; the lead any other
    with a reason.
    """
    if member.role not in log_in.SEES_TOPICS:
        return None
    if member.id in facts.owners:
        return Purpose.OWN
    if not facts.owners:
        return Purpose.UNASSIGNED
    if facts.owners & facts.stands_in_for:
        return Purpose.DEPUTY
    return Purpose.REASON if member.role is Role.LEAD and facts.opened_today else None


async def stands_in_for(staff_id: int) -> frozenset[int]:
    """The ids of the colleagues whose deputy they are."""
    return frozenset(await staff.deputies_for(staff_id))


async def owners(numbers: Collection[int]) -> dict[int, frozenset[int]]:
    """Inquiry → whose it is, in three queries; whoever left has no cases any more."""
    here = set(await Staff.filter(active=True).values_list("id", flat=True))
    found: dict[int, set[int]] = {number: set() for number in numbers}
    assigned = Inquiry.filter(id__in=list(found)).values_list("id", "assigned_id")
    meeting = Appointment.filter(inquiry_id__in=list(found)).exclude(status=Status.CANCELLED).distinct()
    for number, who in [*await assigned, *await meeting.values_list("inquiry_id", "staff_id")]:
        if who in here:
            found[number].add(who)
    return {number: frozenset(ids) for number, ids in found.items()}


async def purposes(member: Staff, numbers: Collection[int]) -> dict[int, Purpose]:
    """Inquiry → why this member of staff may open it; closed ones are left out. A constant number of queries."""
    if not numbers or member.role not in log_in.SEES_TOPICS:
        return {}
    standing, opened = await stands_in_for(member.id), await _opened_today(member, clock.now())
    whose = await owners(numbers)
    found = {
        number: may_open(member, Facts(ids, standing, subject(number) in opened))
        for number, ids in whose.items()
    }
    return {number: purpose for number, purpose in found.items() if purpose}


async def enter(request: Request, inquiry: Inquiry) -> None:
    """They may look at it or work on it, and that they did is noted with the purpose. Raises `Closed`."""
    await look(request, subject(inquiry.id), await purpose(request, inquiry))


async def finish(request: Request, inquiry: Inquiry) -> None:
    """They may finish what they began to write while nobody had it, today; what is new they read first. Noted.

    Without this, whoever answers second would lose their words to whoever answered first. Raises `Closed`.
    """
    try:
        why = await purpose(request, inquiry)
    except Closed:
        since = page.bounds(page.today(clock.now()))[0]
        if not await audit.saw(log_in.actor(request), subject(inquiry.id), Purpose.UNASSIGNED, since):
            raise
        why = Purpose.BEGUN
    await look(request, subject(inquiry.id), why)


async def purpose(request: Request, inquiry: Inquiry) -> Purpose:
    """Why they may open it. Raises `Closed`."""
    found = (await purposes(log_in.staff_of(request), [inquiry.id])).get(inquiry.id)
    if found is None:
        raise Closed(inquiry)
    return found


async def look(request: Request, what: str, purpose: Purpose) -> None:
    """That somebody looked at `what` ("inquiry:12") or worked on it is in the audit."""
    action = "looked" if request.method == "GET" else "worked"
    await audit.note(log_in.actor(request), action, what, clock.now(), purpose=purpose)


def subject(number: int) -> str:
    """How the audit names an inquiry."""
    return f"inquiry:{number}"


async def _opened_today(member: Staff, now: datetime) -> set[str]:
    if member.role is not Role.LEAD:
        return set()
    return await audit.opened(f"staff:{member.code}", page.bounds(page.today(now))[0])
