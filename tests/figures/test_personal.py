"""No column of the store is about a person, and each was looked at."""

from __future__ import annotations

from figures import personal
from figures.ledger import Fact
from figures.models import CODES, ROLLED, Checked, Day, Line, Margin, Rollup


def columns(model: type[Line | Rollup | Margin | Day | Checked]) -> set[str]:
    return {f"{model.__name__}.{name}" for name in model._meta.fields_map}


def test_every_column_is_declared_and_none_is_personal() -> None:
    assert not personal.PERSONAL
    assert set().union(*map(columns, (Line, Margin, Rollup, Day, Checked))) == personal.PLAIN


def test_a_fact_is_all_of_a_line_that_counts() -> None:
    book_keeping = {"id", "unit", "key", "turn", "sign", "entry", "reaction"}
    assert set(Line._meta.fields_map) - book_keeping == set(Fact.__dataclass_fields__)
    assert set(CODES) < set(Fact.__dataclass_fields__)
    assert set(ROLLED) < set(CODES)


def test_no_column_is_a_time_stamp() -> None:
    kinds = {
        type(field).__name__
        for model in (Line, Margin, Rollup, Day)
        for field in model._meta.fields_map.values()
    }
    assert "DatetimeField" not in kinds
