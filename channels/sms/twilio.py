"""SMS through Twilio's REST interface.

Invariant: what was certainly not taken is transient or permanent; once the request has left, silence is
uncertain. No number and no text gets into a reason or a log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from channels.sms import posted
from channels.ways import AddressRefused, Uncertain
from office.errors import Permanent, Transient
from office.settings import Settings

TIMEOUT_SECONDS = 10.0
OPTED_OUT = 21610
NO_SUCH_NUMBER = frozenset({21211, 21214, 21217, 21614})
"""Not a phone number, or one that cannot read SMS."""
NOT_TAKEN = frozenset({"failed", "undelivered", "canceled"})
LISTED = 50

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientProxyConnectionError)


class OptedOut(Permanent):
    """The gateway knows that this number wants no SMS."""


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The library's client, sent to another origin (a region, a test), with a time-out.

    Its own `request` would log numbers and texts, and wait for ever.
    """

    def __init__(self, origin: str, timeout: float) -> None:
        super().__init__()
        self._origin = urlsplit(origin)
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=timeout / 2)

    async def request(  # noqa: PLR0917 - the library's signature
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        allow_redirects: bool = False,
    ) -> Response:
        asked = urlsplit(url)
        here = urlunsplit((self._origin.scheme, self._origin.netloc, asked.path, asked.query, ""))
        named = {"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {}
        async with self.session.request(
            method.upper(),
            here,
            params=params,
            data=data,
            headers={**(headers or {}), **named},
            timeout=self._timeout,
            allow_redirects=allow_redirects,
        ) as answer:
            return Response(answer.status, await answer.text(), answer.headers)


class Twilio:
    """A `Gateway`. The session is opened by the first message, on the loop that sends it."""

    def __init__(self, settings: Settings, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._settings, self._timeout = settings, timeout
        self._http: _Http | None = None

    async def send(self, to: str, body: str) -> str:
        """See `Gateway`."""
        with _judged():
            taken = await self._client().messages.create_async(
                to=to,
                from_=self._settings.twilio_from,
                body=body,
                status_callback=f"{self._settings.origin}{posted.STATUS}",
            )
        return str(taken.sid)

    async def find(self, to: str, body: str, since: datetime) -> list[str]:
        """See `Gateway`; looked for among the latest messages to this number."""
        try:
            with _judged():
                found = await self._client().messages.list_async(
                    to=to, from_=self._settings.twilio_from, limit=LISTED, page_size=LISTED
                )
        except Uncertain as error:
            raise Transient(str(error)) from None
        begin = since.replace(microsecond=0)
        return [
            str(one.sid)
            for one in found
            if one.body == body and one.status not in NOT_TAKEN and one.date_created >= begin
        ]

    async def close(self) -> None:
        """See `Gateway`."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    def _client(self) -> Client:
        if self._http is None:
            self._http = _Http(self._settings.twilio_api_url, self._timeout)
        token = self._settings.twilio_auth_token.get_secret_value()
        return Client(self._settings.twilio_account_sid, token, http_client=self._http)


@contextmanager
def _judged() -> Iterator[None]:
    """What went wrong, in our words; codes only."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as refusal:
        raise _refusal(_number(refusal.status), _number(refusal.code)) from None
    except NOT_SENT as error:
        raise Transient(f"no connection to the gateway: {type(error).__name__}") from None
    except (TimeoutError, aiohttp.ClientError, OSError, TwilioException, ValueError) as error:
        raise Uncertain(f"no answer from the gateway: {type(error).__name__}") from None


def _refusal(status: int, code: int) -> Exception:
    reason = f"gateway {status} {code}"
    if code == OPTED_OUT:
        return OptedOut(reason)
    if code in NO_SUCH_NUMBER:
        return AddressRefused(reason)
    if status in {401, 403, 408, 425, 429} or status >= 500:  # 401: a wrong token must not lose a message
        return Transient(reason)
    return Permanent(reason)


def _number(said: object) -> int:
    return int(str(said)) if str(said).isdecimal() else 0
