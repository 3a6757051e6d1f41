"""What the lead sets beside the weekly hours: days of a season, open consultation hours, how much a day may hold.

Invariant: none of it moves an appointment; a season whose new days would leave one outside the hours is refused.
"""

from __future__ import annotations

from datetime import date, time

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import season_days
from channels.web import clock, csrf, log_in
from channels.web.desk import page
from office import open_hours as openings
from office import places, staff
from office.errors import Invalid
from office.models import Role
from office.settings import current

LONGEST_STRETCH = 360
SHORTEST_BREAK = 30
"""§ 4 ArbZG: after six hours a break of half an hour."""


@log_in.for_roles(Role.LEAD)
async def limit(request: Request) -> Response:
    """How many talks a day, and when a break."""
    fields = await csrf.form(request)
    try:
        await staff.limit(
            str(fields.get("staff", "")),
            most_talks=_number(fields, "most_talks", 1, 40),
            break_after_minutes=_number(fields, "break_after_minutes", 30, LONGEST_STRETCH),
            break_minutes=_number(fields, "break_minutes", SHORTEST_BREAK, 240),
            actor=log_in.actor(request),
            now=clock.now(),
        )
    except Invalid:
        return _back(fields, "wrong")
    return _back(fields, "saved")


@log_in.for_roles(Role.LEAD)
async def season(request: Request) -> Response:
    """A new season, or other days of one."""
    fields = await csrf.form(request)
    try:
        first, last = _day(fields, "starts_on"), _day(fields, "ends_on")
        if first > last:
            raise Invalid(ends_on="malformed")
        await season_days.save(
            _number(fields, "season", 1, 10**9 - 1) if fields.get("season") else None,
            name=_name(fields),
            starts_on=first,
            ends_on=last,
            promise_days=_number(fields, "promise_days", 1, 60) if fields.get("promise_days") else None,
            actor=log_in.actor(request),
            now=clock.now(),
            zone=current().zone,
        )
    except Invalid:
        return _back(fields, "wrong")
    except season_days.Touches:
        return _back(fields, "touches")
    return _back(fields, "saved")


@log_in.for_roles(Role.LEAD)
async def open_hours(request: Request) -> Response:
    """New open hours of a place, or, with `end`, none of those from a day on."""
    fields = await csrf.form(request)
    try:
        await _open_hours(fields, log_in.actor(request))
    except Invalid:
        return _back(fields, "wrong")
    return _back(fields, "saved")


async def _open_hours(fields: FormData, actor: str) -> None:
    first, now = _day(fields, "from"), clock.now()
    if fields.get("end"):
        await openings.end(_number(fields, "end", 1, 10**9 - 1), first, actor=actor, now=now)
        return
    place, last = str(fields.get("place", "")), _day(fields, "until") if fields.get("until") else None
    begins, ends = _minute(fields, "starts"), _minute(fields, "ends")
    if place not in await places.all_places() or begins >= ends or (last and last < first):
        raise Invalid(ends="malformed")
    weekday = _number(fields, "weekday", 0, 6)
    await openings.add(place, weekday, (begins, ends), first=first, last=last, actor=actor, now=now)


def _back(fields: FormData, said: str) -> Response:
    back = page.local(fields.get("back", ""), "/desk/week")
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{said}=1", 303)


def _name(fields: FormData) -> str:
    name = str(fields.get("name", "")).strip()
    if not name:
        raise Invalid(name="empty")
    return name[:100]


def _number(fields: FormData, name: str, least: int, most: int) -> int:
    said = str(fields.get(name, ""))
    if not (said.isascii() and said.isdecimal() and len(said) < 10 and least <= int(said) <= most):
        raise Invalid(**{name: "malformed"})
    return int(said)


def _minute(fields: FormData, name: str) -> int:
    try:
        at = time.fromisoformat(str(fields.get(name, "")))
    except ValueError as error:
        raise Invalid(**{name: "malformed"}) from error
    return at.hour * 60 + at.minute


def _day(fields: FormData, name: str) -> date:
    try:
        return clock.day(fields.get(name, ""))
    except ValueError as error:
        raise Invalid(**{name: "not_a_day"}) from error
