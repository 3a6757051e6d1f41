"""Tables count what is asked for, from rollups and lines alike, and their CSV does no harm."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from figures import ledger, rollups, tables
from figures.ledger import Statement
from figures.models import Margin, Rollup, Unit
from figures.tables import NoSuchDimension, Row, Table
from tests.figures.make import make_fact, make_key

YEAR = (date(2025, 1, 1), date(2025, 12, 31))

FACTS = [
    make_fact(day=date(2025, 7, 31), topic="law", channel="phone", mode="video"),
    make_fact(day=date(2025, 8, 1), topic="law", channel="email"),
    make_fact(day=date(2025, 8, 1), topic="unknown", channel="email"),
    make_fact(day=date(2025, 12, 31), topic="not_stated", channel="email"),
    make_fact(day=date(2024, 12, 31), topic="law"),
    make_fact(day=date(2026, 1, 1), topic="law"),
]


async def some(unit: Unit = Unit.INQUIRY, *, sample: bool = False) -> None:
    facts = [ledger.Fact(**{n: getattr(f, n) for n in ledger._NAMES} | {"sample": sample}) for f in FACTS]
    await ledger.state_many(Statement(unit, make_key(), fact) for fact in facts)


def plain(table: Table) -> dict[tuple[str, ...], int]:
    return {row.values: row.count for row in table.rows}


@pytest.mark.parametrize("refreshed", [False, True])
@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ([], {(): 4}),
        (["day"], {("2025-07-31",): 1, ("2025-08-01",): 2, ("2025-12-31",): 1}),
        (["weekday"], {("3",): 1, ("4",): 1, ("5",): 2}),
        (["month"], {("2025-07",): 1, ("2025-08",): 2, ("2025-12",): 1}),
        (["quarter"], {("2025-Q3",): 3, ("2025-Q4",): 1}),
        (["year"], {("2025",): 4}),
        (["school_year"], {("2024/25",): 1, ("2025/26",): 3}),
        (["channel"], {("email",): 3, ("phone",): 1}),
        (["mode"], {("unknown",): 3, ("video",): 1}),
        (["hour_band"], {("08-10",): 4}),
        (
            ["channel", "topic"],
            {("email", "law"): 1, ("email", "not_stated"): 1, ("email", "unknown"): 1, ("phone", "law"): 1},
        ),
        (["topic", "school_year", "mode"], None),
    ],
)
async def test_counts_by_what_is_asked_for(
    statistics: str, refreshed: bool, by: list[str], rows: dict[tuple[str, ...], int] | None
) -> None:
    await some()
    if refreshed:
        await rollups.refresh()
    table = await tables.table(Unit.INQUIRY, by, *YEAR)
    assert rows is None or plain(table) == rows
    assert table.total == 4
    assert list(table.rows) == sorted(table.rows, key=lambda row: row.values)


@pytest.mark.parametrize(
    ("sums", "by"),
    [
        (Rollup, ["channel", "topic"]),
        (Margin, []),
        (Margin, ["month"]),
        (Margin, ["channel"]),
        (Margin, ["hour_band"]),
        (Margin, ["weekday", "mode"]),
    ],
)
async def test_a_refreshed_store_is_read_from_its_sums(
    statistics: str, sums: type[Rollup | Margin], by: list[str]
) -> None:
    await some()
    await rollups.refresh()
    await sums.filter(day=date(2025, 7, 31)).update(count=100)
    assert (await tables.table(Unit.INQUIRY, by, *YEAR)).total == 103


@pytest.mark.parametrize(
    "by", [[], ["month"], ["channel"], ["channel", "topic"], ["mode"], ["mode", "topic"]]
)
async def test_a_day_with_new_lines_is_not_read_from_its_sums(statistics: str, by: list[str]) -> None:
    await some()
    await rollups.refresh()
    await ledger.state(Unit.INQUIRY, make_key(), FACTS[0], entry=1)
    assert (await tables.table(Unit.INQUIRY, by, *YEAR)).total == 5


async def test_nothing_counted_is_a_table_without_rows(statistics: str) -> None:
    assert (await tables.table(Unit.INQUIRY, [], *YEAR)).rows == ()


async def test_units_are_never_mixed(statistics: str) -> None:
    await some(Unit.CONTACT)
    assert (await tables.table(Unit.INQUIRY, ["topic"], *YEAR)).rows == ()
    assert (await tables.table(Unit.INQUIRY, ["mode"], *YEAR)).rows == ()


async def test_valid_and_missing_are_told_apart(statistics: str) -> None:
    await some()
    table = await tables.table(Unit.INQUIRY, ["month", "topic"], *YEAR)
    assert table.valid == {"month": 4, "topic": 2}
    assert table.missing == {"month": 0, "topic": 2}


@pytest.mark.parametrize("by", [["person"], ["key"], ["topic", "topic"], ["topic; DROP TABLE figures_line"]])
async def test_other_dimensions_there_are_not(statistics: str, by: list[str]) -> None:
    with pytest.raises(NoSuchDimension):
        await tables.table(Unit.INQUIRY, by, *YEAR)


def test_a_school_year_starts_in_august() -> None:
    assert tables.school_year(date(2025, 7, 31)) == "2024/25"
    assert tables.school_year(date(2025, 8, 1)) == "2025/26"
    assert tables.school_year(date(1999, 9, 1)) == "1999/00"


def make_table(*rows: Row, sample: bool = False) -> Table:
    total = sum(row.count for row in rows)
    return Table(Unit.INQUIRY, ("topic",), *YEAR, rows, total, {"topic": total}, {"topic": 0}, sample)


def test_the_csv_is_one_table() -> None:
    text = tables.csv(make_table(Row(("law",), 2), Row(("money",), 7)))
    assert text == (
        "unit,first,last,topic,count\r\n"
        "inquiry,2025-01-01,2025-12-31,law,2\r\n"
        "inquiry,2025-01-01,2025-12-31,money,7\r\n"
    )


@pytest.mark.parametrize("unit", list(Unit))
async def test_invented_figures_say_so_in_every_row(statistics: str, unit: Unit) -> None:
    await some(unit, sample=True)
    table = await tables.table(unit, ["topic"], *YEAR)
    rows = list(csv.DictReader(io.StringIO(tables.csv(table))))
    assert table.sample
    assert {row["note"] for row in rows} == {"Beispieldaten – frei erfunden"}


async def test_figures_of_the_office_carry_no_such_note(statistics: str) -> None:
    await some()
    table = await tables.table(Unit.INQUIRY, ["topic"], *YEAR)
    assert not table.sample
    assert "note" not in tables.csv(table)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    text = tables.csv(make_table(Row((f"{start}1+1",), 2)), definition=f"{start}cmd")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["topic"] == f"'{start}1+1"
    assert row["definition"] == f"'{start}cmd"


def test_a_note_with_commas_and_lines_stays_one_cell() -> None:
    text = tables.csv(make_table(Row(("law",), 2)), definition='One, "two"\r\nthree')
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["definition"] == 'One, "two"\r\nthree'
