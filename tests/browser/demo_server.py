"""The demonstration on a Monday morning of our choice: `python -m tests.browser.demo_server FOLDER PORT`."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

import uvicorn

from booking import clock as office_clock
from channels.web import clock, site
from office import settings, upgrade
from office.settings import Settings
from sprechstunde import house
from sprechstunde.demo import seed
from tests.browser import small_office

DAY = date(2026, 9, 14)
"""A Monday some days after school began again in North Rhine-Westphalia."""
MORNING = time(9, 20)


def turn_the_clock(chosen: Settings) -> None:
    """The pages believe it is twenty past nine on `DAY`."""
    began, opens = datetime.now(UTC), office_clock.instant(DAY, MORNING, chosen.zone)
    clock.now = lambda: opens + (datetime.now(UTC) - began)


async def prepare(chosen: Settings) -> None:
    """Tables, and the invented office as it stands on `DAY`."""
    await upgrade.upgrade(house.databases(chosen))
    async with house.opened(chosen):
        await seed.seed(chosen, today=DAY)


if __name__ == "__main__":
    ours = small_office.made(Path(sys.argv[1]), int(sys.argv[2]))
    settings.use(ours)
    turn_the_clock(ours)
    asyncio.run(prepare(ours))
    app = site.build(ours, house.opened(ours))
    uvicorn.run(app, host="127.0.0.1", port=ours.port, log_level="warning", access_log=False)
