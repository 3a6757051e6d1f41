"""Five-minute cells: the same answer as intervals, in whole numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.cells import cells
from booking.intervals import Interval

NINE = datetime(2026, 10, 25, 9, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def test_an_hour_is_twelve_cells_counted_from_the_epoch():
    first = int(NINE.timestamp()) // 300
    assert cells(NINE, NINE + 12 * FIVE) == range(first, first + 12)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "sentence"),
    [
        (NINE + timedelta(minutes=1), NINE + 2 * FIVE, "does not lie on five minutes"),
        (NINE, NINE + timedelta(minutes=7), "does not lie on five minutes"),
        (NINE, NINE + FIVE + timedelta(microseconds=1), "does not lie on five minutes"),
        (NINE, NINE, "is empty"),
        (NINE + FIVE, NINE, "is empty"),
        (NINE.replace(tzinfo=None), NINE + FIVE, "no time zone"),
    ],
)
def test_refused(starts_at, ends_at, sentence):
    with pytest.raises(ValueError, match=sentence):
        cells(starts_at, ends_at)


STRETCH = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(
    lambda pair: (NINE + pair[0] * FIVE, NINE + sum(pair) * FIVE)
)


@given(STRETCH, STRETCH)
def test_two_stretches_overlap_exactly_when_they_share_a_cell(one, other):
    shared = set(cells(*one)) & set(cells(*other))
    assert bool(shared) == Interval(*one).overlaps(Interval(*other))
