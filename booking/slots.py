"""Windows minus busy time, cut into starts that can be booked.

Invariant: a start is offered exactly when its talk lies inside one window of the service and outside
every absence, and its talk with the buffer after it touches nobody else's claim.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from booking.hours import Window
from booking.intervals import Interval, utc

INSTANT = timedelta.resolution
ALWAYS, FOR_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

_Stretch: TypeAlias = tuple[datetime, datetime]
_FROM, _UNTIL = itemgetter(0), itemgetter(1)


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
    free = _free(absences, claimed, wanted)
    found = [
        start for window in windows if window.offers(wanted.service) for start in _cut(window, free, wanted)
    ]
    return [start for start, _same in groupby(sorted(found))]


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


def _free(absences: Iterable[Interval], claimed: Iterable[Interval], wanted: Wanted) -> list[_Stretch]:
    """Between which moments, both included, a talk may begin, so that it touches no absence and no claim.

    A talk must begin its own length before the next absence, and its buffer earlier still before a claim.
    """
    length, reach = wanted.length, wanted.length + wanted.buffer
    busy = [(other.starts_at - length, other.ends_at) for other in absences]
    busy += [(other.starts_at - reach, other.ends_at) for other in claimed]
    free, free_from = [], ALWAYS
    for last, free_again in sorted(busy):
        if free_from <= last:
            free.append((free_from, last))
        free_from = free_again if free_again > free_from else free_from
    return [*free, (free_from, FOR_EVER)]


def _cut(window: Window, free: list[_Stretch], wanted: Wanted) -> Iterator[Start]:
    """The starts of one window; after busy time it goes on at the next point of the grid."""
    anchor, step, length, place = window.anchor, wanted.step, wanted.length, window.place
    first = max(window.interval.starts_at, wanted.not_before)
    last = min(window.interval.ends_at - length, wanted.not_after - INSTANT)
    near = free[bisect_left(free, first, key=_UNTIL) : bisect_right(free, last, key=_FROM)]
    for free_from, free_until in near:
        at = free_from if free_from > first else first
        until = free_until if free_until < last else last
        at += (anchor - at) % step
        while at <= until:
            yield Start(at, at + length, place)
            at += step
