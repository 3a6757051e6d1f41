"""Rollups are a cache: rebuilt for any range, at any time, they are what the lines add up to."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from figures import check, days, ledger, rollups, tables
from figures.ledger import Fact, Statement
from figures.models import Day, Line, Margin, Rollup, Unit
from office import database
from tests.figures.conftest import empty
from tests.figures.make import DAY, make_fact, make_key

YEAR = (date(2025, 1, 1), date(2025, 12, 31))

# SQLite has one writer at a time.
several_writers = pytest.mark.parametrize("statistics", ["postgres"], indirect=True)


async def sums() -> Counter[tuple[date, str, str]]:
    return Counter({(row.day, row.topic, row.channel): row.count for row in await Rollup.all()})


async def test_a_day_is_summed_by_its_codes(statistics: str) -> None:
    facts = [make_fact(), make_fact(), make_fact(topic="law"), make_fact(hour_band="20-24")]
    await ledger.state_many(Statement(Unit.INQUIRY, make_key(), fact) for fact in facts)
    assert await rollups.refresh() == 1
    assert await sums() == {(DAY, "enrolment", "phone"): 3, (DAY, "law", "phone"): 1}


async def test_refreshed_once_nothing_is_left_to_do(statistics: str) -> None:
    await ledger.state(Unit.INQUIRY, make_key(), make_fact(), entry=1)
    assert await rollups.refresh() == 1
    assert await rollups.refresh() == 0


async def test_what_is_taken_back_leaves_no_cell(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(), entry=1)
    await rollups.refresh()
    await ledger.state(Unit.INQUIRY, key, None, entry=2)
    assert await days.stale() == [DAY]
    await rollups.refresh()
    assert (await Rollup.all().count(), await Margin.all().count()) == (0, 0)


async def test_rebuilding_twice_is_rebuilding_once(statistics: str) -> None:
    facts = [make_fact(day=DAY + timedelta(days=n % 3)) for n in range(7)]
    await ledger.state_many(Statement(Unit.INQUIRY, make_key(), fact) for fact in facts)
    assert await rollups.rebuild(*YEAR) == 3
    before = await sums()
    assert await rollups.rebuild(*YEAR) == 3
    assert await sums() == before


async def test_a_rebuild_keeps_to_its_range(statistics: str) -> None:
    for n in range(3):
        await ledger.state(Unit.INQUIRY, make_key(), make_fact(day=DAY + timedelta(days=n)), entry=1)
    await rollups.rebuild(DAY, DAY + timedelta(days=1))
    assert await days.stale() == [DAY + timedelta(days=2)]


async def test_a_rebuild_repairs_whatever_stood_there(statistics: str) -> None:
    await ledger.state(Unit.INQUIRY, make_key(), make_fact(), entry=1)
    await Rollup.create(day=DAY, unit=Unit.INQUIRY, count=99)
    await Rollup.create(day=date(2025, 3, 3), unit=Unit.CASE, count=1)
    await Margin.create(day=date(2025, 3, 4), unit=Unit.CASE, dimension="topic", count=1)
    await Day.all().delete()
    await rollups.rebuild(*YEAR)
    assert await sums() == {(DAY, "enrolment", "phone"): 1}
    assert (await check.balance()).ok and await Margin.filter(day__not=DAY).count() == 0


async def test_a_cell_stands_there_once(statistics: str) -> None:
    await Rollup.create(day=DAY, unit=Unit.INQUIRY, count=1)
    with pytest.raises(IntegrityError):
        await Rollup.create(day=DAY, unit=Unit.INQUIRY, count=2)


async def test_batches_leave_no_day_out(statistics: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "BATCH", 2)
    facts = [make_fact(day=DAY + timedelta(days=n)) for n in range(5)]
    await ledger.state_many(Statement(Unit.INQUIRY, make_key(), fact) for fact in facts)
    assert await rollups.refresh() == 5
    assert sum((await sums()).values()) == 5


async def test_writers_and_rebuilders_at_once_lose_nothing(statistics: str) -> None:
    async def write() -> None:
        for n in range(12):
            await ledger.state(Unit.CONTACT, make_key(), make_fact(day=DAY + timedelta(days=n % 2)), entry=1)

    async def rebuild() -> None:
        for _ in range(12):
            await rollups.rebuild(*YEAR)

    await asyncio.gather(write(), rebuild(), write(), rebuild())
    assert str(await check.balance()) == ""
    await rollups.refresh()
    assert str(await check.balance()) == ""
    assert sum((await sums()).values()) == 24


@several_writers
async def test_a_rebuild_waits_for_lines_not_yet_committed(statistics: str) -> None:
    await ledger.state(Unit.CONTACT, make_key(), make_fact(), entry=1)
    await rollups.refresh()
    held, rebuilt = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with in_transaction(database.STATISTICS):
            await ledger.state(Unit.CONTACT, make_key(), make_fact(), entry=1)
            held.set()
            await asyncio.sleep(0.3)
            assert not rebuilt.is_set()

    async def rebuild() -> None:
        await held.wait()
        await rollups.rebuild(*YEAR)
        rebuilt.set()

    await asyncio.gather(write(), rebuild())
    assert sum((await sums()).values()) == 2


@several_writers
async def test_a_writer_waits_for_the_rebuild_of_its_day(statistics: str) -> None:
    await ledger.state(Unit.CONTACT, make_key(), make_fact(), entry=1)
    summed = asyncio.Event()

    async def rebuild() -> None:
        async with in_transaction(database.STATISTICS):
            await rollups.rebuild(*YEAR)
            summed.set()
            await asyncio.sleep(0.3)

    async def write() -> None:
        await summed.wait()
        await ledger.state(Unit.CONTACT, make_key(), make_fact(), entry=1)

    await asyncio.gather(rebuild(), write())
    assert await days.stale() == [DAY]


@several_writers
async def test_a_line_written_while_its_day_is_sealed_knows_no_entry(statistics: str) -> None:
    await ledger.state(Unit.CONTACT, make_key(), make_fact(), entry=1)
    sealed = asyncio.Event()

    async def seal() -> None:
        async with in_transaction(database.STATISTICS):
            await ledger.seal(date(2025, 9, 2))
            sealed.set()
            await asyncio.sleep(0.3)

    async def write() -> None:
        await sealed.wait()
        await ledger.state(Unit.CONTACT, make_key(), make_fact(), entry=2)

    await asyncio.gather(seal(), write())
    assert await Line.filter(entry__isnull=False).count() == 0


@several_writers
async def test_sealing_waits_for_lines_not_yet_committed(statistics: str) -> None:
    await ledger.state(Unit.CONTACT, make_key(), make_fact(), entry=1)
    held = asyncio.Event()

    async def write() -> None:
        async with in_transaction(database.STATISTICS):
            await ledger.state(Unit.CONTACT, make_key(), make_fact(), entry=2)
            held.set()
            await asyncio.sleep(0.3)

    async def seal() -> None:
        await held.wait()
        await ledger.seal(date(2025, 9, 2))

    await asyncio.gather(write(), seal())
    assert await Line.filter(entry__isnull=False).count() == 0
    assert await Day.filter(sealed=True).count() == 1


KEYS = [f"{n:032x}" for n in range(3)]
FACTS = st.builds(
    Fact,
    day=st.sampled_from([DAY, DAY + timedelta(days=1), date(2025, 10, 1)]),
    hour_band=st.sampled_from(["08-10", "20-24"]),
    topic=st.sampled_from(["law", "money"]),
    mode=st.sampled_from(["video", "unknown"]),
)
STATEMENTS = st.builds(
    Statement,
    unit=st.sampled_from([Unit.INQUIRY, Unit.CASE]),
    key=st.sampled_from(KEYS),
    fact=st.none() | FACTS,
    entry=st.integers(1, 9),
)
STEPS = st.lists(
    STATEMENTS | st.lists(STATEMENTS, max_size=4) | st.sampled_from(["refresh", "rebuild", "seal"]),
    max_size=12,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_whatever_was_stated_in_whatever_order_the_last_word_counts(
    statistics: str, steps: list[Statement | list[Statement] | str]
) -> None:
    await empty()
    last: dict[tuple[Unit, str], Fact | None] = {}
    for step in steps:
        if step == "refresh":
            await rollups.refresh()
        elif step == "rebuild":
            await rollups.rebuild(DAY, DAY + timedelta(days=1))
        elif step == "seal":
            await ledger.seal(DAY + timedelta(days=1))
        else:
            several = step if isinstance(step, list) else [step]
            assert all(isinstance(statement, Statement) for statement in several)
            await ledger.state_many(several)
            last |= {(statement.unit, statement.key): statement.fact for statement in several}
    for (unit, key), fact in last.items():
        assert await ledger.stated(unit, key) == fact
    assert str(await check.balance()) == ""
    for by in ((), ("topic",), ("day", "topic"), ("mode", "hour_band")):
        for unit in (Unit.INQUIRY, Unit.CASE):
            counted = Counter(
                tuple(str(getattr(fact, name)) for name in by)
                for (of, _), fact in last.items()
                if of is unit and fact
            )
            table = await tables.table(unit, by, *YEAR)
            assert {row.values: row.count for row in table.rows} == counted
            assert all(row.count > 0 for row in table.rows)
    await rollups.refresh()
    recount = Counter((fact.day, unit) for (unit, _), fact in last.items() if fact)
    assert str(await check.balance() + await check.compare(recount)) == ""
