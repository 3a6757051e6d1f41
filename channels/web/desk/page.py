"""What every desk page has in common: who looks, what they may open, how many cards wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from channels import parking, scanning
from channels.models import Incoming, IncomingState, Mailbox, Message, State
from channels.web import clock, log_in, pages
from inquiries import states, uploads
from inquiries.models import Inquiry, Referral
from inquiries.referrals import LED_NOWHERE
from office.errors import Invalid
from office.models import Due, Role
from office.settings import current

START = "/desk/"


@dataclass(frozen=True, slots=True)
class Questions:
    """In how many inquiries there is something to do, and in how many of them longer than was promised."""

    waiting: int
    overdue: int


async def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A desk page for whoever is logged in."""
    framed = frame(request)
    framed |= {"troubles": await troubles(framed["sees_topics"]), "questions": await questions()}
    framed["parked"] = await parking.of(framed["staff"].id) if framed["sees_people"] else []
    return pages.render(request, template, status=status, **framed, **context)


def frame(request: Request) -> dict[str, Any]:
    """Who looks and what they may open; `staff` is None for somebody who is not logged in."""
    staff = getattr(request.state, "staff", None)
    role = staff.role if staff else None
    return {
        "staff": staff,
        "sees_people": role in log_in.SEES_PEOPLE,
        "sees_topics": role in log_in.SEES_TOPICS,
        "sees_figures": role in log_in.SEES_FIGURES,
        "runs_office": role in log_in.RUNS_OFFICE,
        "sees_audit": role is Role.LEAD,
        "settings": current(),
        "parked": [],
        "troubles": 0,
        "questions": Questions(0, 0),
    }


async def troubles(sees_topics: bool) -> int:
    """How many things wait for a human: what failed, did not arrive for sure, could not be read, or led nowhere."""
    failed = await Message.filter(state__in=[State.FAILED, State.UNCERTAIN]).count()
    unread = await Incoming.filter(state=IncomingState.UNREADABLE).count()
    missed = Referral.filter(feedback__in=list(LED_NOWHERE), looked_at=None)
    nowhere = await missed.count() if sees_topics else 0
    boxes = await Mailbox.exclude(trouble="").count()
    scanner = await uploads.left(clock.now() - scanning.OVERDUE)
    return failed + unread + nowhere + boxes + scanner + await Due.filter(card=True).count()


async def questions() -> Questions:
    """How many inquiries wait for us."""
    day = today(clock.now())
    to_do = Inquiry.filter(states.to_do(day))
    return Questions(await to_do.count(), await to_do.filter(promised_on__lt=day).count())


def home(role: Role) -> str:
    """The first page of this role."""
    return "/desk/cards" if role is Role.ADMIN else START


def local(address: object, otherwise: str = START) -> str:
    """The address if it is a page of the desk, so that nobody is sent elsewhere by a forged form or link."""
    path = str(address or "")
    harmless = path.startswith(("/desk/", "/desk?")) and path.isprintable() and "\\" not in path
    return path if harmless and " " not in path and "/.." not in path else otherwise


def day_named(text: str, otherwise: date) -> date:
    """The ISO day in a query. Raises `Invalid` for something that is none."""
    if not text:
        return otherwise
    try:
        return clock.day(text)
    except ValueError as error:
        raise Invalid(day="not_a_day") from error


def today(now: datetime) -> date:
    """The day on the office's calendar."""
    return now.astimezone(current().zone).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of this local day and of the next."""
    zone = current().zone
    return (
        datetime.combine(day, time(), zone).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC),
    )


def moment_named(text: object) -> datetime:
    """The aware instant in a form, in UTC. Raises `Invalid`."""
    try:
        return clock.moment(text)
    except ValueError as error:
        raise Invalid(starts_at="not_a_time") from error
