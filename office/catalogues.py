"""Versioned lists with stable codes: topics, districts, languages and all other things we count by.

Invariant: a code never changes its meaning; a renamed value is a new entry and the old one says where it maps to.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from tortoise.transactions import in_transaction

from office import database
from office.models import CatalogueEntry

UNKNOWN = "unknown"
NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Value:
    """One choice: its code, its label in the language asked for, and the level-1 code it belongs to."""

    code: str
    label: str
    parent: str


async def seed() -> None:
    """Fill empty catalogues from `office/seed/catalogues.csv`; what the office has changed stays."""
    have = {row["catalogue"] for row in await CatalogueEntry.all().distinct().values("catalogue")}
    rows = [row for row in _seed_rows() if row["catalogue"] not in have]
    async with in_transaction(database.MAIN):
        # Two may seed at once: the unique column lets the second one's rows fall.
        await CatalogueEntry.bulk_create(
            [_entry(position, row) for position, row in enumerate(rows)], ignore_conflicts=True
        )


def _seed_rows() -> list[dict[str, str]]:
    text = files("office").joinpath("seed/catalogues.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _entry(position: int, row: dict[str, str]) -> CatalogueEntry:
    return CatalogueEntry(
        catalogue=row["catalogue"],
        code=row["code"],
        parent=row["parent"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        maps_to=row["maps_to"],
        labels={language: row[language] for language in ("de", "en", "ar")},
        position=position,
    )


async def values(catalogue: str, language: str, day: date) -> list[Value]:
    """The choices valid on `day`, in the office's order, labelled in `language` (German if there is none)."""
    entries = await CatalogueEntry.filter(catalogue=catalogue, valid_from__lte=day).order_by("position")
    valid = [entry for entry in entries if entry.valid_to is None or entry.valid_to >= day]
    return [Value(entry.code, _label(entry, language), entry.parent) for entry in valid]


async def labels(catalogue: str, language: str) -> dict[str, str]:
    """Code → label for every code there ever was."""
    entries = await CatalogueEntry.filter(catalogue=catalogue).order_by("valid_from")
    return {entry.code: _label(entry, language) for entry in entries}


def _label(entry: CatalogueEntry, language: str) -> str:
    return str(entry.labels.get(language) or entry.labels.get("de") or entry.code)
