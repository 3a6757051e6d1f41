"""One day with other hours than every week: what stays, what comes, what goes.

Invariant: what goes is an absence, what comes is a rule of that day only; the weekly rules stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from booking import clock
from booking.changes import OnDay
from booking.hours import Window
from booking.intervals import Interval, subtract
from booking.models import WorkingHours


def windows(change: OnDay, today: Sequence[Window], zone: ZoneInfo) -> list[Window]:
    """The windows of that day with the change made; `today` as they are."""
    wanted = times(change, zone)
    stays = [
        replace(window, interval=part)
        for window in _here(change, today)
        for part in subtract([window.interval], subtract([window.interval], wanted))
    ]
    place = _place(change, today)
    return stays + [Window(part, place, None, part.starts_at) for part in _comes(change, today, zone)]


def goes(change: OnDay, today: Sequence[Window], zone: ZoneInfo) -> list[Interval]:
    """The hours of that day the counsellor does not work after all."""
    return subtract([window.interval for window in today], times(change, zone))


def rules(change: OnDay, today: Sequence[Window], zone: ZoneInfo) -> list[WorkingHours]:
    """Rules of that day only, for the times that are no hours yet, or not at this place; not saved."""
    return [
        WorkingHours(
            staff_id=change.staff_id,
            weekday=change.day.weekday(),
            starts_minute=_minute(part.starts_at, zone),
            ends_minute=_minute(part.ends_at, zone) or 24 * 60,
            place=_place(change, today),
            valid_from=change.day,
            valid_to=change.day,
            exclusive=True,
        )
        for part in _comes(change, today, zone)
    ]


def times(change: OnDay, zone: ZoneInfo) -> list[Interval]:
    """When they work that day, in real time."""
    return [
        Interval(*(clock.instant(change.day, wall(minute), zone) for minute in pair)) for pair in change.times
    ]


def wall(minute: int) -> time:
    """The time on the clock, so many minutes after midnight."""
    return time(23, 59, 59) if minute >= 24 * 60 else time(*divmod(minute, 60))


def _comes(change: OnDay, today: Sequence[Window], zone: ZoneInfo) -> list[Interval]:
    return subtract(times(change, zone), [window.interval for window in _here(change, today)])


def _here(change: OnDay, today: Sequence[Window]) -> list[Window]:
    return [window for window in today if change.place in ("", window.place)]


def _place(change: OnDay, today: Sequence[Window]) -> str:
    return change.place or next((window.place for window in today), "")


def _minute(moment: datetime, zone: ZoneInfo) -> int:
    local = moment.astimezone(zone)
    return local.hour * 60 + local.minute + (local.second > 0)
