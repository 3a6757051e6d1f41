"""Five-minute cells: the currency in which a calendar is owned.

Invariant: two stretches of time overlap exactly when they share a cell.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from booking.intervals import Interval

CELL = timedelta(minutes=5)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cells(starts_at: datetime, ends_at: datetime) -> range:
    """The numbers (epoch seconds // 300) of all cells from `starts_at` up to `ends_at`.

    ValueError when a bound is naive or does not lie on five minutes, or when nothing lies between.
    """
    interval = Interval(starts_at, ends_at)
    return range(_number(interval.starts_at), _number(interval.ends_at))


def _number(moment: datetime) -> int:
    number, rest = divmod(moment - EPOCH, CELL)
    if rest:
        raise ValueError(f"{moment} does not lie on five minutes")
    return number
