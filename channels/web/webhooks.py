"""What the SMS gateway posts: answered at once, read later.

Invariant: only what is signed with our token is stored; what is too large, malformed or forged is refused with a
code of its own, and nothing it says gets into a log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from channels.sms import posted, signature
from channels.web import clock
from office.errors import NotFound
from office.settings import current

log = structlog.get_logger()

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
FORM = "application/x-www-form-urlencoded"
TOO_LARGE, MALFORMED, FORGED = 413, 400, 403
Take = Callable[[bytes, str | None, datetime, str], Awaitable[None]]


async def sms(request: Request) -> Response:
    """An SMS to us: stored as received, then 200; nothing is read before that."""
    return await _answer(request, posted.sms)


async def status(request: Request) -> Response:
    """What became of an SMS of ours."""
    return await _answer(request, posted.status)


async def _answer(request: Request, take: Take) -> Response:
    if not current().gateway_token:
        raise NotFound
    try:
        body = await _body(request)
        await take(body, request.headers.get(signature.HEADER), clock.now(), _target(request))
    except HTTPException as refusal:
        return _refused(refusal.status_code)
    except (posted.Malformed, ClientDisconnect):
        return _refused(MALFORMED)
    except posted.Forged:
        return _refused(FORGED)
    return Response(NOTHING_TO_SAY, media_type="text/xml")


async def _body(request: Request) -> bytes:
    """The posted form as it came. Raises `HTTPException` when it is none, or too large."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(MALFORMED)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > posted.MOST_BYTES:
            raise HTTPException(TOO_LARGE)
    return body


def _target(request: Request) -> str:
    """Path and query as they were asked for."""
    path = request.scope.get("raw_path") or request.url.path.encode()
    query = request.scope.get("query_string", b"")
    return (path + (b"?" + query if query else b"")).decode("latin-1")


def _refused(status: int) -> Response:
    log.warning("webhook_refused", status=status)
    return Response(status_code=status)
