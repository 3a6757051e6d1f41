"""Counts by month, channel, topic, audience, outcome …; as rows and as CSV.

Invariant: a table's rows add up to its total, and for every dimension valid and missing add up to it too.
Nothing is withheld here; who publishes a table suppresses small numbers first.
"""

from __future__ import annotations

import csv as _csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from figures import rollups, store
from figures.models import CODES, ROLLED, Line, Unit
from office import catalogues, statement

INVENTED = "Beispieldaten – frei erfunden"
"""Stands in every row of a table in which a single line is invented."""

MISSING = frozenset({catalogues.UNKNOWN, catalogues.NOT_STATED})

SCHOOL_YEAR_STARTS = 8
"""August: the school year runs from 1 August to 31 July (§ 7 SchulG NRW)."""


class NoSuchDimension(ValueError):
    """Tables know no such dimension, or it was asked for twice."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value per dimension, in the order asked for, and how many."""

    values: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Table:
    """How many of `unit` from `first` to `last` (both included), by the dimensions of `by`."""

    unit: Unit
    by: tuple[str, ...]
    first: date
    last: date
    rows: tuple[Row, ...]
    """Sorted by their values; combinations that count nothing are not in it."""
    total: int
    valid: Mapping[str, int]
    """Per dimension: how many have a value."""
    missing: Mapping[str, int]
    """Per dimension: how many are unknown or not stated."""
    sample: bool
    """Invented figures are in it."""


async def table(unit: Unit, by: Sequence[str], first: date, last: date) -> Table:
    """Count `unit` from `first` to `last`, both included and in the office's zone.

    `by`: any of `DIMENSIONS`, each once; none gives the total alone. Raises `NoSuchDimension`.
    """
    if len(set(by)) != len(by) or not set(by) <= DIMENSIONS:
        raise NoSuchDimension(NoSuchDimension.__doc__)
    counts: Counter[tuple[str, ...]] = Counter()
    for day, codes, count in await _cells(unit, by, first, last):
        counts[tuple(PERIODS[name](day) if name in PERIODS else codes[name] for name in by)] += count
    rows = tuple(Row(values, count) for values, count in sorted(counts.items()) if count)
    total = sum(row.count for row in rows)
    missing = {name: _missing(rows, place) for place, name in enumerate(by)}
    return Table(
        unit=Unit(unit),
        by=tuple(by),
        first=first,
        last=last,
        rows=rows,
        total=total,
        valid={name: total - count for name, count in missing.items()},
        missing=missing,
        sample=await Line.filter(sample=True, day__range=(first, last), unit=unit).exists(),
    )


def csv(table: Table, **notes: str) -> str:
    """The table as CSV (RFC 4180: header row, CRLF), to be encoded as UTF-8.

    Columns: unit, first, last, the dimensions, count, then `notes` (say, a definition) and, if any figure
    is invented, `note`. Notes are columns, not lines above the header: every row says what it is, and the
    file stays one table. No total row; who needs it adds up. A cell that a spreadsheet would take for a
    formula gets an apostrophe before it (OWASP, CSV injection).
    """
    marks = notes | ({"note": INVENTED} if table.sample else {})
    out = io.StringIO()
    writer = _csv.writer(out, lineterminator="\r\n")
    writer.writerow(["unit", "first", "last", *table.by, "count", *marks])
    for row in table.rows:
        cells = [table.unit, table.first, table.last, *row.values, row.count, *marks.values()]
        writer.writerow([_harmless(str(cell)) for cell in cells])
    return out.getvalue()


def school_year(day: date) -> str:
    """`2025/26` for 1 August 2025 to 31 July 2026."""
    start = day.year if day.month >= SCHOOL_YEAR_STARTS else day.year - 1
    return f"{start}/{(start + 1) % 100:02}"


PERIODS: Mapping[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "weekday": lambda day: str(day.isoweekday()),
    "month": lambda day: f"{day:%Y-%m}",
    "quarter": lambda day: f"{day.year}-Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day.year:04}",
    "school_year": school_year,
}
"""What a day is called in each period; a weekday is 1 (Monday) to 7."""

DIMENSIONS = frozenset(PERIODS) | frozenset(CODES) | {"hour_band"}


async def _cells(
    unit: Unit, by: Sequence[str], first: date, last: date
) -> list[tuple[date, Mapping[str, str], int]]:
    """Day, code per dimension, count; where no period is asked for, all stands under the first day."""
    names = [name for name in by if name not in PERIODS]
    columns = ", ".join(["unit", *(["day"] if len(names) < len(by) else []), *names])
    source, count = _source(names)
    rows: Sequence[Any] = await store.rows(
        f"""
        SELECT {columns}, SUM({count}) AS total FROM {source}
        WHERE day BETWEEN $1 AND $2 AND unit = $3 GROUP BY {columns}
        """,
        first,
        last,
        str(unit),
    )
    return [
        (
            statement.day(row["day"]) if len(names) < len(by) else first,
            {name: row[name] for name in names},
            int(row["total"]),
        )
        for row in rows
    ]


def _source(names: Sequence[str]) -> tuple[str, str]:
    """Where so many dimensions are counted with the fewest rows, and the column to add up."""
    if len(names) <= 1:
        return f"({rollups.one(names[0] if names else rollups.ALL)}) AS cells", "count"
    if set(names) <= set(ROLLED):
        return f"({rollups.CELLS}) AS cells", "count"
    return "figures_line", "sign"


def _missing(rows: Sequence[Row], place: int) -> int:
    return sum(row.count for row in rows if row.values[place] in MISSING)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
