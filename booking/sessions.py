"""Group evenings: one counsellor, one room, so many seats, each of them booked like an appointment.

Invariant: a session that is not called off owns its counsellor's and its room's cells, and never has more seats
taken than it has; whoever takes seats holds the row of its counsellor, then its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import appointments, claims, errors
from booking.holds import LASTS
from booking.models import Appointment, Hold, Mode, Room, SeatClaim, Service, Session, Status
from booking.resources import Spot
from office import database, journal
from office.errors import NotFound

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
    """The counsellor and the room are taken for it. Raises `NotOffered` for what is no group, `SlotTaken`."""
    if not service.group or seats < 1 or starts_at <= now:
        raise errors.NotOffered
    await claims.lock(staff_id)
    if room_id is not None:
        await Room.filter(id=room_id).select_for_update().only("id")
    ends_at = starts_at + timedelta(minutes=service.minutes)
    until = ends_at + timedelta(minutes=service.buffer_minutes)
    await claims.drop_expired(staff_id, starts_at, until, now, Spot(place, room_id))
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
async def hold_seats(session_id: int, seats: int, *, key: str, now: datetime) -> Hold:
    """So many seats are kept until the form is sent. Idempotent by `key`; other seats replace those kept.

    Raises `SlotTaken` when there are not enough, `NotOffered` outside the notice and horizon of the service.
    """
    if not 1 <= seats <= MOST_SEATS:
        raise errors.NotOffered
    session = await _locked(session_id)
    service = await Service.get(id=session.service_id)
    if session.cancelled_at is not None or not _in_reach(session, service, now):
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
