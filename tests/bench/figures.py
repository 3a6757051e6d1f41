"""The figures with the lines of one busy year, and with those of ten."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from figures import check, rollups, tables
from figures.models import Day, Line, Unit
from tests.bench import offices
from tests.bench.measure import Row, typical
from tests.servers import Postgres

FEW, MANY = 5_000, 50_000
FIRST = date(2025, 1, 1)
YEAR = [FIRST + timedelta(days=number) for number in range(365)]
CHANNELS = ("phone", "email", "web_booking", "walk_in", "by_appointment")
TOPICS = ("school_enrolment", "newly_arrived", "recognition", "language", "finances", "unknown")
QUESTIONS = {
    "by month": lambda: tables.table(Unit.CONTACT, ["month"], FIRST, YEAR[-1]),
    "by channel and topic": lambda: tables.table(Unit.CONTACT, ["channel", "topic"], FIRST, YEAR[-1]),
    "by hour": lambda: tables.table(Unit.CONTACT, ["hour_band"], FIRST, YEAR[-1]),
}
"""The second is read from the rollups, the others from the sums of one dimension."""


async def tables_and_rollups(_server: Postgres) -> list[Row]:
    """Each with 5,000 lines and with 50,000, in one store."""
    few, many = await _measure(FEW), await _measure(MANY)
    return [
        Row(f"figures, {name}", took, took / few[name], f"{MANY:,} lines, to {FEW:,}")
        for name, took in many.items()
    ]


async def _measure(lines: int) -> dict[str, float]:
    async with offices.opened():
        await _write(_lines(lines))
        took = {"refresh of a year": await typical(lambda: rollups.refresh(YEAR), times=3)}
        took["refresh of a day"] = await typical(lambda: rollups.refresh(YEAR[:1]))
        for name, ask in QUESTIONS.items():
            took[name] = await typical(ask)
        took["self-check"] = await typical(check.balance, times=3)
    return took


async def _write(lines: Iterable[Line]) -> None:
    await Day.bulk_create([Day(day=day) for day in YEAR])
    await Line.bulk_create(lines, batch_size=1000)


def _lines(many: int) -> Iterable[Line]:
    drawn = random.Random(1)
    for _ in range(many):
        yield Line(
            unit=Unit.CONTACT, key=secrets.token_hex(16), turn=0, sign=1, entry=1, reaction="count", hour_band="08-10",
            day=drawn.choice(YEAR), channel=drawn.choice(CHANNELS), topic=drawn.choice(TOPICS), form="in_person",
        )  # fmt: skip
