"""A promise is kept on a working day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiries import promise

CHRISTMAS = {date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 28)}
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("asked", "days", "closed", "promised", "why"),
    [
        (date(2026, 3, 2), 2, set(), date(2026, 3, 4), "Monday to Wednesday"),
        (date(2026, 3, 5), 2, set(), date(2026, 3, 9), "Thursday: Friday and Monday"),
        (date(2026, 3, 7), 1, set(), date(2026, 3, 9), "Saturday: Monday"),
        (date(2026, 12, 23), 2, CHRISTMAS, date(2026, 12, 30), "over closing days"),
        (date(2026, 3, 2), 5, set(), date(2026, 3, 9), "a season's longer promise"),
    ],
)
def test_day_of_the_promise(asked: date, days: int, closed: set[date], promised: date, why: str) -> None:
    assert promise.promised(asked, days, closed) == promised, why


@given(DAYS, st.integers(1, 10), st.sets(DAYS, max_size=20))
def test_promise_is_a_day_somebody_is_here_and_leaves_exactly_that_many(
    asked: date, days: int, closed: set[date]
) -> None:
    kept = promise.promised(asked, days, closed)
    between = [asked + timedelta(n) for n in range(1, (kept - asked).days + 1)]
    working = [day for day in between if day.weekday() < 5 and day not in closed]
    assert working[-1] == kept
    assert len(working) == days
