"""Squeezing somebody in at the desk: any time, with a reason; only two talks at once are refused.

Invariant: without a reason nothing is booked; what was typed stays when something is amiss.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import clock as wall
from booking import errors, services, squeeze
from booking.appointments import Booking
from booking.models import Mode
from booking.services import Wish
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import counter, page
from channels.web.desk import sessions as desk_sessions
from channels.web.desk.wishes import CHANNELS, Wishes, introduction
from inquiries.people import Introduction
from office import places, staff, wake
from office.errors import Invalid
from office.models import Staff
from office.settings import current

CODES = {"reason": "reason", "place": "choose"}
"""What the verb calls wrong → how the page says it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says, once nothing is wrong with it."""

    wish: Wish
    counsellor: Staff
    starts_at: datetime
    who: Introduction


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def form(request: Request) -> Response:
    """The form, with what was chosen on the page before."""
    known = await counter.prefilled(request.query_params.get(counter.FIELD, ""))
    return await _page(request, {**request.query_params, **known})


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def book(request: Request) -> Response:
    """It is booked, whatever the rules say; or the form says what is wrong. Idempotent by the form's key."""
    fields = await csrf.form(request)
    typed, wrong = {name: str(value) for name, value in fields.items()}, dict[str, str]()
    asked = await _read(typed, wrong)
    if asked is None:
        return await _page(request, typed, wrong, 422)
    channel = typed.get("channel", "")
    booking = Booking(
        asked.who,
        channel=channel if channel in CHANNELS else CHANNELS[0],
        actor=log_in.actor(request),
        calendar_wanted="calendar" in fields and bool(asked.who.email) and not asked.who.read_by_others,
    )
    try:
        booked = await squeeze.squeeze_in(
            asked.wish,
            asked.counsellor.id,
            asked.starts_at,
            typed.get("reason", ""),
            booking,
            key=typed.get("key", "")[:64] or secrets.token_hex(16),
            now=clock.now(),
            zone=current().zone,
        )
    except Invalid as refused:
        return await _page(request, typed, {name: CODES.get(name, name) for name in refused.fields}, 422)
    except errors.SlotTaken:
        return await _page(request, typed, await _why(asked), 409)
    except errors.NotOffered:
        return await _page(request, typed, {"day": "past"}, 409)
    await counter.seen_to(request, typed.get(counter.FIELD, ""))
    wake.nudge()
    return RedirectResponse(f"/desk/appointments/{booked.id}?new", 303)


async def _read(typed: Mapping[str, str], wrong: dict[str, str]) -> Asked | None:
    """The form as it is meant; None, and field → what is wrong, if it is not to be used."""
    wishes, (who, amiss) = await Wishes.read(typed), introduction(typed)
    wrong |= amiss
    counsellor = next((one for one in await staff.counsellors() if one.code == typed.get("counsellor")), None)
    if counsellor is None:
        wrong["counsellor"] = "choose"
    if wishes.service is None or typed.get("mode") not in wishes.service.modes:
        wrong["mode"] = "not_offered"
    place = typed.get("place", "")
    if place and place not in await places.all_places():
        wrong["place"] = "choose"
    day = desk_sessions.day_of(typed.get("day", ""), wrong)
    starts = desk_sessions.time_of(typed.get("starts", ""), wrong)
    if not squeeze.SHORTEST <= len(typed.get("reason", "").strip()) <= squeeze.LONGEST:
        wrong["reason"] = "reason"
    if wrong or wishes.service is None or counsellor is None or day is None or starts is None:
        return None
    wish = Wish(wishes.service.code, wishes.children, wishes.mode, by_staff=True, place=place)
    return Asked(wish, counsellor, wall.instant(day, starts, current().zone), who)


async def _why(asked: Asked) -> dict[str, str]:
    """What stands in the way: another talk, or else there is no room."""
    try:
        await squeeze.overridden(
            asked.wish, asked.counsellor.id, asked.starts_at, now=clock.now(), zone=current().zone
        )
    except errors.SlotTaken:
        return {"starts": "overlap"}
    return {"place": "no_room"}


async def _page(
    request: Request, typed: Mapping[str, str], wrong: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    language = pages.language_of(request)
    return await page.render(
        request,
        "desk/squeeze.html",
        status=status,
        services=[(one.code, services.title(one, language)) for one in await services.talks()],
        counsellors=[(one.code, one.name) for one in await staff.counsellors()],
        places=[(code, one.name) for code, one in (await places.all_places()).items() if one.address],
        modes=[mode.value for mode in Mode if mode is not Mode.VISITING],
        channels=CHANNELS,
        today=page.today(clock.now()),
        typed=typed,
        wrong=wrong or {},
        key=secrets.token_hex(16),
    )
