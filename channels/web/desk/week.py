"""The week of one counsellor at the desk, and beside it the forms that change their hours.

Invariant: counsellors see their own week, reception and lead everybody's; who may not change it is shown no form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from booking import services, week
from booking.models import Service
from channels.web import clock, log_in, pages
from channels.web.desk import change, page, rows
from channels.web.desk.rows import Row
from office import open_hours, places, seasons, staff
from office.errors import Forbidden, Invalid, NotFound
from office.models import Role, Staff
from office.settings import current

DAY = timedelta(days=1)
CHOOSES = (Role.RECEPTION, Role.LEAD)
ADDRESS = "/desk/week"


@dataclass(frozen=True, slots=True)
class Shown:
    """One day, and its appointments as the one at the desk may see them."""

    day: week.Day
    rows: list[Row]


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """The week asked for, by default this one, of the counsellor asked for, by default oneself."""
    member, now, language = log_in.staff_of(request), clock.now(), pages.language_of(request)
    counsellors = await staff.counsellors()
    who = _whose(request.query_params.get("counsellor", ""), member, counsellors)
    monday = _monday(request.query_params.get("week", ""), page.today(now))
    days = [
        Shown(day, await rows.of(day.talks, member, language, now))
        for day in await week.of(who, monday, now=now, zone=current().zone)
    ]
    may_change = member.role is Role.LEAD or (member.role is Role.COUNSELLOR and who.id == member.id)
    return await page.render(
        request,
        "desk/week.html",
        who=who,
        counsellors=counsellors if member.role in CHOOSES else [],
        days=days,
        monday=monday,
        number=monday.isocalendar().week,
        today=page.today(now),
        named=_named,
        back=address(monday, who),
        before=address(monday - 7 * DAY, who),
        after=address(monday + 7 * DAY, who),
        this_week=address(page.today(now), who),
        says=[word for word in ("saved", "wrong", "touches") if word in request.query_params],
        places=await places.all_places(),
        may_change=may_change,
        leads=member.role is Role.LEAD,
        **(await _forms(who, max(monday, page.today(now)), language) if may_change else {}),
        title=_title(member, language),
    )


def address(day: date, who: Staff) -> str:
    """The page of this counsellor's week with that day in it."""
    return f"{ADDRESS}?{urlencode({'week': _named(day), 'counsellor': who.code})}"


def _named(day: date) -> str:
    """The week as ISO 8601 writes it, 2026-W10."""
    found = day.isocalendar()
    return f"{found.year}-W{found.week:02}"


def _monday(text: str, today: date) -> date:
    if not text:
        return today - today.weekday() * DAY
    try:
        if not re.fullmatch(r"[0-9]{4}-W[0-9]{2}", text):
            raise ValueError(text)
        return clock.day(text)
    except ValueError as error:
        raise Invalid(week="not_a_week") from error


def _whose(code: str, member: Staff, counsellors: list[Staff]) -> Staff:
    """Raises `Forbidden` for a counsellor who asks for another's, `NotFound` for a code nobody has."""
    if member.role not in CHOOSES:
        if code not in ("", member.code):
            raise Forbidden
        return member
    wanted = [one for one in counsellors if one.code == (code or member.code)]
    found = wanted or (counsellors if not code else [])
    if not found:
        raise NotFound
    return found[0]


async def _forms(who: Staff, first: date, language: str) -> dict[str, Any]:
    """What the forms offer; the day they propose is the first of this week that is not over."""
    return {
        "first": first,
        "rules": await week.weekly(who, first),
        "weekdays": change.weekdays(language),
        "services": [
            (one.code, services.title(one, language))
            for one in await Service.filter(active=True).order_by("position", "code")
        ],
        "seasons": await seasons.every(),
        "openings": await open_hours.standing(first),
        "wall": _wall,
    }


def _wall(minute: int) -> str:
    """As a field for a time wants it; midnight at the end of a day is 00:00."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _title(member: Staff, language: str) -> Any:
    """What a session is about, for who may know it."""
    sees = member.role in log_in.SEES_TOPICS
    return lambda service: services.title(service, language) if sees else ""
