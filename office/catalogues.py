"""Versioned lists with stable codes: topics, districts, languages and all other things we count by.

Invariant: a code never changes its meaning; a renamed value is a new entry and the old one says where it maps to.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files

from tortoise.transactions import in_transaction

from office import database, history
from office.errors import Invalid, NotFound
from office.models import CatalogueEntry

UNKNOWN = "unknown"
NOT_STATED = "not_stated"
OURS = frozenset({"channel", "form", "duration", "interpreter", "language"})
"""Catalogues whose codes the program itself writes or reads: they grow, and nothing in them ends."""
KEPT = frozenset({UNKNOWN, NOT_STATED, "open"})
"""Codes that never end: what is not known, and a matter that goes on."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Value:
    """One choice: its code, its label in the language asked for, and the level-1 code it belongs to."""

    code: str
    label: str
    parent: str


@dataclass(frozen=True, slots=True)
class New:
    """A value to come: its permanent code, its labels per language, and the level-1 code it belongs to, if any."""

    code: str
    labels: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""


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
    entries = await CatalogueEntry.filter(catalogue=catalogue, valid_from__lte=day).order_by("position", "id")
    valid = [entry for entry in entries if entry.valid_to is None or entry.valid_to >= day]
    return [Value(entry.code, _label(entry, language), entry.parent) for entry in valid]


async def labels(catalogue: str, language: str) -> dict[str, str]:
    """Code → label for every code there ever was."""
    entries = await CatalogueEntry.filter(catalogue=catalogue).order_by("valid_from")
    return {entry.code: _label(entry, language) for entry in entries}


def _label(entry: CatalogueEntry, language: str) -> str:
    return str(entry.labels.get(language) or entry.labels.get("de") or entry.code)


async def names() -> list[str]:
    """The catalogues there are."""
    found = await CatalogueEntry.all().distinct().values_list("catalogue", flat=True)
    return sorted({str(name) for name in found})


async def entries(catalogue: str) -> list[CatalogueEntry]:
    """Every entry there ever was, in the office's order. Raises `NotFound` for a catalogue there is not."""
    found = await CatalogueEntry.filter(catalogue=catalogue).order_by("position", "valid_from", "id")
    if not found:
        raise NotFound
    return found


async def successors(catalogue: str, day: date) -> dict[str, str]:
    """Code that has ended by `day` → the code its series goes on under then, over as many steps as there were."""
    over = CatalogueEntry.filter(catalogue=catalogue, valid_to__lt=day)
    ended = await over.exclude(maps_to="").order_by("valid_from")
    steps = {entry.code: entry.maps_to for entry in ended}
    return {code: _last(code, steps) for code in steps}


def _last(code: str, steps: Mapping[str, str]) -> str:
    seen = set()
    while code in steps and code not in seen:
        seen.add(code)
        code = steps[code]
    return code


def may_end(entry: CatalogueEntry) -> bool:
    """Whether the office may end this value at all."""
    return entry.catalogue not in OURS and entry.code not in KEPT


@database.verb
async def add(catalogue: str, new: New, first: date, *, actor: str, now: datetime) -> None:
    """From the day `first` on there is one more value, at the end of its group. Raises `NotFound`, `Invalid`."""
    rows = await _locked(catalogue)
    _check_new(rows, new, first)
    position = max((row.position for row in rows if row.code not in KEPT), default=0)
    if new.parent:
        position = max(row.position for row in rows if new.parent in (row.code, row.parent))
    await _create(rows, new, first, position)
    await _noted(catalogue, new.code, None, {"labels": dict(new.labels), "from": first}, actor=actor, now=now)


@database.verb
async def replace(
    catalogue: str, code: str, new: New | str, first: date, *, actor: str, now: datetime
) -> None:
    """`code` ends on the day before `first`, and its series goes on under `new`: a value to come, or the code of one.

    What stands under it, moves with it. The figures keep the old code and go on by `maps_to`. Raises `NotFound`,
    `Invalid` for a value that cannot end, or would go on under something of another level.
    """
    rows = await _locked(catalogue)
    old = _valid(rows, code, first)
    if not may_end(old):
        raise Invalid(ends="never_ends")
    if isinstance(new, New):
        new = New(new.code, new.labels, old.parent)
        _check_new(rows, new, first)
        await _create(rows, new, first, old.position)
    elif new == code or _valid(rows, new, first, "successor").parent != old.parent:
        raise Invalid(successor="other_level")
    following = new.code if isinstance(new, New) else new
    for below in [row for row in rows if row.parent == code and _holds(row, first)]:
        await _end(below, first)
        await _create(rows, New(below.code, below.labels, following), first, below.position)
    await _end(old, first, following)
    said = {
        "labels": dict(new.labels) if isinstance(new, New) else None,
        "from": first,
        "successor": following,
    }
    await _noted(catalogue, code, {}, said, actor=actor, now=now)


@database.verb
async def take_back(catalogue: str, code: str, today: date, *, actor: str, now: datetime) -> None:
    """What was planned for `code` and has not come yet does not come: neither its end nor its beginning.

    Raises `NotFound` when nothing is planned for it.
    """
    rows = await _locked(catalogue)
    begun = next((row for row in rows if row.code == code and row.valid_from > today), None)
    ending = next((row for row in rows if row.code == code and row.valid_to and row.valid_to >= today), None)
    first = begun.valid_from if begun else ending.valid_to + DAY if ending and ending.valid_to else None
    if first is None:
        raise NotFound
    following = ending.maps_to if ending else code
    gone = [
        row
        for row in rows
        if row.valid_from == first and (row.parent == following or (begun and row.code == code))
    ]
    if ending and not begun:  # a successor made for it goes, too
        gone += [row for row in rows if row.code == following and row.valid_from == first]
    codes = {row.code for row in gone} | {code}
    for row in rows:
        if row.valid_to == first - DAY and (row.code in codes or row.maps_to in codes):
            await CatalogueEntry.filter(id=row.id).update(valid_to=None, maps_to="")
    await CatalogueEntry.filter(id__in=[row.id for row in gone]).delete()
    await _noted(catalogue, code, {"from": first}, {"from": None}, actor=actor, now=now)


async def _locked(catalogue: str) -> list[CatalogueEntry]:
    rows = await CatalogueEntry.filter(catalogue=catalogue).order_by("id").select_for_update()
    if not rows:
        raise NotFound
    return rows


def _holds(row: CatalogueEntry, day: date) -> bool:
    return row.valid_from < day and (row.valid_to is None or row.valid_to >= day)


def _valid(rows: list[CatalogueEntry], code: str, first: date, field: str = "ends") -> CatalogueEntry:
    """The entry of this code that holds before and on that day, with no end in sight."""
    found = next((row for row in rows if row.code == code and _holds(row, first) and not row.valid_to), None)
    if found is None:
        raise Invalid(**{field: "choose"})
    return found


def _check_new(rows: list[CatalogueEntry], new: New, first: date) -> None:
    if any(row.code == new.code for row in rows):
        raise Invalid(code="code_taken")
    heads = {row.code for row in rows if not row.parent and (row.valid_to is None or row.valid_to >= first)}
    if new.parent and new.parent not in heads:
        raise Invalid(parent="choose")


async def _create(rows: list[CatalogueEntry], new: New, first: date, position: int) -> None:
    """Right behind what stands at that position: same position, later id."""
    await CatalogueEntry.create(
        catalogue=rows[0].catalogue,
        code=new.code,
        parent=new.parent,
        valid_from=first,
        labels=dict(new.labels),
        position=position,
    )


async def _end(row: CatalogueEntry, first: date, maps_to: str = "") -> None:
    await CatalogueEntry.filter(id=row.id).update(valid_to=first - DAY, maps_to=maps_to)


async def _noted(
    catalogue: str,
    code: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    *,
    actor: str,
    now: datetime,
) -> None:
    await history.note(
        f"catalogue:{catalogue}",
        None if before is None else {"code": "", **_plain(before)},
        {"code": code, **_plain(after)},
        actor=actor,
        now=now,
    )


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """Days as text, labels a language each."""
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= history.by_language(name, value)
        elif isinstance(value, date):
            flat[name] = value.isoformat()
        elif value is not None:
            flat[name] = value
    return flat
