"""The weekly rules of counsellors as the office wrote them: when they work, and when they are away.

Invariant: a rule of a season holds in the days of both; a rule that never holds is none.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from booking.hours import Rule
from booking.models import AbsenceSeries, WorkingHours
from office import statement

_STATEMENT = """
    SELECT 'works' AS kind, staff_id, weekday, starts_minute, ends_minute, valid_from, valid_to, weeks, place,
        CAST(services AS text) AS services, exclusive, kept_percent, season.starts_on, season.ends_on
    FROM working_hours LEFT JOIN season ON season.id = working_hours.season_id
    WHERE staff_id IN ({ids})
    UNION ALL
    SELECT 'away', staff_id, weekday, starts_minute, ends_minute, valid_from, valid_to, weeks, '',
        '[]', 1 = 0, 0, NULL, NULL
    FROM absence_series
    WHERE staff_id IN ({ids})
"""


@dataclass(frozen=True, slots=True)
class Rules:
    """Of each counsellor, by id."""

    works: dict[int, list[Rule]]
    away: dict[int, list[Rule]]


async def read(ids: Collection[int]) -> Rules:
    """The rules of these counsellors, of all times, in one statement."""
    some = sorted(ids) or [0]
    found = Rules(defaultdict(list), defaultdict(list))
    for row in await statement.rows(_STATEMENT.format(ids=statement.marks(some)), *some):
        if rule := _rule(row):
            (found.works if row["kind"] == "works" else found.away)[row["staff_id"]].append(rule)
    return found


def rule_of(row: WorkingHours) -> Rule | None:
    """The rule, within the days of its season if it has one; None when the two never meet."""
    season = (row.season.starts_on, row.season.ends_on) if row.season_id is not None else (None, None)
    days = _within(row.valid_from, row.valid_to, *season)
    return days and Rule(
        weekday=row.weekday,
        starts=_clock(row.starts_minute),
        ends=_clock(row.ends_minute),
        valid_from=days[0],
        valid_to=days[1],
        place=row.place,
        services=frozenset(row.services) or None,
        weeks=row.weeks,
        exclusive=row.exclusive,
        kept_percent=row.kept_percent,
    )


def series_of(row: AbsenceSeries) -> Rule:
    """The rule of an absence that comes again."""
    return Rule(
        weekday=row.weekday,
        starts=_clock(row.starts_minute),
        ends=_clock(row.ends_minute),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        place="",
        weeks=row.weeks,
    )


def _rule(row: Any) -> Rule | None:
    dates = ("valid_from", "valid_to", "starts_on", "ends_on")
    days = _within(*(None if row[name] is None else statement.day(row[name]) for name in dates))
    return days and Rule(
        weekday=row["weekday"],
        starts=_clock(row["starts_minute"]),
        ends=_clock(row["ends_minute"]),
        valid_from=days[0],
        valid_to=days[1],
        place=row["place"],
        services=frozenset(json.loads(row["services"])) or None,
        weeks=row["weeks"],
        exclusive=bool(row["exclusive"]),
        kept_percent=row["kept_percent"],
    )


def _within(
    valid_from: date | None, valid_to: date | None, starts_on: date | None, ends_on: date | None
) -> tuple[date, date | None] | None:
    """The days of the rule that lie in its season."""
    assert valid_from is not None
    if starts_on is None or ends_on is None:
        return valid_from, valid_to
    first, last = max(valid_from, starts_on), min(valid_to or ends_on, ends_on)
    return (first, last) if first <= last else None


def _clock(minute: int) -> time:
    return time(23, 59, 59) if minute >= 24 * 60 else time(minute // 60, minute % 60)
