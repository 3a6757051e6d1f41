"""Squeezing a talk in: the desk may set aside every rule but one, and says why.

Invariant: two talks of one counsellor never overlap; only the buffer between them gives way, and then the claims
of both are what they own (see `claims.differences`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from booking import appointments, availability, claims, daily, errors, release, resources, services, taken
from booking.appointments import Booking
from booking.availability import Calendar
from booking.intervals import Interval
from booking.models import Appointment, Hold, Service, Session, Status
from booking.resources import Spot
from booking.services import Wish
from booking.slots import Start, Wanted
from office import closing_days, database
from office.errors import Invalid
from office.models import Staff

SHORTEST, LONGEST = 3, 200
"""Characters of a reason."""
NO_LIMIT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a talk at this time would meet."""

    service: Service
    wanted: Wanted
    talk: Interval
    calendar: Calendar
    others: list[Appointment | Hold | Session]

    @property
    def overlaps(self) -> bool:
        return any(self.talk.overlaps(Interval(one.starts_at, one.ends_at)) for one in self.others)

    @property
    def before(self) -> list[Appointment | Hold | Session]:
        """Those whose buffer reaches into the talk."""
        return [one for one in self.others if one.starts_at < self.talk.starts_at < one.claimed_until]

    @property
    def until(self) -> datetime:
        """The end of our buffer, cut at the next talk."""
        end = self.talk.ends_at + self.wanted.buffer
        later = (one.starts_at for one in self.others if one.starts_at >= self.talk.ends_at)
        return min([end, *later])

    @property
    def buffer_gives_way(self) -> bool:
        return bool(self.before) or self.until < self.talk.ends_at + self.wanted.buffer


@database.verb
async def squeeze_in(
    wish: Wish,
    staff_id: int,
    starts_at: datetime,
    reason: str,
    booking: Booking,
    *,
    key: str,
    now: datetime,
    zone: ZoneInfo,
) -> Appointment:
    """The talk is booked whatever the rules say, with `reason` kept. Idempotent by `key`.

    Raises `SlotTaken` when the counsellor talks to somebody else then, `Invalid` without a reason of
    `SHORTEST` to `LONGEST` characters, `NotOffered` for a time gone by or a wish the service does not know.
    """
    reason = reason.strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid(reason="length")
    await claims.lock(staff_id)
    booked = await Appointment.get_or_none(key=key)
    if booked:
        return booked
    if starts_at < now:
        raise errors.NotOffered
    found = await _look(wish, staff_id, starts_at, now=now, zone=zone)
    if found.overlaps:
        raise errors.SlotTaken
    await _cut(found.before, starts_at)
    await claims.drop_expired(staff_id, starts_at, found.until, now)
    await _hold(found, wish, staff_id, key=key, now=now, zone=zone)
    return await appointments.book(key, replace(booking, override=reason), now=now)


async def overridden(
    wish: Wish, staff_id: int, starts_at: datetime, *, now: datetime, zone: ZoneInfo
) -> list[str]:
    """Codes of the rules families are bound to that this talk would break. Raises `SlotTaken` if it cannot be."""
    found = await _look(wish, staff_id, starts_at, now=now, zone=zone)
    if found.overlaps:
        raise errors.SlotTaken
    day = starts_at.astimezone(zone).date()
    closed = day in await closing_days.closed(day, day)
    own, talk = found.calendar, found.talk
    inside = [window for window in own.windows if _covers(window.interval, talk)]
    kept = [
        hour for window in inside for hour in release.kept(window, staff_id, found.service.week_percent, now)
    ]
    limits = availability.limits(own.member)
    days = daily.Days(own.claimed, replace(limits, longest=NO_LIMIT), zone)
    breaks = daily.Days(own.claimed, replace(limits, most_talks=10**6), zone)
    claimed = Interval(talk.starts_at, found.until)
    broken = {
        "closed": closed,
        "outside_hours": not closed and not inside,
        "absent": any(talk.overlaps(away) for away in own.absences),
        "kept": any(talk.overlaps(hour) for hour in kept),
        "notice": starts_at < now + timedelta(minutes=found.service.notice_minutes),
        "full_day": not days.allow(claimed),
        "no_break": not breaks.allow(claimed),
        "buffer": found.buffer_gives_way,
    }
    return [code for code, is_broken in broken.items() if is_broken]


async def _look(wish: Wish, staff_id: int, starts_at: datetime, *, now: datetime, zone: ZoneInfo) -> _Place:
    service = await services.by_code(wish.service)
    services.check(service, wish)
    wanted = services.wanted(service, wish, now)
    talk = Interval(starts_at, starts_at + wanted.length)
    member = await Staff.get(id=staff_id)
    day = starts_at.astimezone(zone).date()
    [calendar] = await availability.calendars([member], day, day, now=now, zone=zone)
    others = await _others(staff_id, starts_at, talk.ends_at + wanted.buffer, now)
    return _Place(service, wanted, talk, calendar, others)


async def _others(
    staff_id: int, begin: datetime, end: datetime, now: datetime
) -> list[Appointment | Hold | Session]:
    """Whose talk or buffer lies between; holds that are over count no more."""
    near = {"staff_id": staff_id, "claimed_until__gt": begin, "starts_at__lt": end}
    booked: Iterable[Appointment] = await Appointment.filter(
        **near, session_id=None, status__not=Status.CANCELLED
    )
    held: Iterable[Hold] = await Hold.filter(**near, session_id=None, expires_at__gt=now)
    return [*booked, *held, *await Session.filter(**near, cancelled_at=None)]


async def _cut(before: list[Appointment | Hold | Session], at: datetime) -> None:
    """The buffers before the talk end where it begins."""
    for one in before:
        await claims.release(one)
        one.claimed_until = at
        await one.save(update_fields=["claimed_until"])
        await claims.take(one)


async def _hold(found: _Place, wish: Wish, staff_id: int, *, key: str, now: datetime, zone: ZoneInfo) -> None:
    spot = await _spot(found, wish, now=now, zone=zone)
    await claims.drop_expired(staff_id, found.talk.starts_at, found.until, now, spot)
    await Hold.filter(key=key).delete()
    hold = await Hold.create(
        key=key,
        service=found.service,
        staff_id=staff_id,
        place=spot.place,
        room_id=spot.room_id,
        interpreter_id=spot.interpreter_id,
        mode=wish.mode,
        language=wish.language,
        children=wish.children,
        starts_at=found.talk.starts_at,
        ends_at=found.talk.ends_at,
        claimed_until=found.until,
        expires_at=now + timedelta(minutes=1),
        follow_up=wish.follow_up,
    )
    await claims.take(hold)


async def _spot(found: _Place, wish: Wish, *, now: datetime, zone: ZoneInfo) -> Spot:
    """Where the counsellor is then, or else where the wish says. Raises `SlotTaken` without a free room."""
    here = [window.place for window in found.calendar.windows if _covers(window.interval, found.talk)]
    near = [window.place for window in found.calendar.windows]
    place = next(iter([wish.place] if wish.place else [*here, *near]), "")
    if not place:
        raise Invalid(place="missing")
    begin, end = found.talk.starts_at, found.until
    needed = await resources.locked(wish, found.calendar.rooms)
    others = await taken.read([], begin, end, now=now, shared=True)
    shared = await resources.of(needed, others, wish, now=now, zone=zone)
    spot = shared.spot(Start(begin, found.talk.ends_at, place), end)
    if spot is None:
        raise errors.SlotTaken
    return spot


def _covers(window: Interval, talk: Interval) -> bool:
    return window.starts_at <= talk.starts_at and talk.ends_at <= window.ends_at
