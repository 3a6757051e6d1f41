"""What came of a talk, written down in one go: that it was held, how long, what it was about, what comes next.

Invariant: all of it is saved or nothing is; a matter stays open exactly while something is still owed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from booking import callbacks, outcomes
from booking.models import Appointment, Status
from inquiries import inquiry, thread
from inquiries.models import Contact, Inquiry
from office import database


class NextStep(StrEnum):
    """What was agreed at the end of a talk."""

    NONE = "none"
    APPOINTMENT = "appointment"
    CALL = "call"
    WRITE = "write"


LONGEST = timedelta(hours=4)
"""Whoever writes a talk down later than this does not do so at its end."""
RECENT = 200
"""So many talks say what a service is usually about."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk in codes of the catalogues; `call_on` is the day of the call, if that is what comes next."""

    topic: str
    audience: str
    school_type: str
    district: str
    outcome: str
    referral: str
    duration: str
    next_step: NextStep = NextStep.NONE
    call_on: date | None = None


@database.verb
async def record(appointment_id: int, talk: Talk, *, actor: str, now: datetime) -> Appointment:
    """The talk stands as held (if it has begun and was not missed), with its inquiry and what comes next.

    May be corrected any number of times. Raises `NotFound`.
    """
    appointment = await Appointment.select_for_update().get(id=appointment_id)
    if held(appointment, now):
        appointment = await outcomes.attend(appointment_id, actor=actor, now=now, duration=talk.duration)
    found = await inquiry.record(
        appointment.inquiry_id,
        actor=actor,
        now=now,
        topic=talk.topic,
        audience=talk.audience,
        outcome=talk.outcome,
        district=talk.district,
        referral=talk.referral,
        school_type=talk.school_type,
        goes_on=talk.next_step is not NextStep.NONE,
    )
    await _go_on(appointment, found, talk, actor, now)
    return appointment


async def _go_on(appointment: Appointment, found: Inquiry, talk: Talk, actor: str, now: datetime) -> None:
    if talk.next_step is NextStep.CALL and talk.call_on:
        await callbacks.agree(appointment, talk.call_on, actor=actor, now=now)
    else:
        await callbacks.unsay(appointment)
    if talk.next_step is NextStep.WRITE:
        await thread.owe(found, now)


def held(appointment: Appointment, now: datetime) -> bool:
    """Did it take place, as far as anybody can know: it has begun, and nobody said that they did not come?"""
    return appointment.starts_at <= now and appointment.status in {Status.BOOKED, Status.ATTENDED}


async def next_step(appointment: Appointment, found: Inquiry, now: datetime) -> tuple[NextStep, date | None]:
    """What is still owed after this talk, as far as it is known; the day of the call."""
    call = await callbacks.agreed(appointment)
    if call:
        return NextStep.CALL, call.day
    later = Appointment.filter(
        inquiry_id=found.id, status=Status.BOOKED, starts_at__gt=max(now, appointment.starts_at)
    )
    if await later.exclude(id=appointment.id).exists():
        return NextStep.APPOINTMENT, None
    return (NextStep.WRITE if found.waiting_since else NextStep.NONE), None


async def duration(appointment: Appointment, found: Inquiry, now: datetime) -> str:
    """How long it took, as a code: as written down, else by the clock from when both were there, else as planned."""
    told = await Contact.get_or_none(key=f"talk:{appointment.id}", void=False)
    if told and found.outcome != "open":
        return told.duration
    began = max(appointment.starts_at, appointment.arrived_at or appointment.starts_at)
    length = now - began
    return outcomes.band(length) if timedelta() < length <= LONGEST else outcomes.planned(appointment)


async def usual_topics(service_id: int) -> list[str]:
    """What the last talks of this service were about, the commonest first."""
    recent = Appointment.filter(service_id=service_id, status=Status.ATTENDED).order_by("-starts_at")
    found = await recent.limit(RECENT).values_list("inquiry__topic", flat=True)
    return [str(code) for code, _count in Counter(found).most_common()]
