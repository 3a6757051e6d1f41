"""One event loop and one set of connections per process, made when first needed, closed at shutdown.

Invariant: nothing connects before the fork; a connection inherited from a parent is dead.
"""

from __future__ import annotations

import asyncio
import os
import threading
from asyncio import Task
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Any, TypeVar

import structlog
from celery.signals import worker_process_shutdown, worker_shutdown

from channels.email import transport
from channels.email.transport import Transport
from channels.email.way import Email
from channels.sms import gateway
from channels.sms.gateway import Gateway
from channels.sms.way import Sms
from channels.ways import Way
from office.settings import current

T = TypeVar("T")
log = structlog.get_logger()
OpenDatabases = Callable[[], AbstractAsyncContextManager[None]]

_open_databases: OpenDatabases | None = None
_runtime: _Runtime | None = None


def open_with(databases: OpenDatabases) -> None:
    """The front door says how this process opens its databases; nothing is opened yet."""
    global _open_databases  # noqa: PLW0603 - the port is one per process
    _open_databases = databases


class _Runtime:
    """The loop thread of this process, with databases and mail transport open."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="house", daemon=True)
        self.thread.start()
        assert _open_databases is not None, "the front door did not say how databases are opened"
        self.databases = _open_databases()
        self.run(self.databases.__aenter__())
        self.transport: Transport | None = None
        self.gateway: Gateway | None = None
        self.beside: dict[str, Task[Any]] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def begin(self, name: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self.loop.call_soon_threadsafe(self._begin, name, work)

    def _begin(self, name: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        if name not in self.beside:
            self.beside[name] = self.loop.create_task(work())
            self.beside[name].add_done_callback(partial(self._ended, name))

    def _ended(self, name: str, task: Task[Any]) -> None:
        del self.beside[name]
        if not task.cancelled() and (error := task.exception()):
            log.error("beside_failed", name=name, error=type(error).__name__)

    async def ways(self) -> list[Way]:
        if self.transport is None:
            self.transport = transport.open_transport(current())
        if self.gateway is None and current().sms:
            self.gateway = gateway.open_gateway(current())
        return [Email(self.transport), *([Sms(self.gateway)] if self.gateway else [])]

    async def _close(self) -> None:
        for task in list(self.beside.values()):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for way_out in (self.transport, self.gateway):
            if way_out is not None:
                await way_out.close()
        await self.databases.__aexit__(None, None, None)

    def close(self) -> None:
        self.run(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        if not self.thread.is_alive():
            self.loop.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run this on the process's loop and wait for it."""
    return _of_this_process().run(work)


def begin(name: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Do this beside everything else, for it may wait long for others; nothing if it is still being done."""
    _of_this_process().begin(name, work)


async def ways() -> list[Way]:
    """The process's ways out, one per channel. Called on the loop."""
    return await _of_this_process().ways()


def close() -> None:
    """Close what is open. Idempotent; a forked child forgets what its parent had."""
    global _runtime  # noqa: PLW0603 - one per process
    if _runtime is not None and _runtime.pid == os.getpid():
        _runtime.close()
    _runtime = None


def _close(**_: object) -> None:
    close()


worker_process_shutdown.connect(_close)  # a child of the prefork pool
worker_shutdown.connect(_close)  # solo, threads, and the parent


def _of_this_process() -> _Runtime:
    global _runtime  # noqa: PLW0603 - one per process
    if _runtime is None or _runtime.pid != os.getpid():
        _runtime = _Runtime()
    return _runtime
