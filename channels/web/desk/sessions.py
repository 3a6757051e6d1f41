"""Group evenings at the desk: those to come, and the form that plans one.

Invariant: reception sees when, who leads it and how full it is, and nothing of what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import clock as wall
from booking import errors, services, sessions
from booking.models import Room, Service
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from office import places, staff, wake
from office.errors import Invalid
from office.models import Staff
from office.settings import current

FIELDS = ("service", "counsellor", "place", "room", "day", "starts", "seats")
MOST_SEATS = 500
LIST = "/desk/sessions"


@dataclass(frozen=True, slots=True)
class Planned:
    """What the form says, once nothing is wrong with it."""

    service: Service
    counsellor: Staff
    place: str
    room_id: int | None
    starts_at: datetime
    seats: int


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """The evenings to come; for who counsels, the form, too."""
    return await _page(request, {})


@log_in.for_roles(*log_in.SEES_TOPICS)
async def plan(request: Request) -> Response:
    """It is planned, or the form says per field what is wrong."""
    fields, now = await csrf.form(request), clock.now()
    typed = {name: str(fields.get(name, "")).strip() for name in FIELDS}
    wrong: dict[str, str] = {}
    planned = await _read(typed, wrong)
    if planned is None:
        return await _page(request, typed, wrong, 422)
    try:
        session = await sessions.plan(
            planned.service,
            planned.counsellor.id,
            place=planned.place,
            starts_at=planned.starts_at,
            seats=planned.seats,
            actor=log_in.actor(request),
            now=now,
            room_id=planned.room_id,
        )
    except Invalid as refused:
        return await _page(request, typed, refused.fields, 409)
    except errors.SlotTaken:
        return await _page(request, typed, {"starts": "overlap"}, 409)
    except errors.NotOffered:
        return await _page(request, typed, {"day": "past"}, 409)
    wake.nudge()
    return RedirectResponse(f"{LIST}/{session.id}?planned", 303)


async def _read(typed: Mapping[str, str], wrong: dict[str, str]) -> Planned | None:
    """The form as a plan; None, and field → what is wrong, if it is not to be used."""
    group = next((one for one in await groups() if one.code == typed["service"]), None)
    counsellor = next((one for one in await staff.counsellors() if one.code == typed["counsellor"]), None)
    for name, found in (("service", group), ("counsellor", counsellor)):
        if found is None:
            wrong[name] = "choose"
    if typed["place"] not in await places.all_places():
        wrong["place"] = "choose"
    day, starts, seats = day_of(typed["day"], wrong), time_of(typed["starts"], wrong), typed["seats"]
    if not (seats.isascii() and seats.isdecimal() and len(seats) < 5 and 1 <= int(seats) <= MOST_SEATS):
        wrong["seats"] = "number"
    room = typed["room"]
    if room and not (room.isascii() and room.isdecimal() and len(room) < 10):
        wrong["room"] = "choose"
    if wrong or group is None or counsellor is None or day is None or starts is None:
        return None
    starts_at = wall.instant(day, starts, current().zone)
    return Planned(group, counsellor, typed["place"], int(room) if room else None, starts_at, int(seats))


def day_of(text: str, wrong: dict[str, str]) -> date | None:
    """The day of a form's field `day`, or what is wrong with it."""
    try:
        return clock.day(text)
    except ValueError:
        wrong["day"] = "not_a_day"
        return None


def time_of(text: str, wrong: dict[str, str]) -> time | None:
    """The wall time of a form's field `starts`, or what is wrong with it."""
    try:
        return time.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        wrong["starts"] = "not_a_time"
        return None


async def groups() -> list[Service]:
    """What is given to groups."""
    return [one for one in await services.bookable() if one.group]


def titled(request: Request) -> Callable[[Service], str]:
    """What a session is about, for who may know it; else nothing."""
    sees, language = log_in.staff_of(request).role in log_in.SEES_TOPICS, pages.language_of(request)
    return lambda service: services.title(service, language) if sees else ""


async def _page(
    request: Request, typed: Mapping[str, str], wrong: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    sees = log_in.staff_of(request).role in log_in.SEES_TOPICS
    offered: dict[str, Any] = {}
    if sees:
        offered = {
            "groups": await groups(),
            "counsellors": await staff.counsellors(),
            "rooms": await Room.filter(active=True).order_by("position", "id"),
        }
    return await page.render(
        request,
        "desk/sessions.html",
        status=status,
        evenings=await sessions.coming(clock.now()),
        title=titled(request),
        places=await places.all_places(),
        typed=typed,
        wrong=wrong or {},
        off="off" in request.query_params,
        may_plan=sees,
        **offered,
    )
