"""The list of who waits at the counter without an appointment, and what becomes of them.

Invariant: no name is in an address; a form that follows reads it from the list by its number.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import page
from inquiries import addresses, counter
from office import catalogues
from office.models import Role

FIELD = "walk_in"
"""The hidden field by which a form says whom it is about."""


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def add(request: Request) -> Response:
    """Somebody waits: a name or nothing, and a language."""
    fields = await csrf.form(request)
    language = str(fields.get("language", ""))
    known = await catalogues.labels("language", "de")
    await counter.came(
        addresses.name(str(fields.get("name", ""))),
        language if language in known else catalogues.UNKNOWN,
        actor=log_in.actor(request),
        now=clock.now(),
    )
    return RedirectResponse(_back(fields.get("back")), 303)


@log_in.for_roles(Role.COUNSELLOR, Role.LEAD)
async def take(request: Request) -> Response:
    """I see to them; then the quick log, filled in as far as it is known. A colleague was faster: the list says who."""
    fields = await csrf.form(request)
    number, member = request.path_params["id"], log_in.staff_of(request)
    try:
        await counter.take(number, member.id, actor=log_in.actor(request), now=clock.now())
    except counter.Taken:
        return RedirectResponse(_back(fields.get("back")), 303)
    return RedirectResponse(f"/desk/log?{FIELD}={number}", 303)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def leave(request: Request) -> Response:
    """They are gone."""
    fields = await csrf.form(request)
    await counter.left(request.path_params["id"], actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(_back(fields.get("back")), 303)


async def prefilled(said: str) -> dict[str, str]:
    """What a form knows of somebody at the counter; nothing if they are not on the list."""
    found = await counter.by_id(int(said)) if said.isascii() and said.isdigit() and len(said) <= 9 else None
    if found is None:
        return {}
    spoken = (
        {} if found.language == catalogues.UNKNOWN else {"language": found.language, "talk": found.language}
    )
    return {FIELD: str(found.id), "name": found.name, "channel": "walk_in", **spoken}


async def seen_to(request: Request, said: str) -> None:
    """What was said is written down or booked: they wait no longer."""
    if await prefilled(said):
        await counter.left(int(said), actor=log_in.actor(request), now=clock.now())


def _back(said: object) -> str:
    return page.local(said)
