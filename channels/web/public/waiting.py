"""My place on the waiting list, behind its link: take the time that is kept, say no to it, or leave the list.

Invariant: GET shows, POST acts, for mail scanners follow links; the page says a time, not what it is about.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, offers
from booking import waiting as waiting_list
from booking.errors import HoldExpired
from booking.models import Appointment, Waiting
from channels import languages
from channels.web import clock, csrf, pages, rate
from channels.web.public import wording


async def show(request: Request) -> Response:
    """The time that is kept, if one is, and until when."""
    family = await _found(request)
    language, now = pages.language_of(request), clock.now()
    offer = await waiting_list.standing_offer(family, now)
    booked = await Appointment.get_or_none(key=waiting_list.key(family))
    return pages.render(
        request,
        "public/waiting.html",
        state=family.state.value,
        offer=offer,
        until=waiting_list.told_until(offer) if offer else None,
        place=await wording.where(offer.place, language) if offer else None,
        booked=f"/a/{appointments.token(booked)}" if booked else "",
        gone="gone" in request.query_params,
        here=_here(request),
        more=_more(request),
        locked=False,
    )


async def accept(request: Request) -> Response:
    """The time becomes an appointment; two clicks make one. When it is gone, the page says so."""
    await rate.keep(request, "book")
    await csrf.form(request)
    family = await _found(request)
    try:
        booked = await offers.accept(family.id, now=clock.now())
    except HoldExpired:
        return _back(request, "gone=1")
    return RedirectResponse(f"/a/{appointments.token(booked)}?booked=1", 303)


async def decline(request: Request) -> Response:
    """The time goes to the next family; they go on waiting. Idempotent."""
    await rate.keep(request, "change")
    await csrf.form(request)
    await waiting_list.decline((await _found(request)).id, now=clock.now())
    return _back(request)


async def leave(request: Request) -> Response:
    """No more offers. Idempotent."""
    await rate.keep(request, "change")
    await csrf.form(request)
    await waiting_list.leave((await _found(request)).id, now=clock.now())
    return _back(request)


async def _found(request: Request) -> Waiting:
    """The place of this link; from here on the page speaks its person's language. Raises `NotFound`."""
    family = await waiting_list.by_token(request.path_params["token"])
    wished = request.query_params.get("lang", "")
    request.state.language = wished if wished in languages.NAMES else languages.known(family.person.language)
    return family


def _here(request: Request) -> str:
    return f"/w/{request.path_params['token']}"


def _more(request: Request) -> str:
    return f"?lang={pages.language_of(request)}" if "lang" in request.query_params else ""


def _back(request: Request, news: str = "") -> Response:
    """To the same page, in the language chosen before."""
    asked = "&".join(part for part in (_more(request).removeprefix("?"), news) if part)
    return RedirectResponse(f"{_here(request)}?{asked}" if asked else _here(request), 303)
