"""Days on which nothing is bookable: seeded from the public calendar, decided by the office.

Invariant: the stored table is the truth; seeding adds what is missing and never overwrites a decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from office import database, history
from office.errors import NotFound
from office.models import ClosingDay, DayKind


async def closed(first: date, last: date) -> set[date]:
    """The days from `first` to `last` (inclusive) on which the office is closed."""
    return {row.day for row in await ClosingDay.filter(day__gte=first, day__lte=last, closed=True)}


async def seed(years: Iterable[int], region: str) -> int:
    """Add public holidays (closed) and school holidays (open) of the region; returns how many were new."""
    wanted = {
        (day, kind): name
        for year in years
        for kind in (DayKind.PUBLIC, DayKind.SCHOOL)
        for day, name in _calendar(year, region, kind).items()
    }
    have = set(await ClosingDay.all().values_list("day", "kind"))
    new = [
        ClosingDay(day=day, kind=kind, name=name[:200], closed=kind is DayKind.PUBLIC)
        for (day, kind), name in wanted.items()
        if (day, kind) not in have
    ]
    await ClosingDay.bulk_create(new, ignore_conflicts=True)
    return len(new)


YEARS_AHEAD = 2


async def seed_ahead(today: date, region: str) -> int:
    """Seed this year and the next ones; asked again every night, so that the calendar never runs out."""
    return await seed(range(today.year, today.year + YEARS_AHEAD + 1), region)


async def close(day: date, name: str) -> None:
    """The office decides to be closed on `day`."""
    await ClosingDay.update_or_create(defaults={"name": name, "closed": True}, day=day, kind=DayKind.LOCAL)


async def marked(first: date, last: date) -> list[ClosingDay]:
    """Everything the calendar and the office say about the days from `first` to `last`, in order."""
    return await ClosingDay.filter(day__gte=first, day__lte=last).order_by("day", "kind")


def subject(day: date) -> str:
    """How history names a day."""
    return f"closing:{day.isoformat()}"


async def noted(day: date, closed: bool, name: str, *, actor: str, now: datetime) -> None:
    """History says that the office decided about this day, inside the verb that decided."""
    before = {"closed": not closed, "name": name}
    await history.note(subject(day), before, {"closed": closed, "name": name}, actor=actor, now=now)


@database.verb
async def reopen(day: date, *, actor: str, now: datetime) -> None:
    """The office is open on `day` after all; seeding does not close it again. Idempotent. Raises `NotFound`."""
    rows = await ClosingDay.filter(day=day).select_for_update()
    if not rows:
        raise NotFound
    closed = [row for row in rows if row.closed]
    await ClosingDay.filter(id__in=[row.id for row in closed]).update(closed=False)
    if closed:
        await noted(day, False, closed[0].name, actor=actor, now=now)


async def years_without_school_holidays(first: int, last: int) -> list[int]:
    """Years the seed knows nothing about: the desk warns before people can book into them."""
    known = {row.day.year for row in await ClosingDay.filter(kind=DayKind.SCHOOL)}
    return [year for year in range(first, last + 1) if year not in known]


def _calendar(year: int, region: str, kind: DayKind) -> dict[date, str]:
    import holidays

    found = holidays.country_holidays(
        "DE", subdiv=region, years=year, language="de", categories=(kind.value,)
    )
    return {day: name for day, name in found.items() if day.year == year}
