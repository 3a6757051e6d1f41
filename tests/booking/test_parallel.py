"""Four processes do everything at once in one office: nothing overlaps, nothing is lost, nobody sees a lock."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter

import pytest

from booking.models import Appointment
from office.settings import Settings
from tests.booking import acts, holding
from tests.factories import NOW
from tests.workers.processes import ROOT, environment

PROCESSES = 4
DONE = (
    "hold", "book", "book_held", "ask_to_confirm", "answer_confirmation", "cancel", "move", "keep_seats", "squeeze_in",
    "interpret", "tidy", "wait",
)  # fmt: skip
DONE_IN_TIME = ("be_away", "be_ill", "be_back", "shorten", "close", "accept_offer")
"""What 20 seconds are enough for, on any machine."""


async def one_process(settings: Settings, seed: int, seconds: int) -> dict[str, dict[str, int]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.booking.crowd", str(seed), str(seconds)),
        env=environment(settings),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, wrong = await process.communicate()
    assert process.returncode == 0, wrong.decode()[-3000:]
    found: dict[str, dict[str, int]] = json.loads(said.splitlines()[-1])
    return found


@pytest.mark.parametrize("seconds", [5, pytest.param(20, marks=pytest.mark.long)])
async def test_four_processes_do_everything_at_once(database: Settings, seconds: int) -> None:
    await acts.open_office(weeks=3)
    crowd = await asyncio.gather(*(one_process(database, seed, seconds) for seed in range(PROCESSES)))
    told: Counter[str] = sum((Counter(one["told"]) for one in crowd), Counter())
    assert [fault for one in crowd for fault in one["faults"]] == []
    assert all(told[name] for name in (DONE if seconds < 20 else DONE + DONE_IN_TIME)), told
    assert await Appointment.all().count() > 20, told
    print(f"{sum(told.values())} acts in {seconds} s: {dict(told)}")
    await holding.nothing_overlaps()
    await holding.seats_are_counted(NOW)
