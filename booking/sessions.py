"""Group evenings: one counsellor, one room, so many seats, each of them booked like an appointment.

Invariant: a session that is not called off owns its counsellor's and its room's cells, and never has more seats
taken than it has; whoever takes seats holds the row of its counsellor, then its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import appointments, availability, cells, claims, errors
from booking.holds import LASTS
from booking.intervals import Interval
from booking.models import Appointment, Hold, Mode, Room, RoomClaim, SeatClaim, Service, Session, Status
from booking.resources import Spot
from office import closing_days, database, journal
from office.errors import Invalid, NotFound
from office.models import Staff
from office.settings import current

MOST_SEATS = 5
"""So many are booked at once."""


@dataclass(frozen=True, slots=True)
class Evening:
    """A session, and how many of its seats can be had."""

    session: Session
    free: int


@database.verb
async def plan(
    service: Service,
    staff_id: int,
    *,
    place: str,
    starts_at: datetime,
    seats: int,
    actor: str,
    now: datetime,
    room_id: int | None = None,
) -> Session:
    """The counsellor and the room are taken for it.

    Raises `NotOffered` for what is no group, `SlotTaken` when the counsellor meets somebody else then, `Invalid` on
    a closed day, in an absence, and for a room of another place or one that is taken.
    """
    if not service.group or seats < 1 or starts_at <= now:
        raise errors.NotOffered
    await claims.lock(staff_id)
    ends_at = starts_at + timedelta(minutes=service.minutes)
    until = ends_at + timedelta(minutes=service.buffer_minutes)
    await _check_day(staff_id, Interval(starts_at, ends_at), now)
    await claims.drop_expired(staff_id, starts_at, until, now, Spot(place, room_id))
    if room_id is not None:
        await _check_room(room_id, place, starts_at, until)
    session = await Session.create(
        service=service,
        staff_id=staff_id,
        room_id=room_id,
        place=place,
        mode=Mode(service.modes[0]),
        seats=seats,
        starts_at=starts_at,
        ends_at=ends_at,
        claimed_until=until,
    )
    await claims.take(session)
    await journal.write("session.planned", f"session:{session.id}", actor=actor, now=now, details={})
    return session


@database.verb
async def call_off(session_id: int, *, actor: str, now: datetime) -> Session:
    """It will not take place: all its seats are cancelled by the office. Idempotent.

    Raises `TooLate` once it has begun.
    """
    session = await _locked(session_id)
    if session.cancelled_at is not None:
        return session
    if session.starts_at <= now:
        raise errors.TooLate
    for booked in await Appointment.filter(session=session, status=Status.BOOKED).order_by("id"):
        await appointments.cancel(booked.id, actor=actor, now=now, reason="session")
    await Hold.filter(session=session).delete()
    await claims.release(session)
    session.cancelled_at = now
    await session.save(update_fields=["cancelled_at"])
    await journal.write("session.called_off", f"session:{session.id}", actor=actor, now=now, details={})
    return session


@database.verb
async def hold_seats(session_id: int, seats: int, *, key: str, now: datetime, by_staff: bool = False) -> Hold:
    """So many seats are kept until the form is sent. Idempotent by `key`; other seats replace those kept.

    Raises `SlotTaken` when there are not enough, `NotOffered` outside the notice and horizon of the service, which
    do not bind the office (`by_staff`), or once it has begun.
    """
    if not 1 <= seats <= MOST_SEATS:
        raise errors.NotOffered
    session = await _locked(session_id)
    service = await Service.get(id=session.service_id)
    offered = session.starts_at > now if by_staff else _in_reach(session, service, now)
    if session.cancelled_at is not None or not offered:
        raise errors.NotOffered
    standing = await Hold.get_or_none(key=key)
    if (
        standing
        and standing.expires_at > now
        and (standing.session_id, standing.seats) == (session_id, seats)
    ):
        return standing
    await Hold.filter(key=key).delete()
    await Hold.filter(session=session, expires_at__lte=now).delete()
    hold = await Hold.create(
        key=key,
        service=service,
        session=session,
        seats=seats,
        staff_id=session.staff_id,
        place=session.place,
        mode=session.mode,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        claimed_until=session.claimed_until,
        expires_at=now + LASTS,
    )
    await claims.take_seats(hold, session)
    return hold


async def upcoming(service: Service, now: datetime) -> list[Evening]:
    """The sessions people can book now, by time, the full ones too."""
    first, last = _reach(service, now)
    found = await Session.filter(
        service=service, cancelled_at=None, starts_at__gte=first, starts_at__lt=last
    ).order_by("starts_at", "id")
    taken = await _taken((session.id for session in found), now)
    return [Evening(session, session.seats - taken.get(session.id, 0)) for session in found]


async def coming(now: datetime) -> list[Evening]:
    """Every session that is not over, by time, with service, counsellor and room."""
    found = Session.filter(cancelled_at=None, ends_at__gt=now).order_by("starts_at", "id")
    rows = await found.prefetch_related("service", "staff", "room")
    taken = await _taken((one.id for one in rows), now)
    return [Evening(one, one.seats - taken.get(one.id, 0)) for one in rows]


async def by_id(session_id: int) -> Session:
    """The session with service, counsellor and room. Raises `NotFound`."""
    found = await Session.get_or_none(id=session_id).prefetch_related("service", "staff", "room")
    if found is None:
        raise NotFound
    return found


async def seated(session: Session) -> list[Appointment]:
    """Who comes, in the order they booked, with all that belongs to it."""
    found = Appointment.filter(session_id=session.id).exclude(status=Status.CANCELLED)
    return await found.order_by("id").prefetch_related("service", "staff", "person", "inquiry")


async def _check_day(staff_id: int, evening: Interval, now: datetime) -> None:
    """Raises `Invalid` on a closed day, or while the counsellor is away or busy elsewhere."""
    zone = current().zone
    day = evening.starts_at.astimezone(zone).date()
    if day in await closing_days.closed(day, day):
        raise Invalid(day="closed")
    member = await Staff.get(id=staff_id)
    [calendar] = await availability.calendars([member], day, day, now=now, zone=zone)
    if any(evening.overlaps(away) for away in calendar.absences):
        raise Invalid(counsellor="away")


async def _check_room(room_id: int, place: str, starts_at: datetime, until: datetime) -> None:
    """Locks the room. Raises `Invalid` when it is of another place, or not free."""
    room = await Room.select_for_update().get_or_none(id=room_id, active=True)
    if room is None or room.place != place:
        raise Invalid(room="room_elsewhere")
    if await RoomClaim.exists(room_id=room_id, cell__in=list(cells.cells(starts_at, until))):
        raise Invalid(room="room_taken")


async def _taken(session_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Seats by session, those of expired holds left out."""
    found: dict[int, int] = {}
    for seat in await SeatClaim.filter(session_id__in=list(session_ids)).prefetch_related("hold"):
        if seat.hold is None or seat.hold.expires_at > now:
            found[seat.session_id] = found.get(seat.session_id, 0) + 1
    return found


async def _locked(session_id: int) -> Session:
    """The session, its counsellor's row and its own locked, in this order. Raises `NotFound`."""
    session = await Session.get_or_none(id=session_id)
    if session is None:
        raise NotFound
    await claims.lock(session.staff_id)
    return await Session.select_for_update().get(id=session_id)


def _reach(service: Service, now: datetime) -> tuple[datetime, datetime]:
    return now + timedelta(minutes=service.notice_minutes), now + timedelta(days=service.horizon_days)


def _in_reach(session: Session, service: Service, now: datetime) -> bool:
    first, last = _reach(service, now)
    return first <= session.starts_at < last
