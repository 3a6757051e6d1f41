"""Open consultation hours: whoever comes is seen; shown, never bookable.

Invariant: wall clock; none on a day the office is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from office import closing_days, database, journal
from office.errors import NotFound
from office.models import OpenHours


@dataclass(frozen=True, slots=True)
class Opening:
    """One of them, at the place with this code."""

    place: str
    starts_at: datetime
    ends_at: datetime


async def coming(now: datetime, zone: ZoneInfo, days: int = 7) -> list[Opening]:
    """Those that end after `now`, today and in the next `days`, by time."""
    first = now.astimezone(zone).date()
    last = first + timedelta(days=days)
    closed = await closing_days.closed(first, last)
    rules = await OpenHours.filter(valid_from__lte=last).order_by("starts_minute", "id")
    found = [
        Opening(rule.place, _at(day, rule.starts_minute, zone), _at(day, rule.ends_minute, zone))
        for day in (first + timedelta(days=ahead) for ahead in range(days + 1))
        for rule in rules
        if _holds(rule, day) and day not in closed
    ]
    return sorted((one for one in found if one.ends_at > now), key=lambda one: (one.starts_at, one.place))


async def standing(since: date) -> list[OpenHours]:
    """The weekly ones that hold on that day or later."""
    rules = await OpenHours.all().order_by("weekday", "starts_minute", "id")
    return [rule for rule in rules if rule.valid_to is None or rule.valid_to >= since]


@database.verb
async def add(
    place: str,
    weekday: int,
    minutes: tuple[int, int],
    *,
    first: date,
    last: date | None,
    actor: str,
    now: datetime,
) -> OpenHours:
    """Open every week from `first` on, to `last` at most; `minutes` after midnight. Idempotent."""
    rule, new = await OpenHours.get_or_create(
        place=place,
        weekday=weekday,
        starts_minute=minutes[0],
        ends_minute=minutes[1],
        valid_from=first,
        valid_to=last,
    )
    if new:
        await journal.write("calendar.open_hours", f"open_hours:{rule.id}", actor=actor, now=now)
    return rule


@database.verb
async def end(number: int, first: date, *, actor: str, now: datetime) -> None:
    """From the day `first` on there are none of these. Idempotent. Raises `NotFound`."""
    rule = await OpenHours.get_or_none(id=number)
    if rule is None:
        raise NotFound
    if rule.valid_from >= first:
        await rule.delete()
    elif rule.valid_to is None or rule.valid_to >= first:
        rule.valid_to = first - timedelta(days=1)
        await rule.save(update_fields=["valid_to"])
    await journal.write("calendar.open_hours", f"open_hours:{number}", actor=actor, now=now)


def _holds(rule: OpenHours, day: date) -> bool:
    began = rule.valid_from <= day
    return rule.weekday == day.weekday() and began and (rule.valid_to is None or day <= rule.valid_to)


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    hour, minute = divmod(min(minute, 24 * 60 - 1), 60)
    return datetime.combine(day, time(hour, minute), zone)
