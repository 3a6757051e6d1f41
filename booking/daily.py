"""How much one counsellor may take on in a day: so many talks, and a break after so many hours. Pure.

Invariant: with the talk added, no stretch of talks without a break is longer than allowed (§ 4 ArbZG: 30
minutes after six hours), and there are no more talks that day than agreed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from booking.intervals import Interval


@dataclass(frozen=True, slots=True)
class Limits:
    """At most `most_talks` a day; after `longest` of work without one, a break of `pause`."""

    most_talks: int
    longest: timedelta
    pause: timedelta


class Days:
    """The talks of one counsellor, buffers included, by local day."""

    def __init__(self, talks: Iterable[Interval], limits: Limits, zone: ZoneInfo) -> None:
        self._limits, self._zone = limits, zone
        self._talks: dict[date, list[Interval]] = defaultdict(list)
        for talk in talks:
            self._talks[self._day(talk)].append(talk)

    def allow(self, talk: Interval) -> bool:
        """Whether this one may be added."""
        others = self._talks.get(self._day(talk), [])
        return len(others) < self._limits.most_talks and self._stretch(talk, others) <= self._limits.longest

    def _stretch(self, talk: Interval, others: list[Interval]) -> timedelta:
        """How long the work around this talk goes on without a break."""
        begin, end = talk.starts_at, talk.ends_at
        for other in sorted(others, reverse=True):
            if begin - self._limits.pause < other.ends_at and other.starts_at <= begin:
                begin = other.starts_at
        for other in sorted(others):
            if other.starts_at < end + self._limits.pause and other.ends_at >= end:
                end = other.ends_at
        return end - begin

    def _day(self, talk: Interval) -> date:
        return talk.starts_at.astimezone(self._zone).date()
