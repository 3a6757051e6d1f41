"""The demonstration on a Monday morning of our choice: `python -m tests.browser.demo_server FOLDER PORT [years]`."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time as time_module
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from urllib.request import urlopen

import uvicorn

from booking import clock as office_clock
from channels.web import clock, site
from figures import rollups
from office import settings, upgrade
from office.settings import Settings
from sprechstunde import house
from sprechstunde.demo import day, seed, visits
from tests import servers
from tests.browser import showcase, small_office

ROOT = Path(__file__).parents[2]

DAY = date(2026, 9, 14)
"""A Monday some days after school began again in North Rhine-Westphalia."""
MORNING = time(9, 20)
ADDRESS = "http://localhost:8000"
"""What links are written with, wherever it listens."""
NAMES = "names.json"
"""In the folder: what the names in the addresses of `every_page.py` stand for."""


def turn_the_clock(chosen: Settings) -> None:
    """The pages believe it is twenty past nine on `DAY`, and no minute passes."""
    opens = office_clock.instant(DAY, MORNING, chosen.zone)
    clock.now = lambda: opens


async def prepare(chosen: Settings, *, years: bool) -> None:
    """Tables, the invented office as it stands on `DAY`, and something on every page, named in `NAMES`.

    `years`: with last year and this one in figures, which takes longest.
    """
    await upgrade.upgrade(house.databases(chosen))
    async with house.opened(chosen):
        if years:
            await seed.seed(chosen, today=DAY)
        else:
            await _open_doors(chosen)
        named = await showcase.furnish(clock.now())
    unfinished = chosen.var_dir / f".{NAMES}"
    unfinished.write_text(json.dumps(named))
    unfinished.replace(chosen.var_dir / NAMES)


async def _open_doors(chosen: Settings) -> None:
    opens = office_clock.instant(DAY, day.MORNING, chosen.zone)
    await seed.open_doors(chosen, random.Random(f"2025 {DAY}"), DAY, opens, full=True)
    await visits.count()
    await rollups.refresh()


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Address of `sprechstunde serve --demo` as everybody starts it: web, worker and beat, on the real day."""
    port = servers.free_port()
    values = {"PORT": str(port), "VAR_DIR": str(folder), "RATE_LIMITS": "no"}
    names = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in names} | values
    command = [sys.executable, "-m", "sprechstunde", "serve", "--demo"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait(f"http://localhost:{port}/healthz", process, folder / "log")
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def standing_still(folder: Path, *options: str) -> Iterator[str]:
    """Address of the demonstration on `DAY` while it runs: pages only, no workers."""
    port = servers.free_port()
    command = [sys.executable, "-m", "tests.browser.demo_server", str(folder), str(port), *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            wait(f"http://127.0.0.1:{port}/healthz", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time_module.monotonic() + 180
    while True:
        try:
            with urlopen(address, timeout=2):
                return
        except OSError as not_yet:
            if process.poll() is not None or time_module.monotonic() > until:
                raise RuntimeError(log.read_text(errors="replace")[-2000:]) from not_yet
            time_module.sleep(0.2)


if __name__ == "__main__":
    made = small_office.made(Path(sys.argv[1]), int(sys.argv[2]))
    ours = made.model_copy(update={"base_url": ADDRESS})
    settings.use(ours)
    turn_the_clock(ours)
    asyncio.run(prepare(ours, years="years" in sys.argv))
    app = site.build(ours, house.opened(ours))
    uvicorn.run(app, host="127.0.0.1", port=ours.port, log_level="warning", access_log=False)
