"""Half-open stretches of time, united and subtracted.

Invariant: whatever leaves this module is sorted and disjoint, and no stretch is empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `starts_at` up to, not including, `ends_at`; aware, kept as UTC.

    Any aware zone is accepted and converted, because Python counts wall-clock hours between two
    times of the same zone. Naive or empty: ValueError.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is not UTC or self.ends_at.tzinfo is not UTC:  # mostly they are already
            object.__setattr__(self, "starts_at", utc(self.starts_at))
            object.__setattr__(self, "ends_at", utc(self.ends_at))
        if self.starts_at >= self.ends_at:
            raise ValueError(f"{self.starts_at} to {self.ends_at} is empty")

    @property
    def length(self) -> timedelta:
        """How long it lasts in real time."""
        return self.ends_at - self.starts_at

    def covers(self, other: Interval) -> bool:
        """Whether all of `other` lies inside."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share any time; touching is not sharing."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; ValueError when naive."""
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """All time that lies in any of the intervals; those that overlap or touch become one."""
    united: list[Interval] = []
    for interval in sorted(intervals):
        if united and interval.starts_at <= united[-1].ends_at:
            if interval.ends_at > united[-1].ends_at:  # else it lies inside: nothing to add
                united[-1] = Interval(united[-1].starts_at, interval.ends_at)
        else:
            united.append(interval)
    return united


def subtract(intervals: Iterable[Interval], busy: Iterable[Interval]) -> list[Interval]:
    """All time that lies in any of the intervals and in none of `busy`."""
    rest: list[Interval] = []
    blocks = union(busy)
    first = 0
    for interval in union(intervals):
        while first < len(blocks) and blocks[first].ends_at <= interval.starts_at:
            first += 1  # over before this interval, and so before all later ones
        rest += _cut(interval, blocks, first)
    return rest


def _cut(interval: Interval, blocks: list[Interval], first: int) -> Iterable[Interval]:
    """What the blocks from number `first` on leave of one interval."""
    free_from = interval.starts_at
    for number in range(first, len(blocks)):
        block = blocks[number]
        if block.starts_at >= interval.ends_at:
            break
        if block.starts_at > free_from:
            yield Interval(free_from, block.starts_at)
        free_from = block.ends_at
    if free_from < interval.ends_at:
        yield Interval(free_from, interval.ends_at)
