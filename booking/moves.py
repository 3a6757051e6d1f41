"""Another time for an appointment, with the same counsellor if possible.

Invariant: the old claims go and the new ones come in one transaction; who moves never holds two times, and
never none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from booking import appointments, availability, claims, errors, resources, services, waiting
from booking.models import Appointment, Interpretation, Mode, Service
from booking.services import Wish
from office import database, journal
from office.models import Staff


async def move(
    appointment_id: int,
    starts_at: datetime,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
    counsellor: str = "",
) -> Appointment:
    """Give the appointment another time, with the same counsellor if possible, or a named one. Idempotent.

    Raises `TooLate` once it has begun, is no longer booked, or by the person after the deadline of its service;
    `SlotTaken` when nobody has that time, `NotOffered` for a seat in a session.
    """
    appointment = await appointments.by_id(appointment_id)
    await appointments.may_change(appointment, actor, now)
    if appointment.session_id is not None:
        raise errors.NotOffered
    if appointment.starts_at == starts_at and not await _another(appointment, counsellor):
        return appointment
    wish = await wish_of(appointment, by_staff=actor != journal.PERSON, counsellor=counsellor)
    if appointment.starts_at == starts_at:  # who interprets does so for whichever counsellor
        wish = replace(wish, language="", interpreter=False)
    for staff_id in await _movers(appointment, wish, starts_at, now=now, zone=zone):
        try:
            return await _move_to(appointment_id, staff_id, wish, starts_at, actor=actor, now=now, zone=zone)
        except errors.SlotTaken:
            continue
    raise errors.SlotTaken


async def _another(appointment: Appointment, counsellor: str) -> bool:
    return bool(counsellor) and not await Staff.exists(id=appointment.staff_id, code=counsellor)


async def wish_of(appointment: Appointment, *, by_staff: bool, counsellor: str = "") -> Wish:
    """What was booked, as a wish; the interpreter is wanted again if one was and anybody can be asked to come."""
    service = await Service.get(id=appointment.service_id)
    wanted = appointment.interpretation != Interpretation.NONE
    interpreted = wanted and bool(await resources.speaking(appointment.language))
    return Wish(
        service.code,
        appointment.children,
        Mode(appointment.mode),
        # A language the booked counsellor does not speak was not asked for; asking now would offer nothing.
        appointment.language if interpreted else "",
        counsellor,
        by_staff,
        interpreter=interpreted,
        follow_up=appointment.follow_up,
    )


async def times_to_move(
    appointment: Appointment,
    *,
    first: datetime,
    last: datetime,
    now: datetime,
    zone: ZoneInfo,
    by_staff: bool = False,
) -> list[availability.Slot]:
    """Slots this appointment could move to, from the day of `first` to the day of `last`."""
    await appointment.fetch_related("staff")
    wish = await wish_of(appointment, by_staff=by_staff)
    speakers = (
        replace(wish, language=appointment.language)
        if appointment.language in appointment.staff.languages
        else wish
    )
    return await availability.search(
        speakers, first=first.astimezone(zone).date(), last=last.astimezone(zone).date(), now=now, zone=zone
    )


async def _movers(
    appointment: Appointment, wish: Wish, starts_at: datetime, *, now: datetime, zone: ZoneInfo
) -> list[int]:
    """The same counsellor first: their own talk may be all that stands in the way of the new time."""
    others = await availability.candidates(wish, starts_at, now=now, zone=zone, ignoring=appointment.id)
    ids = [candidate.staff_id for candidate in others if candidate.staff_id != appointment.staff_id]
    return ids if wish.counsellor and appointment.staff_id not in ids else [appointment.staff_id, *ids]


@database.verb
async def _move_to(
    appointment_id: int,
    staff_id: int,
    wish: Wish,
    starts_at: datetime,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Appointment:
    before = await appointments.by_id(appointment_id)
    locked = await claims.lock(before.staff_id, staff_id)
    appointment = await Appointment.select_for_update().get(id=appointment_id)
    await appointments.may_change(appointment, actor, now)
    if appointment.starts_at == starts_at and appointment.staff_id == staff_id:
        return appointment
    same_time, old_place = appointment.starts_at == starts_at, appointment.place
    if same_time:
        wish = replace(wish, interpreter=False)
    service = await Service.get(id=appointment.service_id)
    spot = await availability.spot_if_free(
        service, wish, locked[staff_id], starts_at, now=now, zone=zone, ignoring=appointment.id
    )
    if spot is None:
        raise errors.SlotTaken
    wanted = services.wanted(service, wish, now)
    await claims.release(appointment)
    appointment.staff_id, appointment.place = staff_id, spot.place
    appointment.room_id = spot.room_id
    if not same_time:
        appointment.interpreter_id = spot.interpreter_id
    if wish.interpreter:
        appointment.interpretation = Interpretation.ASKED
    appointment.starts_at, appointment.ends_at = starts_at, starts_at + wanted.length
    appointment.claimed_until = appointment.ends_at + wanted.buffer
    appointment.revision += 1
    appointment.times_moved += 1
    appointment.changed_at = now
    appointment.arrived_at, appointment.participation = None, ""
    await claims.drop_expired(staff_id, starts_at, appointment.claimed_until, now, spot)
    await claims.take(appointment)
    await appointment.save()
    quiet = same_time and old_place == appointment.place  # only the counsellor is another
    told: dict[str, str | int] = {"from_staff": before.staff_id, "quiet": int(quiet)}
    await appointments.tell("appointment.moved", appointment, actor, now, told)
    await waiting.offer_freed(before.staff_id, before.starts_at, now=now)
    return appointment
