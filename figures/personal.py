"""The declaration that no column of this store is about a person (docs/counting.md says what it counts).

Invariant: every column of every model stands here; a new one is a decision, not an accident.
"""

from __future__ import annotations

from collections.abc import Mapping

from figures.models import CODES, ROLLED

PERSONAL: Mapping[str, str] = {}

PLAIN = frozenset(
    {"Line.id", "Line.unit", "Line.key", "Line.turn", "Line.sign", "Line.entry", "Line.reaction"}
    | {"Line.day", "Line.hour_band", "Line.sample"}
    | {"Rollup.id", "Rollup.day", "Rollup.unit", "Rollup.count"}
    | {"Margin.id", "Margin.unit", "Margin.dimension", "Margin.day", "Margin.code", "Margin.count"}
    | {"Day.day", "Day.stale", "Day.sealed"}
    | {"Checked.id", "Checked.at", "Checked.differences"}
    | {f"Line.{code}" for code in CODES}
    | {f"Rollup.{code}" for code in ROLLED}
)
"""`Line.key` and `Line.entry` are no names, but lead to a case while its row and its journal entry live:
the row's deletion ends the one, `ledger.seal` the other."""
