"""What went wrong, as programs read it: problem+json (RFC 9457) for every path under /api, whatever the cause.

Invariant: below /api nothing answers in HTML, and no answer repeats what was sent.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from booking import errors as booking_errors
from channels.web.api import inputs, slots
from office import errors
from office.settings import current

MEDIA_TYPE = "application/problem+json"
PATIENCE = "60"
"""Seconds after which it is worth trying again."""

KINDS: dict[type[Exception], int] = {
    inputs.InvalidRequest: 422,
    booking_errors.SlotTaken: 409,
    booking_errors.TooManyAppointments: 409,
    booking_errors.TooLate: 409,
    errors.NotFound: 404,
    errors.TooMany: 429,
    errors.Refused: 409,
}
"""Where the `type` of a problem may lead: to the nearest of these. All others are `about:blank`."""


class Problem(BaseModel):
    """`type` leads to its description in `openapi.json`; `about:blank` says no more than the status."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    fields: dict[str, str] | None = Field(None, description="Parameter or field → what is wrong with it")
    alternatives: list[slots.Slot] | None = Field(None, description="With 409: the nearest free times")


def concerns(path: str) -> bool:
    """Whether programs, not people, asked for this path."""
    return path == "/api" or path.startswith("/api/")


def kind(error: type[Exception]) -> str:
    """`slot-taken` of `SlotTaken`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", error.__name__).lower()


def title(error: type[Exception]) -> str:
    """`Slot taken` of `SlotTaken`."""
    return kind(error).replace("-", " ").capitalize()


def detail(error: type[Exception]) -> str:
    """What its docstring begins with."""
    return (error.__doc__ or "").splitlines()[0]


def refused(error: errors.Refused, status: int, *, alternatives: list[slots.Slot] | None = None) -> Response:
    """What a verb refused."""
    wrong = error.fields if isinstance(error, errors.Invalid) else None
    nearest = next(known for known in type(error).__mro__ if known in KINDS)
    found = Problem(
        type=f"{current().origin}/api/v1/openapi.json#/x-problems/{kind(nearest)}",
        title=title(nearest),
        status=status,
        detail=detail(type(error)),
        fields=wrong or None,
        alternatives=alternatives,
    )
    return _answer(found, {"retry-after": PATIENCE} if isinstance(error, errors.TooMany) else {})


def from_status(error: HTTPException) -> Response:
    """What the framework refused, or a request no verb was asked about."""
    title = HTTPStatus(error.status_code).phrase
    return _answer(
        Problem(title=title, status=error.status_code, detail=error.detail), dict(error.headers or {})
    )


def broken() -> Response:
    """Our own fault."""
    return from_status(
        HTTPException(500, "This is our fault. What you sent may be sent again with the same key.")
    )


class BodyLimit:
    """ASGI middleware: a body that announces itself as too large is refused as a problem, not as plain text.

    Starlette's own limit, inside of this one, answers announced bodies itself; it stays for all the others.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and concerns(scope["path"]):
            announced = Headers(scope=scope).get("content-length", "")
            if announced.isdecimal() and int(announced[:20]) > self.most:
                app = from_status(HTTPException(413, f"A body may have {self.most} bytes."))
        await app(scope, receive, send)


def _answer(problem: Problem, headers: dict[str, str]) -> Response:
    content = problem.model_dump_json(exclude_none=True)
    return Response(content, problem.status, headers, media_type=MEDIA_TYPE)
