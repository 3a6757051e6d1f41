"""Weekly wall-clock rules and closing days become stretches of real time.

Invariant: a rule is a promise about the clock on the wall: 14:00 stays 14:00 when the clocks change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from booking import clock
from booking.intervals import Interval, subtract


class Weeks(StrEnum):
    """The calendar weeks (ISO 8601) a rule holds in.

    After a year of 53 weeks (2026) two odd weeks follow each other: the office decides by the
    printed calendar week, so that is what the rule says.
    """

    EVERY = "every"
    ODD = "odd"
    EVEN = "even"

    def include(self, day: date) -> bool:
        if self is Weeks.EVERY:
            return True
        return (day.isocalendar().week % 2 == 1) == (self is Weeks.ODD)


@dataclass(frozen=True, slots=True)
class Rule:
    """Every week on this weekday (0 is Monday), from `starts` to `ends` on the wall clock.

    Holds from `valid_from` to `valid_to`, both included; without `valid_to`, until further notice.
    `services` None means every service. Hours do not cross midnight. An `exclusive` rule takes the
    place of others in its time; `kept_percent` of it is kept for the desk.
    """

    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_to: date | None
    place: str
    services: frozenset[str] | None = None
    weeks: str = Weeks.EVERY
    exclusive: bool = False
    kept_percent: int = 0

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"{self.weekday} is not a weekday: 0 is Monday, 6 is Sunday")
        if self.starts.tzinfo or self.ends.tzinfo:
            raise ValueError("hours are wall-clock times, without a zone")
        if self.starts >= self.ends:
            raise ValueError(f"{self.starts} to {self.ends} is empty")
        Weeks(self.weeks)  # ValueError for any other word

    def holds_on(self, day: date) -> bool:
        """Whether these are hours of that day, closing days aside."""
        return (
            day.weekday() == self.weekday
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
            and Weeks(self.weeks).include(day)
        )


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of one rule on one day, in real time.

    `anchor` is where the grid of starts begins; it stays when somebody cuts the window.
    """

    interval: Interval
    place: str
    services: frozenset[str] | None
    anchor: datetime
    exclusive: bool = False
    kept_percent: int = 0

    def offers(self, service: str) -> bool:
        return self.services is None or service in self.services


def windows(
    rules: Iterable[Rule],
    zone: ZoneInfo,
    first_day: date,
    last_day: date,
    closed_days: Collection[date] = (),
) -> list[Window]:
    """One window per rule and day, first to last day included (local days of `zone`), in order.

    Windows are never merged, even when they touch: who wants one long stretch writes one rule.
    A wall time means what `clock.instant` says, so hours that lie in the gap of a spring night
    begin when it ends, and disappear when nothing is left of them.
    """
    weekly: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        weekly[rule.weekday].append(rule)
    if not weekly:
        return []
    found = [
        window
        for day in _days(first_day, last_day)
        if day not in closed_days
        for rule in weekly.get(day.weekday(), ())
        if rule.holds_on(day) and (window := _window(rule, day, zone))
    ]
    return sorted(_without_displaced(found), key=lambda window: (window.interval, window.place))


def _without_displaced(found: list[Window]) -> Iterator[Window]:
    """Other windows lose the time of exclusive ones, but not their grid."""
    exclusive = [window.interval for window in found if window.exclusive]
    for window in found:
        if window.exclusive or not exclusive:
            yield window
        else:
            yield from (replace(window, interval=rest) for rest in subtract([window.interval], exclusive))


def _days(first_day: date, last_day: date) -> Iterator[date]:
    for number in range((last_day - first_day).days + 1):
        yield first_day + timedelta(days=number)


@lru_cache(maxsize=8192)
def _window(rule: Rule, day: date, zone: ZoneInfo) -> Window | None:
    starts_at = clock.instant(day, rule.starts, zone)
    ends_at = clock.instant(day, rule.ends, zone)
    if starts_at >= ends_at:
        return None
    return Window(
        Interval(starts_at, ends_at),
        rule.place,
        rule.services,
        anchor=starts_at,
        exclusive=rule.exclusive,
        kept_percent=rule.kept_percent,
    )
