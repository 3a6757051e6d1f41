"""Wakes the workers from web and command line: one thread per process, many nudges become one message.

Invariant: a nudge returns at once and never raises; a broker that is away costs seconds, never a fact.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from workers.celery import EXPIRES, app

log = structlog.get_logger()
AT_MOST_EVERY = 0.1


class Nudger:
    """Coalesces nudges into at most ten wake messages a second, published off the caller's thread."""

    def __init__(self, publish: Callable[[], None] | None = None) -> None:
        self._publish = publish or _wake
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="nudge", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        pause = threading.Event()
        while self._wanted.wait():
            self._wanted.clear()
            try:
                self._publish()
            except Exception as error:  # the sweep finds what is due; only the log needs to know
                log.warning("broker_unreachable", error=type(error).__name__)
                pause.wait(2)
            pause.wait(AT_MOST_EVERY)


def _wake() -> None:
    app.send_task("workers.tasks.sweep", expires=EXPIRES, retry=False, ignore_result=True)
