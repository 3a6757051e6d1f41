"""May this message go now? The table is the specification; its last column is the sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels import suppression
from channels.suppression import Outcome, Situation

ZONE = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 20, tzinfo=UTC)
TABLE: list[tuple[dict[str, Any], datetime, Outcome, str]] = [
    ({"text": "confirm"}, NOON, Outcome.SEND, "a confirmation goes"),
    ({"text": "confirm"}, NIGHT, Outcome.SEND, "a confirmation goes at night, too: they have just booked"),
    (
        {"text": "confirm", "status": "cancelled"},
        NOON,
        Outcome.SUPERSEDE,
        "no confirmation of what was cancelled",
    ),
    ({"text": "confirm", "revision": 1}, NOON, Outcome.SUPERSEDE, "no confirmation of a time that was moved"),
    (
        {"text": "moved", "revision": 2, "message_revision": 1},
        NOON,
        Outcome.SUPERSEDE,
        "only the last move is told",
    ),
    ({"text": "remind", "starts": 20}, NOON, Outcome.SEND, "a reminder goes by day"),
    ({"text": "remind", "starts": 12}, NIGHT, Outcome.WAIT, "a reminder waits for the morning"),
    ({"text": "remind", "status": "cancelled"}, NOON, Outcome.SUPERSEDE, "no reminder of what was cancelled"),
    ({"text": "remind", "revision": 1}, NOON, Outcome.SUPERSEDE, "no reminder of the old time"),
    (
        {"text": "remind", "starts": 0.4},
        NOON,
        Outcome.WITHHOLD,
        "no reminder when they are already on their way",
    ),
    ({"text": "confirm", "starts": -1}, NOON, Outcome.WITHHOLD, "nothing about what is past"),
    ({"text": "cancelled_by_office", "status": "cancelled"}, NOON, Outcome.SEND, "a cancellation goes"),
    ({"text": "cancelled_by_office"}, NOON, Outcome.SUPERSEDE, "no cancellation of what stands"),
    (
        {"text": "cancelled_by_office", "status": "cancelled", "starts": -1},
        NOON,
        Outcome.WITHHOLD,
        "nor of what is past",
    ),
    (
        {"text": "staff_cancelled", "still_theirs": False},
        NOON,
        Outcome.SEND,
        "told: it is theirs no more",
    ),
    (
        {"text": "staff_moved", "still_theirs": False},
        NOON,
        Outcome.SUPERSEDE,
        "no invitation to another's talk",
    ),
    ({"text": "confirm", "sent_today": 12}, NOON, Outcome.WITHHOLD, "a thirteenth message a day is a fault"),
]


def situation(now: datetime, *, starts: float = 30, **given: Any) -> Situation:
    values = {"status": "booked", "revision": 0, "message_revision": 0, "sent_today": 0}
    return Situation(starts_at=now + timedelta(hours=starts), **{**values, **given})


@pytest.mark.parametrize(("given", "now", "outcome", "sentence"), TABLE, ids=[row[-1] for row in TABLE])
def test_verdict(given: dict[str, Any], now: datetime, outcome: Outcome, sentence: str) -> None:
    assert suppression.judge(situation(now, **given), now, ZONE).outcome is outcome, sentence


@example(datetime(2026, 3, 28, 21, tzinfo=UTC))
@example(datetime(2026, 10, 24, 21, tzinfo=UTC))
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))
def test_quiet_hours_end_at_eight_whatever_the_clock_does(now: datetime) -> None:
    if suppression.is_quiet(now, ZONE):
        ends = suppression.quiet_ends(now, ZONE)
        assert now < ends <= now + timedelta(hours=13)
        assert ends.astimezone(ZONE).hour == 8
        assert not suppression.is_quiet(ends, ZONE)
