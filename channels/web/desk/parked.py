"""A form put aside with one key while another phone rings, and thrown away when nobody needs it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import parking
from channels.web import clock, csrf, log_in
from channels.web.desk import page

LONGEST = 2_001
NOT_KEPT = {csrf.FIELD, "park", "draft"}


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def park(request: Request) -> Response:
    """What was typed is put aside; the same form, empty, for the next one."""
    fields = await csrf.form(request)
    kind = str(fields.get("park", ""))
    typed = {name: str(value)[:LONGEST] for name, value in fields.items() if name not in NOT_KEPT}
    who = log_in.staff_of(request)
    await parking.park(who.id, kind, typed, now=clock.now(), draft_id=number(fields))
    return RedirectResponse(f"{parking.FORMS[kind]}?parked", 303)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def drop(request: Request) -> Response:
    """Nobody needs it any more."""
    fields = await csrf.form(request)
    await parking.drop(log_in.staff_of(request).id, request.path_params["id"])
    return RedirectResponse(page.local(fields.get("back")), 303)


async def opened(request: Request, kind: str) -> dict[str, str]:
    """What was typed in the draft the address names, with its number; nothing if it names none."""
    chosen = number(request.query_params)
    if chosen is None:
        return {}
    typed = await parking.typed_in(log_in.staff_of(request).id, chosen, kind)
    return {**typed, "draft": str(chosen)}


async def finished(request: Request, fields: Mapping[str, object]) -> None:
    """The form was saved: its draft is gone."""
    await parking.drop(log_in.staff_of(request).id, number(fields))


def number(fields: Mapping[str, object]) -> int | None:
    """The draft a form or an address says it came from."""
    said = str(fields.get("draft", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 9 else None
