"""Runs something several times and keeps the median; prints what was measured as a table."""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `ratio` is that of two medians of this run, `note` says which."""

    name: str
    milliseconds: float
    ratio: float | None = None
    note: str = ""


async def typical(work: Work, times: int = 9) -> float:
    """The median time in milliseconds, after one run that warms up."""
    await work()
    return median([await once(work) for _ in range(times)])


async def once(work: Work) -> float:
    """The time in milliseconds of one run, without the garbage of those before."""
    gc.collect()
    since = time.perf_counter()
    await work()
    return (time.perf_counter() - since) * 1000


def table(rows: Iterable[Row]) -> str:
    """The rows as Markdown, in columns."""
    lines = [("what", "median ms", "ratio", "note"), *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    head, *body = [_line(cells, widths) for cells in lines]
    rule = f"| {'-' * widths[0]} | {'-' * (widths[1] - 1)}: | {'-' * (widths[2] - 1)}: | {'-' * widths[3]} |"
    return "\n".join((head, rule, *body))


def _cells(row: Row) -> tuple[str, str, str, str]:
    return row.name, f"{row.milliseconds:.2f}", f"{row.ratio:.2f}" if row.ratio else "", row.note


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, milliseconds, ratio, note = cells
    return (
        f"| {name:<{widths[0]}} | {milliseconds:>{widths[1]}} | {ratio:>{widths[2]}} | {note:<{widths[3]}} |"
    )
