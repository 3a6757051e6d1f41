"""Appointments, for programs: book, see, move, cancel, on behalf of the person who comes.

Invariant: each of them may be repeated without another effect; what it is about is not in the answer.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from booking import appointments, moves
from booking.errors import HoldExpired, SlotTaken
from booking.models import Appointment, Status
from channels.web import clock
from channels.web.api import bookings, inputs, keys, problems, slots
from channels.web.public import appointment as page
from channels.web.public import times
from office import journal
from office.settings import current


class AppointmentLinks(BaseModel):
    """Addresses; whoever has them may change the appointment (the page) or see it (the file)."""

    self: str
    page: str
    ics: str | None = Field(description="The calendar file; none once cancelled or where others read along")


class AppointmentBooked(BaseModel):
    """When and with whom; `token` is the secret part of its address, `code` what one says at the reception."""

    token: str
    code: str
    starts_at: datetime = Field(description="RFC 3339, with the offset of the office")
    ends_at: datetime
    counsellor: str
    status: Status
    links: AppointmentLinks


class NewTime(inputs.Input):
    """When instead."""

    starts_at: inputs.Moment


@keys.required
async def book(request: Request) -> Response:
    """201 and the appointment, again and again for the same Idempotency-Key; 409 with what is free instead."""
    key, asked = bookings.key(request), await inputs.body(request, bookings.NewAppointment)
    (service, wish, booking), now = await bookings.read(asked), clock.now()
    try:
        booked = await appointments.book_slot(
            wish, asked.starts_at, booking, key=key, now=now, zone=current().zone, service=service
        )
    except (SlotTaken, HoldExpired):
        free = slots.nearest(await times.free(wish, now), asked.starts_at)
        return problems.refused(SlotTaken(), 409, alternatives=free)
    bookings.check_same(booked, asked, wish, booking)
    just_booked = booked.booked_at == now
    discreet = asked.discreet if just_booked else await page.read_by_others(booked)
    return _answer(booked, discreet=discreet, created=True)


@keys.required
async def show(request: Request) -> Response:
    """The appointment of this token."""
    return await _shown(request)


@keys.required
async def move(request: Request) -> Response:
    """Another time for it; 409 with what is free instead, or when it is over, begun or cancelled."""
    asked, appointment, now = await inputs.body(request, NewTime), await _named(request), clock.now()
    try:
        await moves.move(appointment.id, asked.starts_at, actor=journal.PERSON, now=now, zone=current().zone)
    except SlotTaken as error:
        free = slots.nearest(await page.other_times(appointment, now), asked.starts_at)
        return problems.refused(error, 409, alternatives=free)
    return await _shown(request)


@keys.required
async def cancel(request: Request) -> Response:
    """It does not take place; 409 when it is over or has begun."""
    appointment = await _named(request)
    await appointments.cancel(appointment.id, actor=journal.PERSON, now=clock.now())
    return await _shown(request)


async def _named(request: Request) -> Appointment:
    return await appointments.by_token(request.path_params["token"])


async def _shown(request: Request) -> Response:
    appointment = await _named(request)
    return _answer(appointment, discreet=await page.read_by_others(appointment))


def _answer(appointment: Appointment, *, discreet: bool, created: bool = False) -> Response:
    token, origin = appointments.token(appointment), current().origin
    with_file = appointment.status == Status.BOOKED and not discreet
    said = AppointmentBooked(
        token=token,
        code=appointment.code,
        starts_at=slots.local(appointment.starts_at),
        ends_at=slots.local(appointment.ends_at),
        counsellor=appointment.staff.code,
        status=Status(appointment.status),
        links=AppointmentLinks(
            self=f"{origin}/api/v1/appointments/{token}",
            page=f"{origin}/a/{token}",
            ics=f"{origin}/a/{token}.ics" if with_file else None,
        ),
    )
    headers = {"location": said.links.self} if created else {}
    return Response(said.model_dump_json(), 201 if created else 200, headers, media_type="application/json")
