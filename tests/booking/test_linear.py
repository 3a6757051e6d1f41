"""The slot engine does ten times the work for ten times the days or busy times, and no more.

Counted in lines of code executed, so that a busy machine makes no difference; `make bench` takes the time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from booking import slots
from tests.bench import slots as bench


def lines(work: Callable[[], object]) -> int:
    """How many lines of the slot engine are executed."""
    count = 0

    def trace(frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != slots.__file__:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    ("days", "busy_a_day", "sentence"),
    [(600, 8, "ten times the days"), (60, 80, "ten times the busy times")],
)
def test_ten_times_as_much_is_ten_times_the_work(days: int, busy_a_day: int, sentence: str) -> None:
    few, many = bench.prepared(counsellors=1), bench.prepared(days, busy_a_day, counsellors=1)
    once = lines(lambda: bench.found(few))
    assert once > 1000
    assert lines(lambda: bench.found(many, days)) < 11 * once, sentence


def test_the_engine_finds_what_the_plain_loop_finds() -> None:
    given = bench.prepared()
    expected = [
        [pair for pair in starts if pair[0] >= bench.NOW] for starts in bench.plain(bench.as_pairs(given))
    ]
    assert [[start[:2] for start in starts] for starts in bench.found(given)] == expected
    assert all(expected)
