"""Half-open stretches of time, as truth tables and against sets of minutes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import intervals
from booking.intervals import Interval

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def stretch(first, last):
    return Interval(NOON + timedelta(minutes=first), NOON + timedelta(minutes=last))


def stretches(pairs):
    return [stretch(*pair) for pair in pairs]


@pytest.mark.parametrize(
    ("given_", "united", "sentence"),
    [
        ([], [], "nothing is nothing"),
        ([(0, 5)], [(0, 5)], "one stretch stays"),
        ([(5, 9), (0, 3)], [(0, 3), (5, 9)], "apart: sorted, not joined"),
        ([(0, 5), (5, 9)], [(0, 9)], "touching becomes one"),
        ([(0, 5), (3, 9)], [(0, 9)], "overlapping becomes one"),
        ([(0, 9), (2, 3), (4, 5)], [(0, 9)], "what lies inside adds nothing"),
        ([(0, 5), (0, 5)], [(0, 5)], "twice is once"),
    ],
)
def test_union(given_, united, sentence):
    assert intervals.union(stretches(given_)) == stretches(united), sentence


@pytest.mark.parametrize(
    ("given_", "busy", "rest", "sentence"),
    [
        ([(0, 9)], [], [(0, 9)], "nothing busy, nothing lost"),
        ([(0, 9)], [(3, 5)], [(0, 3), (5, 9)], "a talk in the middle cuts in two"),
        ([(0, 9)], [(0, 3)], [(3, 9)], "a talk at the start leaves the rest"),
        ([(0, 9)], [(5, 9)], [(0, 5)], "a talk at the end leaves the start"),
        ([(0, 9)], [(0, 9)], [], "busy throughout leaves nothing"),
        ([(3, 5)], [(0, 9)], [], "busy longer leaves nothing"),
        ([(3, 5)], [(0, 3), (5, 9)], [(3, 5)], "touching takes nothing away"),
        ([(0, 3), (5, 9)], [(2, 6)], [(0, 2), (6, 9)], "one absence cuts two stretches"),
        ([(0, 9)], [(2, 4), (3, 6)], [(0, 2), (6, 9)], "overlapping absences count once"),
        ([(0, 3), (3, 9)], [(1, 2)], [(0, 1), (2, 9)], "touching stretches are one first"),
    ],
)
def test_subtract(given_, busy, rest, sentence):
    assert intervals.subtract(stretches(given_), stretches(busy)) == stretches(rest), sentence


@pytest.mark.parametrize(
    ("one", "other", "covers", "overlaps", "sentence"),
    [
        ((0, 9), (0, 9), True, True, "itself"),
        ((0, 9), (2, 5), True, True, "inside"),
        ((2, 5), (0, 9), False, True, "around"),
        ((0, 5), (3, 9), False, True, "across the end"),
        ((0, 5), (5, 9), False, False, "touching is not sharing"),
        ((5, 9), (0, 5), False, False, "touching is not sharing, the other way round"),
        ((0, 2), (5, 9), False, False, "apart"),
    ],
)
def test_two_stretches(one, other, covers, overlaps, sentence):
    assert stretch(*one).covers(stretch(*other)) is covers, sentence
    assert stretch(*one).overlaps(stretch(*other)) is overlaps, sentence


@pytest.mark.parametrize(("first", "last"), [(0, 0), (5, 0)])
def test_an_empty_stretch_does_not_exist(first, last):
    with pytest.raises(ValueError, match="empty"):
        stretch(first, last)


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        Interval(NOON.replace(tzinfo=None), NOON)


def test_another_zone_is_kept_as_utc():
    """From 01:30 to 03:30 on the spring night is one hour, though the clock says two."""
    berlin = ZoneInfo("Europe/Berlin")
    night = Interval(datetime(2026, 3, 29, 1, 30, tzinfo=berlin), datetime(2026, 3, 29, 3, 30, tzinfo=berlin))
    assert night.ends_at - night.starts_at == timedelta(hours=1)


PAIRS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: (pair[0], sum(pair))),
    max_size=8,
)


def minutes(pairs):
    return {minute for first, last in pairs for minute in range(first, last)}


def minutes_of(found):
    return [
        minute
        for one in found
        for minute in range((one.starts_at - NOON).seconds // 60, (one.ends_at - NOON).seconds // 60)
    ]


@given(PAIRS, PAIRS)
def test_no_minute_is_lost_or_comes_twice(pairs, busy):
    united = intervals.union(stretches(pairs))
    rest = intervals.subtract(stretches(pairs), stretches(busy))
    assert minutes_of(united) == sorted(minutes(pairs))
    assert minutes_of(rest) == sorted(minutes(pairs) - minutes(busy))
    for found in (united, rest):
        assert all(a.ends_at < b.starts_at for a, b in pairwise(found))
