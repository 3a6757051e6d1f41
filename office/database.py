"""The two databases; `verb` is the one place that opens a writing transaction.

Invariant: a verb's state and its journal entry are committed together or not at all, and nothing
inside a transaction touches the network.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from office import wake
from office.settings import Settings

MAIN = "default"
STATISTICS = "statistics"
TRIES = 5

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class _Writing:
    """The verb now running; `told` is set when it wrote something workers react to."""

    told: bool = False


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Given back as it is: nothing we set outlives its transaction, a reset would be one more exchange each time."""

    def get_reset_query(self) -> str:
        return ""


_writing: ContextVar[_Writing | None] = ContextVar("writing", default=None)


def config(settings: Settings, rooms: dict[str, list[str]]) -> dict[str, Any]:
    """Tortoise's configuration for `rooms`: connection name → room names (each has `.models`, `.migrations`)."""
    return {
        "connections": {MAIN: connection(settings.database), STATISTICS: connection(settings.statistics)},
        "apps": {
            room: {
                "models": [f"{room}.models"],
                "default_connection": alias,
                "migrations": f"{room}.migrations",
            }
            for alias, names in rooms.items()
            for room in names
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def connection(url: str) -> dict[str, Any]:
    """One database as Tortoise wants it; SQLite gets our own backend and a patient busy handler."""
    found = expand_db_url(url)
    if not url.startswith("sqlite"):
        found["credentials"].setdefault("maxsize", 8)
        found["credentials"].setdefault("command_timeout", 30)
        found["credentials"]["connection_class"] = _Connection
        return found
    path = Path(found["credentials"]["file_path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    pragmas = {"busy_timeout": 10000, "journal_mode": "WAL", "foreign_keys": "ON"}  # in this order
    pragmas["secure_delete"] = "ON"  # what is deleted is overwritten
    pragmas["cache_size"] = "-32000"  # 32 MB: the indexes of some ten thousand inquiries; the default are two
    return {"engine": "office.sqlite", "credentials": {"file_path": str(path), **pragmas}}


@asynccontextmanager
async def opened(configuration: dict[str, Any]) -> AsyncIterator[None]:
    """Both databases, open for this process; every task of the process may use them."""
    await Tortoise.init(config=configuration, _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()


def verb(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run `function` in one writing transaction of the main database.

    A verb called by a verb joins its transaction. Deadlocks, serialisation failures and a busy SQLite
    are tried again, each time in a new transaction, up to `TRIES` times. Workers are nudged after the
    commit when the journal was written.
    """

    @wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if _writing.get() is not None:
            return await function(*args, **kwargs)
        for attempt in range(1, TRIES + 1):
            try:
                return await _once(function, *args, **kwargs)
            except Exception as error:
                if attempt == TRIES or not _passing(error):
                    raise
                await asyncio.sleep(random.uniform(0, 0.05) * attempt)
        raise AssertionError("unreachable")

    return run


async def _once(function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> T:
    writing = _Writing()
    token = _writing.set(writing)
    try:
        async with in_transaction(MAIN):
            result = await function(*args, **kwargs)
    finally:
        _writing.reset(token)
    if writing.told:
        wake.nudge()
    return result


def tell() -> None:
    """Nudge the workers once the running verb is committed. Raises outside a verb."""
    writing = _writing.get()
    if writing is None:
        raise RuntimeError("the journal is written inside a verb only")
    writing.told = True


def _passing(error: Exception) -> bool:
    """Deadlock (40P01) or serialisation failure (40001) of PostgreSQL, a locked SQLite file, or a unique key
    that a twin took in between: the next try finds the twin's row."""
    if isinstance(error, IntegrityError):
        return True
    if getattr(error, "sqlstate", None) in {"40P01", "40001"}:
        return True
    return isinstance(error, OperationalError) and "locked" in str(error)
