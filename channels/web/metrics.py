"""What Prometheus reads: requests, and how much waits or failed. Route templates and codes, nothing personal."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels import models
from office import journal

METHODS = frozenset({"GET", "HEAD", "POST"})
_process = CollectorRegistry()
_requests = Counter(
    "sprechstunde_http_requests", "Answers given", ["method", "route", "status"], registry=_process
)


class Requests:
    """ASGI middleware that counts answers by route template; an address with its token is never a label."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            _requests.labels(_method(scope), _route(scope), str(status)).inc()


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "other"


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "none"))


async def exposition() -> bytes:
    """The text format; what is counted in the database is counted now."""
    return generate_latest(_process) + generate_latest(await _house())


async def _house() -> CollectorRegistry:
    registry = CollectorRegistry()
    backlog = Gauge("sprechstunde_journal_backlog", "Reactions still owed", registry=registry)
    backlog.set(await journal.backlog())
    cards = Gauge("sprechstunde_cards", "Reactions that need a look", registry=registry)
    cards.set(len(await journal.cards()))
    messages = Gauge("sprechstunde_messages", "Messages by state", ["state"], registry=registry)
    for state in models.State:
        messages.labels(state.value).set(await models.Message.filter(state=state).count())
    return registry
