"""A time that waits for its address to be confirmed: by the link in our mail, by digits, or by our call.

Invariant: GET shows, POST acts, for mail scanners follow links; the page says a time, never what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, confirming, holds
from booking.appointments import Booking
from booking.confirming import Way
from booking.errors import HoldExpired
from booking.models import Confirmation, Hold, HoldKind
from channels import languages
from channels.web import clock, csrf, pages, rate
from channels.web.public import appointment as own_page
from channels.web.public import wishes, wording

WAITS = (HoldKind.CONFIRMING, HoldKind.CALL_BACK)


def waits(kept: Hold | None) -> bool:
    """Is this time kept until an address is confirmed?"""
    return kept is not None and kept.kind in WAITS


async def ask(request: Request, booking: Booking, key: str, way: Way) -> Response:
    """The time waits for the address; on to the page that says so."""
    await confirming.ask(key, booking, way, now=clock.now())
    return RedirectResponse(_at(request, key), 303)


async def show(request: Request, kept: Hold, wrong: Mapping[str, str] | None = None) -> Response:
    """What to do now, until when, and what to do when nothing comes."""
    language = pages.language_of(request)
    asked = await confirming.of_hold(kept.key)
    if asked is None:
        raise HoldExpired
    called = kept.kind == HoldKind.CALL_BACK
    request.state.here = _at(request, kept.key)
    return pages.render(
        request,
        "public/confirming.html",
        status=422 if wrong else 200,
        hold=kept,
        here=_at(request, kept.key),
        way="call" if called else str(asked.way),
        again=not called and asked.generation + 1 < confirming.MOST_SENT,
        news="again" if "again" in request.query_params else "",
        place=await wording.where(kept.place, language),
        wrong=wrong or {},
        typed={},
    )


async def code(request: Request) -> Response:
    """The digits from our message; with the right ones the time is booked."""
    await rate.keep(request, "book")
    fields, now, key = await csrf.form(request), clock.now(), wishes.key(request.path_params)
    asked = await _waiting(key)
    typed = "".join(str(int(char)) for char in str(fields.get("code", ""))[:40] if char.isdecimal())
    booked = await confirming.enter(asked.id, typed, now=now)
    if booked:
        return await own_page.to_own(booked, now)
    kept = await holds.standing_hold(key, now)
    if kept is None:
        raise HoldExpired
    return await show(request, kept, {"code": "code"})


async def again(request: Request) -> Response:
    """One more message; what was sent before is void."""
    await rate.keep(request, "ask")
    await csrf.form(request)
    key = wishes.key(request.path_params)
    await confirming.ask_again((await _waiting(key)).id, now=clock.now())
    return RedirectResponse(f"{_at(request, key)}?again=1", 303)


async def correct(request: Request) -> Response:
    """The address was mistyped: back to the form, the time stays kept."""
    await csrf.form(request)
    key = wishes.key(request.path_params)
    await confirming.correct((await _waiting(key)).id, now=clock.now(), lasts=holds.LASTS)
    return RedirectResponse(_at(request, key), 303)


async def link(request: Request) -> Response:
    """The page behind the link of our mail: one button. Nothing is booked by looking at it."""
    asked = await _of_link(request)
    if asked.confirmed_at:
        return await _booked(asked)
    if asked.hold is None:
        raise HoldExpired
    return pages.render(
        request,
        "public/confirm.html",
        hold=asked.hold,
        place=await wording.where(asked.hold.place, pages.language_of(request)),
        here=f"/c/{request.path_params['token']}",
        more=f"?lang={pages.language_of(request)}" if "lang" in request.query_params else "",
        locked=False,
    )


async def confirm(request: Request) -> Response:
    """The address is theirs, the time is booked. Two clicks make one appointment."""
    await rate.keep(request, "book")
    await csrf.form(request)
    asked, now = await _of_link(request), clock.now()
    return await own_page.to_own(await confirming.confirm(asked.id, now=now), now)


async def _waiting(key: str) -> Confirmation:
    asked = await confirming.of_hold(key)
    if asked is None:
        raise HoldExpired
    return asked


async def _of_link(request: Request) -> Confirmation:
    """What this link confirms; from here on the page speaks its person's language. Raises `NotFound`."""
    asked = await confirming.by_token(request.path_params["token"])
    wished = request.query_params.get("lang", "")
    request.state.language = wished if wished in languages.NAMES else languages.known(asked.person.language)
    return asked


async def _booked(asked: Confirmation) -> Response:
    booked = await appointments.by_key(asked.key)
    if booked is None:
        raise HoldExpired
    return RedirectResponse(f"/a/{appointments.token(booked)}", 303)


def _at(request: Request, key: str) -> str:
    return f"/{pages.language_of(request)}/book/{key}"
