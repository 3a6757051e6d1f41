"""What the office wrote down: the weekly rules of counsellors, its closing days, its rooms; read in one statement.

Invariant: a rule of a season holds in the days of both; a rule that never holds is none.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Any, NamedTuple

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
    UNION ALL
    SELECT 'closed', 0, 0, 0, 0, day, NULL, '', '', '[]', 1 = 0, 0, NULL, NULL
    FROM closing_day
    WHERE closed AND day >= $1 AND day <= $2
    UNION ALL
    SELECT 'room', id, position, 0, 0, $1, NULL, '', place, '[]', 1 = 0, 0, NULL, NULL
    FROM room
    WHERE active
"""


class UsableRoom(NamedTuple):
    """A room that may be used, and where; in the order of the office."""

    position: int
    id: int
    place: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Of each counsellor, by id; the closing days that were asked for, and all rooms that may be used, in order."""

    works: dict[int, list[Rule]]
    away: dict[int, list[Rule]]
    closed: set[date]
    rooms: list[UsableRoom]


async def read(ids: Collection[int], first: date, last: date) -> Rules:
    """The rules of these counsellors, of all times; the closing days from `first` to `last`, both included."""
    some = sorted(ids) or [0]
    found = Rules(defaultdict(list), defaultdict(list), set(), [])
    for row in await statement.rows(
        _STATEMENT.format(ids=statement.marks(some, first=3)), first, last, *some
    ):
        match row["kind"]:
            case "closed":
                found.closed.add(statement.day(row["valid_from"]))
            case "room":
                found.rooms.append(UsableRoom(row["weekday"], row["staff_id"], row["place"]))
            case kind:
                if rule := _rule(row):
                    (found.works if kind == "works" else found.away)[row["staff_id"]].append(rule)
    found.rooms.sort()
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
    dates = (None if row[name] is None else statement.day(row[name]) for name in _DATES)
    return _made((*dates, *(row[name] for name in _OTHERS)))


_DATES = ("valid_from", "valid_to", "starts_on", "ends_on")
_OTHERS = (
    "weekday",
    "starts_minute",
    "ends_minute",
    "place",
    "services",
    "weeks",
    "exclusive",
    "kept_percent",
)


@lru_cache(maxsize=4096)
def _made(written: tuple[Any, ...]) -> Rule | None:
    """The rule of these columns; rules seldom change and are read with every search, so equal ones are one."""
    weekday, starts, ends, place, of, weeks, exclusive, kept_percent = written[len(_DATES) :]
    days = _within(*written[: len(_DATES)])
    return days and Rule(
        weekday=weekday,
        starts=_clock(starts),
        ends=_clock(ends),
        valid_from=days[0],
        valid_to=days[1],
        place=place,
        services=_services(of),
        weeks=weeks,
        exclusive=bool(exclusive),
        kept_percent=kept_percent,
    )


@lru_cache(maxsize=256)
def _services(written: str) -> frozenset[str] | None:
    return frozenset(json.loads(written)) or None


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
