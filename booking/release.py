"""Which hours are kept back: some for the phone and the counter, some until a week ahead. Pure.

Whether an hour is kept depends on the counsellor and that hour only, so that everybody computes the same;
over any stretch of hours the share kept differs from the percentage by little (a golden-ratio sequence).
The far end of the calendar needs no rule: a time comes into view when it is `horizon_days` away to the
minute, so release is spread over the working day by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from booking.hours import Window
from booking.intervals import Interval

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GOLDEN = 2654435769
"""2³² divided by the golden ratio: multiples of it, modulo 2³², are spread evenly (Knuth, TAOCP 3, 6.4)."""
_ALL = 2**32


def kept(window: Window, staff_id: int, week_percent: int, now: datetime) -> list[Interval]:
    """The hours of this window the public is not offered at `now`; full hours, cut at the window's ends."""
    if not window.kept_percent and not week_percent:
        return []
    return [
        hour
        for hour in _hours(window.interval)
        if _kept(_percentile(hour.starts_at, staff_id), window.kept_percent, week_percent, hour, now)
    ]


def _kept(percentile: float, for_desk: int, for_week: int, hour: Interval, now: datetime) -> bool:
    if percentile < for_desk:
        return True
    return percentile < for_desk + for_week and hour.starts_at > now + WEEK


def _percentile(moment: datetime, staff_id: int) -> float:
    """Where this hour of this counsellor stands between 0 and 100; evenly spread over following hours."""
    number = (moment - EPOCH) // HOUR + 7 * staff_id
    return number * _GOLDEN % _ALL * 100 / _ALL


def _hours(interval: Interval) -> Iterator[Interval]:
    begin = EPOCH + (interval.starts_at - EPOCH) // HOUR * HOUR
    while begin < interval.ends_at:
        yield Interval(max(begin, interval.starts_at), min(begin + HOUR, interval.ends_at))
        begin += HOUR
