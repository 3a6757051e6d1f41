"""One group evening at the desk: who comes, seats for somebody on the phone, and calling it off.

Invariant: it is called off by those who counsel, after one question; every family is told by the verb.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, errors, holds, sessions
from booking.appointments import Booking
from booking.models import Session
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page, rows
from channels.web.desk import sessions as desk_sessions
from channels.web.desk.wishes import CHANNELS, introduction
from office import audit, places, wake


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """Names, seats, codes."""
    return await _page(request, await _of(request), {})


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def book(request: Request) -> Response:
    """Seats for a caller, also at short notice. Idempotent by the form's key."""
    fields, session, now = await csrf.form(request), await _of(request), clock.now()
    typed = {name: str(value) for name, value in fields.items()}
    who, wrong = introduction(fields)
    seats = typed.get("seats", "")
    if seats not in {str(count) for count in range(1, sessions.MOST_SEATS + 1)}:
        wrong["seats"] = "number"
    if wrong:
        return await _page(request, session, typed, wrong, 422)
    key, channel = typed.get("key", "")[:64] or secrets.token_hex(16), typed.get("channel", "")
    booking = Booking(
        who,
        channel=channel if channel in CHANNELS else CHANNELS[0],
        actor=log_in.actor(request),
        calendar_wanted="calendar" in fields and bool(who.email) and not who.read_by_others,
    )
    try:
        await sessions.hold_seats(session.id, int(seats), key=key, now=now, by_staff=True)
        booked = await appointments.book(key, booking, now=now)
    except errors.SlotTaken:
        return await _page(request, session, typed, {"seats": "few_seats"}, 409)
    except errors.TooManyAppointments:
        await holds.release(key)
        return await _page(request, session, typed, {"seats": "too_many"}, 409)
    wake.nudge()
    return RedirectResponse(f"/desk/appointments/{booked.id}?new", 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def ask_call_off(request: Request) -> Response:
    """Really? So many families are told."""
    session = await _of(request)
    return await page.render(
        request, "desk/call_off.html", session=session, families=len(await sessions.seated(session))
    )


@log_in.for_roles(*log_in.SEES_TOPICS)
async def call_off(request: Request) -> Response:
    """It will not take place, and everybody is told. Idempotent."""
    await csrf.form(request)
    number = request.path_params["id"]
    await sessions.call_off(number, actor=log_in.actor(request), now=clock.now())
    wake.nudge()
    return RedirectResponse("/desk/sessions?off", 303)


async def _of(request: Request) -> Session:
    return await sessions.by_id(request.path_params["id"])


async def _page(
    request: Request,
    session: Session,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    now, member = clock.now(), log_in.staff_of(request)
    seated = await sessions.seated(session)
    await audit.note(log_in.actor(request), "looked", f"session:{session.id}", now)
    shown = await rows.of(seated, member, pages.language_of(request), now)
    return await page.render(
        request,
        "desk/seats.html",
        status=status,
        session=session,
        title=desk_sessions.titled(request)(session.service) if all(row.service for row in shown) else "",
        places=await places.all_places(),
        coming=[(row, one.seats) for row, one in zip(shown, seated, strict=True)],
        taken=sum(one.seats for one in seated),
        open=session.cancelled_at is None and session.starts_at > now,
        may_call_off=member.role in log_in.SEES_TOPICS,
        planned="planned" in request.query_params,
        counts=[(str(count), str(count)) for count in range(1, sessions.MOST_SEATS + 1)],
        channels=CHANNELS,
        typed=typed,
        wrong=wrong or {},
        key=secrets.token_hex(16),
    )
