"""The clock on the office's wall and real time: which moment a wall time means, and when it changes.

Invariant: two wall times in order are two moments in order, also in the nights the clocks change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first moment of that day at which the clock shows this time or a later one, in UTC.

    So a time skipped in spring means the moment the gap ends (02:30 → 03:00), and a time that comes
    twice in autumn means the first of the two. What touches on the clock touches in real time.
    """
    wall = datetime.combine(day, clock)
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= second:
        return first
    return _change(zone, second, first)  # in a gap PEP 495 turns the two round


def changes(zone: ZoneInfo, starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    """Each moment after `starts_at` and up to `ends_at` from which the zone's offset is another."""
    before = starts_at
    while before < ends_at:
        after = min(before + DAY, ends_at)
        if _offset(zone, before) != _offset(zone, after):
            yield _change(zone, before, after)
        before = after


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second, between two moments with different offsets, at which the offset changes."""
    old = _offset(zone, before)
    seconds = range((after - before) // SECOND)
    return before + SECOND * bisect_left(
        seconds, True, key=lambda second: _offset(zone, before + SECOND * second) != old
    )


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
