"""Runs something several times and keeps the median; prints what was measured as a table, and what broke a bound."""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `ratio` is that of two medians of this run, `note` says which.

    A bound on the ratio, `at_most` or `at_least`, or on the milliseconds, `within`, is kept or the run fails.
    """

    name: str
    milliseconds: float
    ratio: float | None = None
    note: str = ""
    at_most: float | None = None
    at_least: float | None = None
    within: float | None = None

    @property
    def broken(self) -> str:
        """The sentence that says which bound is broken; empty when none is."""
        if self.within is not None and self.milliseconds > self.within:
            return f"{self.name}: {self.milliseconds:.0f} ms, allowed are {self.within:.0f} at most."
        if self.ratio is None:
            return ""
        if self.at_most is not None and self.ratio > self.at_most:
            return f"{self.name}: the ratio is {self.ratio:.2f}, allowed are {self.at_most:.2f} at most."
        if self.at_least is not None and self.ratio < self.at_least:
            return f"{self.name}: the ratio is {self.ratio:.2f}, demanded are {self.at_least:.2f} at least."
        return ""


async def typical(work: Work, times: int = 9) -> float:
    """The median time in milliseconds, after one run that warms up."""
    await work()
    return median([await once(work) for _ in range(times)])


def fastest(*works: Callable[[], object], times: int = 15) -> list[float]:
    """The least time of each in milliseconds, taken in turns, so that a busy machine is busy for all of them."""
    best = [float("inf")] * len(works)
    for _ in range(times):
        gc.collect()
        for place, work in enumerate(works):
            since = time.perf_counter()
            work()
            best[place] = min(best[place], (time.perf_counter() - since) * 1000)
    return best


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
    took = f"{row.milliseconds:.2f}" if row.milliseconds else ""
    return row.name, took, "" if row.ratio is None else f"{row.ratio:.2f}{_bound(row)}", row.note


def _bound(row: Row) -> str:
    if row.at_most is not None:
        return f" ≤ {row.at_most:.2f}"
    return "" if row.at_least is None else f" ≥ {row.at_least:.2f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, milliseconds, ratio, note = cells
    return (
        f"| {name:<{widths[0]}} | {milliseconds:>{widths[1]}} | {ratio:>{widths[2]}} | {note:<{widths[3]}} |"
    )
