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
from figures.models import CODES, ROLLED, Margin, Rollup
from office import database, statement

BATCH = 100
SINGLE = ("hour_band", *CODES)
"""What tables by one dimension can ask for: these have sums of their own, few to a day however much was counted."""

_CODES = ", ".join(ROLLED)

CELLS = f"""
    SELECT day, unit, {_CODES}, count FROM figures_rollup
    WHERE day BETWEEN $1 AND $2 AND day NOT IN (SELECT day FROM figures_day WHERE stale)
    UNION ALL
    SELECT day, unit, {_CODES}, sign AS count FROM figures_line
    WHERE day BETWEEN $1 AND $2 AND day IN (SELECT day FROM figures_day WHERE stale)
"""
"""Every day from $1 to $2 as it is now: day, unit, the rolled codes, count (to be summed)."""

ALL = "channel"
"""Every line has one code of every dimension; whoever asks for none is answered from this one."""


def one(dimension: str) -> str:
    """As `CELLS`, of unit $3 and with this one dimension only; of the lines only those of stale days are read.

    SQLite takes the tables of a CROSS JOIN in the order they are named.
    """
    return f"""
    SELECT day, unit, code AS {dimension}, count FROM figures_margin
    WHERE unit = $3 AND dimension = '{dimension}' AND day BETWEEN $1 AND $2
    AND day NOT IN (SELECT day FROM figures_day WHERE stale)
    UNION ALL
    SELECT line.day, unit, {dimension}, sign AS count FROM figures_day CROSS JOIN figures_line AS line
    WHERE stale AND line.day = figures_day.day AND unit = $3 AND line.day BETWEEN $1 AND $2
    """


async def rebuild(first: date, last: date) -> int:
    """Sum the days from `first` to `last` (both included) anew; the number of days. Idempotent."""
    known = await store.rows(
        """
        SELECT day FROM figures_line WHERE day BETWEEN $1 AND $2
        UNION SELECT day FROM figures_rollup WHERE day BETWEEN $1 AND $2
        UNION SELECT day FROM figures_margin WHERE day BETWEEN $1 AND $2
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
    await _sum_together(some)
    for dimension in SINGLE:
        await _sum_one(dimension, some)
    await days.mark(some, stale=False)


async def _sum_together(some: Sequence[date]) -> None:
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


async def _sum_one(dimension: str, some: Sequence[date]) -> None:
    """From the rollup where it knows the dimension: it was summed a moment ago, and is shorter."""
    source, count = ("figures_rollup", "count") if dimension in ROLLED else ("figures_line", "sign")
    await Margin.filter(dimension=dimension, day__in=some).delete()
    await store.rows(
        f"""
        INSERT INTO figures_margin (unit, dimension, day, code, count)
        SELECT unit, '{dimension}', day, {dimension}, SUM({count}) FROM {source}
        WHERE day IN ({statement.marks(some)})
        GROUP BY unit, day, {dimension} HAVING SUM({count}) <> 0
        """,
        *some,
    )
