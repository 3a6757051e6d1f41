"""At most so many talks a day, and a break after so many hours: compared with counting minute by minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking import daily
from booking.intervals import Interval
from tests.factories import NOW, ZONE

STEP = timedelta(minutes=15)
LIMITS = daily.Limits(most_talks=5, longest=timedelta(hours=6), pause=timedelta(minutes=30))
QUARTERS = 40
"""Ten hours of one local day."""


def at(quarter: int) -> datetime:
    return NOW + quarter * STEP


def spans(taken: list[bool]) -> list[tuple[int, int]]:
    """Stretches of busy quarters that are less than a pause apart, as (first, end)."""
    found: list[tuple[int, int]] = []
    for quarter in (number for number, busy in enumerate(taken) if busy):
        if found and quarter - found[-1][1] < 2:
            found[-1] = (found[-1][0], quarter + 1)
        else:
            found.append((quarter, quarter + 1))
    return found


@given(st.lists(st.tuples(st.integers(0, QUARTERS), st.integers(1, 8)), min_size=1, max_size=9))
def test_what_is_allowed_is_what_counting_quarters_allows(talks: list[tuple[int, int]]) -> None:
    taken, kept = [False] * (QUARTERS + 9), []
    for first, length in talks:
        if any(taken[first : first + length]):
            continue
        talk = Interval(at(first), at(first + length))
        after = [busy or first <= number < first + length for number, busy in enumerate(taken)]
        around = next(span for span in spans(after) if span[0] <= first < span[1])
        expected = len(kept) < 5 and around[1] - around[0] <= 24
        assert daily.Days(kept, LIMITS, ZONE).allow(talk) == expected
        if expected:
            taken, kept = after, [*kept, talk]


def test_talks_of_another_day_do_not_count() -> None:
    yesterday = [Interval(at(4 * n) - timedelta(days=1), at(4 * n + 2) - timedelta(days=1)) for n in range(5)]
    assert daily.Days(yesterday, LIMITS, ZONE).allow(Interval(at(0), at(2)))
