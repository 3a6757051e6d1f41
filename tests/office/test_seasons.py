"""A season changes promise and banner in its days, and nothing outside them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from office import seasons
from office.models import Season

pytestmark = pytest.mark.usefixtures("database")
FIRST, LAST = date(2025, 8, 11), date(2025, 9, 19)
DAY = timedelta(days=1)


async def make_season(**overrides: object) -> Season:
    given = {"name": "Schulbeginn", "starts_on": FIRST, "ends_on": LAST, "promise_days": 5}
    return await Season.create(**{**given, "banner": {"de": "Es dauert länger.", "ar": "أطول"}, **overrides})


@pytest.mark.parametrize(("day", "days"), [(FIRST - DAY, 2), (FIRST, 5), (LAST, 5), (LAST + DAY, 2)], ids=str)
async def test_promise_is_longer_in_its_days_only(day: date, days: int) -> None:
    await make_season()
    assert await seasons.promise_days(day, 2) == days


async def test_banner_is_in_the_language_of_the_page_or_in_german() -> None:
    await make_season()
    said = [await seasons.banner(FIRST, language) for language in ("ar", "en")]
    assert said == ["أطول", "Es dauert länger."]
    assert await seasons.banner(LAST + DAY, "de") == ""


async def test_of_two_seasons_the_later_one_holds() -> None:
    await make_season()
    await make_season(starts_on=FIRST + 7 * DAY, promise_days=7)
    assert [await seasons.promise_days(FIRST + days * DAY, 2) for days in (6, 7)] == [5, 7]


async def test_season_without_a_promise_leaves_it() -> None:
    await make_season(promise_days=None)
    assert await seasons.promise_days(FIRST, 2) == 2
