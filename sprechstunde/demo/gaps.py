"""What nobody in the invented city offered, as its counsellors noted it in the last months (`data/gaps.csv`)."""

from __future__ import annotations

import random
from datetime import date, timedelta

from inquiries.models import Gap, Missing
from sprechstunde.demo import tables, visits


async def enter(today: date, chance: random.Random) -> None:
    """Each so many days before today."""
    await Gap.bulk_create([_gap(row, today, chance) for row in tables.read("gaps")])


def _gap(row: dict[str, str], today: date, chance: random.Random) -> Gap:
    return Gap(
        key=visits.key(chance),
        day=today - timedelta(days=int(row["days"])),
        why=Missing(row["why"]),
        **{name: row[name] for name in ("topic", "language", "district")},
    )
