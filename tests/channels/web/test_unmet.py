"""A search that found nothing is counted, and nobody is counted with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from booking.models import Service
from channels.web import rate, site
from figures import check
from figures.models import Line, Unit
from office import settings as office_settings
from office.models import JournalEntry, Role, Staff
from office.settings import Settings
from sprechstunde import house
from tests.channels.web.staffroom import Browser
from tests.factories import NOW, make_absence
from workers import counting, sweep

SEARCH = "/de/book?service=school&mode=office&children=1"
KEY = "portal-key-for-the-tests"


@pytest.fixture
async def full(school: Service) -> Service:
    """The only counsellor is away for as long as anybody can book."""
    await make_absence(await Staff.get(), NOW, NOW + timedelta(days=60))
    return school


@pytest.fixture
async def program(database: Settings, at: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A program with a key."""
    office_settings.use(database.model_copy(update={"api_keys": SecretStr(f"portal:{KEY}")}))
    transport = httpx2.ASGITransport(app=site.build(database, house.opened(database)))
    headers = {"authorization": f"Bearer {KEY}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://h", headers=headers) as client:
        yield client


async def looks(web: httpx2.AsyncClient, path: str = SEARCH) -> None:
    assert (await web.get(path)).status_code == 200


async def counted() -> list[Line]:
    while await sweep.run(NOW):
        pass
    return await Line.filter(unit=Unit.UNMET).order_by("id")


async def test_nothing_free_is_one_search_and_no_inquiry(web: httpx2.AsyncClient, full: Service) -> None:
    await looks(web)
    (line,) = await counted()
    assert (line.service, line.mode, line.language, line.status) == (
        "school", "office", "not_stated", "without_interpreter"
    )  # fmt: skip
    assert (line.day, line.sign) == (NOW.date(), 1)
    assert await Line.all().count() == 1
    assert (await check.balance()).ok
    assert (await check.compare(await counting.recount(NOW.date(), date.max))).ok


async def test_a_search_that_finds_a_time_is_not_counted(web: httpx2.AsyncClient, school: Service) -> None:
    await looks(web)
    assert await counted() == []


async def test_the_same_wish_of_the_same_client_counts_once_an_hour(
    web: httpx2.AsyncClient, full: Service
) -> None:
    for path in (SEARCH, SEARCH, f"{SEARCH}&from=2026-03-20"):
        await looks(web, path)
    assert len(await counted()) == 1
    await looks(web, SEARCH.replace("office", "phone"))
    assert [line.mode for line in await counted()] == ["office", "phone"]


async def test_another_client_counts_for_itself(
    database: Settings, web: httpx2.AsyncClient, full: Service
) -> None:
    app = site.build(database, house.opened(database), surface="public")
    transport = httpx2.ASGITransport(app=app, client=("198.51.100.7", 1))
    await looks(web)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000") as other:
        await looks(other)
    assert len(await counted()) == 2


async def test_the_entry_names_no_client_and_no_time_but_its_own(
    web: httpx2.AsyncClient, full: Service
) -> None:
    await looks(web)
    entry = await JournalEntry.get(kind="search.unmet")
    assert (entry.actor, entry.subject) == ("person", f"service:{full.id}")
    assert set(entry.details) == {"key", "mode", "language", "interpreter"}
    assert "127.0.0.1" not in str(entry.details)
    kept = str(vars(rate._shared()))
    assert "unmet" in kept
    assert not any("unmet" in word and "127.0.0.1" in word for word in kept.split(","))


async def test_a_program_that_finds_nothing_counts_when_no_week_has_anything(
    program: httpx2.AsyncClient, full: Service
) -> None:
    for query in ("service=school", "service=school&days=1", "service=school&counsellor=nobody"):
        await program.get(f"/api/v1/slots?{query}")
    assert len(await counted()) == 1


async def test_a_program_that_looks_at_the_wrong_week_only_is_not_counted(
    program: httpx2.AsyncClient, school: Service
) -> None:
    answer = await program.get("/api/v1/slots?service=school&from=2026-03-07&days=2")
    assert answer.json() == {"slots": []}
    assert await counted() == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Suchen ohne Treffer"), ("en", "Searches that found nothing"), ("ar", "عمليات بحث بلا نتيجة")],
)
async def test_the_figures_show_it_as_a_table_of_its_own(
    web: httpx2.AsyncClient, full: Service, enter: Any, language: str, words: str
) -> None:
    await looks(web)
    await counted()
    lead: Browser = await enter(Role.LEAD)
    lead.http.cookies.set("desk-language", language)
    page = await lead.get("/desk/figures?unit=unmet&by=service")
    assert f"<dt>{words}</dt><dd>1</dd>" in page
    page = await lead.get("/desk/figures?unit=inquiry&by=service")
    assert "<dd>1</dd>" not in page
