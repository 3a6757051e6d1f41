"""The truth table can be read, and does not contradict itself."""

from __future__ import annotations

import pytest

from figures.models import Unit
from tests.figures import counting
from tests.figures.counting import Change

STATUSES = {"booked", "attended", "no_show", "cancelled"}
ROWS = counting.rows()
HEAD = "| event | inquiry | contact | case | appointment | unmet | why |\n" + "| --- " * 7 + "|\n"


def test_columns_are_the_units_in_their_order() -> None:
    assert counting.COLUMNS[1:-1] == list(Unit)


def test_a_row_is_read() -> None:
    (row,) = counting.rows(
        HEAD + "| `a.moved`: by us (later) | 0 | +1 | 0 | −1 booked (old day), +1 booked | 0 | w |"
    )
    assert (row.event, row.circumstance, row.later, row.why) == ("a.moved", "by us", True, "w")
    assert row.changes[Unit.APPOINTMENT] == (Change(-1, "booked", "old day"), Change(1, "booked"))
    assert [row.net(unit) for unit in Unit] == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "line",
    [
        "| a.moved | 0 | 0 | 0 | 0 | 0 | w |",
        "| `a.moved` | 0 | 0 | 0 | 0 | w |",
        "| `a.moved` | 0 | 0 | 0 | 2 | 0 | w |",
        "| `a.moved` | 0 | 0 | 0 | | 0 | w |",
    ],
)
def test_a_row_that_cannot_be_read_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        counting.rows(HEAD + line)


def test_every_event_stands_there_once() -> None:
    names = [(row.event, row.circumstance) for row in ROWS]
    assert len(names) == len(set(names))
    assert {row.later for row in ROWS} == {True, False}
    assert all(row.why for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.event} {row.circumstance}")
def test_an_appointment_always_has_one_status(row: counting.Row) -> None:
    """It comes as one status, or goes from one to another; no other unit has one."""
    changes = row.changes[Unit.APPOINTMENT]
    assert [change.by for change in changes] in ([], [1], [-1, 1])
    assert {change.status for change in changes} <= STATUSES
    others = [change for unit in Unit if unit is not Unit.APPOINTMENT for change in row.changes[unit]]
    assert not any(change.status for change in others)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.event} {row.circumstance}")
def test_no_case_without_inquiry_and_no_inquiry_without_contact(row: counting.Row) -> None:
    if row.net(Unit.CASE) > 0:
        assert row.net(Unit.INQUIRY) > 0
    if row.net(Unit.INQUIRY) > 0:  # its contact is new, or one that counted with another inquiry before
        assert any(change.by > 0 for change in row.changes[Unit.CONTACT])


def test_a_talk_is_counted_exactly_while_the_appointment_is_attended() -> None:
    for row in counting.reachable():
        if row.event.startswith("appointment.") and row.event != "appointment.booked":
            attended = sum(c.by for c in row.changes[Unit.APPOINTMENT] if c.status == "attended")
            assert row.net(Unit.CONTACT) == attended, row
