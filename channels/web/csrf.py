"""A form is answered only when it came from our own page: a token bound to a random cookie.

Invariant: no POST changes anything without the token; the cookie says nothing about the person and is
strictly necessary (§ 25 (2) no. 2 TDDDG), so there is no banner.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from office import links
from office.errors import Forbidden
from office.settings import current

FIELD = "csrf"
MAX_AGE = 12 * 3600


class ForeignForm(Forbidden):
    """The page was open too long or did not come from here; open it again and send it once more."""


def cookie_name() -> str:
    """With TLS the name itself forbids other hosts to set it (RFC 6265bis, `__Host-`)."""
    return "__Host-form" if _secure() else "form"


def token(request: Request) -> str:
    """The value of the hidden field of every form of this response."""
    return _token(_browser(request))


def bind(request: Request, response: Response) -> None:
    """Set the cookie when a form was rendered for a browser that has none."""
    fresh = getattr(request.state, "form_cookie", None)
    if fresh:
        response.set_cookie(
            cookie_name(), fresh, max_age=MAX_AGE, path="/", httponly=True, secure=_secure(), samesite="lax"
        )


async def form(request: Request, most: int = 60, *, files: int = 0) -> FormData:
    """The posted fields, `most` of them and `files` at most.

    Raises `ForeignForm` unless they carry the token of this browser.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "same-site", "none"}:
        raise ForeignForm
    fields = await request.form(max_files=files, max_fields=most)
    cookie = request.cookies.get(cookie_name(), "")
    given = str(fields.get(FIELD, "")).encode(errors="replace")
    if not cookie or not hmac.compare_digest(given, _token(cookie).encode()):
        await fields.close()
        raise ForeignForm
    return fields


def _browser(request: Request) -> str:
    known = request.cookies.get(cookie_name())
    if known:
        return known
    if not getattr(request.state, "form_cookie", None):
        request.state.form_cookie = secrets.token_urlsafe(16)
    return str(request.state.form_cookie)


def _token(cookie: str) -> str:
    return hmac.new(links.derived_key("form"), cookie.encode(), sha256).hexdigest()[:40]


def _secure() -> bool:
    return current().origin.startswith("https://")
