"""A time zone as iCalendar writes it: the VTIMEZONE that says when the clocks change.

Invariant: within the years asked for, a reader who knows only this component finds the same moments
as one who knows the zone. (`icalendar` can generate one too, but dates the spring change an hour
late and lists every change, where Outlook wants one STANDARD and one DAYLIGHT part with a rule.)

What comes of the hour that autumn has twice (02:30 on 25 October 2026), everywhere in this house:
* An appointment is a moment in UTC, so the two 02:30 are two slots, two claims, two events; hours
  that contain them offer both, each at its own moment, and they never count as one time.
* A wall time somebody writes down (hours, absences, a form) means the first of the two; one that
  spring skips means the moment the gap ends (see `clock.instant`).
* A calendar file says the moment in UTC, not the wall time (see `calendar`). Mails, SMS and pages
  say "02:30" for both: whoever opens an office at that hour has to say which on the telephone.
* A reminder is due 24 real hours ahead, so on the wall it comes an hour earlier in spring and an
  hour later in autumn; nothing of ours is scheduled between 02:00 and 02:59.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from booking import clock

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1


class Change(NamedTuple):
    """A clock change: the wall time at which it comes, on the old clock, and the clock after it."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool


def component(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE for these years; the same arguments give the same bytes."""
    timezone = Timezone()
    timezone.add("tzid", zone.key)
    changes = _changes(zone, first_year - 1, last_year + 1)
    for yearly in _yearly(changes) or [[change] for change in changes]:
        timezone.add_component(_part(yearly))
    return timezone


def _changes(zone: ZoneInfo, first_year: int, last_year: int) -> list[Change]:
    """The clock that holds when the years begin (as a change from itself), then all changes."""
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    found = [_change(zone, at) for at in clock.changes(zone, begin, end)]
    return found if _yearly(found) else [_change(zone, begin), *found]


def _change(zone: ZoneInfo, at: datetime) -> Change:
    before, after = (at - clock.SECOND).astimezone(zone), at.astimezone(zone)
    old = before.utcoffset() or timedelta()
    return Change(
        wall=(at + old).replace(tzinfo=None),
        before=old,
        after=after.utcoffset() or timedelta(),
        name=after.tzname() or "",
        is_daylight=bool(after.dst()),
    )


def _yearly(changes: list[Change]) -> list[list[Change]]:
    """The changes as two that come every year by one rule; nothing when they do not."""
    ordered = sorted(changes, key=lambda change: change.is_daylight)
    parts = [list(part) for _, part in groupby(ordered, key=lambda change: change.is_daylight)]
    if len(parts) == 2 and all(_rule(part) for part in parts):
        return parts
    return []


def _rule(changes: list[Change]) -> vRecur | None:
    """`the last Sunday in March`, when that is what all of them are; one per year, same hour."""
    walls = [change.wall for change in changes]
    years = range(walls[0].year, walls[0].year + len(walls))
    same = {(w.month, w.weekday(), w.time(), *c[1:]) for w, c in zip(walls, changes, strict=True)}
    ordinal = _ordinal(walls)
    if len(same) > 1 or len(walls) < 2 or [w.year for w in walls] != [*years] or not ordinal:
        return None
    day = f"{ordinal}{WEEKDAYS[walls[0].weekday()]}"
    return vRecur(freq="YEARLY", bymonth=walls[0].month, byday=day)


def _ordinal(days: Iterable[date]) -> int | None:
    """Which one of its weekday in the month each day is, if that is the same for all."""
    days = list(days)
    if all(day.day > monthrange(day.year, day.month)[1] - 7 for day in days):
        return LAST
    ordinals = {(day.day - 1) // 7 + 1 for day in days}
    return ordinals.pop() if len(ordinals) == 1 else None


def _part(changes: list[Change]) -> TimezoneDaylight | TimezoneStandard:
    first = changes[0]
    part = TimezoneDaylight() if first.is_daylight else TimezoneStandard()
    part.add("dtstart", first.wall)
    part.add("tzoffsetfrom", first.before)
    part.add("tzoffsetto", first.after)
    part.add("tzname", first.name)
    if rule := _rule(changes):
        part.add("rrule", rule)
    return part
