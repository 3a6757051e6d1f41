"""The days of the invented year: when the office is closed, and the anchors its seasons hang on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from office import closing_days
from office.models import ClosingDay, DayKind

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONDAY, WEDNESDAY, THURSDAY, FRIDAY = 0, 2, 3, 4

SCHOOL_START = {-3: 0.9, -2: 1.3, -1: 1.8, 0: 2.4, 1: 2.1, 2: 1.8, 3: 1.5, 4: 1.3, 5: 1.2, 6: 1.1}
REGISTRATION = {-3: 1.1, -2: 1.2, -1: 1.4, 0: 1.6, 1: 1.6, 2: 1.5, 3: 1.3, 4: 1.1}
DECISIONS = {-3: 0.9, -2: 0.9, -1: 1.0, 0: 1.5, 1: 1.4, 2: 1.1, 3: 0.9, 4: 0.8, 6: 0.9}
HOLIDAYS = 0.6


async def close(years: range, region: str) -> None:
    """The public calendar, and what this office decided: turn of the year, Rosenmontag, one bridge day, team days."""
    await closing_days.seed(years, region)
    public = await ClosingDay.filter(kind=DayKind.PUBLIC).values_list("day", "name")
    for year in years:
        named = {name: day for day, name in public if day.year == year}
        for day, name in _own(year, named).items():
            if day not in named.values():
                await closing_days.close(day, name)


def _own(year: int, public: dict[str, date]) -> dict[date, str]:
    own = {first_weekday(year, month, FRIDAY): "Teamtag" for month in (3, 10)}
    own |= {date(year, 12, 24) + count * DAY: "Betriebsruhe" for count in range(8)}
    if "Karfreitag" in public:
        own[public["Karfreitag"] - 46 * DAY] = "Rosenmontag"
    if "Christi Himmelfahrt" in public:
        own[public["Christi Himmelfahrt"] + DAY] = "Brückentag"
    return own


def first_weekday(year: int, month: int, weekday: int) -> date:
    """The first Monday (0) to Sunday (6) of a month."""
    first = date(year, month, 1)
    return first + (weekday - first.weekday()) % 7 * DAY


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days the office is closed, and days without school."""

    closed: frozenset[date]
    holidays: frozenset[date]

    def is_open(self, day: date) -> bool:
        return day.weekday() <= FRIDAY and day not in self.closed

    def open_from(self, day: date, weekday: int | None = None) -> date:
        """The first open day at or after `day` (on this weekday). The office opens within some weeks."""
        while not self.is_open(day) or weekday not in {None, day.weekday()}:
            day += DAY
        return day

    def open_before(self, day: date) -> date:
        """The last open day before `day`."""
        day -= DAY
        while not self.is_open(day):
            day -= DAY
        return day

    def season(self, day: date) -> float:
        """How busy this day is beside an ordinary one of its weekday."""
        start = self.school_start(day.year)
        weight = _around(start, day, SCHOOL_START)
        weight *= _around(first_weekday(day.year, 2, FRIDAY), day, REGISTRATION)
        weight *= _around(first_weekday(day.year, 4, FRIDAY) - WEEK, day, DECISIONS)
        return weight * HOLIDAYS if day in self.holidays and not start - 3 * WEEK <= day < start else weight

    def school_start(self, year: int) -> date:
        """The day after the summer holidays; 20 August where the calendar does not know them."""
        summer = [day for day in self.holidays if date(year, 7, 1) <= day <= date(year, 9, 14)]
        return max(summer) + DAY if summer else date(year, 8, 20)


def _around(anchor: date, day: date, weights: dict[int, float]) -> float:
    return weights.get((day - anchor) // WEEK, 1.0)


async def calendar() -> Calendar:
    """The stored calendar."""
    stored = await ClosingDay.all()
    return Calendar(
        frozenset(row.day for row in stored if row.closed),
        frozenset(row.day for row in stored if row.kind == DayKind.SCHOOL),
    )


def of_month(year: int, month: int) -> Iterator[date]:
    """Every day of a month."""
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += DAY
