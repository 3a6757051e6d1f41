"""Keeps web, worker and beat running as children, and leaves no orphan.

Invariant: a child that dies is started again and said; when this process ends, by signal or by kill -9,
its children end too (Linux: PR_SET_PDEATHSIG), each finishing what it is doing.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import time
from dataclasses import dataclass

PR_SET_PDEATHSIG = 1
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 30
GRACE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Child:
    """One process: its name and its command line."""

    name: str
    command: tuple[str, ...]


def run(children: list[Child], environment: dict[str, str]) -> int:
    """Keep the children running until SIGTERM or SIGINT; returns the exit code 0 once all have ended.

    They are stopped one after the other in the order given: who brings new work first, who does it last.
    """
    asyncio.run(_keep_all(children, environment))
    return 0


async def _keep_all(children: list[Child], environment: dict[str, str]) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    stops = [asyncio.Event() for _ in children]
    keepers = [asyncio.create_task(_keep(*each, environment)) for each in zip(children, stops, strict=True)]
    await asked.wait()
    for stop, keeper in zip(stops, keepers, strict=True):
        stop.set()
        await keeper


async def _keep(child: Child, stop: asyncio.Event, environment: dict[str, str]) -> None:
    pause = FIRST_PAUSE
    while not stop.is_set():
        started = time.monotonic()
        process = await _start(child, environment)
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if stop.is_set():
            await _end(process, ended)
            return
        pause = FIRST_PAUSE if time.monotonic() - started > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE)
        _say(f"{child.name} ended ({_how(await ended)}); starting it again in {pause:.0f} s")
        await _sleep_until(stop, pause)


async def _start(child: Child, environment: dict[str, str]) -> asyncio.subprocess.Process:
    parent = os.getpid()

    def die_with_parent() -> None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return await asyncio.create_subprocess_exec(
        *child.command,
        env=environment,
        start_new_session=True,  # a Ctrl-C at the terminal reaches us alone, and children once, from us
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )


async def _end(process: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> None:
    """Ask politely, wait for work in flight, then insist on the whole process group."""
    if ended.done():
        return
    process.terminate()
    try:
        await asyncio.wait_for(asyncio.shield(ended), GRACE_SECONDS)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await ended


async def _sleep_until(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _say(line: str) -> None:
    print(f"sprechstunde: {line}", file=sys.stderr, flush=True)
