"""The rules and the busy time of the counsellors, read in a constant number of queries, made into slots.

Invariant: availability is computed from intervals and the stored rules each time; nothing is cached, and
what a verb decides on it reads inside its own transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from booking import hours, services, slots
from booking.intervals import Interval
from booking.models import Absence, Appointment, Hold, Service, Status, WorkingHours
from booking.services import Wish
from office import closing_days
from office.models import Staff

DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is free at that time, and where; `load` counts their talks in the days looked at."""

    staff_id: int
    code: str
    place: str
    load: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked; computed, never stored. `candidates` are in the order they are tried."""

    starts_at: datetime
    ends_at: datetime
    candidates: tuple[Candidate, ...]


@dataclass(slots=True)
class _Calendar:
    """Everything about one counsellor in the days looked at."""

    member: Staff
    windows: list[hours.Window]
    absences: list[Interval]
    claimed: list[Interval]


async def search(wish: Wish, *, first: date, last: date, now: datetime, zone: ZoneInfo) -> list[Slot]:
    """Bookable slots from `first` to `last` (local days, inclusive), by time. Raises `NoSuchService`, `NotOffered`."""
    service = await services.by_code(wish.service)
    services.check(service, wish)
    wanted = services.wanted(service, wish, now)
    first = max(first, wanted.not_before.astimezone(zone).date())
    last = min(last, wanted.not_after.astimezone(zone).date())
    if first > last:
        return []
    calendars = await _calendars(await _suitable(service, wish), first, last, now=now, zone=zone)
    return _merged(calendars, wanted)


async def candidates(wish: Wish, starts_at: datetime, *, now: datetime, zone: ZoneInfo) -> list[Candidate]:
    """Who could take exactly this time, in the order to try them; empty when nobody can."""
    day = starts_at.astimezone(zone).date()
    found = await search(wish, first=day, last=day, now=now, zone=zone)
    return next((list(slot.candidates) for slot in found if slot.starts_at == starts_at), [])


async def place_if_free(
    service: Service,
    wish: Wish,
    staff_id: int,
    starts_at: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    ignoring: int | None = None,
) -> str | None:
    """Where this counsellor could meet at this time, or None; `ignoring` an appointment that is being moved."""
    member = await Staff.get(id=staff_id)
    day = starts_at.astimezone(zone).date()
    calendars = await _calendars([member], day, day, now=now, zone=zone, ignoring=ignoring)
    found = _starts(calendars[0], services.wanted(service, wish, now))
    return next((start.place for start in found if start.starts_at == starts_at), None)


async def _suitable(service: Service, wish: Wish) -> list[Staff]:
    members = await Staff.filter(id__in=await services.counsellor_ids(service), active=True).order_by("code")
    return [
        member
        for member in members
        if (not wish.counsellor or member.code == wish.counsellor)
        and (not wish.language or wish.language in member.languages)
    ]


async def _calendars(
    members: list[Staff],
    first: date,
    last: date,
    *,
    now: datetime,
    zone: ZoneInfo,
    ignoring: int | None = None,
) -> list[_Calendar]:
    ids = [member.id for member in members]
    begin = datetime.combine(first, time(), zone) - DAY
    end = datetime.combine(last, time(), zone) + 2 * DAY
    closed = await closing_days.closed(first, last)
    rules = await WorkingHours.filter(staff_id__in=ids)
    away = await Absence.filter(staff_id__in=ids, ends_at__gt=begin, starts_at__lt=end)
    booked = (
        await Appointment.filter(
            staff_id__in=ids, claimed_until__gt=begin, starts_at__lt=end, status__not=Status.CANCELLED
        )
        .exclude(id=ignoring or 0)
        .values("staff_id", "starts_at", "claimed_until")
    )
    held = await Hold.filter(
        staff_id__in=ids, claimed_until__gt=begin, starts_at__lt=end, expires_at__gt=now
    ).values("staff_id", "starts_at", "claimed_until")
    rules_of = _by_staff((rule.staff_id, _rule(rule)) for rule in rules)
    away_of = _by_staff((row.staff_id, Interval(row.starts_at, row.ends_at)) for row in away)
    claimed_of = _by_staff(
        (row["staff_id"], Interval(row["starts_at"], row["claimed_until"])) for row in [*booked, *held]
    )
    return [
        _Calendar(
            member,
            hours.windows(rules_of[member.id], zone, first, last, closed),
            away_of[member.id],
            claimed_of[member.id],
        )
        for member in members
    ]


def _by_staff(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for staff_id, thing in pairs:
        found[staff_id].append(thing)
    return found


def _rule(row: WorkingHours) -> hours.Rule:
    return hours.Rule(
        weekday=row.weekday,
        starts=_clock(row.starts_minute),
        ends=_clock(row.ends_minute),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        place=row.place,
        services=frozenset(row.services) or None,
        weeks=row.weeks,
    )


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _starts(calendar: _Calendar, wanted: slots.Wanted) -> list[slots.Start]:
    # Phone and video talks happen wherever the counsellor works that day: every window serves every mode.
    return slots.starts(calendar.windows, calendar.absences, calendar.claimed, wanted)


def _merged(calendars: list[_Calendar], wanted: slots.Wanted) -> list[Slot]:
    free: dict[tuple[datetime, datetime], list[Candidate]] = defaultdict(list)
    for calendar in calendars:
        for start in _starts(calendar, wanted):
            free[start.starts_at, start.ends_at].append(
                Candidate(calendar.member.id, calendar.member.code, start.place, len(calendar.claimed))
            )
    return [
        Slot(starts_at, ends_at, tuple(sorted(found, key=lambda who: (who.load, who.code))))
        for (starts_at, ends_at), found in sorted(free.items())
    ]
