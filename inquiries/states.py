"""Where an inquiry stands: new, in work, waiting, answered or closed; derived from its dates, never stored.

Invariant: every inquiry that is somebody's matter is in exactly one state, in Python (`of`) and in SQL (`having`)
alike. A follow-up date never outlasts a promise: what is owed is back on the promised day at the latest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum

from tortoise.expressions import Q

from inquiries.models import Inquiry

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Later than this is NOT NULL, said so that SQLite uses its index."""


class State(StrEnum):
    """What is to be done with it, and by whom."""

    NEW = "new"
    """Something waits for us and nobody has taken it."""
    IN_WORK = "in_work"
    """Something waits for us: an answer that somebody has taken, or a follow-up whose day has come."""
    WAITING = "waiting"
    """We wait: for a day, for the talk, or for the person."""
    ANSWERED = "answered"
    """The last word was ours."""
    CLOSED = "closed"


def of(inquiry: Inquiry, today: date) -> State:
    """The state of this inquiry on this day of the office's calendar."""
    if inquiry.closed_at:
        return State.CLOSED
    if for_us(inquiry, today):
        owed_to_nobody = inquiry.waiting_since and inquiry.assigned_id is None
        return State.NEW if owed_to_nobody else State.IN_WORK
    waits = inquiry.follow_up_on or not inquiry.answered_at
    return State.WAITING if waits else State.ANSWERED


def for_us(inquiry: Inquiry, today: date) -> bool:
    """Is there something for us to do today?"""
    if inquiry.closed_at:
        return False
    if inquiry.follow_up_on and inquiry.follow_up_on <= today:
        return True
    put_off = inquiry.follow_up_on and not (inquiry.promised_on and inquiry.promised_on <= today)
    return bool(inquiry.waiting_since) and not put_off


def having(state: State, today: date) -> Q:
    """The inquiries in this state, as a query; what was nobody's matter is in none."""
    return Q(void=False, merged_into_id=None) & _STATES[state](today)


def to_do(today: date) -> Q:
    """New ones and those in work, as a query."""
    return Q(void=False, merged_into_id=None) & _for_us(today)


def _for_us(today: date) -> Q:
    back = Q(follow_up_on__lte=today)
    owed = Q(waiting_since__gt=EVER) & (Q(follow_up_on=None) | Q(promised_on__lte=today))
    return Q(closed_at=None) & (back | owed)


def _resting(today: date) -> Q:
    """Open, and nothing for us to do; the negation of `_for_us`, with nothing compared to NULL."""
    not_owed = Q(waiting_since=None) | (
        Q(follow_up_on__isnull=False) & (Q(promised_on=None) | Q(promised_on__gt=today))
    )
    return Q(closed_at=None) & (Q(follow_up_on=None) | Q(follow_up_on__gt=today)) & not_owed


_UNTAKEN = Q(waiting_since__isnull=False, assigned_id=None)
_TAKEN = Q(waiting_since=None) | Q(assigned_id__isnull=False)
_STATES: dict[State, Callable[[date], Q]] = {
    State.NEW: lambda today: _for_us(today) & _UNTAKEN,
    State.IN_WORK: lambda today: _for_us(today) & _TAKEN,
    State.WAITING: lambda today: _resting(today) & (Q(follow_up_on__isnull=False) | Q(answered_at=None)),
    State.ANSWERED: lambda today: _resting(today) & Q(follow_up_on=None, answered_at__isnull=False),
    State.CLOSED: lambda _today: Q(closed_at__isnull=False),
}
