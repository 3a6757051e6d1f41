"""The rules and the busy time of the counsellors, read in a constant number of queries, made into slots.

Invariant: availability is computed from intervals and the stored rules each time; nothing is cached, and
what a verb decides on it reads inside its own transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from booking import daily, hours, release, resources, rules, services, slots, taken
from booking.intervals import Interval
from booking.models import Mode, Service
from booking.resources import Spot
from booking.rules import Rules, UsableRoom
from booking.services import Giver, Wish
from booking.taken import Taken
from office.models import Staff

DAY = timedelta(days=1)
Member: TypeAlias = Staff | Giver


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

    member: Member
    windows: list[hours.Window]
    absences: list[Interval]
    claimed: list[Interval]
    rooms: Sequence[UsableRoom]

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


async def candidates(
    wish: Wish,
    starts_at: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    ignoring: int | None = None,
    service: Service | None = None,
) -> list[Candidate]:
    """Who could take exactly this time, in the order to try them (least loaded that week); empty when nobody can.

    An appointment that is to be moved does not stand in its own way, nor does its room: `ignoring`. Who has
    read the service of the wish says so.
    """
    service = service or await services.by_code(wish.service)
    services.check(service, wish)
    wanted = services.wanted(service, wish, now)
    if not wanted.not_before <= starts_at < wanted.not_after:
        return []
    exactly = replace(wanted, not_before=starts_at, not_after=starts_at + slots.INSTANT)
    day = starts_at.astimezone(zone).date()
    monday = day - day.weekday() * DAY
    found = await _slots(
        service, wish, exactly, monday, monday + 6 * DAY, now=now, zone=zone, ignoring=ignoring
    )
    return [candidate for slot in found for candidate in slot.candidates]


async def spot_if_free(
    service: Service,
    wish: Wish,
    member: Staff,
    starts_at: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    ignoring: int | None = None,
) -> Spot | None:
    """Where this counsellor could meet at this time, or None; `ignoring` an appointment that is being moved.

    Called inside the verb that has locked the counsellor; locks rooms and interpreters itself.
    """
    day = starts_at.astimezone(zone).date()
    begin, end = _bounds(day, day, zone)
    wanted = services.wanted(service, wish, now)
    written = await rules.read([member.id], day, day)
    needed = await resources.locked(wish, written.rooms)
    found = await taken.read([member.id], begin, end, now=now, ignoring=ignoring, shared=bool(needed))
    [calendar] = _calendars([member], day, day, zone=zone, written=written, found=found)
    shared = await resources.of(needed, found, wish, now=now, zone=zone)
    until = starts_at + wanted.length + wanted.buffer
    spots = [
        shared.spot(start, until)
        for start in _starts(calendar, service, wish, wanted, now=now, zone=zone)
        if start.starts_at == starts_at
    ]
    lapsed = any(Interval(starts_at, until).overlaps(hold) for hold in found.lapsed)
    return next((replace(spot, lapsed=lapsed) for spot in spots if spot), None)


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
    begin, end = _bounds(first, last, zone)
    ids = [member.id for member in members]
    written = await rules.read(ids, first, last)
    found = await taken.read(ids, begin, end, now=now, ignoring=ignoring)
    return _calendars(members, first, last, zone=zone, written=written, found=found)


def _calendars(
    members: Sequence[Member], first: date, last: date, *, zone: ZoneInfo, written: Rules, found: Taken
) -> list[Calendar]:
    return [
        Calendar(
            member,
            hours.windows(written.works.get(member.id, ()), zone, first, last, written.closed),
            [*found.away.get(member.id, ()), *_again(written.away.get(member.id, ()), zone, first, last)],
            found.claimed.get(member.id, []),
            written.rooms,
        )
        for member in members
    ]


def _again(series: Iterable[hours.Rule], zone: ZoneInfo, first: date, last: date) -> list[Interval]:
    return [window.interval for window in hours.windows(series, zone, first, last)]


async def _slots(
    service: Service,
    wish: Wish,
    wanted: slots.Wanted,
    first: date,
    last: date,
    *,
    now: datetime,
    zone: ZoneInfo,
    ignoring: int | None = None,
) -> list[Slot]:
    members = await _suitable(service, wish)
    begin, end = _bounds(first, last, zone)
    ids = [member.id for member in members]
    written = await rules.read(ids, first, last)
    needed = await resources.needed(wish, written.rooms)
    found = await taken.read(ids, begin, end, now=now, ignoring=ignoring, shared=bool(needed))
    shared = await resources.of(needed, found, wish, now=now, zone=zone)
    free: dict[tuple[datetime, datetime], list[Candidate]] = defaultdict(list)
    for calendar in _calendars(members, first, last, zone=zone, written=written, found=found):
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


async def _suitable(service: Service, wish: Wish) -> list[Giver]:
    speaks = "" if wish.interpreter else wish.language
    return [
        member
        for member in await services.givers(service, wish.mode)
        if (not wish.counsellor or member.code == wish.counsellor)
        and (not speaks or speaks in member.languages)
    ]


def _bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(first, time(), zone) - DAY, datetime.combine(last, time(), zone) + 2 * DAY


def _starts(
    calendar: Calendar, service: Service, wish: Wish, wanted: slots.Wanted, *, now: datetime, zone: ZoneInfo
) -> list[slots.Start]:
    """The starts of one counsellor for this wish, rooms and interpreters not yet looked at."""
    windows = [
        window
        for window in calendar.windows
        if window.interval.starts_at < wanted.not_after
        and window.interval.ends_at > wanted.not_before
        and _at_place(window.place, service, wish)
    ]
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


def limits(member: Member) -> daily.Limits:
    """How much this counsellor may take on in a day."""
    return daily.Limits(
        member.most_talks,
        timedelta(minutes=member.break_after_minutes),
        timedelta(minutes=member.break_minutes),
    )
