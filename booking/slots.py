"""Windows minus busy time, cut into starts that can be booked.

Invariant: a start is offered exactly when its talk lies inside one window of the service and outside
every absence, and its talk with the buffer after it touches nobody else's claim.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from booking.hours import Window
from booking.intervals import Interval, union, utc

INSTANT = timedelta.resolution


@dataclass(frozen=True, slots=True)
class Wanted:
    """A talk of this `length`, with this `buffer` after it, starting every `step`.

    `not_before` is included, `not_after` is not; both aware, both about the start of the talk.
    """

    length: timedelta
    buffer: timedelta
    step: timedelta
    not_before: datetime
    not_after: datetime
    service: str

    def __post_init__(self) -> None:
        if self.length <= timedelta() or self.step <= timedelta() or self.buffer < timedelta():
            raise ValueError("a talk and a step have a length, and a buffer is not negative")
        object.__setattr__(self, "not_before", utc(self.not_before))
        object.__setattr__(self, "not_after", utc(self.not_after))


class Start(NamedTuple):
    """A talk that can be booked: its time without the buffer, UTC, and where."""

    starts_at: datetime
    ends_at: datetime
    place: str


def length(minutes: int, per_further_child: int, children: int) -> timedelta:
    """How long the talk is; the first child (and nobody's child) is in `minutes` already."""
    return timedelta(minutes=minutes + per_further_child * max(children - 1, 0))


def starts(
    windows: Iterable[Window],
    absences: Iterable[Interval],
    claimed: Iterable[Interval],
    wanted: Wanted,
) -> list[Start]:
    """Every start of one counsellor that can be booked, in order, each once.

    `claimed` holds the talks and holds of others *with* their buffers. Our own buffer is writing
    time: it may reach into an absence or beyond the hours, but never into a claim. Starts lie on
    `window.anchor` + k × step, so an absence never shifts the grid. A talk never runs on from one
    window into the next. Where two places overlap, a time is offered once per place.
    """
    absent, taken = _Busy(absences), _Busy(claimed)
    return sorted(
        {
            start
            for window in windows
            if window.offers(wanted.service)
            for start in _cut(window, absent, taken, wanted)
        }
    )


def fits(
    start: datetime,
    windows: Iterable[Window],
    absences: Iterable[Interval],
    claimed: Iterable[Interval],
    wanted: Wanted,
) -> bool:
    """Whether `starts` would offer a start at this instant, at any place."""
    if not wanted.not_before <= start < wanted.not_after:
        return False
    only = replace(wanted, not_before=start, not_after=start + INSTANT)
    return bool(starts(windows, absences, claimed, only))


class _Busy:
    """United busy time that can be asked quickly, however much there is."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        united = union(intervals)
        self._starts = [interval.starts_at for interval in united]
        self._ends = [interval.ends_at for interval in united]

    def until(self, starts_at: datetime, ends_at: datetime) -> datetime | None:
        """The end of the last busy stretch that overlaps; None when the time is free."""
        before = bisect_left(self._starts, ends_at)  # so many begin before we end
        if before and self._ends[before - 1] > starts_at:
            return self._ends[before - 1]
        return None


def _cut(window: Window, absent: _Busy, taken: _Busy, wanted: Wanted) -> Iterator[Start]:
    """The starts of one window; after busy time it goes on at the next point of the grid."""
    at = _on_grid(window, wanted.step, max(window.interval.starts_at, wanted.not_before))
    while at < wanted.not_after and (ends_at := at + wanted.length) <= window.interval.ends_at:
        busy_until = absent.until(at, ends_at) or taken.until(at, ends_at + wanted.buffer)
        if busy_until is None:
            yield Start(at, ends_at, window.place)
            at += wanted.step
        else:
            at = _on_grid(window, wanted.step, busy_until)


def _on_grid(window: Window, step: timedelta, at: datetime) -> datetime:
    """The first point of the window's grid at or after this moment."""
    return window.anchor - (window.anchor - at) // step * step
