"""The days of the store: who writes a day's lines, sums or seals them takes the day first.

Invariant: a line committed after a day was summed has marked that day stale, and no line of a sealed day
knows its journal entry. Both hold because `take` keeps the row until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from figures.models import Day


async def take(days: Iterable[date]) -> frozenset[date]:
    """Nobody else takes these days until the running transaction ends; those of them that are sealed.

    Days are taken in order, so that two transactions never wait for each other. A new day is stale.
    """
    wanted = sorted(set(days))
    # The update changes nothing, but it locks: after ON CONFLICT DO NOTHING a rebuild running at this
    # moment would mark the day fresh without the lines we are about to write.
    await Day.bulk_create([Day(day=day) for day in wanted], on_conflict=["day"], update_fields=["day"])
    return frozenset(row.day for row in await Day.filter(day__in=wanted, sealed=True))


async def mark(days: Collection[date], *, stale: bool) -> None:
    """Of days we took: whether their lines are newer than their rollup."""
    await Day.filter(day__in=days).update(stale=stale)


async def stale() -> list[date]:
    """Days whose lines are newer than their rollup, in order."""
    return [row.day for row in await Day.filter(stale=True).order_by("day")]
