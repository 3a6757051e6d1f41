"""Reads the truth table of docs/counting.md, so that it can be executed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from figures.models import Unit

PAGE = Path(__file__).parents[2] / "docs" / "counting.md"
COLUMNS = ["event", "inquiry", "contact", "case", "appointment", "unmet", "why"]

_EVENT = re.compile(r"`(?P<event>[a-z_]+\.[a-z_]+)`(?:: (?P<circumstance>[^()]+?))?(?P<later> \(later\))?")
_CHANGE = re.compile(r"(?P<by>[+−]1)(?: (?P<status>[a-z_]+))?(?: \((?P<where>[a-z ]+)\))?")


@dataclass(frozen=True, slots=True)
class Change:
    """One line: +1 or -1, the status it is about (appointments), and a word on which of two."""

    by: int
    status: str = ""
    where: str = ""
    """`old day`, `new day`, `as before`, `as now` or nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event in one circumstance, and what it adds to each unit."""

    event: str
    circumstance: str
    later: bool
    """Cannot happen yet."""
    changes: Mapping[Unit, tuple[Change, ...]]
    why: str

    def net(self, unit: Unit) -> int:
        """By how much the number of `unit` changes."""
        return sum(change.by for change in self.changes[unit])


def rows(text: str | None = None) -> list[Row]:
    """The table's rows in order. Raises ValueError for a row that cannot be read."""
    lines = (PAGE.read_text(encoding="utf-8") if text is None else text).splitlines()
    table = [_cells(line) for line in lines if line.startswith("|")]
    if table[:1] != [COLUMNS]:
        raise ValueError(f"the table's columns are not {COLUMNS}")
    return [_row(cells) for cells in table[2:]]


def reachable() -> Iterator[Row]:
    """The rows that can happen today."""
    return (row for row in rows() if not row.later)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(cells: list[str]) -> Row:
    found = _EVENT.fullmatch(cells[0])
    if not found or len(cells) != len(COLUMNS):
        raise ValueError(f"not a row: {cells}")
    return Row(
        event=found["event"],
        circumstance=found["circumstance"] or "",
        later=bool(found["later"]),
        changes={unit: _changes(cell) for unit, cell in zip(Unit, cells[1:6], strict=True)},
        why=cells[6],
    )


def _changes(cell: str) -> tuple[Change, ...]:
    return () if cell == "0" else tuple(_change(part) for part in cell.split(", "))


def _change(text: str) -> Change:
    found = _CHANGE.fullmatch(text)
    if not found:
        raise ValueError(f"not a change: {text}")
    return Change(int(found["by"].replace("−", "-")), found["status"] or "", found["where"] or "")
