"""A worker may die at every step of taking in a mail or an SMS: each ends as exactly one contact.

Steps are everything asked of a database and everything handed over for sending; see `tests.workers.dying`.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from office.settings import Settings
from tests.servers import Imap
from tests.workers.processes import ROOT, environment


def dies(settings: Settings, server: Imap, channel: str, stride: int, offset: int) -> dict[str, object]:
    """How many workers died, and what went wrong because of it."""
    house = {"IMAP_URL": server.url} if channel == "email" else {"DEMO": "1"}
    named = environment(settings, SEND_LEASE_SECONDS="1", **house)
    command = [sys.executable, "-m", "tests.workers.dying", channel, str(stride), str(offset)]
    done = subprocess.run(command, env=named, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("channel", "stride"), [("email", 31), ("sms", 13)])
def test_worker_killed_on_the_way_leaves_one_contact(
    settings: Settings, imap_server: Imap, channel: str, stride: int
) -> None:
    found = dies(settings, imap_server, channel, stride, 4)
    assert found["odd"] == []
    assert int(str(found["died"])) > 2


@pytest.mark.long
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_worker_killed_at_every_single_step_leaves_one_contact(
    settings: Settings, imap_server: Imap, channel: str
) -> None:
    found = dies(settings, imap_server, channel, 1, 0)
    assert found["odd"] == []
    assert int(str(found["died"])) > 30
