"""What must hold in an office after whatever happened, counted from what is booked and not from its claims."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from booking import claims, sessions
from booking.intervals import Interval
from booking.models import (
    Absence,
    Appointment,
    Hold,
    HoldKind,
    InterpreterRequest,
    Mode,
    RequestState,
    Service,
    Session,
    Status,
    WorkingHours,
)
from booking.services import Wish
from office import closing_days
from tests.booking import acts
from tests.factories import ZONE

TALK, BUFFER = timedelta(minutes=45), timedelta(minutes=15)
PLAIN = Wish("school", mode=Mode.PHONE, by_staff=True)
"""Needs nothing but a counsellor."""
Start = tuple[int, datetime]
Owner = Appointment | Hold | Session


async def nothing_overlaps() -> None:
    """No counsellor, room or interpreter twice at a time; claims are exactly what they should be."""
    assert await claims.differences() == []
    taken: dict[tuple[str, int], list[Interval]] = defaultdict(list)
    for one in await _owners():
        for column in ("staff_id", "room_id", "interpreter_id"):
            if number := getattr(one, column, None):
                taken[column, number].append(Interval(one.starts_at, one.claimed_until))
    for owner, intervals in taken.items():
        ordered = sorted(intervals)
        for earlier, later in itertools.pairwise(ordered):
            assert earlier.ends_at <= later.starts_at, (owner, earlier, later)


async def seats_are_counted(now: datetime) -> None:
    """Never more seats than there are, and what is not taken can be had."""
    shown = {one.session.id: one.free for one in await sessions.upcoming(await _evening(), now)}
    for session in await Session.filter(cancelled_at=None):
        booked = await Appointment.filter(session=session).exclude(status=Status.CANCELLED)
        held = await Hold.filter(session=session, expires_at__gt=now)
        taken = sum(one.seats for one in [*booked, *held])
        assert taken <= session.seats
        assert shown.get(session.id, session.seats - taken) == session.seats - taken


async def one_at_a_time_is_asked() -> None:
    """One open request per talk at most, to the one whose time it owns; one offer per family."""
    open_states = [RequestState.ASKED, RequestState.ACCEPTED]
    asked = await InterpreterRequest.filter(state__in=open_states).prefetch_related("appointment")
    assert len({one.appointment_id for one in asked}) == len(asked)
    for one in asked:
        assert one.appointment.interpreter_id == one.interpreter_id
    offered = [hold.waiting_id for hold in await Hold.filter(kind=HoldKind.OFFER).exclude(waiting_id=None)]
    assert len(set(offered)) == len(offered)


async def free(now: datetime) -> set[Start]:
    """What is offered of everybody, by counsellor."""
    slots = await acts.search(PLAIN, now)
    return {(who.staff_id, slot.starts_at) for slot in slots for who in slot.candidates}


async def nothing_is_lost(grid: set[Start], now: datetime) -> None:
    """Of the starts of an empty office exactly those are offered that nothing stands in the way of."""
    offered, owners = await free(now), await _owners(now)
    absences, rules = await Absence.all(), await WorkingHours.all()
    closed = await closing_days.closed(acts.MONDAY, acts.MONDAY + acts.LOOKED_AT)
    for staff_id, begins in grid:
        if begins < now + timedelta(hours=1):
            continue
        talk, reach = Interval(begins, begins + TALK), Interval(begins, begins + TALK + BUFFER)
        busy = _any(reach, (one for one in owners if one.staff_id == staff_id), "claimed_until")
        own = [one for one in absences if one.staff_id == staff_id]
        windows = [window for rule in rules if rule.staff_id == staff_id for window in _on(rule, begins)]
        works = any(window.covers(talk) for window in windows) and _day(begins) not in closed
        if works and not busy and not _any(talk, own) and _any(reach, own):
            continue  # whether a buffer may lie in an absence is another test's matter
        expected = works and not busy and not _any(talk, own)
        assert ((staff_id, begins) in offered) == expected, (staff_id, begins, works, busy)


async def everything_was_offered(ever: set[Start]) -> None:
    """Whoever has a time was offered it, or somebody at the desk gave a reason."""
    for one in await Appointment.filter(session_id=None, override=""):
        assert (one.staff_id, one.starts_at) in ever, one.starts_at


async def _owners(now: datetime | None = None) -> list[Owner]:
    """Who owns time of a counsellor; with `now`, holds that are over do no more."""
    held = Hold.filter(session_id=None)
    return [
        *await Appointment.filter(session_id=None).exclude(status=Status.CANCELLED),
        *await (held.filter(expires_at__gt=now) if now else held),
        *await Session.filter(cancelled_at=None),
    ]


def _any(interval: Interval, found: Iterable[object], end: str = "ends_at") -> bool:
    return any(interval.overlaps(Interval(one.starts_at, getattr(one, end))) for one in found)


def _on(rule: WorkingHours, begins: datetime) -> list[Interval]:
    day = _day(begins)
    if day.weekday() != rule.weekday or not rule.valid_from <= day <= (rule.valid_to or date.max):
        return []
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return [
        Interval(
            midnight + timedelta(minutes=rule.starts_minute), midnight + timedelta(minutes=rule.ends_minute)
        )
    ]


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


async def _evening() -> Service:
    return await Service.get(code="evening")
