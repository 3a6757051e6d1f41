"""Four digits beside a link, where others read along: told once, tried rarely, good for a quarter of an hour.

Invariant: to a browser that has not just booked, asked, or entered the digits, a page of somebody whose
addresses others read is locked; nothing about the digits is stored.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from channels.web import rate
from office import links
from office.errors import TooMany
from office.settings import current

PURPOSE = "pin"
FIELD = "digits"
TOO_OFTEN = "too_often"
LASTS = timedelta(minutes=15)


def digits(person_id: int) -> str:
    """The four digits of this person."""
    return links.four_digits(PURPOSE, person_id)


async def check(person_id: int, typed: str) -> str:
    """Nothing when these are the person's digits, in whatever script, else the code of what is wrong."""
    try:
        await rate.keep_tries(str(person_id))
    except TooMany:
        return TOO_OFTEN
    read = "".join(str(int(char)) for char in typed[:40] if char.isdecimal())
    return "" if hmac.compare_digest(read, digits(person_id)) else FIELD


def opened(request: Request, here: str, person_id: int, now: datetime) -> bool:
    """Whether this browser may read the page at `here`."""
    until, _, mac = request.cookies.get(cookie_name(), "").partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) <= len(str(2**40))):
        return False
    proven = hmac.compare_digest(mac.encode(errors="replace"), _mac(here, person_id, until).encode())
    return proven and int(until) > now.timestamp()


def open_page(response: Response, here: str, person_id: int, since: datetime, now: datetime) -> None:
    """This browser may read the page at `here`, and no other, until a quarter of an hour after `since`."""
    until = since + LASTS
    if until <= now:
        return
    said = str(int(until.timestamp()))
    response.set_cookie(
        cookie_name(),
        f"{said}.{_mac(here, person_id, said)}",
        max_age=int((until - now).total_seconds()),
        path=here,
        httponly=True,
        secure=_secure(),
        samesite="strict",
    )


def close_page(response: Response, here: str) -> None:
    """The page at `here` asks for the digits again."""
    response.delete_cookie(cookie_name(), path=here, httponly=True, secure=_secure(), samesite="strict")


def status(wrong: Mapping[str, str] | None) -> int:
    """The HTTP status of a page on which this is wrong: field → message code."""
    if not wrong:
        return 200
    return 429 if TOO_OFTEN in wrong.values() else 422


def cookie_name() -> str:
    """With TLS the name itself forbids setting it without (RFC 6265bis, `__Secure-`)."""
    return "__Secure-open" if _secure() else "open"


def _mac(here: str, person_id: int, until: str) -> str:
    return links.fingerprint("open", f"{here}:{person_id}:{until}")


def _secure() -> bool:
    return current().origin.startswith("https://")
