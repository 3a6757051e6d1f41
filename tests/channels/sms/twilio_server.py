"""A small Twilio for tests: a real HTTP server that keeps the published rules of the Messages resource."""

from __future__ import annotations

import asyncio
import base64
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token of the tests, long enough"
NUMBER = "+491713920000"
ERRORS = {
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21211: (400, "Invalid 'To' Phone Number"),
    21614: (400, "'To' number is not a valid mobile number"),
    21612: (400, "Message cannot be sent with the current combination"),
    20003: (401, "Authenticate"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service unavailable"),
}


@dataclass
class Sms:
    """A message the provider took."""

    sid: str
    to: str
    body: str
    callback: str
    at: datetime
    status: str = "queued"


@dataclass
class TwilioServer:
    """What it took, and what it is told to do with the next requests: an error code, or a way to break.

    `slow` takes the message and answers late, `cut` takes it and hangs up, `garbage` takes it and talks nonsense.
    """

    sent: list[Sms] = field(default_factory=list)
    next: list[int | str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def messages(self, request: Request) -> Response:
        if not _authenticated(request):
            return _error(20003)
        if request.method == "GET":
            return self._listed(request)
        form = {name: str(value) for name, value in (await request.form()).items()}
        what = self.next.pop(0) if self.next else 0
        if isinstance(what, int) and what:
            return _error(what)
        missing = {"To", "From", "Body"} - form.keys()
        if missing or not form["To"].startswith("+"):
            return _error(21211)
        taken = Sms(_sid(), form["To"], form["Body"], form.get("StatusCallback", ""), datetime.now(UTC))
        self.sent.append(taken)
        if what == "slow":
            await asyncio.sleep(3)
        if what == "cut":
            return _Cut()
        if what == "garbage":
            return Response("{", 201, media_type="application/json")
        return JSONResponse(_row(taken), 201)

    def _listed(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        if self.next and isinstance(self.next[0], int):
            return _error(int(self.next.pop(0)))
        found = [one for one in reversed(self.sent) if asked.get("To", one.to) == one.to]
        size = int(asked.get("PageSize", "50"))
        return JSONResponse(
            {"messages": [_row(one) for one in found[:size]], "next_page_uri": None, "page": 0}
        )


class _Cut(Response):
    """Begins an answer and hangs up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"999")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _authenticated(request: Request) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    wanted = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    return kind == "Basic" and given == wanted and request.path_params["account"] == ACCOUNT


def _error(code: int) -> Response:
    status, message = ERRORS[code]
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)


def _row(sms: Sms) -> dict[str, Any]:
    at = format_datetime(sms.at)
    return {
        "sid": sms.sid, "account_sid": ACCOUNT, "to": sms.to, "from": NUMBER, "body": sms.body, "status": sms.status,
        "direction": "outbound-api", "date_created": at, "date_sent": at, "date_updated": at, "error_code": None,
        "num_segments": "1", "num_media": "0", "api_version": "2010-04-01", "uri": "", "price": None,
    }  # fmt: skip


def _sid() -> str:
    return f"SM{secrets.token_hex(16)}"


@contextmanager
def twilio() -> Iterator[TwilioServer]:
    """Listening on a free port of this machine."""
    made = TwilioServer()
    app = Starlette(
        routes=[
            Route("/2010-04-01/Accounts/{account}/Messages.json", made.messages, methods=["GET", "POST"]),
        ]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    made.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
