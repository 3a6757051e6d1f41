"""Nothing is free: the waiting list, a call back, or the open hours; never a dead end.

Invariant: GET shows, POST acts; what was typed is still there when something is amiss.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import callbacks, services
from booking import waiting as waiting_list
from booking.callbacks import When
from booking.models import CallBackReason
from booking.services import Wish
from booking.waiting import Hours
from channels.web import clock, csrf, pages, rate
from channels.web.public import introductions, wishes, wording
from inquiries import addresses
from inquiries.people import Introduction
from office import catalogues, closing_days, open_hours
from office.errors import Invalid
from office.settings import current

NOON = 12 * 60
PARTS = {"morning": Hours(to_minute=NOON), "afternoon": Hours(from_minute=NOON)}
CALLS = {"morning": (9 * 60, NOON), "afternoon": (13 * 60, 16 * 60)}
WEEKDAYS = range(5)


async def seen(request: Request, wish: Wish, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the part of the page needs: the form as it was filled in, and the open hours to come."""
    language, now, given = pages.language_of(request), clock.now(), fields or {}
    coming = await open_hours.coming(now, current().zone)
    return {
        "group": (await services.by_code(wish.service)).group,
        "wait_typed": {**introductions.typed(given), "part": str(given.get("part", ""))},
        "wait_fields": {**wishes.as_fields(wish), "key": given.get("key") or secrets.token_urlsafe(16)},
        "openings": [(one, await wording.where(one.place, language)) for one in coming],
    }


async def wait(request: Request) -> Response:
    """They stand on the waiting list; an address waits once for the same."""
    await rate.keep(request, "book")
    fields, now = await csrf.form(request), clock.now()
    wish, who, wrong = await _read(request, fields)
    services.check(await services.by_code(wish.service), wish)
    reachable = who.email or (who.phone and current().sms and addresses.reads_sms(who.phone))
    if who.read_by_others:
        wrong = {**wrong, "others": "others_wait"}
    elif not wrong and not reachable:
        wrong = {"email": "reach_to_wait"}
    if wrong:
        return await _again(request, wish, fields, wrong)
    hours = PARTS.get(str(fields.get("part", "")), waiting_list.ANY)
    await waiting_list.join(wish, who, hours, district=catalogues.UNKNOWN, now=now)
    return _noted(request, "waiting")


async def call_back(request: Request) -> Response:
    """Somebody will call them. Idempotent by the form's key."""
    await rate.keep(request, "book")
    fields, now = await csrf.form(request), clock.now()
    wish, who, wrong = await _read(request, fields)
    if not who.phone and "phone" not in wrong:
        wrong = {**wrong, "phone": "phone_to_call"}
    if wrong:
        return await _again(request, wish, fields, wrong)
    when = await _when(str(fields.get("part", "")), now)
    reason, key = CallBackReason.NOTHING_FREE, wishes.key(fields)
    await callbacks.ask(who, key=key, reason=reason, service=wish.service, when=when, now=now)
    return _noted(request, "call")


async def noted(request: Request) -> Response:
    """What happens next; the page tells nothing about who asked."""
    return pages.render(request, "public/noted.html", call="call" in request.query_params)


async def _read(request: Request, fields: Mapping[str, Any]) -> tuple[Wish, Introduction, dict[str, str]]:
    language = pages.language_of(request)
    service = await services.by_code(wishes.code(str(fields.get("service", ""))))
    query = {name: str(fields.get(name, "")) for name in ("mode", "talk", "children")}
    wish = wishes.from_query(service, query, await wishes.spoken(service, language))
    if wish is None:
        raise Invalid(wish="malformed")
    who, wrong = introductions.introduction(fields, language=language)
    return wish, who, wrong


async def _again(
    request: Request, wish: Wish, fields: Mapping[str, Any], wrong: Mapping[str, str]
) -> Response:
    part = await seen(request, wish, fields)
    return pages.render(request, "public/leave_word.html", status=422, wrong=wrong, **part)


async def _when(part: str, now: datetime) -> When:
    """The next working day after today, in that part of it; nothing said: any time."""
    if part not in CALLS:
        return callbacks.ANY_TIME
    return When(await _next_working_day(now.astimezone(current().zone).date()), *CALLS[part])


async def _next_working_day(today: date) -> date:
    closed = await closing_days.closed(today, today + timedelta(days=waiting_list.LOOK_AHEAD))
    days = (today + timedelta(days=ahead) for ahead in range(1, waiting_list.LOOK_AHEAD))
    return next(day for day in days if day.weekday() in WEEKDAYS and day not in closed)


def _noted(request: Request, what: str) -> Response:
    return RedirectResponse(f"/{pages.language_of(request)}/noted?{what}", 303)
