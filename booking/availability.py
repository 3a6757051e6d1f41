"""The rules and the busy time of the counsellors, read in a constant number of queries, made into slots.

Invariant: availability is computed from intervals and the stored rules each time; nothing is cached, and
what a verb decides on it reads inside its own transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from booking import daily, hours, release, resources, services, slots
from booking.intervals import Interval
from booking.models import (
    Absence,
    AbsenceSeries,
    Appointment,
    BusyTime,
    Hold,
    Mode,
    Service,
    Session,
    Status,
    WorkingHours,
)
from booking.resources import Resources, Spot
from booking.services import Wish
from office import closing_days
from office.models import Staff

DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is free at that time, and where; `load` is their booked share of the hours looked at, in ‰."""

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
class Calendar:
    """Everything about one counsellor in the days looked at; `absences` include what is busy elsewhere."""

    member: Staff
    windows: list[hours.Window]
    absences: list[Interval]
    claimed: list[Interval]

    def load(self) -> int:
        """The booked share of the hours, in ‰."""
        offered = sum((window.interval.length for window in self.windows), timedelta())
        booked = sum((claim.length for claim in self.claimed), timedelta())
        return int(1000 * booked / offered) if offered else 0


async def search(wish: Wish, *, first: date, last: date, now: datetime, zone: ZoneInfo) -> list[Slot]:
    """Bookable slots from `first` to `last` (local days, inclusive), by time. Raises `NoSuchService`, `NotOffered`."""
    service = await services.by_code(wish.service)
    services.check(service, wish)
    wanted = services.wanted(service, wish, now)
    first = max(first, wanted.not_before.astimezone(zone).date())
    last = min(last, wanted.not_after.astimezone(zone).date())
    if first > last:
        return []
    return await _slots(service, wish, wanted, first, last, now=now, zone=zone)


async def candidates(wish: Wish, starts_at: datetime, *, now: datetime, zone: ZoneInfo) -> list[Candidate]:
    """Who could take exactly this time, in the order to try them (least loaded that week); empty when nobody can."""
    service = await services.by_code(wish.service)
    services.check(service, wish)
    wanted = services.wanted(service, wish, now)
    if not wanted.not_before <= starts_at < wanted.not_after:
        return []
    exactly = replace(wanted, not_before=starts_at, not_after=starts_at + slots.INSTANT)
    day = starts_at.astimezone(zone).date()
    monday = day - day.weekday() * DAY
    found = await _slots(service, wish, exactly, monday, monday + 6 * DAY, now=now, zone=zone)
    return [candidate for slot in found for candidate in slot.candidates]


async def spot_if_free(
    service: Service,
    wish: Wish,
    staff_id: int,
    starts_at: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    ignoring: int | None = None,
) -> Spot | None:
    """Where this counsellor could meet at this time, or None; `ignoring` an appointment that is being moved.

    Called inside the verb that has locked the counsellor; locks rooms and interpreters itself.
    """
    member = await Staff.get(id=staff_id)
    day = starts_at.astimezone(zone).date()
    wanted = services.wanted(service, wish, now)
    [calendar] = await calendars([member], day, day, now=now, zone=zone, ignoring=ignoring)
    places = [
        start.place
        for start in _starts(calendar, service, wish, wanted, now=now, zone=zone)
        if start.starts_at == starts_at
    ]
    for place in places:
        await resources.lock(place, wish)
        shared = await _resources(wish, day, day, now=now, zone=zone, ignoring=ignoring)
        until = starts_at + wanted.length + wanted.buffer
        spot = shared.spot(slots.Start(starts_at, starts_at + wanted.length, place), until)
        if spot:
            return spot
    return None


async def calendars(
    members: list[Staff],
    first: date,
    last: date,
    *,
    now: datetime,
    zone: ZoneInfo,
    ignoring: int | None = None,
) -> list[Calendar]:
    """The calendars of these counsellors from `first` to `last` (local days), in a constant number of queries."""
    ids = [member.id for member in members]
    begin, end = _bounds(first, last, zone)
    closed = await closing_days.closed(first, last)
    rules = await WorkingHours.filter(staff_id__in=ids).prefetch_related("season")
    rules_of = _by_staff((rule.staff_id, found) for rule in rules if (found := _rule(rule)))
    away_of = await _away(ids, first, last, zone)
    claimed_of = await _claimed(ids, begin, end, now, ignoring)
    return [
        Calendar(
            member,
            hours.windows(rules_of[member.id], zone, first, last, closed),
            away_of[member.id],
            claimed_of[member.id],
        )
        for member in members
    ]


async def _slots(
    service: Service,
    wish: Wish,
    wanted: slots.Wanted,
    first: date,
    last: date,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> list[Slot]:
    members = await _suitable(service, wish)
    shared = await _resources(wish, first, last, now=now, zone=zone)
    free: dict[tuple[datetime, datetime], list[Candidate]] = defaultdict(list)
    for calendar in await calendars(members, first, last, now=now, zone=zone):
        load = calendar.load()
        for start in _starts(calendar, service, wish, wanted, now=now, zone=zone):
            if shared.spot(start, start.ends_at + wanted.buffer):
                who = Candidate(calendar.member.id, calendar.member.code, start.place, load)
                free[start.starts_at, start.ends_at].append(who)
    return [
        Slot(starts_at, ends_at, tuple(sorted(found, key=lambda who: _turn(who, wish))))
        for (starts_at, ends_at), found in sorted(free.items())
    ]


def _turn(who: Candidate, wish: Wish) -> tuple[bool, int, str]:
    return who.staff_id != wish.prefer, who.load, who.code


async def _suitable(service: Service, wish: Wish) -> list[Staff]:
    ids = await services.counsellor_ids(service, wish.mode)
    members = await Staff.filter(id__in=ids, active=True).order_by("code")
    speaks = "" if wish.interpreter else wish.language
    return [
        member
        for member in members
        if (not wish.counsellor or member.code == wish.counsellor)
        and (not speaks or speaks in member.languages)
    ]


async def _resources(
    wish: Wish, first: date, last: date, *, now: datetime, zone: ZoneInfo, ignoring: int | None = None
) -> Resources:
    begin, end = _bounds(first, last, zone)
    return await resources.read(wish, begin, end, now=now, zone=zone, ignoring=ignoring)


def _bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(first, time(), zone) - DAY, datetime.combine(last, time(), zone) + 2 * DAY


async def _away(ids: list[int], first: date, last: date, zone: ZoneInfo) -> dict[int, list[Interval]]:
    """Absences, once or in a series, and what is busy in calendars elsewhere."""
    begin, end = _bounds(first, last, zone)
    within = {"staff_id__in": ids, "ends_at__gt": begin, "starts_at__lt": end}
    fields = ("staff_id", "starts_at", "ends_at")
    once = await Absence.filter(**within).values(*fields)
    elsewhere = await BusyTime.filter(**within, source__active=True).values(*fields)
    found = _by_staff(
        (row["staff_id"], Interval(row["starts_at"], row["ends_at"])) for row in [*once, *elsewhere]
    )
    for series in await AbsenceSeries.filter(staff_id__in=ids):
        times = hours.windows([_series(series)], zone, first, last)
        found[series.staff_id].extend(window.interval for window in times)
    return found


async def _claimed(
    ids: list[int], begin: datetime, end: datetime, now: datetime, ignoring: int | None
) -> dict[int, list[Interval]]:
    """Talks, holds and sessions, each with the buffer after it."""
    within = {"staff_id__in": ids, "claimed_until__gt": begin, "starts_at__lt": end}
    fields = ("staff_id", "starts_at", "claimed_until")
    booked = Appointment.filter(**within, session_id=None, status__not=Status.CANCELLED).exclude(
        id=ignoring or 0
    )
    held = Hold.filter(**within, session_id=None, expires_at__gt=now)
    sessions = Session.filter(**within, cancelled_at=None)
    rows = [*await booked.values(*fields), *await held.values(*fields), *await sessions.values(*fields)]
    return _by_staff((row["staff_id"], Interval(row["starts_at"], row["claimed_until"])) for row in rows)


def _by_staff(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for staff_id, thing in pairs:
        found[staff_id].append(thing)
    return found


def _rule(row: WorkingHours) -> hours.Rule | None:
    """The rule, within the days of its season if it has one; None when the two never meet."""
    valid_from, valid_to = row.valid_from, row.valid_to
    if row.season_id is not None:
        valid_from = max(valid_from, row.season.starts_on)
        valid_to = min(valid_to or row.season.ends_on, row.season.ends_on)
        if valid_from > valid_to:
            return None
    return hours.Rule(
        weekday=row.weekday,
        starts=_clock(row.starts_minute),
        ends=_clock(row.ends_minute),
        valid_from=valid_from,
        valid_to=valid_to,
        place=row.place,
        services=frozenset(row.services) or None,
        weeks=row.weeks,
        exclusive=row.exclusive,
        kept_percent=row.kept_percent,
    )


def _series(row: AbsenceSeries) -> hours.Rule:
    return hours.Rule(
        weekday=row.weekday,
        starts=_clock(row.starts_minute),
        ends=_clock(row.ends_minute),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        place="",
        weeks=row.weeks,
    )


def _clock(minute: int) -> time:
    return time(23, 59, 59) if minute >= 24 * 60 else time(minute // 60, minute % 60)


def _starts(
    calendar: Calendar, service: Service, wish: Wish, wanted: slots.Wanted, *, now: datetime, zone: ZoneInfo
) -> list[slots.Start]:
    """The starts of one counsellor for this wish, rooms and interpreters not yet looked at."""
    windows = [window for window in calendar.windows if _at_place(window.place, service, wish)]
    kept = [] if wish.by_staff else _kept(calendar.member.id, windows, service, now)
    days = daily.Days(calendar.claimed, limits(calendar.member), zone)
    return [
        start
        for start in slots.starts(windows, [*calendar.absences, *kept], calendar.claimed, wanted)
        if days.allow(Interval(start.starts_at, start.ends_at + wanted.buffer))
    ]


def _at_place(place: str, service: Service, wish: Wish) -> bool:
    # Phone and video talks happen wherever the counsellor works that day: every window serves every mode.
    if wish.mode is not Mode.OFFICE:
        return True
    return (not service.places or place in service.places) and wish.place in ("", place)


def _kept(staff_id: int, windows: list[hours.Window], service: Service, now: datetime) -> list[Interval]:
    return [hour for window in windows for hour in release.kept(window, staff_id, service.week_percent, now)]


def limits(member: Staff) -> daily.Limits:
    """How much this counsellor may take on in a day."""
    return daily.Limits(
        member.most_talks,
        timedelta(minutes=member.break_after_minutes),
        timedelta(minutes=member.break_minutes),
    )
