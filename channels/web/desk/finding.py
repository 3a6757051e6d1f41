"""Finding by what is said at the counter or on the phone: a code, or the number of an inquiry."""

from __future__ import annotations

import unicodedata

from booking import appointments
from inquiries import codes
from inquiries.models import Inquiry
from office.errors import NotFound

LONGEST = 9
"""More digits than these no database holds as a number of ours."""


async def address(said: str, *, reads: bool) -> str:
    """The page of the appointment or inquiry that was named. Raises `NotFound`.

    Who may not read inquiries comes to the form that adds a call to it.
    """
    appointment = await appointments.by_code(said)
    if appointment:
        return f"/desk/appointments/{appointment.id}"
    found = await inquiry(said)
    return f"/desk/inquiries/{found.id}" if reads else f"/desk/log?inquiry={found.id}"


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
