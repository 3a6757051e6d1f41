"""One appointment at the desk: all that the one who looks may know of it, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, errors, moves, outcomes, talks
from booking.models import Appointment
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import access, history, page, rows, talk
from channels.web.public import times
from inquiries.models import Address, NoInformation
from office import audit, journal, links, staff
from office.errors import Invalid, NotFound
from office.settings import current

Verb = Callable[..., Awaitable[Appointment]]

ACTS: dict[str, Verb] = {
    "arrive": outcomes.arrive,
    "attend": outcomes.attend,
    "miss": outcomes.miss,
    "reopen": outcomes.reopen,
}
"""What one key at the desk does."""

REASONS = ("counsellor_ill", "office_closed", "mistake", "other")
ASKED = "asked"
"""The person asked for it, by phone or at the counter: then it is they who cancel."""

DAYS_SHOWN = 14


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """Everything they may know of one appointment; that somebody looked is noted."""
    return await _page(request, await _of(request))


async def _page(
    request: Request,
    appointment: Appointment,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    now, member = clock.now(), log_in.staff_of(request)
    language = pages.language_of(request)
    purpose = (await access.purposes(member, [appointment.inquiry_id])).get(appointment.inquiry_id)
    await access.look(request, f"appointment:{appointment.id}", purpose or access.Purpose.COUNTER)
    matter = appointment.inquiry if purpose else None
    return await page.render(
        request,
        "desk/appointment.html",
        status=422 if wrong else 200,
        row=(await rows.of([appointment], member, language, now))[0],
        appointment=appointment,
        addresses=await Address.filter(person_id=appointment.person_id).order_by("id"),
        messages=await history.messages(appointment),
        entries=await history.entries(appointment, with_inquiry=matter is not None),
        talk=await talk.form(appointment, matter, language, typed=typed) if matter else None,
        wrong=wrong or {},
        pin=links.four_digits("pin", appointment.person_id),
        silence=appointment.person.no_information,
        silence_reasons=list(NoInformation),
        may_lift=purpose is not None,
        asked=ASKED,
        reasons=REASONS,
        new="new" in request.query_params,
        saved="saved" in request.query_params,
        recorded="recorded" in request.query_params,
    )


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def act(request: Request) -> Response:
    """Arrived, attended, no-show, or undo: then back to where the key was pressed."""
    fields = await csrf.form(request)
    verb = ACTS.get(request.path_params["act"])
    if verb is None:
        raise NotFound
    appointment = await _of(request)
    await verb(appointment.id, actor=log_in.actor(request), now=clock.now())
    return _back(fields, appointment)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def cancel(request: Request) -> Response:
    """The talk will not take place; who wanted that decides which message goes out and how it is counted."""
    fields = await csrf.form(request)
    reason = str(fields.get("reason", ""))
    if reason not in {ASKED, *REASONS}:
        raise Invalid(reason="missing")
    appointment, now = await _of(request), clock.now()
    await audit.note(log_in.actor(request), f"cancelled_{reason}", f"appointment:{appointment.id}", now)
    actor = journal.PERSON if reason == ASKED else log_in.actor(request)
    await appointments.cancel(appointment.id, actor=actor, now=now, reason=reason)
    return _back(fields, appointment)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def choose_time(request: Request) -> Response:
    """The times this appointment could move to."""
    return await _times(request, await _of(request))


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def move(request: Request) -> Response:
    """Give it the time chosen; taken meanwhile, the page shows fresh times."""
    fields = await csrf.form(request)
    appointment, now = await _of(request), clock.now()
    starts_at = page.moment_named(fields.get("starts_at"))
    try:
        await moves.move(appointment.id, starts_at, actor=log_in.actor(request), now=now, zone=current().zone)
    except errors.SlotTaken:
        return await _times(request, appointment, status=409)
    return RedirectResponse(f"/desk/appointments/{appointment.id}?saved", 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def record(request: Request) -> Response:
    """The talk, what it was about, what came of it and what comes next; or the page again, with what is amiss.

    Of one's own cases only.
    """
    fields = await csrf.form(request)
    appointment, now = await _of(request), clock.now()
    await access.enter(request, appointment.inquiry)
    typed = await talk.complete(appointment, appointment.inquiry, fields, now)
    told, wrong = await talk.read(typed, page.today(now))
    if told is None:
        return await _page(request, appointment, typed=typed, wrong=wrong)
    await talks.record(appointment.id, told, actor=log_in.actor(request), now=now)
    return RedirectResponse(f"/desk/appointments/{appointment.id}?recorded", 303)


async def _of(request: Request) -> Appointment:
    found = await appointments.by_id(request.path_params["id"])
    await found.fetch_related("service", "staff", "person", "inquiry")
    return found


def _back(fields: FormData, appointment: Appointment) -> Response:
    """To the page the form stood on; the fragment keeps the keyboard where it was."""
    page_of_it = f"/desk/appointments/{appointment.id}"
    back = page.local(fields.get("back"), page_of_it)
    return RedirectResponse(f"{page_of_it}?saved" if back == page_of_it else f"{back}#a{appointment.id}", 303)


async def _times(request: Request, appointment: Appointment, *, status: int = 200) -> Response:
    now, member = clock.now(), log_in.staff_of(request)
    first = max(page.day_named(request.query_params.get("from", ""), page.today(now)), page.today(now))
    return await page.render(
        request,
        "desk/move.html",
        status=status,
        row=(await rows.of([appointment], member, pages.language_of(request), now))[0],
        staff_id=appointment.staff_id,
        names={one.id: one.name for one in await staff.counsellors()},
        days=times.by_day(await _free(appointment, first, now)),
        first=first,
        earlier=first - timedelta(days=DAYS_SHOWN) if first > page.today(now) else None,
        later=first + timedelta(days=DAYS_SHOWN),
        taken=status == 409,
    )


async def _free(appointment: Appointment, first: date, now: datetime) -> list[Any]:
    begin, end = page.bounds(first)[0], page.bounds(first + timedelta(days=DAYS_SHOWN - 1))[0]
    return await moves.times_to_move(
        appointment, first=begin, last=end, now=now, zone=current().zone, by_staff=True
    )
