"""My appointment, behind its link: see, move, cancel, take into a calendar.

Invariant: GET shows, POST acts, for mail scanners follow links; where others read along, the page tells
time, place and code, and nothing of what it is about until the four digits are entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, calendar, instead, moves, services
from booking.availability import Slot
from booking.errors import HoldExpired, SlotTaken
from booking.models import Appointment, Status
from booking.services import Wish
from channels import languages
from channels.email import entry
from channels.web import clock, csrf, pages, rate
from channels.web.public import second_secret, wishes, wording
from channels.web.public import times as free_times
from inquiries import people
from inquiries.models import Address
from office import journal, places
from office.errors import Invalid, NotFound
from office.settings import current

LONGEST_NUMBER = 9


async def show(request: Request) -> Response:
    """When, where, and the code to say at the reception."""
    return await _page(request, await found(request))


async def enter(request: Request) -> Response:
    """With the right digits this browser may read more for a quarter of an hour."""
    await rate.keep(request, "change")
    fields, appointment, now = await csrf.form(request), await found(request), clock.now()
    if not await read_by_others(appointment):
        return _back(request)
    code = await second_secret.check(appointment.person_id, str(fields.get(second_secret.FIELD, "")))
    if code:
        request.state.here = _here(request)
        return await _page(request, appointment, {second_secret.FIELD: code})
    response = _back(request)
    second_secret.open_page(response, _here(request), appointment.person_id, now, now)
    return response


async def leave(request: Request) -> Response:
    """The page is locked again."""
    await csrf.form(request)
    await found(request)
    response = _back(request)
    second_secret.close_page(response, _here(request))
    return response


async def let_in(response: Response, appointment: Appointment, now: datetime) -> None:
    """Whoever has just booked may read their own page, the digits on it included, if others read along."""
    if await read_by_others(appointment):
        here = f"/a/{appointments.token(appointment)}"
        second_secret.open_page(response, here, appointment.person_id, appointment.booked_at, now)


async def times(request: Request) -> Response:
    """Free times this appointment could have instead."""
    await rate.keep(request, "search")
    appointment, now = await found(request), clock.now()
    if not _open(appointment, now) or appointment.session_id is not None:
        return _back(request)
    slots = await other_times(appointment, now)
    today = now.astimezone(current().zone).date()
    page = free_times.page(slots, wishes.day(request.query_params.get("from", ""), today))
    seen = await _seen(request, appointment)
    return pages.render(request, "public/move.html", **seen, page=page, earliest=slots[0] if slots else None)


async def move(request: Request) -> Response:
    """Another time for the same appointment. Idempotent; 409 with the nearest free times when it is gone."""
    await rate.keep(request, "change")
    fields, appointment, now = await csrf.form(request), await found(request), clock.now()
    try:
        starts_at = clock.moment(str(fields.get("starts_at", "")))
    except ValueError as error:
        raise Invalid(starts_at="malformed") from error
    try:
        await moves.move(appointment.id, starts_at, actor=journal.PERSON, now=now, zone=current().zone)
    except SlotTaken:
        return await _taken(request, appointment, starts_at, now)
    return _back(request, "moved=1")


async def take(request: Request) -> Response:
    """One of the times kept for them instead: it is booked, the others are free again. Idempotent."""
    await rate.keep(request, "change")
    fields, appointment, now = await csrf.form(request), await found(request), clock.now()
    number = str(fields.get("hold", ""))
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        raise Invalid(hold="malformed")
    try:
        booked = await instead.choose(appointment.id, int(number), now=now)
    except HoldExpired:
        return _back(request, "gone=1")
    wished = f"&lang={pages.language_of(request)}" if "lang" in request.query_params else ""
    return RedirectResponse(f"/a/{appointments.token(booked)}?booked=1{wished}", 303)


async def ask_cancel(request: Request) -> Response:
    """One question, one button; nothing is cancelled by looking at it."""
    appointment = await found(request)
    if not _open(appointment, clock.now()):
        return _back(request)
    return pages.render(request, "public/cancel.html", **await _seen(request, appointment))


async def cancel(request: Request) -> Response:
    """The appointment does not take place; its page says so. Idempotent."""
    await rate.keep(request, "change")
    await csrf.form(request)
    appointment = await found(request)
    await appointments.cancel(appointment.id, actor=journal.PERSON, now=clock.now())
    return _back(request)


async def ics(request: Request) -> Response:
    """The appointment as a calendar file; not where others read along. Raises `NotFound`."""
    appointment = await found(request)
    if appointment.status != Status.BOOKED or await read_by_others(appointment):
        raise NotFound
    place = (await places.all_places()).get(appointment.place)
    made = entry.entry(appointment, place, language=pages.language_of(request))
    content = calendar.feed([made], made.summary, current().zone)
    method = calendar.method(content)
    return Response(
        content,
        media_type=f"text/calendar; method={method}; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="termin.ics"'},
    )


async def to_own(appointment: Appointment, now: datetime) -> Response:
    """To the page of what was just booked, open for this browser."""
    response = RedirectResponse(f"/a/{appointments.token(appointment)}?booked=1", 303)
    await let_in(response, appointment, now)
    return response


async def found(request: Request) -> Appointment:
    """The appointment of this link; from here on the page speaks its person's language. Raises `NotFound`."""
    wished = request.query_params.get("lang", "")
    if wished in languages.NAMES:
        request.state.language = wished
    token = request.path_params["token"]
    appointment = await appointments.by_token(token)
    if wished not in languages.NAMES:
        request.state.language = appointment.person.language
    return appointment


async def locked(request: Request, appointment: Appointment) -> bool:
    """Do others read along, and were the digits not entered here?"""
    opened = second_secret.opened(request, _here(request), appointment.person_id, clock.now())
    return not opened and await read_by_others(appointment)


async def _page(
    request: Request, appointment: Appointment, wrong: Mapping[str, str] | None = None
) -> Response:
    language = pages.language_of(request)
    seen = await _seen(request, appointment)
    open_to = seen["discreet"] and not seen["locked"]
    return pages.render(
        request,
        "public/appointment.html",
        status=second_secret.status(wrong),
        **seen,
        state=_state(appointment, clock.now()),
        news=next((name for name in ("booked", "moved", "gone") if name in request.query_params), ""),
        kept=await instead.offered(appointment.id, clock.now()),
        instead=await _instead(appointment),
        again=_again(appointment, language),
        counsellor="" if seen["locked"] else appointment.staff.name,
        title="" if seen["locked"] else services.title(appointment.service, language),
        name="" if seen["locked"] else appointment.person.name,
        bring=[] if seen["locked"] else wording.bring(appointment.service, language),
        digits=second_secret.digits(appointment.person_id) if open_to else "",
        wrong=wrong or {},
    )


async def _instead(appointment: Appointment) -> str:
    """The page of the talk they chose instead of this one, if they have."""
    chosen = await instead.chosen(appointment) if appointment.status == Status.CANCELLED else None
    return f"/a/{appointments.token(chosen)}" if chosen else ""


def _again(appointment: Appointment, language: str) -> str:
    """Where another talk after this one is booked, with the same counsellor; empty where there was none."""
    if appointment.status != Status.ATTENDED or not appointment.service.active or appointment.session_id:
        return ""
    wish = Wish(
        appointment.service.code,
        appointment.children,
        appointment.mode,
        appointment.language,
        appointment.staff.code,
        follow_up=appointment.service.follow_up_minutes is not None,
    )
    return f"/{language}/book?{urlencode(wishes.as_fields(wish))}"


async def _seen(request: Request, appointment: Appointment) -> dict[str, Any]:
    """What every page of an appointment shows; `more` keeps the chosen language in its links."""
    language, here = pages.language_of(request), _here(request)
    known = await Address.filter(person_id=appointment.person_id)
    return {
        "appointment": appointment,
        "discreet": await read_by_others(appointment),
        "locked": await locked(request, appointment),
        "by_mail": any(address.kind == "email" for address in known),
        "place": await wording.where(appointment.place, language),
        "here": here,
        "more": f"?lang={language}" if "lang" in request.query_params else "",
    }


async def _taken(request: Request, appointment: Appointment, starts_at: datetime, now: datetime) -> Response:
    seen = await _seen(request, appointment)
    return pages.render(
        request,
        "public/taken.html",
        status=409,
        **seen,
        action=f"{seen['here']}/move{seen['more']}",
        days=free_times.nearest(await other_times(appointment, now), starts_at),
        fields={},
        other=f"{seen['here']}/move{seen['more']}",
    )


async def other_times(appointment: Appointment, now: datetime) -> list[Slot]:
    """Free times it could move to, by time."""
    beyond = now + timedelta(days=appointment.service.horizon_days + 1)
    return await moves.times_to_move(appointment, first=now, last=beyond, now=now, zone=current().zone)


async def read_by_others(appointment: Appointment) -> bool:
    """Whether others read along with this person."""
    return await people.discreet(appointment.person_id)


def _here(request: Request) -> str:
    return f"/a/{request.path_params['token']}"


def _open(appointment: Appointment, now: datetime) -> bool:
    return appointment.status == Status.BOOKED and appointment.starts_at > now


def _state(appointment: Appointment, now: datetime) -> str:
    if appointment.status == Status.CANCELLED:
        return "cancelled"
    if appointment.status != Status.BOOKED or appointment.ends_at <= now:
        return "past"
    if appointment.arrived_at:
        return "arrived"
    return "booked" if appointment.starts_at > now else "begun"


def _back(request: Request, *news: str) -> Response:
    """To the appointment's page, in the language chosen before."""
    kept = [f"lang={pages.language_of(request)}"] if "lang" in request.query_params else []
    query = "&".join([*news, *kept])
    return RedirectResponse(_here(request) + (f"?{query}" if query else ""), 303)
