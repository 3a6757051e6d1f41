"""When counsellors are busy in calendars of their own, as those were read last.

Invariant: what was read stays until something newer has been read; a calendar that cannot be reached makes
nobody free. The address of a calendar leaves this module for the one who reads it only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.intervals import Interval
from booking.models import Appointment, BusySource, BusyTime, SourceKind, Status
from office import database, journal
from office.errors import NotFound


@dataclass(frozen=True, slots=True)
class Trouble:
    """A calendar that could not be read since `since`; `read_at` None when it never was."""

    staff_id: int
    counsellor: str
    since: datetime | None
    read_at: datetime | None
    problem: str


@database.verb
async def add(staff_id: int, kind: SourceKind, address: str, *, actor: str, now: datetime) -> BusySource:
    """From the next round on, this calendar is read; nothing of it is known yet."""
    source = await BusySource.create(staff_id=staff_id, kind=kind, address=address)
    await journal.write("calendar.added", f"busy_source:{source.id}", actor=actor, now=now)
    return source


@database.verb
async def remove(source_id: int, staff_id: int, *, actor: str, now: datetime) -> None:
    """Calendar and busy time are gone. Raises `NotFound` when it is not this counsellor's."""
    source = await BusySource.select_for_update().get_or_none(id=source_id, staff_id=staff_id)
    if source is None:
        raise NotFound
    await BusyTime.filter(source_id=source.id).delete()
    await source.delete()
    await journal.write("calendar.removed", f"busy_source:{source_id}", actor=actor, now=now)


@database.verb
async def replace(source_id: int, times: Collection[Interval], etag: str, now: datetime) -> None:
    """This is what is known of the calendar from now on. Nothing happens to one removed meanwhile."""
    source = await BusySource.select_for_update().get_or_none(id=source_id)
    if source is None:
        return
    known = {
        Interval(row.starts_at, row.ends_at): row.id for row in await BusyTime.filter(source_id=source.id)
    }
    wanted = set(times)
    await BusyTime.filter(id__in=[row for one, row in known.items() if one not in wanted]).delete()
    await BusyTime.bulk_create(
        [
            BusyTime(
                source_id=source.id, staff_id=source.staff_id, starts_at=one.starts_at, ends_at=one.ends_at
            )
            for one in sorted(wanted - known.keys())
        ],
        batch_size=500,
    )
    await _was_read(source_id, now, etag=etag)


@database.verb
async def unchanged(source_id: int, now: datetime) -> None:
    """The calendar says what it said before."""
    await _was_read(source_id, now)


async def _was_read(source_id: int, now: datetime, **more: str) -> None:
    await BusySource.filter(id=source_id).update(
        tried_at=now, read_at=now, failing_since=None, problem="", **more
    )


@database.verb
async def failed(source_id: int, problem: str, now: datetime) -> None:
    """The calendar was not read; what was known of it stays. The next reading asks for all of it."""
    await BusySource.filter(id=source_id, failing_since=None).update(failing_since=now)
    await BusySource.filter(id=source_id).update(tried_at=now, problem=problem, etag="")


async def sources() -> Sequence[BusySource]:
    """The calendars to read: those of counsellors who work here."""
    return await BusySource.filter(active=True, staff__active=True).order_by("id")


async def of_counsellor(staff_id: int) -> Sequence[BusySource]:
    """This counsellor's calendars."""
    return await BusySource.filter(staff_id=staff_id, active=True).order_by("id")


async def troubled() -> list[Trouble]:
    """The calendars that could not be read, those longest unread first; one query."""
    failing = BusySource.filter(active=True, staff__active=True, failing_since__not_isnull=True)
    rows = await failing.prefetch_related("staff").order_by("failing_since", "id")
    return [
        Trouble(row.staff_id, row.staff.name, row.failing_since, row.read_at, row.problem) for row in rows
    ]


async def own_talks(staff_id: int, begin: datetime, end: datetime) -> list[Interval]:
    """The counsellor's appointments here, which their own calendar may show, too."""
    booked = Appointment.filter(
        staff_id=staff_id, status__not=Status.CANCELLED, ends_at__gt=begin, starts_at__lt=end
    )
    return [
        Interval(starts_at, ends_at)
        for starts_at, ends_at in await booked.values_list("starts_at", "ends_at")
    ]
