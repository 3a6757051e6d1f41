"""The slot engine against the plainest loop that finds the same times, and whether it stays linear."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking import hours, slots
from booking.hours import Rule, Window
from booking.intervals import Interval
from tests.bench.measure import Row, fastest
from tests.factories import NOW, ZONE
from tests.servers import Postgres

COUNSELLORS, DAYS, BUSY_A_DAY = 10, 60, 8
TIMES = (1, 10, 100)
AT_MOST = 1.5
LINEAR = 2.0
"""What one unit may cost a hundredfold more of, measured in what it costs once."""
TALK, STEP, HOUR = timedelta(minutes=30), timedelta(minutes=15), timedelta(hours=1)
FIRST = NOW.astimezone(ZONE).date()
RULES = [Rule(weekday, time(9), time(17), date(2020, 1, 1), None, "linden") for weekday in range(5)]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One counsellor's hours and what is busy of them."""

    windows: list[Window]
    busy: list[Interval]


def wanted(days: int = DAYS) -> slots.Wanted:
    """A talk of half an hour on the quarters."""
    return slots.Wanted(TALK, timedelta(), STEP, NOW, NOW + timedelta(days=days), "school")


def prepared(
    days: int = DAYS, busy_a_day: int = BUSY_A_DAY, counsellors: int = COUNSELLORS
) -> list[Prepared]:
    """Counsellors who work from nine to five and are busy half of it, 40 times a week."""
    drawn = random.Random(1)
    windows = hours.windows(RULES, ZONE, FIRST, FIRST + timedelta(days=days - 1))
    return [Prepared(windows, list(_busy(windows, busy_a_day, drawn))) for _ in range(counsellors)]


def _busy(windows: list[Window], a_day: int, drawn: random.Random) -> Iterator[Interval]:
    for window in windows:
        part = window.interval.length / a_day
        for number in range(a_day):
            begins = window.interval.starts_at + part * number + part / 12 * drawn.randrange(6)
            yield Interval(begins, begins + part / 2)


def found(counsellors: list[Prepared], days: int = DAYS) -> list[list[slots.Start]]:
    """What the engine makes of it."""
    return [slots.starts(one.windows, [], one.busy, wanted(days)) for one in counsellors]


def plain(counsellors: list[list[list[tuple[datetime, datetime]]]]) -> list[list[tuple[datetime, datetime]]]:
    """The same, by a loop that subtracts sorted busy time from sorted hours and cuts what is left."""
    everybody = []
    for windows, busy in counsellors:
        starts, number = [], 0
        for anchor, closes in windows:
            at = anchor
            while number < len(busy) and busy[number][0] < closes:
                begins, ends = busy[number]
                at += (anchor - at) % STEP
                while at + TALK <= begins:
                    starts.append((at, at + TALK))
                    at += STEP
                at = max(at, ends)
                number += 1
            at += (anchor - at) % STEP
            while at + TALK <= closes:
                starts.append((at, at + TALK))
                at += STEP
        everybody.append(starts)
    return everybody


def as_pairs(counsellors: list[Prepared]) -> list[list[list[tuple[datetime, datetime]]]]:
    """What `plain` reads: nothing but pairs of moments, in order."""
    return [
        [
            sorted((one.starts_at, one.ends_at) for one in intervals)
            for intervals in ([window.interval for window in whose.windows], whose.busy)
        ]
        for whose in counsellors
    ]


async def engine(_server: Postgres) -> list[Row]:
    """Ten counsellors, sixty days, forty busy times a week of each."""
    given = prepared()
    pairs, busy = as_pairs(given), sum(len(one.busy) for one in given)
    since_now = [[pair for pair in starts if pair[0] >= NOW] for starts in plain(pairs)]
    assert [[start[:2] for start in starts] for starts in found(given)] == since_now
    loop, ours = fastest(lambda: plain(pairs), lambda: found(given))
    return [
        Row("slots, plain loop", loop, None, f"{COUNSELLORS} counsellors × {DAYS} days, {busy:,} busy times"),
        Row("slots, engine", ours, ours / loop, "to the loop", at_most=AT_MOST),
    ]


async def linear(_server: Postgres) -> list[Row]:
    """Ten and a hundred times the days, then the busy times, of one counsellor."""
    rows: list[Row] = []
    for what, sizes in (
        ("days", [(DAYS * times, BUSY_A_DAY) for times in TIMES]),
        ("busy times", [(DAYS, BUSY_A_DAY * times) for times in TIMES]),
    ):
        each = [per_unit(days, busy) for days, busy in sizes]
        rows += [
            Row(f"slots, {what} × {times}", took, took / each[0], "per busy time, to × 1", at_most=LINEAR)
            for times, took in zip(TIMES, each, strict=True)
        ]
    return rows


def per_unit(days: int, busy_a_day: int) -> float:
    """Milliseconds per thousand busy times."""
    given = prepared(days, busy_a_day, counsellors=1)
    [took] = fastest(lambda: found(given, days), times=5)
    return took * 1000 / len(given[0].busy)
