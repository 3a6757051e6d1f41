"""One table: what was refused → which answer: a page in the person's language that says what to do.

Below /api the same refusals are problem+json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from booking import errors as booking_errors
from channels.web import csrf, log_in, pages
from channels.web.api import problems
from channels.web.desk import access, closed, page, session
from office import errors

STATUS: Mapping[type[Exception], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.TooMany: 429,
    errors.Invalid: 422,
    csrf.ForeignForm: 403,
    booking_errors.SlotTaken: 409,
    booking_errors.HoldExpired: 409,
    booking_errors.TooManyAppointments: 409,
    booking_errors.NotOffered: 404,
    booking_errors.TooLate: 409,
    errors.Refused: 409,
}


def status_of(error: Exception) -> int:
    """The HTTP status of a refusal: that of its nearest listed class."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


async def refused(request: Request, error: errors.Refused) -> Response:
    """What a verb refused, as a page."""
    if problems.concerns(request.url.path):
        return problems.refused(error, status_of(error))
    return _page(request, status_of(error), type(error).__name__)


async def wrong_request(request: Request, error: Exception) -> Response:
    """What the framework refused: 404, 405, 413, 400."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    if problems.concerns(request.url.path) and isinstance(error, HTTPException):
        return problems.from_status(error)
    return _page(request, status, f"Http{status}")


async def broken(request: Request, error: Exception) -> Response:
    """Our own fault; the log has the trace, the person has a way on."""
    if problems.concerns(request.url.path):
        return problems.broken()
    return _page(request, 500, "Broken")


def _page(request: Request, status: int, kind: str) -> Response:
    if not request.url.path.startswith("/desk"):
        return pages.render(request, "failure.html", status=status, kind=kind)
    log_in.speak(request)
    return pages.render(request, "desk/failure.html", status=status, kind=kind, **page.frame(request))


HANDLERS: dict[Any, Any] = {
    access.Closed: closed.show,
    log_in.Ended: session.ended,
    errors.Refused: refused,
    HTTPException: wrong_request,
    Exception: broken,
}
