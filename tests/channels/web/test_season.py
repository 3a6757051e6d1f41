"""A busy season is said on the start page, in its days and in the language of the page."""

from __future__ import annotations

import httpx2
import pytest

from office.models import Season
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Es dauert länger."), ("ar", "أطول"), ("en", "Es dauert länger.")]
)
async def test_start_page_says_that_it_takes_longer(
    web: httpx2.AsyncClient, language: str, said: str
) -> None:
    day = NOW.date()
    await Season.create(
        name="Schulbeginn", starts_on=day, ends_on=day, banner={"de": "Es dauert länger.", "ar": "أطول"}
    )
    assert said in (await web.get(f"/{language}/")).text


async def test_start_page_says_nothing_outside_a_season(web: httpx2.AsyncClient) -> None:
    assert 'id="season"' not in (await web.get("/de/")).text
