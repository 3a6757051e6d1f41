"""Do the figures balance? Nothing, or the differences.

Every question is one statement and so sees one state of the store: writers at work make no false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from figures import ledger, rollups, store
from figures.models import CODES, ROLLED, Checked, Unit
from office import statement

_ROLLED = ", ".join(ROLLED)
_CODES = ", ".join(CODES)
_LINES_BY_DIMENSION = " UNION ALL ".join(
    f"SELECT day, unit, '{name}' AS dimension, {name} AS code, SUM(sign) AS line, 0 AS margin"
    f" FROM figures_line GROUP BY day, unit, {name}"
    for name in rollups.SINGLE
)


class Kind(StrEnum):
    """What does not hold; the value says it in a word for logs and the desk."""

    ROLLUP = "rollup is not the sum of the lines"
    MARGIN = "the sum of one dimension is not that of the lines"
    BALANCE = "counts other than once or not at all"
    CANCELLED = "takes away what was never there"
    TURNS = "a line is missing"
    SIGN = "a sign is neither +1 nor -1"
    SEALED = "a line of a sealed day knows its entry"
    RECOUNT = "the office's own rows say otherwise"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not hold: where, and how much was expected and found."""

    kind: Kind
    unit: str
    where: str
    """A day, or the first eight digits of a key."""
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.unit} {self.where}: {self.kind.value} (expected {self.expected}, found {self.found})"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; a green tick when there is no difference."""

    differences: tuple[Difference, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.differences

    def __str__(self) -> str:
        return "\n".join(str(difference) for difference in self.differences)

    def __add__(self, other: Report) -> Report:
        return Report(self.differences + other.differences)


async def balance() -> Report:
    """Does the store agree with itself?

    Rollups and margins of days that are not stale equal their lines, cell by cell; every key counts once or not at
    all; turns have no gap; signs are signs; sealed lines know no entry. A stale day is no difference:
    tables do not read its rollup.
    """
    found: list[Difference] = []
    for kind, question in _QUESTIONS.items():
        found += [
            Difference(kind, row["unit"], str(row["place"])[:10], int(row["expected"]), int(row["found"]))
            for row in await store.rows(question)
        ]
    return Report(tuple(found))


async def keep(report: Report, now: datetime) -> None:
    """Whoever wants to know whether the figures balance reads this report from now on."""
    rows = [[one.kind, one.unit, one.where, one.expected, one.found] for one in report.differences]
    await Checked.update_or_create(id=1, defaults={"at": now, "differences": rows})


async def last() -> tuple[Report, datetime | None]:
    """The report that was kept last and when; a store nobody has checked so far is checked now."""
    kept = await Checked.get_or_none(id=1)
    if kept is None:
        return await balance(), None
    return Report(tuple(Difference(Kind(row[0]), *row[1:]) for row in kept.differences)), kept.at


async def compare(expected: Mapping[tuple[date, Unit], int]) -> Report:
    """Does the store agree with a recount of the operational rows, per day and unit?

    Only open days are compared, also those the recount does not name (it says 0 then); a sealed day's
    rows may be gone, and its lines are the truth. So are the lines of somebody erased (`ledger.release`).
    """
    rows = await store.rows(
        "SELECT day, unit, SUM(sign) AS found FROM figures_line"
        f" WHERE COALESCE(reaction, '') <> '{ledger.RELEASED}' GROUP BY day, unit"
    )
    found = {(statement.day(row["day"]), Unit(row["unit"])): int(row["found"]) for row in rows}
    sealed = {
        statement.day(row["day"]) for row in await store.rows("SELECT day FROM figures_day WHERE sealed")
    }
    places = sorted({place for place in (*found, *expected) if place[0] not in sealed})
    return Report(
        tuple(
            Difference(Kind.RECOUNT, unit, str(day), expected.get((day, unit), 0), found.get((day, unit), 0))
            for day, unit in places
            if expected.get((day, unit), 0) != found.get((day, unit), 0)
        )
    )


_QUESTIONS = {
    Kind.ROLLUP: f"""
        SELECT unit, day AS place, SUM(line) AS expected, SUM(rollup) AS found FROM (
            SELECT day, unit, {_ROLLED}, sign AS line, 0 AS rollup FROM figures_line
            UNION ALL
            SELECT day, unit, {_ROLLED}, 0 AS line, count AS rollup FROM figures_rollup
        ) AS both_sides
        WHERE day NOT IN (SELECT day FROM figures_day WHERE stale)
        GROUP BY day, unit, {_ROLLED} HAVING SUM(line) <> SUM(rollup)
    """,
    Kind.MARGIN: f"""
        SELECT unit, day AS place, SUM(line) AS expected, SUM(margin) AS found FROM (
            {_LINES_BY_DIMENSION}
            UNION ALL
            SELECT day, unit, dimension, code, 0 AS line, count AS margin FROM figures_margin
        ) AS both_sides
        WHERE day NOT IN (SELECT day FROM figures_day WHERE stale)
        GROUP BY day, unit, dimension, code HAVING SUM(line) <> SUM(margin)
    """,
    Kind.BALANCE: """
        SELECT unit, SUBSTR(key, 1, 8) AS place, 1 AS expected, SUM(sign) AS found FROM figures_line
        GROUP BY unit, key HAVING SUM(sign) NOT IN (0, 1)
    """,
    Kind.CANCELLED: f"""
        SELECT unit, SUBSTR(key, 1, 8) AS place, 0 AS expected, SUM(sign) AS found FROM figures_line
        GROUP BY unit, key, day, hour_band, {_CODES}, sample HAVING SUM(sign) < 0
    """,
    Kind.TURNS: """
        SELECT unit, SUBSTR(key, 1, 8) AS place, MAX(turn) + 1 AS expected, COUNT(*) AS found
        FROM figures_line GROUP BY unit, key HAVING MIN(turn) <> 0 OR COUNT(*) <> MAX(turn) + 1
    """,
    Kind.SIGN: """
        SELECT unit, SUBSTR(key, 1, 8) AS place, 1 AS expected, sign AS found FROM figures_line
        WHERE sign NOT IN (-1, 1)
    """,
    Kind.SEALED: """
        SELECT unit, day AS place, 0 AS expected, COUNT(*) AS found FROM figures_line
        WHERE (entry IS NOT NULL OR reaction IS NOT NULL)
        AND day IN (SELECT day FROM figures_day WHERE sealed) GROUP BY unit, day
    """,
}
