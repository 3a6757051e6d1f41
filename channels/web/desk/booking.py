"""Book for somebody on the phone or at the counter: one page, few keys."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, availability, errors, services
from booking.appointments import Booking
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from channels.web.desk.wishes import CHANNELS, Wishes, introduction
from channels.web.public import times
from office import catalogues, staff
from office.settings import current

TIMES_SHOWN = 40
"""At least so many, if there are, in whole days."""
DAYS_SEARCHED = 28


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def choose(request: Request) -> Response:
    """What is wanted, the times for it, and the fields for who comes."""
    wishes = await Wishes.read(request.query_params)
    return await _form(request, wishes, typed=dict(request.query_params))


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def book(request: Request) -> Response:
    """Book the time chosen; refused, the page says why, shows fresh times and keeps what was typed."""
    fields = await csrf.form(request)
    wishes, typed = await Wishes.read(fields), {name: str(value) for name, value in fields.items()}
    who, wrong = introduction(fields)
    if not fields.get("starts_at"):
        wrong["starts_at"] = "missing"
    if wrong:
        return await _form(request, wishes, typed=typed, wrong=wrong, status=422)
    try:
        booked = await appointments.book_slot(
            wishes.wish(),
            page.moment_named(fields.get("starts_at")),
            _booking(request, who, fields),
            key=str(fields.get("key", ""))[:64] or secrets.token_hex(16),
            now=clock.now(),
            zone=current().zone,
        )
    except (errors.SlotTaken, errors.HoldExpired, errors.NotOffered):
        return await _form(request, wishes, typed=typed, wrong={"starts_at": "taken"}, status=409)
    except errors.TooManyAppointments:
        return await _form(request, wishes, typed=typed, wrong={"starts_at": "too_many"}, status=409)
    return RedirectResponse(f"/desk/appointments/{booked.id}?new", 303)


def _booking(request: Request, who: Any, fields: FormData) -> Booking:
    channel = str(fields.get("channel", ""))
    return Booking(
        who,
        channel=channel if channel in CHANNELS else CHANNELS[0],
        actor=log_in.actor(request),
        calendar_wanted="calendar" in fields and bool(who.email) and not who.read_by_others,
    )


async def _form(
    request: Request,
    wishes: Wishes,
    *,
    typed: dict[str, str],
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    language = pages.language_of(request)
    first = max(page.day_named(typed.get("from", ""), page.today(clock.now())), page.today(clock.now()))
    days = times.by_day(await _free(wishes, first))
    shown = _enough(days)
    counsellors = await staff.counsellors()
    spoken = {code for member in counsellors for code in member.languages}
    labels = await catalogues.labels("language", language)
    return await page.render(
        request,
        "desk/book.html",
        status=status,
        wishes=wishes,
        services=[(one, services.title(one, language)) for one in await services.talks()],
        languages=sorted(((code, labels.get(code, code)) for code in spoken), key=lambda pair: pair[1]),
        counsellors=counsellors,
        channels=CHANNELS,
        days=days[:shown],
        later=days[shown][0] if len(days) > shown else None,
        first=first,
        is_first=first == page.today(clock.now()),
        typed=typed,
        wrong=wrong or {},
        key=secrets.token_hex(16),
    )


async def _free(wishes: Wishes, first: date) -> list[availability.Slot]:
    last = first + timedelta(days=DAYS_SEARCHED - 1)
    try:
        return await availability.search(
            wishes.wish(), first=first, last=last, now=clock.now(), zone=current().zone
        )
    except (errors.NotOffered, errors.NoSuchService):
        return []


def _enough(days: list[times.Day]) -> int:
    """How many days hold `TIMES_SHOWN` times."""
    so_far = list(accumulate(len(free) for _day, free in days))
    return next((place for place, count in enumerate(so_far, 1) if count >= TIMES_SHOWN), len(days))
