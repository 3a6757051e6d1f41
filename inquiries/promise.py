"""The day by which somebody gets an answer: so many working days on, closing days left out. Pure.

Invariant: a promise is never a day on which nobody is here to keep it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def promised(asked_on: date, working_days: int, closed: Collection[date]) -> date:
    """`working_days` (≥ 1) after `asked_on`, which itself does not count; days in `closed` do not either."""
    day, left = asked_on, working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY and day not in closed
    return day
