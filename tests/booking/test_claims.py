"""Who changes a calendar first: the others wait."""

from __future__ import annotations

import asyncio

from tortoise.transactions import in_transaction

from booking import claims
from office import database as office_database
from office.settings import Settings
from tests.factories import make_staff


async def test_a_calendar_is_changed_by_one_at_a_time(database: Settings) -> None:
    member = await make_staff()
    order: list[str] = []
    locked = asyncio.Event()

    async def first() -> None:
        async with in_transaction(office_database.MAIN):
            await claims.lock(member.id)
            locked.set()
            await asyncio.sleep(0.2)
            order.append("first")

    async def second() -> None:
        await locked.wait()
        async with in_transaction(office_database.MAIN):
            await claims.lock(member.id)
            order.append("second")

    await asyncio.gather(first(), second())
    assert order == ["first", "second"]
