"""What may wait long for others is done beside everything else, once at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from office.settings import Settings
from sprechstunde import house
from workers import runtime


@pytest.fixture
def worker(settings: Settings) -> Iterator[None]:
    """A process that works, as far as it can be one here."""
    runtime.open_with(lambda: house.opened(settings))
    yield
    runtime.close()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_mailbox_that_takes_its_time_holds_nothing_up() -> None:
    begun, go_on, times = threading.Event(), threading.Event(), []

    async def slow() -> None:
        times.append(1)
        begun.set()
        await asyncio.to_thread(go_on.wait, 5)

    async def quick() -> str:
        return "done"

    runtime.begin("fetch", slow)
    assert begun.wait(5)
    runtime.begin("fetch", slow)
    assert runtime.run(quick()) == "done"
    assert times == [1]
    go_on.set()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_still_being_done_ends_with_the_process() -> None:
    ended = threading.Event()

    async def endless() -> None:
        try:
            await asyncio.sleep(600)
        finally:
            ended.set()

    runtime.begin("fetch", endless)
    runtime.run(asyncio.sleep(0.05))
    runtime.close()
    assert ended.is_set()
