"""How often one client address, account or person may be tried; in Redis, or in memory while Redis is away.

Invariant: a second secret is guessed rarely enough, from wherever and whatever the settings say.
"""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from typing import Any

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter
from limits.errors import StorageError
from starlette.requests import Request

from office import links
from office.errors import TooMany
from office.settings import current

ALLOWED = {
    "hold": "20/minute;120/hour",
    "book": "10/minute;60/hour",
    "ask": "10/minute;60/hour",
    "change": "20/minute",
    "log_in": "10/minute;60/hour",
    "account": "20/minute;100/hour",
    "search": "120/minute",
    "api": "300/minute",
    "api_change": "60/minute",
}
"""What → how often, per client address."""
TRIES = "5/hour;15/day"
"""Guesses at the second secret of one person, in any hour and any day."""
ONCE = "1/hour"
"""How often the same of one client is counted."""


async def keep(request: Request, what: str, *more: str) -> None:
    """Raises `TooMany` beyond the limit of `what` for this client (and `more`, e.g. an account)."""
    if not current().rate_limits:
        return
    for item in _items(what):
        if not await _hit(item, what, client(request), *more):
            raise TooMany


async def keep_account(name: str) -> None:
    """Raises `TooMany` when this account was tried too often, from wherever; only a keyed hash of it is kept."""
    if not current().rate_limits:
        return
    for item in _items("account"):
        if not await _hit(item, "account", links.fingerprint("rate", name.strip().lower())):
            raise TooMany


async def keep_tries(subject: str) -> None:
    """Raises `TooMany` when this subject's second secret was tried too often; also with RATE_LIMITS=false."""
    for item in parse_many(TRIES):
        if not await _try(item, links.fingerprint("tries", subject)):
            raise TooMany


async def first(request: Request, what: str, of: str) -> bool:
    """Whether this client did so for the first time this hour; only a keyed hash of both is kept that long."""
    seen = links.fingerprint(what, f"{client(request)}:{of}")
    return all([await _hit(item, what, seen) for item in parse_many(ONCE)])


def client(request: Request) -> str:
    """The client's address; of IPv6 the /64, for a household has that many addresses."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    address = getattr(address, "ipv4_mapped", None) or address
    return str(address) if address.version == 4 else address.exploded[:19]


async def _hit(item: RateLimitItem, *key: str) -> bool:
    try:
        return await _limiter(_shared()).hit(item, *key)
    except (StorageError, OSError):
        return await _limiter(_memory()).hit(item, *key)


async def _try(item: RateLimitItem, key: str) -> bool:
    """In a moving window: no burst around the full hour doubles the tries."""
    try:
        return await MovingWindowRateLimiter(_shared()).hit(item, "tries", key)
    except (StorageError, OSError):
        return await MovingWindowRateLimiter(_memory()).hit(item, "tries", key)


@cache
def _items(what: str) -> list[RateLimitItem]:
    return parse_many(ALLOWED[what])


@cache
def _limiter(storage: Storage) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(storage)


@cache
def _memory() -> Storage:
    return MemoryStorage()


@cache
def _shared() -> Storage:
    url = current().redis_url.get_secret_value()
    if not url:
        return _memory()
    waits: dict[str, Any] = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy", **waits)
