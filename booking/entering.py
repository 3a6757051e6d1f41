"""A change of hours gets into the calendar.

Invariant: entered twice it stands there once, for the same time offered by two rules would be offered twice.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import availability, one_day
from booking.changes import Away, Change, Closed, Hours, OnDay, Series
from booking.hours import Window
from booking.intervals import Interval
from booking.models import Absence, AbsenceSeries, WorkingHours
from office import closing_days
from office.models import Staff

DAY = timedelta(days=1)
ALIKE = ("staff_id", "weekday", "starts_minute", "ends_minute", "weeks", "place", "valid_from", "valid_to")


async def enter(change: Change, *, now: datetime, zone: ZoneInfo) -> int | None:
    """Write it down, inside a verb that has locked the calendar; the absence it made, if it is one. Idempotent."""
    match change:
        case Away():
            return await _absent(change.staff_id, change.interval, change.kind)
        case Closed():
            await closing_days.close(change.day, change.name)
        case Series():
            await _enter_series(change)
        case Hours():
            await _enter_hours(change)
        case OnDay():
            await _enter_day(change, now, zone)
    return None


async def _enter_series(change: Series) -> None:
    await AbsenceSeries.get_or_create(
        staff_id=change.staff_id,
        weekday=change.weekday,
        starts_minute=change.starts_minute,
        ends_minute=change.ends_minute,
        weeks=change.weeks,
        valid_from=change.first,
        valid_to=change.last,
    )


async def _enter_hours(change: Hours) -> None:
    for rule in await WorkingHours.filter(staff_id=change.staff_id, id__in=change.replaces):
        if rule.valid_from >= change.first:
            await rule.delete()
        elif rule.valid_to is None or rule.valid_to >= change.first:
            await WorkingHours.filter(id=rule.id).update(valid_to=change.first - DAY)
    for row in rows(change):
        await _once(row)


async def _enter_day(change: OnDay, now: datetime, zone: ZoneInfo) -> None:
    today = await windows(change.staff_id, change.day, change.day, now, zone)
    for interval in one_day.goes(change, today, zone):
        await _absent(change.staff_id, interval, change.kind)
    for rule in one_day.rules(change, today, zone):
        await _once(rule)


async def _absent(staff_id: int, interval: Interval, reason: str) -> int:
    away, _new = await Absence.get_or_create(
        {"reason": reason}, staff_id=staff_id, starts_at=interval.starts_at, ends_at=interval.ends_at
    )
    return int(away.id)


async def _once(rule: WorkingHours) -> None:
    same = {name: getattr(rule, name) for name in ALIKE}
    alike = await WorkingHours.filter(**same, season_id=rule.season_id)
    if not any(one.services == rule.services for one in alike):
        await rule.save()


def rows(change: Hours) -> list[WorkingHours]:
    """The new rules, not saved."""
    return [
        WorkingHours(
            staff_id=change.staff_id,
            weekday=rule.weekday,
            starts_minute=rule.starts_minute,
            ends_minute=rule.ends_minute,
            weeks=rule.weeks,
            place=rule.place,
            services=list(rule.services),
            valid_from=change.first,
            valid_to=rule.valid_to,
            season_id=rule.season,
            exclusive=rule.exclusive,
            kept_percent=rule.kept_percent,
        )
        for rule in change.rules
    ]


async def windows(staff_id: int, first: date, last: date, now: datetime, zone: ZoneInfo) -> list[Window]:
    """Their hours on these local days, as they are."""
    member = await Staff.get(id=staff_id)
    [calendar] = await availability.calendars([member], first, last, now=now, zone=zone)
    return calendar.windows
