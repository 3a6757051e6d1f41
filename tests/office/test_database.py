"""A verb is one transaction: nobody writes beside it, it is tried again when it must be, and wakes when committed."""

from __future__ import annotations

import sqlite3

import pytest
from tortoise.transactions import in_transaction

from office import database as office_database
from office import journal, wake
from office.models import JournalEntry, Place
from office.settings import Settings
from tests.factories import NOW, make_place


class Deadlock(Exception):
    """As asyncpg says it."""

    sqlstate = "40P01"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_transaction_that_has_only_read_keeps_other_writers_out(database: Settings) -> None:
    other = sqlite3.connect(database.var_dir / "sprechstunde.sqlite3", isolation_level=None, timeout=0)
    async with in_transaction(office_database.MAIN):
        await Place.all().count()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_verb_is_tried_again_after_a_deadlock(database: Settings) -> None:
    tries = 0

    @office_database.verb
    async def write() -> None:
        nonlocal tries
        tries += 1
        await make_place()
        if tries < 3:
            await Place.all().delete()
            raise Deadlock

    await write()
    assert (tries, await Place.all().count()) == (3, 1)


@pytest.mark.parametrize("error", [Deadlock, ValueError])
async def test_verb_that_never_succeeds_leaves_nothing_and_says_why(
    database: Settings, error: type[Exception]
) -> None:
    @office_database.verb
    async def write() -> None:
        await make_place()
        raise error

    with pytest.raises(error):
        await write()
    assert await Place.all().count() == 0


async def test_workers_are_woken_after_the_commit_and_not_by_a_failure(database: Settings) -> None:
    woken: list[str] = []
    wake.listen(lambda: woken.append("once"))

    @office_database.verb
    async def tell(*, fail: bool) -> None:
        await journal.write("appointment.arrived", "appointment:1", actor=journal.SYSTEM, now=NOW)
        assert not woken
        if fail:
            raise ValueError

    with pytest.raises(ValueError):
        await tell(fail=True)
    assert (woken, await JournalEntry.all().count()) == ([], 0)
    await tell(fail=False)
    assert (woken, await JournalEntry.all().count()) == (["once"], 1)
