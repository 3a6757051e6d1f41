"""The day of one counsellor or of all: who comes, who waits, who is away, what was left without an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from booking import appointments
from booking.models import Absence, Status
from channels.web.desk import page, rows
from channels.web.desk.rows import Row
from office.models import Staff

ALL = "all"
LOOKS_BACK = timedelta(days=14)
GRACE = timedelta(minutes=15)
"""After its end a talk may run over, or its outcome be written down, before anybody is asked how it went."""


@dataclass(frozen=True, slots=True)
class Group:
    """The appointments of one counsellor, by time."""

    counsellor: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the day page shows."""

    groups: list[Group]
    waiting: list[Row]
    """Arrived, and the talk has not begun, or nobody has said so."""
    left_open: list[Row]
    """Of the days before, without an outcome, the latest first."""
    ended: list[Row]
    """Of this day, over for a while and without an outcome."""
    to_come: bool
    """Does a talk of this day go on or begin yet?"""
    away: list[str]

    @property
    def count(self) -> int:
        return sum(row.state != Status.CANCELLED for group in self.groups for row in group.rows)


async def of_day(day: date, counsellor: Staff | None, member: Staff, language: str, now: datetime) -> Plan:
    """The plan of this local day, of one counsellor or of all, as this member of staff may see it."""
    first, last = page.bounds(day)
    staff_id = counsellor.id if counsellor else None
    found = await appointments.between(first, last, staff_id)
    open_still = await appointments.without_outcome(first - LOOKS_BACK, min(first, now), staff_id)
    shown = await rows.of(found, member, language, now)
    return Plan(
        groups=_groups(shown),
        waiting=[row for row in shown if row.state == rows.ARRIVED],
        left_open=await rows.of(list(reversed(open_still)), member, language, now),
        ended=[row for row in shown if _ended(row, now)],
        to_come=any("cancel" in row.can or row.under_way for row in shown),
        away=await _away(first, last),
    )


def _ended(row: Row, now: datetime) -> bool:
    return row.state in {Status.BOOKED, rows.ARRIVED} and row.ends_at + GRACE <= now


def _groups(shown: list[Row]) -> list[Group]:
    ordered = sorted(shown, key=lambda row: (row.counsellor, row.starts_at, row.id))
    return [Group(name, list(some)) for name, some in groupby(ordered, key=lambda row: row.counsellor)]


async def _away(first: datetime, last: datetime) -> list[str]:
    """Names only: why a colleague is away is nobody's business."""
    absent = await Absence.filter(starts_at__lt=last, ends_at__gt=first).prefetch_related("staff")
    return sorted({absence.staff.name for absence in absent})
