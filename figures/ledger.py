"""States what is true of one counted thing and writes only the difference, as signed lines.

Invariant: the lines of a (unit, key) add up to exactly one fact, the one stated last, or to none. Lines are
never changed or deleted: a correction is a -1 of what was there and a +1 of what is.

State what is true *now*, read from the operational row, not what a journal entry once said: then a repeated
statement writes nothing, and it does not matter which of two goes first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from itertools import islice
from typing import TypeAlias

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from figures import days
from figures.models import Day, Line, Unit
from office import catalogues, database, errors

BANDS = ("00-08", "08-10", "10-12", "12-14", "14-16", "16-20", "20-24")
BATCH = 500

RELEASED = "released"
"""Stands for the reaction in lines whose operational rows are erased: no recount can know them any more."""

_CODE = re.compile(r"(?!.*\d{6})[a-z0-9][a-z0-9_.+-]{0,47}")
_KEY = re.compile(r"[0-9a-f]{32}")


class Conflict(errors.Transient):
    """Somebody else stated the same thing at the same moment; state it again."""


class NotACode(ValueError):
    """The store takes catalogue codes only: no free text, no name, no number to call."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is counted of one thing: its day (in the office's zone), its hour band and its codes."""

    day: date
    hour_band: str = catalogues.UNKNOWN
    channel: str = catalogues.UNKNOWN
    topic: str = catalogues.UNKNOWN
    audience: str = catalogues.UNKNOWN
    outcome: str = catalogues.UNKNOWN
    language: str = catalogues.UNKNOWN
    district: str = catalogues.UNKNOWN
    service: str = catalogues.UNKNOWN
    mode: str = catalogues.UNKNOWN
    status: str = catalogues.UNKNOWN
    form: str = catalogues.UNKNOWN
    duration: str = catalogues.UNKNOWN
    school_type: str = catalogues.UNKNOWN
    sample: bool = False

    def __post_init__(self) -> None:
        for name in _TEXTS:
            if not _CODE.fullmatch(getattr(self, name)):
                # Not the value: it may be just what must not get out.
                raise NotACode(f"{NotACode.__doc__} ({name})")


_NAMES = tuple(field.name for field in fields(Fact))
_TEXTS = tuple(name for name in _NAMES if name not in {"day", "sample"})


@dataclass(frozen=True, slots=True)
class Statement:
    """From now on (unit, key) counts as `fact`, or not at all."""

    unit: Unit
    key: str
    fact: Fact | None
    entry: int | None = None
    reaction: str = "count"

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError("a key is 32 random hexadecimal digits")


Lines: TypeAlias = dict[tuple[Unit, str], list[Line]]


def hour_band(local_hour: int) -> str:
    """The band of the day in which the hour (0–23, the office's clock) lies."""
    for band in BANDS:
        if int(band[:2]) <= local_hour < int(band[3:]):
            return band
    raise ValueError("an hour is 0 to 23")


async def state(
    unit: Unit, key: str, fact: Fact | None, *, entry: int | None, reaction: str = "count"
) -> int:
    """Afterwards (unit, key) counts as exactly `fact`, or as nothing; the number of lines written.

    Stating the same again writes nothing. Raises `Conflict` when another process stated the same key at
    the same moment: state it again, from the row as it is then.
    """
    return await state_many([Statement(unit, key, fact, entry, reaction)])


async def state_many(statements: Iterable[Statement]) -> int:
    """`state` for many at once, in order, `BATCH` to a transaction; the number of lines written.

    After a `Conflict` the batches before stand; stating all again is safe.
    """
    left = iter(statements)
    written = 0
    while batch := list(islice(left, BATCH)):
        try:
            async with in_transaction(database.STATISTICS):
                written += await _write(batch)
        except IntegrityError as error:
            raise Conflict from error
    return written


async def _write(batch: Sequence[Statement]) -> int:
    lines = await _lines(batch)
    new: list[Line] = []
    for statement in batch:
        there = lines[statement.unit, statement.key]
        found = list(_difference(there, statement))
        there += found
        new += found
    if not new:
        return 0
    touched = {line.day for line in new}
    sealed = await days.take(touched)
    await days.mark(touched, stale=True)
    for line in new:
        if line.day in sealed:
            line.entry = line.reaction = None
    # In order of their keys, so that two batches never wait for each other.
    await Line.bulk_create(sorted(new, key=lambda line: (line.key, line.unit, line.turn)))
    return len(new)


def _difference(there: Sequence[Line], statement: Statement) -> Iterator[Line]:
    """The lines that turn what is there into what is stated: first what goes, then what comes."""
    missing = Counter([statement.fact] if statement.fact else [])
    missing.subtract(balance(there))
    turn = there[-1].turn + 1 if there else 0
    for fact, times in sorted(missing.items(), key=lambda item: item[1]):
        for _ in range(abs(times)):
            yield Line(
                unit=statement.unit,
                key=statement.key,
                turn=turn,
                sign=1 if times > 0 else -1,
                entry=statement.entry,
                reaction=statement.reaction,
                **asdict(fact),
            )
            turn += 1


def balance(lines: Iterable[Line]) -> Counter[Fact]:
    """Fact → how often it counts; facts that cancel out are not in it."""
    sums: Counter[Fact] = Counter()
    for line in lines:
        sums[Fact(**{name: getattr(line, name) for name in _NAMES})] += line.sign
    return Counter({fact: times for fact, times in sums.items() if times})


async def stated(unit: Unit, key: str) -> Fact | None:
    """What (unit, key) counts as; None when it does not count."""
    return next(iter(balance(await Line.filter(unit=unit, key=key))), None)


async def _lines(batch: Sequence[Statement]) -> Lines:
    keys = {statement.key for statement in batch}
    found: Lines = defaultdict(list)
    for line in await Line.filter(key__in=keys, unit__in={s.unit for s in batch}).order_by("turn"):
        found[line.unit, line.key].append(line)
    return found


async def release(keys: Collection[str]) -> int:
    """The rows behind these keys are about to go: their lines forget the entry and stay as they count.

    Returns how many lines of open days are released now. Idempotent; a sealed day has nothing to forget.
    """
    async with in_transaction(database.STATISTICS):
        lines = Line.filter(key__in=list(keys))
        sealed = await days.take(line.day for line in await lines.only("id", "day"))
        return await lines.exclude(day__in=list(sealed)).update(entry=None, reaction=RELEASED)


async def seal(until: date) -> int:
    """The lines of all days before `until` forget entry and reaction; the number of days newly sealed.

    From then on the lines are the truth. They can still be corrected, by further lines that know no entry.
    """
    async with in_transaction(database.STATISTICS):
        due = [row.day for row in await Day.filter(day__lt=until, sealed=False)]
        await days.take(due)
        await Line.filter(day__in=due).update(entry=None, reaction=None)
        await Day.filter(day__in=due).update(sealed=True)
    return len(due)
