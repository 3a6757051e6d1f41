"""A slot set aside for the one filling in the form, with an end.

Invariant: a hold owns its cells like an appointment until `expires_at`; it becomes an appointment or ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from booking import availability, claims, errors, services
from booking.models import Hold, HoldKind, Service
from booking.services import Wish
from office import database
from office.models import Staff

LASTS = timedelta(minutes=15)
EXTENSIONS = 3


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a hold is for, and until when if not for `LASTS`; an offer says for whom, or instead of what."""

    kind: HoldKind = HoldKind.FORM
    expires_at: datetime | None = None
    waiting_id: int | None = None
    appointment_id: int | None = None


FORM = Purpose()


async def place(
    wish: Wish, starts_at: datetime, *, key: str, now: datetime, zone: ZoneInfo, purpose: Purpose = FORM
) -> Hold:
    """Hold this time with the first suitable counsellor who still has it.

    The loser of a race falls through to the next candidate, each try a new transaction (inside a verb, the
    same). Idempotent by `key`. Raises `SlotTaken` when all are gone, `NotOffered` for a wish the service does
    not allow.
    """
    standing = await standing_hold(key, now)
    if standing:
        return standing
    service = await services.by_code(wish.service)
    for candidate in await availability.candidates(wish, starts_at, now=now, zone=zone, service=service):
        try:
            return await with_counsellor(
                service, wish, candidate.staff_id, starts_at, key=key, now=now, zone=zone, purpose=purpose
            )
        except errors.SlotTaken:
            continue
    raise errors.SlotTaken


@database.verb
async def with_counsellor(
    service: Service,
    wish: Wish,
    staff_id: int,
    starts_at: datetime,
    *,
    key: str,
    now: datetime,
    zone: ZoneInfo,
    purpose: Purpose = FORM,
) -> Hold:
    """Hold this time with exactly this counsellor. Idempotent by `key`. Raises `SlotTaken`."""
    locked = await claims.lock(staff_id)
    standing = await Hold.get_or_none(key=key)
    if standing and standing.expires_at > now:
        return standing
    if standing:
        await standing.delete()
    hold = await drafted(service, wish, locked[staff_id], starts_at, key=key, now=now, zone=zone)
    hold.expires_at, hold.kind = purpose.expires_at or now + LASTS, purpose.kind
    hold.waiting_id, hold.appointment_id = purpose.waiting_id, purpose.appointment_id
    await hold.save()
    await claims.take(hold)
    return hold


async def drafted(
    service: Service,
    wish: Wish,
    member: Staff,
    starts_at: datetime,
    *,
    key: str,
    now: datetime,
    zone: ZoneInfo,
) -> Hold:
    """This time of a locked counsellor as a hold not stored yet; what expired makes room. Raises `SlotTaken`."""
    spot = await availability.spot_if_free(service, wish, member, starts_at, now=now, zone=zone)
    if spot is None:
        raise errors.SlotTaken
    wanted = services.wanted(service, wish, now)
    ends_at = starts_at + wanted.length
    if spot.lapsed:
        await claims.drop_expired(member.id, starts_at, ends_at + wanted.buffer, now, spot)
    return Hold(
        key=key,
        service=service,
        staff_id=member.id,
        place=spot.place,
        room_id=spot.room_id,
        interpreter_id=spot.interpreter_id,
        mode=wish.mode,
        language=wish.language,
        children=wish.children,
        starts_at=starts_at,
        ends_at=ends_at,
        claimed_until=ends_at + wanted.buffer,
        expires_at=now + LASTS,
        follow_up=wish.follow_up,
    )


async def standing_hold(key: str, now: datetime) -> Hold | None:
    """The hold with this key if its time is not over."""
    return await Hold.get_or_none(key=key, expires_at__gt=now)


@database.verb
async def extend(key: str, now: datetime) -> Hold:
    """More time for who needs it (WCAG 2.2.1), `EXTENSIONS` times. Raises `HoldExpired`."""
    hold = await Hold.select_for_update().get_or_none(key=key, kind=HoldKind.FORM, expires_at__gt=now)
    if hold is None:
        raise errors.HoldExpired
    if hold.extended < EXTENSIONS:
        hold.extended += 1
        hold.expires_at = now + LASTS
        await hold.save(update_fields=["extended", "expires_at"])
    return hold


@database.verb
async def release(key: str) -> None:
    """Give the time back. Idempotent."""
    await Hold.filter(key=key).delete()


@database.verb
async def drop_all_expired(now: datetime) -> None:
    """Tidy up; nobody has to wait for this, since who takes the cells removes the hold."""
    await Hold.filter(expires_at__lte=now - timedelta(minutes=5), waiting_id=None).delete()
