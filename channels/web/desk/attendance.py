"""A slip that says that somebody was here, for school or work: a day and a time, and nothing of what for.

Invariant: neither the name of the office nor what it does stands on it; only who came gets one.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from booking import appointments
from booking.models import Status
from channels import languages
from channels.web import clock, log_in
from channels.web.desk import page
from inquiries import people
from office import audit
from office.errors import NotFound


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """The slip in German, to be printed and signed. Raises `NotFound` for who was not here."""
    now = clock.now()
    appointment = await appointments.by_id(request.path_params["id"])
    await appointment.fetch_related("person")
    here = appointment.status == Status.ATTENDED or (
        appointment.status == Status.BOOKED and appointment.arrived_at is not None
    )
    if not here:
        raise NotFound
    await audit.note(log_in.actor(request), "printed", f"appointment:{appointment.id}", now)
    request.state.language = languages.DEFAULT
    return await page.render(
        request,
        "desk/attendance.html",
        appointment=appointment,
        discreet=await people.discreet(appointment.person_id),
        begin=appointment.arrived_at or appointment.starts_at,
        end=max(appointment.ends_at, appointment.arrived_at or appointment.ends_at),
        today=page.today(now),
    )
