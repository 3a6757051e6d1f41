"""A counted thing counts as what was stated last; every change is a line, and nothing else is written."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from tortoise.exceptions import IntegrityError

from figures import check, ledger
from figures.ledger import Conflict, NotACode, Statement
from figures.models import Day, Line, Unit
from tests.figures.make import DAY, make_fact, make_key


async def signs(key: str) -> list[tuple[int, int, str]]:
    return [(line.turn, line.sign, line.topic) for line in await Line.filter(key=key).order_by("turn")]


async def test_what_was_stated_counts(statistics: str) -> None:
    key, fact = make_key(), make_fact()
    assert await ledger.state(Unit.INQUIRY, key, fact, entry=1) == 1
    assert await ledger.stated(Unit.INQUIRY, key) == fact


async def test_the_same_again_writes_nothing(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(), entry=1)
    assert await ledger.state(Unit.INQUIRY, key, make_fact(), entry=1) == 0
    assert await ledger.state(Unit.INQUIRY, key, make_fact(), entry=2) == 0
    assert await Line.all().count() == 1


async def test_a_correction_is_two_lines(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(topic="money"), entry=1)
    assert await ledger.state(Unit.INQUIRY, key, make_fact(topic="law"), entry=2) == 2
    assert await signs(key) == [(0, 1, "money"), (1, -1, "money"), (2, 1, "law")]


async def test_taken_back_and_stated_again(statistics: str) -> None:
    key = make_key()
    for fact, lines in [(make_fact(), 1), (None, 1), (None, 0), (make_fact(), 1)]:
        assert await ledger.state(Unit.CASE, key, fact, entry=1) == lines
        assert await ledger.stated(Unit.CASE, key) == fact


async def test_units_with_one_key_do_not_touch_each_other(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(), entry=1)
    await ledger.state(Unit.CASE, key, make_fact(), entry=1)
    await ledger.state(Unit.CASE, key, None, entry=2)
    assert await ledger.stated(Unit.INQUIRY, key) == make_fact()


async def test_one_batch_may_state_a_key_twice(statistics: str) -> None:
    key = make_key()
    facts = [make_fact(), None, make_fact(topic="law")]
    written = await ledger.state_many(Statement(Unit.INQUIRY, key, fact) for fact in facts)
    assert written == 3
    assert await ledger.stated(Unit.INQUIRY, key) == make_fact(topic="law")


async def test_batches_follow_each_other(statistics: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "BATCH", 2)
    statements = [Statement(Unit.CONTACT, make_key(), make_fact()) for _ in range(5)]
    assert await ledger.state_many(statements) == 5
    assert await ledger.state_many(statements) == 0


async def test_the_constraint_lets_one_line_take_a_turn(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(), entry=1)
    with pytest.raises(IntegrityError):
        await Line.create(unit=Unit.INQUIRY, key=key, turn=0, sign=1, day=DAY)


async def test_who_lost_the_turn_is_told_and_leaves_nothing(
    statistics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(), entry=1)

    async def as_it_was_before(batch: object) -> ledger.Lines:
        return {(Unit.INQUIRY, key): []}

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "_lines", as_it_was_before)
        with pytest.raises(Conflict):
            await ledger.state(Unit.INQUIRY, key, make_fact(topic="law", day=date(2025, 9, 2)), entry=2)
    assert await Line.all().count() == 1
    assert not await Day.exists(day=date(2025, 9, 2))


async def test_of_many_at_once_one_fact_remains(statistics: str) -> None:
    key = make_key()
    # Different days, so that only the constraint stands between them.
    facts = [make_fact(topic=f"topic-{n}", day=DAY + timedelta(days=n)) for n in range(8)]

    async def until_it_stands(fact: ledger.Fact) -> None:
        for _ in range(20):
            try:
                await ledger.state(Unit.INQUIRY, key, fact, entry=1)
                return
            except Conflict:
                await asyncio.sleep(0.01)
        raise AssertionError("never got a turn")

    await asyncio.gather(*(until_it_stands(fact) for fact in facts))
    assert await ledger.stated(Unit.INQUIRY, key) in facts
    assert str(await check.balance()) == ""


async def test_a_sealed_day_forgets_where_its_lines_come_from(statistics: str) -> None:
    yesterday, today = make_key(), make_key()
    await ledger.state(Unit.INQUIRY, yesterday, make_fact(), entry=1)
    await ledger.state(Unit.INQUIRY, today, make_fact(day=date(2025, 9, 2)), entry=2)
    assert await ledger.seal(date(2025, 9, 2)) == 1
    assert await ledger.seal(date(2025, 9, 2)) == 0
    entries = {line.key: (line.entry, line.reaction) for line in await Line.all()}
    assert entries == {yesterday: (None, None), today: (2, "count")}


async def test_a_sealed_day_can_be_corrected_without_a_trace(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(topic="money"), entry=1)
    await ledger.seal(date(2025, 9, 2))
    assert await ledger.state(Unit.INQUIRY, key, make_fact(topic="law"), entry=7) == 2
    assert await Line.filter(entry__isnull=False).count() == 0
    assert await ledger.stated(Unit.INQUIRY, key) == make_fact(topic="law")


async def test_moved_out_of_a_sealed_day_only_the_open_day_knows_the_entry(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.APPOINTMENT, key, make_fact(), entry=1)
    await ledger.seal(date(2025, 9, 2))
    await ledger.state(Unit.APPOINTMENT, key, make_fact(day=date(2025, 9, 9)), entry=7)
    lines = await Line.filter(key=key).order_by("turn")
    assert [line.entry for line in lines] == [None, None, 7]


@pytest.mark.parametrize(
    "words",
    [
        "Amira Haddad",
        "amira@example.org",
        "017604069012",
        "",
        "sie fragt nach der schule",
        "a" * 49,
        "money\n",
        "=1+1",
    ],
)
def test_words_of_a_person_do_not_get_in(words: str) -> None:
    with pytest.raises(NotACode) as refused:
        make_fact(topic=words)
    assert not words or words not in str(refused.value)


def test_a_number_of_the_office_is_no_key() -> None:
    with pytest.raises(ValueError, match="random"):
        Statement(Unit.CASE, "4821", make_fact())


@pytest.mark.parametrize(
    ("hour", "band"),
    [
        (0, "00-08"),
        (7, "00-08"),
        (8, "08-10"),
        (9, "08-10"),
        (10, "10-12"),
        (12, "12-14"),
        (15, "14-16"),
        (16, "16-20"),
        (19, "16-20"),
        (20, "20-24"),
        (23, "20-24"),
    ],
)
def test_every_hour_has_its_band(hour: int, band: str) -> None:
    assert ledger.hour_band(hour) == band


@pytest.mark.parametrize("hour", [-1, 24])
def test_other_hours_have_none(hour: int) -> None:
    with pytest.raises(ValueError, match="0 to 23"):
        ledger.hour_band(hour)


async def test_a_ledger_with_a_gap_can_still_be_written(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(topic="money"), entry=1)
    await ledger.state(Unit.INQUIRY, key, make_fact(topic="law"), entry=2)
    await Line.filter(key=key, turn=1).delete()
    await ledger.state(Unit.INQUIRY, key, make_fact(topic="language"), entry=3)
    assert await ledger.stated(Unit.INQUIRY, key) == make_fact(topic="language")


async def test_released_lines_count_as_before_and_know_no_entry(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(), entry=7)
    await ledger.release([key])
    assert await ledger.release([key]) == 1
    (line,) = await Line.all()
    assert (line.entry, line.reaction) == (None, ledger.RELEASED)
    assert await ledger.stated(Unit.INQUIRY, key) == make_fact()
    assert await ledger.release([]) == 0


async def test_sealed_day_has_nothing_to_release(statistics: str) -> None:
    key = make_key()
    await ledger.state(Unit.INQUIRY, key, make_fact(), entry=7)
    await ledger.seal(date(2026, 1, 1))
    assert await ledger.release([key]) == 0
    (line,) = await Line.all()
    assert line.reaction is None
