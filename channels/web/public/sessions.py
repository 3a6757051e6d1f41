"""Group evenings for families: the coming sessions, the full ones too, and some seats kept for one form.

Invariant: GET shows, POST acts; the hold's random key is the idempotency key of the booking, as for a talk.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import services, sessions
from booking.errors import NotOffered, SlotTaken
from booking.models import Appointment, Mode, Service
from booking.services import Wish
from channels.web import clock, csrf, pages, rate
from channels.web.public import nothing_free, wishes, wording
from office.errors import Invalid, NotFound

LONGEST_NUMBER = 9


async def choose(
    request: Request,
    service: Service,
    *,
    chosen: Mapping[str, int] | None = None,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """When it takes place and how many seats are free; where none are, how else to reach us."""
    language = pages.language_of(request)
    evenings = await sessions.upcoming(service, clock.now())
    free = any(one.free > 0 for one in evenings)
    wish = Wish(service.code, 1, Mode(service.modes[0]))
    return pages.render(
        request,
        "public/sessions.html",
        status=status,
        title=services.title(service, language),
        description=wording.said(service.descriptions, language),
        evenings=[(one, await wording.where(one.session.place, language)) for one in evenings],
        free=free,
        counts=range(1, sessions.MOST_SEATS + 1),
        chosen=chosen or {},
        fields={"service": service.code, "key": secrets.token_urlsafe(16)},
        wrong=wrong or {},
        **({} if free else await nothing_free.seen(request, wish)),
    )


async def hold(request: Request) -> Response:
    """The seats are kept for a quarter of an hour. Idempotent by key; other seats replace those kept."""
    await rate.keep(request, "hold")
    fields = await csrf.form(request)
    service, key = await services.by_code(wishes.code(str(fields.get("service", "")))), wishes.key(fields)
    language = pages.language_of(request)
    request.state.here = f"/{language}/book/seats"
    if not service.group:
        raise NotOffered
    if not await Appointment.exists(key=key):
        chosen = {name: _number(fields, name) for name in ("session", "seats")}
        if not chosen["session"]:
            return await choose(
                request, service, chosen=chosen, wrong={"session": "session_missing"}, status=422
            )
        try:
            await sessions.hold_seats(chosen["session"], chosen["seats"], key=key, now=clock.now())
        except SlotTaken:
            return await choose(request, service, chosen=chosen, wrong={"seats": "seats_taken"}, status=409)
        except (NotOffered, NotFound):
            return await choose(request, service, wrong={"session": "session_gone"}, status=409)
    return RedirectResponse(f"/{language}/book/{key}", 303)


def _number(fields: Mapping[str, Any], name: str) -> int:
    """What was chosen, 0 for nothing. Raises `Invalid`."""
    said = str(fields.get(name, "") or "0")
    if not (said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER):
        raise Invalid(**{name: "malformed"})
    return int(said)
