"""What every desk page has in common: who looks, what they may open, how many cards wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from channels.models import Incoming, IncomingState, Mailbox, Message, State
from channels.web import clock, log_in, pages
from office import statement
from office.errors import Invalid
from office.models import Due, Role
from office.settings import current

START = "/desk/"


@dataclass(frozen=True, slots=True)
class Questions:
    """How many inquiries wait for an answer, and how many of them longer than was promised."""

    waiting: int
    overdue: int


async def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A desk page for whoever is logged in."""
    framed = {**frame(request), "troubles": await troubles(), "questions": await questions()}
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
        "settings": current(),
        "troubles": 0,
        "questions": Questions(0, 0),
    }


async def troubles() -> int:
    """How many things wait for a human: what failed, did not arrive for sure, or could not be read."""
    failed = await Message.filter(state__in=[State.FAILED, State.UNCERTAIN]).count()
    unread = await Incoming.filter(state=IncomingState.UNREADABLE).count()
    return failed + unread + await Due.filter(card=True).count() + await Mailbox.exclude(trouble="").count()


async def questions() -> Questions:
    """How many inquiries wait for an answer; one query."""
    [row] = await statement.rows(
        """SELECT COUNT(*) AS waiting, COUNT(CASE WHEN promised_on < $1 THEN 1 END) AS overdue
           FROM inquiry WHERE NOT "waiting_since" IS NULL AND NOT void""",
        today(clock.now()),
    )
    return Questions(row["waiting"], row["overdue"])


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
