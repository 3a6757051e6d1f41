"""The self-check is green on a sound store and red for each way of breaking one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from figures import check, ledger, rollups
from figures.check import Kind
from figures.models import Line, Margin, Rollup, Unit
from tests.figures.make import DAY, make_fact, make_key

KEY = "ab" * 16


async def sound() -> None:
    """One inquiry, recoded once and summed; its day is sealed."""
    await ledger.state(Unit.INQUIRY, KEY, make_fact(topic="money"), entry=1)
    await ledger.state(Unit.INQUIRY, KEY, make_fact(topic="law"), entry=2)
    await ledger.seal(date(2025, 9, 2))
    await rollups.refresh()


def line(**overrides: Any) -> Awaitable[Line]:
    return Line.create(**{"unit": Unit.INQUIRY, "key": KEY, "turn": 3, "sign": 1, "day": DAY} | overrides)


async def test_a_sound_store_has_a_green_tick(statistics: str) -> None:
    await sound()
    report = await check.balance()
    assert report.ok
    assert str(report) == ""


async def test_a_day_not_yet_summed_is_no_difference(statistics: str) -> None:
    await sound()
    await ledger.state(Unit.INQUIRY, "cd" * 16, make_fact(), entry=3)
    assert (await check.balance()).ok


@pytest.mark.parametrize(
    ("broken", "kinds"),
    [
        (lambda: Rollup.all().update(count=2), {Kind.ROLLUP}),
        (lambda: Rollup.all().update(topic="money"), {Kind.ROLLUP}),
        (lambda: Rollup.all().delete(), {Kind.ROLLUP}),
        (lambda: Rollup.create(day=DAY, unit=Unit.CASE, count=1), {Kind.ROLLUP}),
        (lambda: Margin.filter(dimension="topic").update(count=2), {Kind.MARGIN}),
        (lambda: Margin.filter(dimension="mode").update(code="visit"), {Kind.MARGIN}),
        (lambda: Margin.all().delete(), {Kind.MARGIN}),
        (lambda: Margin.create(day=DAY, unit=Unit.CASE, dimension="topic", count=1), {Kind.MARGIN}),
        (lambda: Line.filter(turn=1).update(sign=1), {Kind.BALANCE, Kind.ROLLUP, Kind.MARGIN}),
        (lambda: Line.filter(turn=1).update(topic="law"), {Kind.ROLLUP, Kind.MARGIN}),
        (lambda: Line.filter(turn=1).update(hour_band="20-24"), {Kind.CANCELLED, Kind.MARGIN}),
        (lambda: Line.filter(turn=1).update(turn=7), {Kind.TURNS}),
        (lambda: Line.filter(turn=0).update(turn=3), {Kind.TURNS}),
        (lambda: Line.filter(turn=0).update(turn=-1), {Kind.TURNS}),
        (lambda: Line.filter(turn=0).delete(), {Kind.TURNS, Kind.CANCELLED, Kind.ROLLUP, Kind.MARGIN}),
        (lambda: line(sign=0), {Kind.SIGN}),
        (lambda: line(sign=1), {Kind.BALANCE, Kind.ROLLUP, Kind.MARGIN}),
        (lambda: line(sign=2), {Kind.SIGN, Kind.BALANCE, Kind.ROLLUP, Kind.MARGIN}),
        (lambda: Line.filter(turn=1).update(entry=9), {Kind.SEALED}),
        (lambda: Line.filter(turn=1).update(reaction="count"), {Kind.SEALED}),
    ],
)
async def test_a_broken_store_is_found_out(
    statistics: str, broken: Callable[[], Awaitable[Any]], kinds: set[Kind]
) -> None:
    await sound()
    await broken()
    report = await check.balance()
    assert not report.ok
    assert {difference.kind for difference in report.differences} == kinds


async def test_a_difference_can_be_read(statistics: str) -> None:
    await sound()
    await Rollup.all().update(count=2)
    assert str(await check.balance()) == (
        "inquiry 2025-09-01: rollup is not the sum of the lines (expected 1, found 2)"
    )


async def test_a_recount_agrees(statistics: str) -> None:
    await ledger.state(Unit.INQUIRY, KEY, make_fact(), entry=1)
    assert (await check.compare({(DAY, Unit.INQUIRY): 1, (DAY, Unit.CASE): 0})).ok


@pytest.mark.parametrize(
    ("recount", "words"),
    [
        ({}, "inquiry 2025-09-01: the office's own rows say otherwise (expected 0, found 1)"),
        (
            {(DAY, Unit.INQUIRY): 2},
            "inquiry 2025-09-01: the office's own rows say otherwise (expected 2, found 1)",
        ),
        (
            {(DAY, Unit.INQUIRY): 1, (date(2025, 9, 2), Unit.CASE): 1},
            "case 2025-09-02: the office's own rows say otherwise (expected 1, found 0)",
        ),
    ],
)
async def test_a_recount_that_differs_is_said(
    statistics: str, recount: dict[tuple[date, Unit], int], words: str
) -> None:
    await ledger.state(Unit.INQUIRY, KEY, make_fact(), entry=1)
    assert str(await check.compare(recount)) == words


async def test_a_sealed_day_is_the_truth_when_the_rows_are_gone(statistics: str) -> None:
    await sound()
    assert (await check.compare({})).ok
    assert (await check.compare({(DAY, Unit.INQUIRY): 5})).ok


async def test_lines_of_somebody_erased_are_no_false_alarm(statistics: str) -> None:
    other = make_key()
    await ledger.state(Unit.INQUIRY, KEY, make_fact(), entry=1)
    await ledger.state(Unit.INQUIRY, other, make_fact(), entry=2)
    assert await ledger.release([KEY]) == 1
    assert (await check.compare({(DAY, Unit.INQUIRY): 1})).ok
    assert (await check.balance()).ok
    assert not (await check.compare({})).ok
