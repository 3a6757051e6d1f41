"""Where we meet, at the desk: the places and their rooms, and the form of one place.

Invariant: a place where weekly hours are given stays in use; what was agreed for a place stays there.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import rooms
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from channels.web.desk.running import changes, fields, preview
from channels.web.desk.running.fields import NEW, Reader, Typed
from channels.web.desk.running.preview import Preview, Step
from office import places
from office.errors import Invalid
from office.models import Place, Role
from office.places import Written

ADDRESS = "/desk/office/places"
LONGEST = 500


@log_in.for_roles(Role.LEAD)
async def show(request: Request) -> Response:
    """All places, each with its rooms."""
    known = await rooms.every()
    return await page.render(
        request,
        "desk/running/places.html",
        places=[
            (place, [room for room in known if room.place == place.code])
            for place in (await places.all_places()).values()
        ],
        saved="saved" in request.query_params,
        history=await changes.lately(pages.language_of(request), "place:", "room:"),
    )


@log_in.for_roles(Role.LEAD)
async def form(request: Request) -> Response:
    """One place, or an empty form for a new one."""
    place = await _place(request)
    return await _form(request, place, _typed(places.written(place) if place else Written("")), {})


@log_in.for_roles(Role.LEAD)
async def save(request: Request) -> Response:
    """Shown first, then saved; what cannot be read is shown again as it was typed."""
    place, sent = await _place(request), await csrf.form(request, preview.MOST_FIELDS)
    reader = Reader(sent)
    wanted = _read(reader)
    code = place.code if place else reader.code()
    if place and not wanted.active and (await rooms.needed(code, clock.now()))[0]:
        reader.wrong["active"] = "in_use"
    typed = fields.typed(sent)
    if reader.wrong:
        return await _form(request, place, typed, reader.wrong, 422)
    found = Preview(wanted.name, places.said(places.written(place)) if place else None, places.said(wanted))
    step = preview.step(sent, found)
    if step is Step.AGAIN:
        return await _form(request, place, typed, {})
    if step is not Step.SAVE:
        talks = (await rooms.needed(code, clock.now()))[1] if place else 0
        return await preview.show(
            request,
            sent,
            found,
            late=step is Step.LATE,
            more="desk/running/place_preview.html",
            talks=talks,
            wanted=wanted,
        )
    try:
        await places.save(code, wanted, new=place is None, actor=log_in.actor(request), now=clock.now())
    except Invalid as refused:
        return await _form(request, place, typed, refused.fields, 409)
    return RedirectResponse(f"{ADDRESS}?saved=1", 303)


async def _place(request: Request) -> Place | None:
    """The place of the address; None for one still to be made. Raises `NotFound`."""
    code = request.path_params["code"]
    return None if code == NEW else await places.find(code)


def _read(reader: Reader) -> Written:
    return Written(
        name=reader.text("name", needed=True),
        address=reader.text("address"),
        texts={what: reader.texts(what, most=LONGEST) for what in places.TEXTS},
        position=reader.number("position", 0, 9999),
        active=reader.yes("active"),
    )


def _typed(place: Written) -> Typed:
    found: Typed = {"name": place.name, "address": place.address, "position": str(place.position)}
    for what, by_language in (place.texts or {}).items():
        found |= fields.spread(what, dict(by_language))
    return {**found, "active": "1" if place.active else ""}


async def _form(
    request: Request, place: Place | None, typed: Typed, wrong: dict[str, str], status: int = 200
) -> Response:
    return await page.render(
        request,
        "desk/running/place.html",
        status=status,
        place=place,
        typed=typed,
        wrong=wrong,
        history=await changes.of(f"place:{place.id}") if place else [],
    )
