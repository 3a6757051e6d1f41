"""Whether a message that is due may really go, asked again at the moment of sending. Pure.

Invariant: nobody gets a confirmation or reminder for a time that is no longer theirs, is past, or at night.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from inquiries.models import UploadState

QUIET_FROM, QUIET_UNTIL = time(20), time(8)
"""No reminder rings between these, on the office's clock."""
DAILY_CAP = 12
"""Messages one address gets in 24 hours at most; more than that is a fault, not a service."""
REMINDER_TOO_LATE = timedelta(minutes=30)
SCAN_WAIT = timedelta(minutes=1)
"""After it an answer asks again whether its files were scanned; the scan itself lets it go at once."""


class Outcome(StrEnum):
    """What becomes of the message."""

    SEND = "send"
    WAIT = "wait"
    WITHHOLD = "withhold"
    SUPERSEDE = "supersede"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`until` says when to ask again (for WAIT), `reason` is a code for the desk."""

    outcome: Outcome
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a message is about to go; `message_revision` is what it was put for."""

    text: str
    status: str
    revision: int
    message_revision: int
    starts_at: datetime
    sent_today: int
    still_theirs: bool = True


SEND = Verdict(Outcome.SEND)
UNCHECKED, FILE_REFUSED = "file_unchecked", "file_refused"
"""Why an answer waits, or does not go at all: the virus scan has not spoken yet, or refused one of its files."""


def judge(situation: Situation, now: datetime, zone: ZoneInfo) -> Verdict:
    """May this go now? Cancellations always may, once; the rest only for the time that is agreed now."""
    if situation.sent_today >= DAILY_CAP:
        return Verdict(Outcome.WITHHOLD, "daily_cap")
    if "cancelled" in situation.text:
        return _cancellation(situation, now)
    if situation.status != "booked" or not situation.still_theirs:
        return Verdict(Outcome.SUPERSEDE, "no_longer_booked")
    if situation.revision != situation.message_revision:
        return Verdict(Outcome.SUPERSEDE, "changed_since")
    if situation.starts_at <= now:
        return Verdict(Outcome.WITHHOLD, "too_late")
    return _reminder(situation, now, zone) if situation.text.startswith("remind") else SEND


def judge_other(sent_today: int, *, void: bool = False, most: int = DAILY_CAP) -> Verdict:
    """A receipt, an answer, a reply: it may go unless that is too many, or nobody turned to us after all."""
    if sent_today >= most:
        return Verdict(Outcome.WITHHOLD, "daily_cap")
    return Verdict(Outcome.SUPERSEDE, "void") if void else SEND


def judge_files(states: Collection[UploadState], now: datetime) -> Verdict:
    """May an answer go with files in these states? Only when each was let pass: half of it would be another answer."""
    if UploadState.REFUSED in states:
        return Verdict(Outcome.FAIL, FILE_REFUSED)
    return Verdict(Outcome.WAIT, UNCHECKED, now + SCAN_WAIT) if UploadState.STORED in states else SEND


def _cancellation(situation: Situation, now: datetime) -> Verdict:
    if situation.status != "cancelled" and situation.still_theirs:
        return Verdict(Outcome.SUPERSEDE, "not_cancelled")
    return Verdict(Outcome.WITHHOLD, "too_late") if situation.starts_at <= now else SEND


def _reminder(situation: Situation, now: datetime, zone: ZoneInfo) -> Verdict:
    if situation.starts_at - now < REMINDER_TOO_LATE:
        return Verdict(Outcome.WITHHOLD, "too_late")
    if is_quiet(now, zone):
        return Verdict(Outcome.WAIT, "quiet_hours", quiet_ends(now, zone))
    return SEND


def is_quiet(now: datetime, zone: ZoneInfo) -> bool:
    """Is it night on the office's clock?"""
    clock = now.astimezone(zone).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def quiet_ends(now: datetime, zone: ZoneInfo) -> datetime:
    """The next moment that is not quiet, as wall clock says: right in both clock-change nights."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(now.tzinfo)
