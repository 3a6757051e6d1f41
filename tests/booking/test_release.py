"""What is kept back is near the percentage over a month, the same for everybody, and free a week ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import release
from booking.hours import Window
from booking.intervals import Interval
from tests.factories import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FAR = NOW + 14 * DAY


def month(percent: int) -> list[Window]:
    """Eight hours each working day of four weeks."""
    days = [FAR + number * DAY for number in range(28) if number % 7 < 5]
    return [
        Window(Interval(day, day + 8 * HOUR), "linden", None, anchor=day, kept_percent=percent)
        for day in days
    ]


def share(windows: list[Window], staff_id: int, week: int, now: object = NOW) -> float:
    kept = [hour for window in windows for hour in release.kept(window, staff_id, week, now)]  # type: ignore[arg-type]
    return 100 * len(kept) / (8 * len(windows))


@pytest.mark.parametrize("percent", range(0, 101, 10))
@pytest.mark.parametrize("staff_id", [1, 2, 17, 400])
def test_the_share_kept_over_a_month_is_near_the_percentage(percent: int, staff_id: int) -> None:
    assert abs(share(month(percent), staff_id, 0) - percent) <= 5


@given(st.integers(1, 10**6), st.integers(0, 100), st.integers(0, 100))
def test_what_is_kept_for_the_week_is_free_seven_days_ahead(staff_id: int, desk: int, week: int) -> None:
    windows = month(desk)
    week_ahead = windows[0].interval.starts_at - 7 * DAY
    for window in windows[:1]:
        for_desk = release.kept(window, staff_id, 0, NOW)
        assert set(release.kept(window, staff_id, week, NOW)) >= set(for_desk)
        assert release.kept(window, staff_id, week, week_ahead + 8 * HOUR) == for_desk


@given(st.integers(1, 1000), st.integers(0, 100), st.integers(0, 600), st.integers(1, 300))
def test_a_kept_hour_is_kept_whatever_window_it_is_asked_in(
    staff_id: int, percent: int, begins: int, lasts: int
) -> None:
    day = Interval(NOW, NOW + 24 * HOUR)
    starts_at = NOW + timedelta(minutes=begins)
    part = Interval(starts_at, starts_at + timedelta(minutes=lasts))
    whole, cut = (
        release.kept(Window(span, "linden", None, NOW, kept_percent=percent), staff_id, 0, NOW)
        for span in (day, part)
    )
    expected = [hour for hour in whole if hour.overlaps(part)]
    assert [
        Interval(max(hour.starts_at, part.starts_at), min(hour.ends_at, part.ends_at)) for hour in expected
    ] == cut
