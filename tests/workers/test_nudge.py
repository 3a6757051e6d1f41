"""A nudge returns at once, never raises, and many are one."""

from __future__ import annotations

import threading
import time

from workers.nudge import Nudger


def test_many_nudges_are_few_messages_and_the_last_is_not_lost() -> None:
    published: list[float] = []
    nudge = Nudger(lambda: published.append(time.monotonic()))
    for _ in range(200):
        nudge()
    time.sleep(0.4)
    assert 1 <= len(published) <= 4
    before = len(published)
    nudge()
    time.sleep(0.4)
    assert len(published) == before + 1


def test_broker_that_hangs_or_fails_holds_nobody_up() -> None:
    tried, release = threading.Event(), threading.Event()

    def hang() -> None:
        tried.set()
        release.wait(5)
        raise OSError("no broker")

    nudge = Nudger(hang)
    started = time.monotonic()
    for _ in range(50):
        nudge()
    assert time.monotonic() - started < 0.5
    assert tried.wait(2)
    release.set()
