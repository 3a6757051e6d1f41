"""One room at the desk.

Invariant: a room stays in its place; who has it already, keeps it when it is no longer offered.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import rooms
from booking.models import Room
from booking.rooms import Furnished
from channels.web import clock, csrf, log_in
from channels.web.desk import page
from channels.web.desk.running import changes, fields, preview
from channels.web.desk.running.fields import NEW, Reader, Typed
from channels.web.desk.running.places import ADDRESS
from channels.web.desk.running.preview import Preview, Step
from office import places
from office.errors import Invalid
from office.models import Role


@log_in.for_roles(Role.LEAD)
async def form(request: Request) -> Response:
    """One room, or an empty form for a new one in the place the query names."""
    room = await _room(request)
    wanted = rooms.furnished(room) if room else Furnished(request.query_params.get("place", ""), "")
    return await _form(request, room, _typed(wanted), {})


@log_in.for_roles(Role.LEAD)
async def save(request: Request) -> Response:
    """Shown first, then saved; what cannot be read is shown again as it was typed."""
    room, sent = await _room(request), await csrf.form(request)
    reader, typed = Reader(sent), fields.typed(sent)
    wanted = Furnished(
        place=room.place if room else reader.one("place", await places.all_places()),
        name=reader.text("name", most=100, needed=True),
        position=reader.number("position", 0, 9999),
        active=reader.yes("active"),
    )
    code = room.code if room else reader.code()
    if reader.wrong:
        return await _form(request, room, typed, reader.wrong, 422)
    found = Preview(wanted.name, rooms.said(rooms.furnished(room)) if room else None, rooms.said(wanted))
    step = preview.step(sent, found)
    if step is Step.AGAIN:
        return await _form(request, room, typed, {})
    if step is not Step.SAVE:
        talks = await rooms.booked(room, clock.now()) if room and not wanted.active else 0
        return await preview.show(
            request, sent, found, late=step is Step.LATE, more="desk/running/room_preview.html", talks=talks
        )
    try:
        await rooms.save(code, wanted, new=room is None, actor=log_in.actor(request), now=clock.now())
    except Invalid as refused:
        return await _form(request, room, typed, refused.fields, 409)
    return RedirectResponse(f"{ADDRESS}?saved=1", 303)


async def _room(request: Request) -> Room | None:
    """The room of the address; None for one still to be made. Raises `NotFound`."""
    code = request.path_params["code"]
    return None if code == NEW else await rooms.find(code)


def _typed(room: Furnished) -> Typed:
    active = "1" if room.active else ""
    return {"place": room.place, "name": room.name, "position": str(room.position), "active": active}


async def _form(
    request: Request, room: Room | None, typed: Typed, wrong: dict[str, str], status: int = 200
) -> Response:
    return await page.render(
        request,
        "desk/running/room.html",
        status=status,
        room=room,
        places=await places.all_places(),
        typed=typed,
        wrong=wrong,
        history=await changes.of(f"room:{room.id}") if room else [],
    )
