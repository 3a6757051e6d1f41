"""A counsellor is here after all: what was decided for the families is taken back, as far as it still can be.

Invariant: a family that chose another time keeps it, a time somebody else has by now stays theirs; whoever was
told that it does not take place is told that it does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from booking import appointments, availability, claims, errors, instead, interpreting, moves
from booking.models import (
    Absence,
    Appointment,
    CallBack,
    Choice,
    Disruption,
    Hold,
    HoldKind,
    Interpretation,
    Service,
    Status,
    Touched,
)
from booking.resources import Spot
from booking.services import Wish
from office import database, journal
from office.errors import Invalid, NotFound
from office.models import Staff

CAN_BE_TAKEN_BACK = ("ill", "absence")
SOUGHT = (Interpretation.ASKED, Interpretation.CONFIRMED, Interpretation.MISSING)


async def take_back(disruption_id: int, *, actor: str, now: datetime, zone: ZoneInfo) -> Disruption:
    """They are here after all: who can come back to them does. Idempotent. Raises `Invalid`, `NotFound`."""
    disruption = await _reopen(disruption_id, now, zone)
    member = await Staff.get(id=disruption.staff_id)
    for touched in await Touched.filter(disruption_id=disruption_id).order_by("id"):
        if touched.choice == Choice.COLLEAGUE:
            await _fetch_back(touched, member, actor=actor, now=now, zone=zone)
        if touched.choice == Choice.OFFER:
            await _reinstate(touched, actor=actor, now=now, zone=zone)
    return disruption


def possible(disruption: Disruption, now: datetime, zone: ZoneInfo) -> bool:
    """Until the end of the day on which it was entered."""
    same_day = disruption.at.astimezone(zone).date() == now.astimezone(zone).date()
    return disruption.kind in CAN_BE_TAKEN_BACK and same_day


@database.verb
async def _reopen(disruption_id: int, now: datetime, zone: ZoneInfo) -> Disruption:
    disruption = await Disruption.select_for_update().get_or_none(id=disruption_id)
    if disruption is None:
        raise NotFound
    if not possible(disruption, now, zone):
        raise Invalid(change="cannot_be_taken_back")
    if disruption.undone_at is None:
        disruption.undone_at = now
        await disruption.save(update_fields=["undone_at"])
        await Absence.filter(id=disruption.absence_id).delete()
    return disruption


async def _fetch_back(touched: Touched, member: Staff, *, actor: str, now: datetime, zone: ZoneInfo) -> None:
    appointment = await appointments.by_id(touched.appointment_id)
    if appointment.revision != touched.revision + 1 or appointment.status != Status.BOOKED:
        return
    try:
        await moves.move(
            appointment.id, appointment.starts_at, actor=actor, now=now, zone=zone, counsellor=member.code
        )
    except (errors.SlotTaken, errors.TooLate):
        return
    if appointment.language in member.languages:
        await interpreting.not_by_phone(appointment.id)


@database.verb
async def _reinstate(touched: Touched, *, actor: str, now: datetime, zone: ZoneInfo) -> None:
    """The talk we called off takes place, unless they chose another time or somebody else has this one."""
    kept = await Hold.filter(appointment_id=touched.appointment_id, kind=HoldKind.OFFER)
    locked = await claims.lock(touched.from_staff, *[hold.staff_id for hold in kept])
    appointment = await Appointment.select_for_update().get(id=touched.appointment_id)
    called_off = appointment.status == Status.CANCELLED and appointment.revision == touched.revision + 1
    if not called_off or appointment.session_id is not None or await instead.chosen(appointment):
        return
    spot = await _spot(appointment, locked[touched.from_staff], now, zone)
    if spot is None:
        return
    await Hold.filter(appointment_id=appointment.id, kind=HoldKind.OFFER).delete()
    _stands_again(appointment, spot, now)
    await claims.drop_expired(touched.from_staff, appointment.starts_at, appointment.claimed_until, now, spot)
    await claims.take(appointment)
    await appointment.save()
    await appointments.tell("appointment.reinstated", appointment, actor, now)
    if appointment.interpretation == Interpretation.ASKED and appointment.interpreter_id is None:
        await interpreting.by_phone(appointment.id, now)
    await _call_again(touched, appointment, now)


async def _spot(appointment: Appointment, member: Staff, now: datetime, zone: ZoneInfo) -> Spot | None:
    """Where they can meet; with an interpreter if one was wanted and is free, else without."""
    service = await Service.get(id=appointment.service_id)
    wish = await moves.wish_of(appointment, by_staff=True)
    sought = appointment.interpretation in SOUGHT
    for one in (wish, _alone(wish)) if sought else (_alone(wish),):
        spot = await availability.spot_if_free(
            service, one, member, appointment.starts_at, now=now, zone=zone
        )
        if spot:
            return spot
    return None


def _alone(wish: Wish) -> Wish:
    return replace(wish, language="", interpreter=False)


def _stands_again(appointment: Appointment, spot: Spot, now: datetime) -> None:
    appointment.status, appointment.cancelled_at = Status.BOOKED, None
    appointment.cancelled_by, appointment.cancel_reason = "", ""
    appointment.place, appointment.room_id = spot.place, spot.room_id
    appointment.interpreter_id = spot.interpreter_id
    if appointment.interpretation in SOUGHT:
        appointment.interpretation = Interpretation.ASKED
    appointment.changed_at, appointment.participation = now, ""
    appointment.revision += 1


async def _call_again(touched: Touched, appointment: Appointment, now: datetime) -> None:
    """Nobody has to call any more; whoever was called already has to hear that it does take place."""
    key = instead.card(touched)
    if await CallBack.filter(key=key, done_at=None).update(done_at=now, done_by=journal.SYSTEM):
        return
    if await CallBack.exists(key=key):
        await instead.to_be_called(appointment, f"{key}:back", now)
