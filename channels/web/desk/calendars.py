"""A counsellor's own calendars elsewhere: named and taken away by nobody but themselves.

Invariant: an address once given is shown to nobody again; only whether it is read.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import busy
from booking.models import SourceKind
from channels.calendars import guard
from channels.web import clock, csrf, log_in
from channels.web.desk import page
from office.errors import Invalid
from office.models import Staff
from office.settings import current


@log_in.for_roles(*log_in.SEES_TOPICS)
async def add(request: Request) -> Response:
    """From now on this calendar is read."""
    fields, member = await csrf.form(request), log_in.staff_of(request)
    kind, address = await _understood(str(fields.get("address", "")).strip(), member)
    await busy.add(member.id, kind, address, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(page.START, 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def remove(request: Request) -> Response:
    """It is not read any more, and what was known of it is forgotten."""
    await csrf.form(request)
    member, number = log_in.staff_of(request), request.path_params["id"]
    await busy.remove(number, member.id, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(page.START, 303)


async def _understood(address: str, member: Staff) -> tuple[SourceKind, str]:
    """Their own mailbox, or an address that may be called. Raises `Invalid`."""
    if address.lower() == member.email.lower() and current().graph_tenant:
        return SourceKind.GRAPH, member.email
    try:
        await guard.check(address, current().internal_hosts)
    except guard.Refused as refused:
        raise Invalid from refused
    return SourceKind.ICS, address
