"""Who is at the desk: a signed cookie, ended by time, by log-out and by a new password.

Invariant: a desk page names the roles it is for; without one of them nobody sees it, nor with a start password.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import cast
from urllib.parse import urlencode

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages
from office import links, staff
from office.errors import Forbidden
from office.models import Role, Staff
from office.settings import current

LASTS = 9 * 3600
Endpoint = Callable[[Request], Awaitable[Response]]
EVERYBODY = (Role.COUNSELLOR, Role.RECEPTION, Role.LEAD, Role.ADMIN)
SEES_PEOPLE = (Role.COUNSELLOR, Role.RECEPTION, Role.LEAD)
"""Times, names and how to reach them; not what it is about."""
SEES_TOPICS = (Role.COUNSELLOR, Role.LEAD)
SEES_FIGURES = (Role.COUNSELLOR, Role.LEAD, Role.ADMIN)
RUNS_OFFICE = (Role.LEAD, Role.ADMIN)
"""Lead: everything; admin: who works here, nothing else."""
LANGUAGE_COOKIE = "desk-language"
OWN_PASSWORD = "/desk/password"  # noqa: S105 - an address
"""Where somebody with a start password goes first."""


class Ended(Forbidden):
    """Your log-in has ended. Log in again and go on; what you sent is still there."""


def for_roles(*roles: Role) -> Callable[[Endpoint], Endpoint]:
    """Only staff of these roles see the page; others are asked to log in, or told it is not for them."""

    def guard(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            speak(request)
            who = await member(request)
            if who is None and request.method == "POST":
                raise Ended
            if who is None:
                return RedirectResponse(f"/desk/log-in?{urlencode({'next': _address(request)})}", 303)
            request.state.staff = who
            if who.password_once and request.url.path != OWN_PASSWORD:
                return RedirectResponse(OWN_PASSWORD, 303)
            if who.role not in roles:
                raise Forbidden
            return await endpoint(request)

        guarded.roles = roles  # type: ignore[attr-defined]
        return guarded

    return guard


def speak(request: Request) -> None:
    """The desk speaks German unless this browser asked for another language."""
    request.state.language = languages.known(request.cookies.get(LANGUAGE_COOKIE, languages.DEFAULT))


def _address(request: Request) -> str:
    """Where they wanted to go; what they wanted to post is kept by `channels.web.desk.session`."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def staff_of(request: Request) -> Staff:
    """Who looks at this desk page."""
    return cast(Staff, request.state.staff)


def actor(request: Request) -> str:
    """How the journal names them."""
    return f"staff:{staff_of(request).code}"


async def member(request: Request) -> Staff | None:
    """The member of staff this browser is logged in as."""
    try:
        staff_id, generation = _signer().loads(request.cookies.get(cookie_name(), ""), max_age=LASTS)
    except (BadSignature, ValueError, TypeError):
        return None
    found = await staff.by_id(staff_id)
    return found if found and found.log_in_generation == generation else None


def remember(response: Response, who: Staff) -> None:
    """From now on this browser is them."""
    value = _signer().dumps([who.id, who.log_in_generation])
    response.set_cookie(
        cookie_name(), value, max_age=LASTS, path="/", httponly=True, secure=_secure(), samesite="strict"
    )


def forget(response: Response) -> None:
    """Log out."""
    response.delete_cookie(cookie_name(), path="/", httponly=True, secure=_secure(), samesite="strict")


def cookie_name() -> str:
    """With TLS the name forbids other hosts to set it."""
    return "__Host-desk" if _secure() else "desk"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(links.derived_key("log-in"), salt="desk")


def _secure() -> bool:
    return current().origin.startswith("https://")
