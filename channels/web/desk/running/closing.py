"""The closing days at the desk: the year to come, a day added with the families it touches, a day opened again.

Invariant: a day is closed only by way of `change`, which shows whom it touches; opening one calls nobody back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import week
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from channels.web.desk.running import changes, preview
from channels.web.desk.running.fields import Reader
from channels.web.desk.running.preview import Preview, Step
from office import closing_days, staff
from office.errors import NotFound
from office.models import ClosingDay, DayKind, Role
from office.settings import current

ADDRESS = "/desk/office/closing"
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Day:
    """One day, all that is said of it: whether anything is bookable, and why not."""

    day: date
    name: str
    kinds: tuple[DayKind, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Holidays:
    """School holidays, first and last day included; the office is open in them."""

    name: str
    first: date
    last: date


@log_in.for_roles(Role.LEAD)
async def show(request: Request) -> Response:
    """The year to come."""
    return await _page(request, {}, {})


@log_in.for_roles(Role.LEAD)
async def reopen(request: Request) -> Response:
    """The office is open on this day after all; shown first with who would be there."""
    sent = await csrf.form(request)
    reader, today = Reader(sent), page.today(clock.now())
    day = reader.day("day", today)
    if reader.wrong:
        return await _page(request, {"day": str(sent.get("day", ""))}, reader.wrong, 422)
    found = next(iter(_days(await closing_days.marked(day, day))), None)
    if found is None:
        raise NotFound
    shown = Preview(found.name, {"closed": found.closed}, {"closed": False})
    step = preview.step(sent, shown)
    if step is Step.AGAIN:
        return RedirectResponse(ADDRESS, 303)
    if step is not Step.SAVE:
        return await preview.show(
            request,
            sent,
            shown,
            late=step is Step.LATE,
            more="desk/running/closing_preview.html",
            day=day,
            present=await _present(day),
        )
    await closing_days.reopen(day, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"{ADDRESS}?saved=1", 303)


async def _present(day: date) -> list[str]:
    """Who has weekly hours on a day like this."""
    return [
        one.name
        for one in await staff.counsellors()
        if any(rule.weekday == day.weekday() for rule in await week.weekly(one, day))
    ]


def _days(marked: Iterable[ClosingDay]) -> list[Day]:
    """What closes or closed, a row a day; school holidays alone are no row."""
    found = []
    for day, rows in groupby(marked, key=lambda row: row.day):
        said = list(rows)
        reasons = [row for row in said if row.kind is not DayKind.SCHOOL or row.closed]
        if reasons:
            names = dict.fromkeys(row.name for row in reasons)
            kinds = tuple(row.kind for row in reasons)
            found.append(Day(day, " · ".join(names), kinds, any(row.closed for row in said)))
    return found


def _holidays(marked: Iterable[ClosingDay]) -> list[Holidays]:
    found: list[Holidays] = []
    for row in marked:
        if row.kind is not DayKind.SCHOOL:
            continue
        before = found[-1] if found else None
        if before and before.name == row.name and (row.day - before.last).days <= 3:  # over a weekend
            found[-1] = Holidays(row.name, before.first, row.day)
        else:
            found.append(Holidays(row.name, row.day, row.day))
    return found


async def _page(
    request: Request, typed: dict[str, str], wrong: dict[str, str], status: int = 200
) -> Response:
    today = page.today(clock.now())
    marked = await closing_days.marked(today, today + YEAR)
    years = await closing_days.years_without_school_holidays(today.year, (today + YEAR).year)
    return await page.render(
        request,
        "desk/running/closing.html",
        status=status,
        days=_days(marked),
        holidays=_holidays(marked),
        years=years,
        region=current().office_region,
        today=today,
        typed=typed,
        wrong=wrong,
        saved="saved" in request.query_params,
        history=await changes.lately(pages.language_of(request), "closing:"),
    )
