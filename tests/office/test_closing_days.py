"""The stored table decides; the public calendar only proposes."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from office import catalogues, closing_days
from office.models import CatalogueEntry, ClosingDay, DayKind

pytestmark = pytest.mark.usefixtures("database")
CORPUS_CHRISTI = date(2027, 5, 27)
FIRST_DAY_OF_SUMMER = date(2027, 7, 19)


async def test_public_holidays_of_the_region_close_and_school_holidays_do_not() -> None:
    await closing_days.seed([2027], "NW")
    assert await closing_days.closed(CORPUS_CHRISTI, CORPUS_CHRISTI) == {CORPUS_CHRISTI}
    assert await closing_days.closed(FIRST_DAY_OF_SUMMER, FIRST_DAY_OF_SUMMER) == set()
    assert await ClosingDay.filter(day=FIRST_DAY_OF_SUMMER, kind=DayKind.SCHOOL).exists()


async def test_seeding_again_overwrites_no_decision() -> None:
    await closing_days.seed([2027], "NW")
    await ClosingDay.filter(day=CORPUS_CHRISTI, kind=DayKind.PUBLIC).update(closed=False, name="offen")
    assert await closing_days.seed([2027], "NW") == 0
    assert await closing_days.closed(CORPUS_CHRISTI, CORPUS_CHRISTI) == set()


async def test_office_may_close_any_day() -> None:
    await closing_days.close(date(2027, 2, 8), "Rosenmontag")
    assert await closing_days.closed(date(2027, 2, 1), date(2027, 2, 28)) == {date(2027, 2, 8)}


async def test_years_the_calendar_knows_nothing_about_are_named() -> None:
    await closing_days.seed_ahead(date(2026, 11, 23), "NW")
    assert await closing_days.years_without_school_holidays(2026, 2030) == [2029, 2030]


async def test_two_who_seed_at_once_seed_once() -> None:
    await asyncio.gather(
        *(catalogues.seed() for _ in range(3)), *(closing_days.seed([2027], "NW") for _ in range(3))
    )
    entries = await CatalogueEntry.all().values_list("catalogue", "code", "valid_from")
    assert len(entries) == len(set(entries)) > 0
