"""How it went: arrived, attended, missed; each may be corrected, for a hand may slip.

Invariant: there is a contact for the talk exactly while the appointment counts as attended.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from booking import appointments, errors
from booking.models import Appointment, Mode, Status
from inquiries import inquiry
from office import database


@database.verb
async def arrive(appointment_id: int, *, actor: str, now: datetime) -> Appointment:
    """They are here. Idempotent: the first time stays."""
    appointment = await Appointment.select_for_update().get(id=appointment_id)
    if appointment.status != Status.BOOKED:
        raise errors.TooLate
    if appointment.arrived_at is None:
        appointment.arrived_at = now
        await appointment.save(update_fields=["arrived_at"])
        await appointments.tell("appointment.arrived", appointment, actor, now)
    return appointment


@database.verb
async def attend(
    appointment_id: int, *, actor: str, now: datetime, duration: str | None = None
) -> Appointment:
    """The talk took place: one more contact, as long as `duration` (a code) says. Corrects a no-show.

    Nobody said how long: as long as was planned.
    """
    appointment = await _record(appointment_id, Status.ATTENDED, actor=actor, now=now)
    await inquiry.add_contact(
        appointment.inquiry_id,
        key=f"talk:{appointment.id}",
        at=appointment.starts_at,
        channel="by_appointment",
        form={Mode.OFFICE: "in_person"}.get(appointment.mode, str(appointment.mode)),
        duration=duration or planned(appointment),
    )
    return appointment


@database.verb
async def miss(appointment_id: int, *, actor: str, now: datetime) -> Appointment:
    """Nobody came. Corrects an attended talk."""
    appointment = await _record(appointment_id, Status.NO_SHOW, actor=actor, now=now)
    await inquiry.void_contact(f"talk:{appointment.id}")
    return appointment


@database.verb
async def reopen(appointment_id: int, *, actor: str, now: datetime) -> Appointment:
    """The outcome was a slip of the hand: booked again."""
    appointment = await _record(appointment_id, Status.BOOKED, actor=actor, now=now)
    await inquiry.void_contact(f"talk:{appointment.id}")
    return appointment


OUTCOME_KIND = {
    Status.ATTENDED: "appointment.attended",
    Status.NO_SHOW: "appointment.no_show",
    Status.BOOKED: "appointment.reopened",
}


async def _record(appointment_id: int, status: Status, *, actor: str, now: datetime) -> Appointment:
    appointment = await Appointment.select_for_update().get(id=appointment_id)
    if appointment.status == Status.CANCELLED or (
        status is not Status.BOOKED and appointment.starts_at > now
    ):
        raise errors.TooLate
    if appointment.status != status:
        appointment.status = status
        await appointment.save(update_fields=["status"])
        await appointments.tell(OUTCOME_KIND[status], appointment, actor, now)
    return appointment


def planned(appointment: Appointment) -> str:
    """The length agreed, as a code of its catalogue."""
    return band(appointment.ends_at - appointment.starts_at)


def band(length: timedelta) -> str:
    """A length as a code of its catalogue."""
    bands = ((15, "up_to_15"), (30, "16_30"), (60, "31_60"))
    minutes = length.total_seconds() / 60
    return next((code for bound, code in bands if minutes <= bound), "over_60")
