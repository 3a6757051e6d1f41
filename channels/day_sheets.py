"""The day on paper: who comes when, without a word of what it is about; kept as a file for the day the network is down.

Invariant: no topic and no note stands on it; where others read along, no name; the file of a day goes with the day.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from booking import appointments
from booking.models import Mode, Status
from channels import languages, traces
from channels.web import pages
from channels.web.desk import rows
from channels.web.desk.rows import Row
from inquiries import people
from inquiries.models import AddressKind
from office.settings import current


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment; `name` in Latin letters where we know it so, empty where others read along."""

    row: Row
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of one counsellor, by time."""

    counsellor: str
    lines: list[Line]


async def of_day(day: date, language: str, now: datetime) -> list[Sheet]:
    """Per counsellor who comes on this local day, cancelled talks left out."""
    zone = current().zone
    first, last = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    booked = [one for one in await appointments.between(first, last) if one.status != Status.CANCELLED]
    shown = await rows.of(booked, None, language, now)
    lines = [await _line(row, one.person_id) for row, one in zip(shown, booked, strict=True)]
    return _sheets(lines)


async def document(day: date, now: datetime) -> str:
    """One HTML document that needs nothing else, in German: it is for the house."""
    template = pages.environment(languages.DEFAULT).get_template("desk/day_sheet_file.html")
    sheets = await of_day(day, languages.DEFAULT, now)
    return template.render(sheets=sheets, day=day, now=now, language=languages.DEFAULT, office=current())


async def save(now: datetime) -> Path:
    """Today's sheet lies in its folder, readable for us only; those of other days are gone."""
    today = now.astimezone(current().zone).date()
    written = await document(today, now)
    folder = current().var_dir / traces.SHEETS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, fresh = folder / f"{today}.html", folder / f".{today}.new"
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(written)
    fresh.replace(path)
    clear(of_before(now))
    return path


def of_before(now: datetime) -> list[Path]:
    """The files of other days than today."""
    today = now.astimezone(current().zone).date()
    folder = current().var_dir / traces.SHEETS
    return sorted(path for path in folder.glob("*.html") if path.stem != today.isoformat())


def clear(paths: Iterable[Path]) -> None:
    """These files are gone. Idempotent."""
    for path in paths:
        path.unlink(missing_ok=True)


async def _line(row: Row, person_id: int) -> Line:
    """A phone is written down where it is needed: for who must be told, and for who is called."""
    needed = not row.discreet or row.mode == Mode.PHONE
    numbers = await people.reachable(person_id, AddressKind.PHONE) if needed else []
    name = "" if row.discreet else row.call_name or row.name
    return Line(row, name, numbers[0].value if numbers else "")


def _sheets(lines: Sequence[Line]) -> list[Sheet]:
    ordered = sorted(lines, key=lambda line: (line.row.counsellor, line.row.starts_at, line.row.id))
    return [Sheet(name, list(some)) for name, some in groupby(ordered, key=lambda line: line.row.counsellor)]
