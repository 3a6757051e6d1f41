"""Finding by what is said at the counter or on the phone: a code, or the number of an inquiry."""

from __future__ import annotations

import unicodedata

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments
from channels.web import log_in
from channels.web.desk import page
from inquiries import codes
from inquiries.models import Inquiry
from office.errors import NotFound

LONGEST = 9
"""More digits than these no database holds as a number of ours."""


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """The appointment or inquiry that was named; a page that says so when there is none.

    Who may not read inquiries comes to the form that adds a call to it.
    """
    said = request.query_params.get("code", "")[:40]
    appointment = await appointments.by_code(said)
    if appointment:
        return RedirectResponse(f"/desk/appointments/{appointment.id}", 303)
    try:
        found = await inquiry(said)
    except NotFound:
        return await page.render(request, "desk/not_found.html", status=404, code=said)
    reads = log_in.staff_of(request).role in log_in.SEES_TOPICS
    return RedirectResponse(f"/desk/inquiries/{found.id}" if reads else f"/desk/log?inquiry={found.id}", 303)


async def inquiry(said: str) -> Inquiry:
    """By its number ("#4821", in any digits) or by its short code. Raises `NotFound`."""
    digits = _digits(said)
    if digits:
        found = await Inquiry.get_or_none(id=int(digits)) if len(digits) <= LONGEST else None
    else:
        found = await Inquiry.get_or_none(code=codes.read(said)) if codes.read(said) else None
    if found is None:
        raise NotFound
    return found


def _digits(said: str) -> str:
    """The number in what was said, in ASCII; empty if there is anything else but a sign for "number"."""
    text = "".join(said.split()).lstrip("#").removeprefix("Nr.").removeprefix("No.")
    return "".join(str(unicodedata.decimal(char)) for char in text) if text.isdecimal() else ""
