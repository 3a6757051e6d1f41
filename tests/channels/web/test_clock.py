"""Days and times as people and programs send them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from channels.web import clock


def test_days_and_instants_of_ours_are_read() -> None:
    assert clock.day("2026-03-04") == date(2026, 3, 4)
    assert clock.moment("2026-03-04T09:00:00+01:00") == datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "x", "9999-12-31", "1999-12-31", "2026-02-31", 20260304, None, "2026-03-04T09:00:00"]
)
def test_what_is_none_is_refused(text: object) -> None:
    for read in (clock.day, clock.moment):
        with pytest.raises(ValueError, match=r".+"):
            read(text)
