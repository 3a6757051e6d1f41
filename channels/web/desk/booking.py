"""Book for somebody on the phone or at the counter: one page, few keys."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, availability, errors, services
from booking.appointments import Booking
from booking.models import Appointment
from booking.services import Wish
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page, parked
from channels.web.desk.wishes import CHANNELS, Wishes, introduction
from channels.web.public import times
from inquiries.people import Introduction
from office import catalogues, staff
from office.settings import current

TIMES_SHOWN = 40
"""At least so many, if there are, in whole days."""
DAYS_SEARCHED = 28


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def choose(request: Request) -> Response:
    """What is wanted, the times for it, and the fields for who comes."""
    asked = {**request.query_params, **await parked.opened(request, "book")}
    before = await _before(asked)
    if before and "service" not in asked:
        asked |= _same_again(before)
    return await _form(request, await Wishes.read(asked), typed=asked, before=before)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def book(request: Request) -> Response:
    """Book the time chosen; refused, the page says why, shows fresh times and keeps what was typed."""
    fields = await csrf.form(request)
    wishes, typed = await Wishes.read(fields), {name: str(value) for name, value in fields.items()}
    before = await _before(typed)
    who, wrong = introduction(fields)
    if not fields.get("starts_at"):
        wrong["starts_at"] = "missing"
    if wrong:
        return await _form(request, wishes, typed=typed, before=before, wrong=wrong, status=422)
    try:
        booked = await appointments.book_slot(
            wishes.wish(_last(before)),
            page.moment_named(fields.get("starts_at")),
            _booking(request, who, fields, before),
            key=str(fields.get("key", ""))[:64] or secrets.token_hex(16),
            now=clock.now(),
            zone=current().zone,
        )
    except (errors.SlotTaken, errors.HoldExpired, errors.NotOffered):
        return await _form(
            request, wishes, typed=typed, before=before, wrong={"starts_at": "taken"}, status=409
        )
    except errors.TooManyAppointments:
        return await _form(
            request, wishes, typed=typed, before=before, wrong={"starts_at": "too_many"}, status=409
        )
    await parked.finished(request, typed)
    return RedirectResponse(f"/desk/appointments/{booked.id}?new", 303)


async def _before(asked: Mapping[str, str]) -> Appointment | None:
    """The talk after which another one is booked. Raises `NotFound`."""
    said = asked.get("after", "")
    if not (said.isascii() and said.isdigit() and len(said) <= 9):
        return None
    found = await appointments.by_id(int(said))
    await found.fetch_related("service", "staff", "person", "inquiry")
    return found


def _last(before: Appointment | None) -> str:
    return before.service.code if before else ""


def _same_again(before: Appointment) -> dict[str, str]:
    """What was wished for last time, with the same counsellor."""
    return {
        "service": before.service.code,
        "children": str(before.children),
        "mode": str(before.mode),
        "talk": before.language,
        "counsellor": before.staff.code,
    }


def _booking(request: Request, who: Introduction, fields: FormData, before: Appointment | None) -> Booking:
    """For who was here before: the same matter if it goes on, else a new one of the same person."""
    channel = str(fields.get("channel", ""))
    goes_on = before is not None and before.inquiry.closed_at is None
    return Booking(
        Introduction(before.person.language) if before else who,
        person=before.person_id if before else None,
        inquiry=before.inquiry_id if before and goes_on else None,
        channel=channel if channel in CHANNELS else CHANNELS[0],
        actor=log_in.actor(request),
        calendar_wanted="calendar" in fields and bool(who.email) and not who.read_by_others,
    )


async def _form(
    request: Request,
    wishes: Wishes,
    *,
    typed: dict[str, str],
    before: Appointment | None = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    language = pages.language_of(request)
    first = max(page.day_named(typed.get("from", ""), page.today(clock.now())), page.today(clock.now()))
    days = times.by_day(await _free(wishes.wish(_last(before)), first))
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
        before=before,
        wrong=wrong or {},
        key=secrets.token_hex(16),
    )


async def _free(wish: Wish, first: date) -> list[availability.Slot]:
    last = first + timedelta(days=DAYS_SEARCHED - 1)
    try:
        return await availability.search(wish, first=first, last=last, now=clock.now(), zone=current().zone)
    except (errors.NotOffered, errors.NoSuchService):
        return []


def _enough(days: list[times.Day]) -> int:
    """How many days hold `TIMES_SHOWN` times."""
    so_far = list(accumulate(len(free) for _day, free in days))
    return next((place for place, count in enumerate(so_far, 1) if count >= TIMES_SHOWN), len(days))
