"""What is owed is done in order per subject and reaction, and one subject does not wait for another."""

from __future__ import annotations

from datetime import datetime

import pytest

from office import database, journal
from office.models import Due, JournalEntry
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("database")


@database.verb
async def tell(*subjects: str) -> None:
    for subject in subjects:
        await journal.write("told", subject, actor=journal.SYSTEM, now=NOW)


async def owed(*subjects: str) -> list[int]:
    """Due rows of two reactions per subject, in order."""
    await tell(*subjects)
    await journal.fan_out(lambda _kind: ["count", "confirm"], NOW)
    return await Due.all().order_by("id").values_list("id", flat=True)  # type: ignore[return-value]


async def nothing(entry: JournalEntry, now: datetime) -> None:
    """A reaction without an effect."""


async def test_only_the_first_of_a_subject_is_due() -> None:
    rows = await owed("a:1", "a:1", "b:2")
    assert await journal.next_due(NOW) == [*rows[:2], *rows[4:]]
    await journal.react(rows[0], nothing, NOW)
    assert await journal.next_due(NOW) == [rows[1], rows[2], *rows[4:]]


async def test_reaction_does_not_overtake_an_earlier_one() -> None:
    rows = await owed("a:1", "a:1")
    assert not await journal.react(rows[2], nothing, NOW)
    assert await journal.react(rows[0], nothing, NOW)
    assert await journal.react(rows[2], nothing, NOW)
    assert await Due.all().order_by("id").values_list("id", flat=True) == [rows[1], rows[3]]


async def test_reaction_that_fails_is_still_owed() -> None:
    async def fail(entry: JournalEntry, now: datetime) -> None:
        raise ValueError

    (first, _second) = await owed("a:1")
    with pytest.raises(ValueError):
        await journal.react(first, fail, NOW)
    assert await Due.exists(id=first)
