"""Sums per day, rebuildable for any range: a cache of the lines, never the truth.

A transaction that writes lines marks their days stale (`figures.days`); a rebuild marks them fresh. Tables
read the rollups of fresh days and the lines of stale ones, in one statement: they are right at every
moment, and refreshing only makes them faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from tortoise.transactions import in_transaction

from figures import days, store
from figures.models import ROLLED, Rollup
from office import database, statement

BATCH = 100

_CODES = ", ".join(ROLLED)

CELLS = f"""
    SELECT day, unit, {_CODES}, count FROM figures_rollup
    WHERE day BETWEEN $1 AND $2 AND day NOT IN (SELECT day FROM figures_day WHERE stale)
    UNION ALL
    SELECT day, unit, {_CODES}, sign AS count FROM figures_line
    WHERE day BETWEEN $1 AND $2 AND day IN (SELECT day FROM figures_day WHERE stale)
"""
"""Every day from $1 to $2 as it is now: day, unit, the rolled codes, count (to be summed)."""


async def rebuild(first: date, last: date) -> int:
    """Sum the days from `first` to `last` (both included) anew; the number of days. Idempotent."""
    known = await store.rows(
        """
        SELECT day FROM figures_line WHERE day BETWEEN $1 AND $2
        UNION SELECT day FROM figures_rollup WHERE day BETWEEN $1 AND $2
        UNION SELECT day FROM figures_day WHERE day BETWEEN $1 AND $2
        """,
        first,
        last,
    )
    return await refresh(statement.day(row["day"]) for row in known)


async def refresh(only: Iterable[date] | None = None) -> int:
    """Sum the stale days anew, or exactly the days given; the number of days.

    `BATCH` days to a transaction, so that nobody waits long.
    """
    due = sorted(set(await days.stale() if only is None else only))
    for start in range(0, len(due), BATCH):
        async with in_transaction(database.STATISTICS):
            await _sum(due[start : start + BATCH])
    return len(due)


async def _sum(some: Sequence[date]) -> None:
    await days.take(some)
    await Rollup.filter(day__in=some).delete()
    await store.rows(
        f"""
        INSERT INTO figures_rollup (day, unit, {_CODES}, count)
        SELECT day, unit, {_CODES}, SUM(sign) FROM figures_line
        WHERE day IN ({statement.marks(some)})
        GROUP BY day, unit, {_CODES} HAVING SUM(sign) <> 0
        """,
        *some,
    )
    await days.mark(some, stale=False)
