"""Booking: what it is about, when, who you are, done. A double click gives one appointment.

Invariant: GET shows, POST acts; the hold's random key is the idempotency key of the appointment.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, holds, services
from booking.appointments import Booking
from booking.errors import HoldExpired, SlotTaken, TooManyAppointments
from booking.models import Appointment, Hold, Service
from booking.services import Wish
from channels import confirmations
from channels.web import clock, csrf, pages, rate
from channels.web.public import appointment as own_page
from channels.web.public import (
    confirming,
    demand,
    haste,
    introductions,
    nothing_free,
    sessions,
    times,
    wishes,
    wording,
)
from office import staff
from office.models import Staff
from office.settings import current


async def choose(request: Request) -> Response:
    """What it is about; then for how many and how, so that the length is known; then the free times."""
    await rate.keep(request, "search")
    language, query = pages.language_of(request), request.query_params
    if not query.get("service"):
        offered = [(service, services.title(service, language)) for service in await services.bookable()]
        return pages.render(request, "public/services.html", offered=offered)
    service = await services.by_code(wishes.code(query["service"]))
    if service.group:
        return await sessions.choose(request, service)
    spoken = await wishes.spoken(service, language)
    interpreted = await wishes.interpreted(language)
    wish = wishes.from_query(service, query, spoken, interpreted)
    if wish is None:
        return _ask_how(request, service, spoken, interpreted)
    asked = await _asked(service, query.get("with", ""))
    wish = replace(wish, counsellor=asked.code if asked else "")
    return await _times(request, service, wish, {**interpreted, **spoken}, asked)


async def _asked(service: Service, code: str) -> Staff | None:
    """The counsellor an address names, if they still give this; who is gone stands in nobody's way."""
    known = {giver.code: giver.id for giver in await services.givers(service)} if code else {}
    return await staff.by_id(known[code]) if code in known else None


def _ask_how(
    request: Request, service: Service, spoken: Mapping[str, str], interpreted: Mapping[str, str]
) -> Response:
    language, query = pages.language_of(request), request.query_params
    return pages.render(
        request,
        "public/how.html",
        service=service,
        title=services.title(service, language),
        description=wording.said(service.descriptions, language),
        spoken={**spoken, **{code: label for code, label in interpreted.items() if code not in spoken}},
        interpreted=interpreted,
        counts=range(1, services.MAX_CHILDREN + 1),
        chosen={"talk": language if language in spoken and language != "de" else "", **query},
    )


async def _times(
    request: Request, service: Service, wish: Wish, spoken: Mapping[str, str], asked: Staff | None
) -> Response:
    now = clock.now()
    slots, fields = await times.free(wish, now), wishes.as_fields(wish)
    today = now.astimezone(current().zone).date()
    if not slots:
        await demand.unmet_by(request, wish, now)
    instead = {} if slots else await nothing_free.seen(request, wish)
    page = times.page(slots, wishes.day(request.query_params.get("from", ""), today))
    return pages.render(
        request,
        "public/times.html",
        service=service,
        title=services.title(service, pages.language_of(request)),
        wish=wish,
        talk=spoken.get(wish.language, ""),
        counsellor=asked.name if asked else "",
        page=page,
        earliest=slots[0] if slots else None,
        length=services.wanted(service, wish, now).length,
        **instead,
        wrong={},
        fields={**fields, "key": secrets.token_urlsafe(16)},
        at=lambda day: f"?{urlencode({**fields, 'from': day.isoformat()})}",
        without=lambda name: f"?{urlencode({k: v for k, v in fields.items() if k != name})}",
    )


async def hold(request: Request) -> Response:
    """This time is kept for a quarter of an hour. Idempotent by key; another time with the same key replaces it."""
    await rate.keep(request, "hold")
    fields, now = await csrf.form(request), clock.now()
    (wish, starts_at), key = wishes.read(fields), wishes.key(fields)
    if booked := await _booked(key):
        return _to(booked)
    standing = await holds.standing_hold(key, now)
    if standing and standing.starts_at != starts_at:
        await holds.release(key)
    try:
        kept = await holds.place(wish, starts_at, key=key, now=now, zone=current().zone)
    except SlotTaken:
        return await _taken(request, wish, starts_at, fields)
    if any(introductions.typed(fields).values()):
        return await _form(request, kept, fields)
    return RedirectResponse(f"/{pages.language_of(request)}/book/{key}", 303)


async def details(request: Request) -> Response:
    """The form for the one whose time is kept. Raises `HoldExpired` when it no longer is."""
    key = request.path_params["key"]
    if not wishes.KEY.fullmatch(key):
        return RedirectResponse(f"/{pages.language_of(request)}/book", 303)
    if booked := await _booked(key):
        return _to(booked)
    kept = await holds.standing_hold(key, clock.now())
    if kept is None:
        raise HoldExpired
    return await (confirming.show(request, kept) if confirming.waits(kept) else _form(request, kept, {}))


async def confirm(request: Request) -> Response:
    """The kept time becomes an appointment; if it was kept too short, it is taken again if it is still free."""
    await rate.keep(request, "book")
    fields, now = await csrf.form(request), clock.now()
    (wish, starts_at), key = wishes.read(fields), _key(request)
    if booked := await _booked(key):
        return await own_page.to_own(booked, now)
    if confirming.waits(await holds.standing_hold(key, now)):
        return RedirectResponse(f"/{pages.language_of(request)}/book/{key}", 303)
    booking, wrong = await _read(request, fields, wish, key, now)
    way = await confirmations.way(booking.who)
    try:
        if wrong or way:
            kept = await _keep(wish, starts_at, key, now)
        if wrong:
            return await _form(request, kept, fields, wrong)
        if way:
            return await confirming.ask(request, booking, key, way)
        return await own_page.to_own(await _book(wish, starts_at, booking, key, now), now)
    except SlotTaken:
        return await _taken(request, wish, starts_at, fields)


async def extend(request: Request) -> Response:
    """More time, and everything typed so far is still there."""
    fields, now = await csrf.form(request), clock.now()
    (wish, starts_at), key = wishes.read(fields), _key(request)
    try:
        kept = await holds.extend(key, now)
    except HoldExpired:
        try:
            kept = await _keep(wish, starts_at, key, now)
        except SlotTaken:
            return await _taken(request, wish, starts_at, fields)
    return await _form(request, kept, fields)


async def release(request: Request) -> Response:
    """The time is given back; on to the other free times."""
    fields = await csrf.form(request)
    wish, _starts_at = wishes.read(fields)
    await holds.release(_key(request))
    return RedirectResponse(f"/{pages.language_of(request)}/book?{urlencode(wishes.as_fields(wish))}", 303)


async def _book(wish: Wish, starts_at: datetime, booking: Booking, key: str, now: datetime) -> Appointment:
    """Book what is kept under `key`, or keep it once more and book it. Raises `SlotTaken`."""
    try:
        return await appointments.book(key, booking, now=now)
    except HoldExpired:
        if (await services.by_code(wish.service)).group:
            raise
        return await appointments.book_slot(wish, starts_at, booking, key=key, now=now, zone=current().zone)
    except TooManyAppointments:
        await holds.release(key)
        raise


async def _keep(wish: Wish, starts_at: datetime, key: str, now: datetime) -> Hold:
    """What is kept under `key`, or the same time kept once more. Raises `SlotTaken`, for seats `HoldExpired`."""
    if (await services.by_code(wish.service)).group:
        kept = await holds.standing_hold(key, now)
        if kept is None:
            raise HoldExpired
        return kept
    return await holds.place(wish, starts_at, key=key, now=now, zone=current().zone)


async def _read(
    request: Request, fields: Mapping[str, Any], wish: Wish, key: str, now: datetime
) -> tuple[Booking, dict[str, str]]:
    kept = await holds.standing_hold(key, now)
    language, today = pages.language_of(request), now.astimezone(current().zone).date()
    booking, wrong = introductions.read(
        fields,
        language=language,
        mode=kept.mode if kept else wish.mode,
        asking=await introductions.asking(language, today),
        districts=await introductions.districts(language, today),
    )
    if not wrong and confirmations.needed(booking.who):
        wrong["email"] = "reach_to_confirm"
    return booking, wrong | haste.wrong(fields, "book", now)


async def _form(
    request: Request, kept: Hold, fields: Mapping[str, Any], wrong: Mapping[str, str] | None = None
) -> Response:
    language, today = pages.language_of(request), clock.now().astimezone(current().zone).date()
    request.state.here = f"/{language}/book/{kept.key}"
    await kept.fetch_related("service")
    wish = Wish(
        kept.service.code,
        kept.children,
        kept.mode,
        kept.language,
        interpreter=kept.interpreter_id is not None,
        follow_up=kept.follow_up,
        counsellor=str(fields.get("with", "")),
    )
    return pages.render(
        request,
        "public/details.html",
        status=422 if wrong else 200,
        hold=kept,
        more_time=kept.extended < holds.EXTENSIONS,
        title=services.title(kept.service, language),
        place=await wording.where(kept.place, language),
        fields={
            **wishes.as_fields(wish),
            "starts_at": kept.starts_at.isoformat(),
            haste.FIELD: haste.since(fields, clock.now()),
        },
        confirmed_by=current().confirm_address,
        typed=introductions.typed(fields),
        wrong=wrong or {},
        asking=await introductions.asking(language, today),
        districts=await introductions.districts(language, today),
    )


async def _taken(request: Request, wish: Wish, starts_at: datetime, fields: Mapping[str, Any]) -> Response:
    """Somebody was faster: 409, and the nearest free times as the same buttons, with all that was typed."""
    language = pages.language_of(request)
    request.state.here = f"/{language}/book/hold"
    typed = {name: value for name, value in introductions.typed(fields).items() if value}
    return pages.render(
        request,
        "public/taken.html",
        status=409,
        action=f"/{language}/book/hold",
        days=times.nearest(await times.free(wish, clock.now()), starts_at),
        fields={**typed, **wishes.as_fields(wish), "key": secrets.token_urlsafe(16)},
        other=f"/{language}/book?{urlencode(wishes.as_fields(wish))}",
    )


async def _booked(key: str) -> Appointment | None:
    return await Appointment.get_or_none(key=key)


def _to(appointment: Appointment) -> Response:
    return RedirectResponse(f"/a/{appointments.token(appointment)}?booked=1", 303)


def _key(request: Request) -> str:
    return wishes.key(request.path_params)
