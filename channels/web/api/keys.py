"""Who may use the API: bearer keys (RFC 6750) from the setting API_KEYS, compared in constant time.

Invariant: an endpoint without `key_required` is `openapi.json`; a key appears in no log and no answer.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from functools import wraps
from hashlib import sha256

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from channels.web import rate
from office.settings import current

Endpoint = Callable[[Request], Awaitable[Response]]
REALM = 'Bearer realm="Sprechstunde"'


def required(endpoint: Endpoint) -> Endpoint:
    """Only for whoever has a key, and not too often; others get 401."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        name = owner(request.headers.get("authorization", ""))
        await rate.keep(request, "api_change" if request.method == "POST" else "api", name)
        if not name:
            raise _unknown(request)
        request.state.api_user = name
        return await endpoint(request)

    guarded.key_required = True  # type: ignore[attr-defined]
    return guarded


def owner(authorization: str) -> str:
    """The name of whoever owns the key of this header, or nothing. Every known key is compared, found or not."""
    scheme, _, given = authorization.partition(" ")
    hashed = sha256(given.strip().encode()).digest()
    matches = [
        name
        for name, key in current().api_users
        if hmac.compare_digest(hashed, sha256(key.encode()).digest())
    ]
    return matches[0] if matches and scheme.lower() == "bearer" else ""


def _unknown(request: Request) -> HTTPException:
    if "authorization" not in request.headers:
        return HTTPException(401, "Send a key: Authorization: Bearer KEY", {"www-authenticate": REALM})
    challenge = f'{REALM}, error="invalid_token"'
    return HTTPException(401, "Nobody has this key.", {"www-authenticate": challenge})
