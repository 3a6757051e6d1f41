"""What must hold after every step of `test_life.py` is looked at: an office broken on purpose is found out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from tortoise.transactions import in_transaction

from booking import claims, errors, sessions
from booking.models import (
    Appointment,
    Claim,
    Hold,
    HoldKind,
    InterpreterClaim,
    InterpreterRequest,
    RequestState,
    RoomClaim,
    SeatClaim,
    Session,
    Status,
    Waiting,
)
from office import database
from office.settings import Settings
from tests.booking import acts, holding
from tests.factories import NOW

Break = Callable[[], Awaitable[object]]


@pytest.fixture
async def grid(database: Settings) -> set[holding.Start]:
    """An office in which one of everything is booked, kept or asked; the starts of its empty calendar."""
    await acts.open_office()
    starts, chance = await holding.free(NOW), Random(7)
    while not await _one_of_everything():
        for act in (acts.book, acts.book, acts.hold, acts.keep_seats, acts.seek, acts.wait):
            await act(chance, NOW)
    return starts


async def _one_of_everything() -> bool:
    asked = await InterpreterRequest.all().count()
    in_rooms = await Appointment.exclude(room_id=None).count()
    seats = await Hold.exclude(session_id=None).count()
    return min(asked, in_rooms, seats) > 1


async def look(starts: set[holding.Start]) -> None:
    await holding.nothing_overlaps()
    await holding.seats_are_counted(NOW)
    await holding.one_at_a_time_is_asked()
    await holding.nothing_is_lost(starts, NOW)
    await holding.everything_was_offered(starts)


async def _talk() -> Appointment:
    """One with an interpreter, in a room."""
    found = await Appointment.exclude(room_id=None).exclude(interpreter_id=None).first()
    assert found
    return found


async def _twice(column: str) -> None:
    """Two talks at one time with the same counsellor, room or interpreter, and nothing else the same."""
    one = await _talk()
    other = await Appointment.filter(session_id=None).exclude(staff_id=one.staff_id).first()
    assert other
    later = {
        name: getattr(one, name) + timedelta(days=40) for name in ("starts_at", "ends_at", "claimed_until")
    }
    await Appointment.filter(id__in=[one.id, other.id]).update(**later)
    apart = {"staff_id": other.staff_id, "room_id": None, "interpreter_id": None}
    await Appointment.filter(id=other.id).update(**{**apart, column: getattr(one, column)})


async def _asked_twice() -> None:
    asked = await InterpreterRequest.filter(state=RequestState.ASKED).first()
    assert asked
    fields = {name: getattr(asked, name) for name in ("language", "starts_at", "ends_at", "asked_at")}
    await InterpreterRequest.create(
        appointment_id=asked.appointment_id, interpreter_id=asked.interpreter_id, revision=99, **fields
    )


async def _offered_twice() -> None:
    family = await Waiting.first()
    held = await Hold.filter(session_id=None).limit(2)
    await Hold.filter(id__in=[one.id for one in held]).update(kind=HoldKind.OFFER, waiting_id=family.id)  # type: ignore[union-attr]


async def _cancelled_but_kept() -> None:
    await Appointment.filter(id=(await _talk()).id).update(status=Status.CANCELLED)


async def _moved_without_asking() -> None:
    talk = await _talk()
    await Appointment.filter(id=talk.id).update(starts_at=talk.starts_at.replace(hour=4))


BROKEN: dict[str, tuple[Break, str]] = {
    "a cell is nobody's": (lambda: Claim.all().limit(1).delete(), "nothing_overlaps"),
    "no room is claimed": (lambda: RoomClaim.all().delete(), "nothing_overlaps"),
    "no interpreter is claimed": (lambda: InterpreterClaim.all().delete(), "nothing_overlaps"),
    "no seat is claimed": (lambda: SeatClaim.all().delete(), "nothing_overlaps"),
    "a cancelled talk keeps its time": (_cancelled_but_kept, "nothing_overlaps"),
    "more seats are taken than there are": (lambda: Session.all().update(seats=1), "seats_are_counted"),
    "two are asked for one talk": (_asked_twice, "one_at_a_time_is_asked"),
    "asked for somebody else's time": (
        lambda: InterpreterRequest.all().update(interpreter_id=3),
        "one_at_a_time_is_asked",
    ),
    "two offers to one family": (_offered_twice, "one_at_a_time_is_asked"),
    "a talk nobody was offered": (_moved_without_asking, "everything_was_offered"),
}


class _Undone(Exception):
    """Ends a transaction."""


async def test_a_broken_office_is_found_out(grid: set[holding.Start]) -> None:
    arguments = {"seats_are_counted": [NOW], "everything_was_offered": [grid]}
    passed = []
    for how, (broken, check) in BROKEN.items():
        with suppress(_Undone, AssertionError):
            async with in_transaction(database.MAIN):
                await broken()
                await getattr(holding, check)(*arguments.get(check, []))
                passed.append(how)
                raise _Undone
    assert passed == []
    await look(grid)


async def test_capacity_that_is_lost_or_given_twice_is_found(
    grid: set[holding.Start], monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = await holding.free(NOW)
    for other in (offered | {min(grid - offered)}, offered - {min(offered)}):

        async def free(_now: object, said: set[holding.Start] = other) -> set[holding.Start]:
            return said

        monkeypatch.setattr(holding, "free", free)
        with pytest.raises(AssertionError):
            await holding.nothing_is_lost(grid, NOW)


async def test_an_overlap_is_found_even_where_the_claims_are_silent(
    grid: set[holding.Start], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent() -> list[str]:
        return []

    monkeypatch.setattr(claims, "differences", silent)
    await holding.nothing_overlaps()
    for column in ("staff_id", "room_id", "interpreter_id"):
        with pytest.raises(AssertionError, match=column):
            async with in_transaction(database.MAIN):
                await _twice(column)
                await holding.nothing_overlaps()


async def test_a_seat_that_is_not_shown_is_found(
    grid: set[holding.Start], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await sessions.upcoming(await holding._evening(), NOW)

    async def fewer(*_asked: object) -> list[sessions.Evening]:
        return [sessions.Evening(one.session, one.free - 1) for one in shown]

    monkeypatch.setattr(sessions, "upcoming", fewer)
    with pytest.raises(AssertionError):
        await holding.seats_are_counted(NOW)


async def test_a_time_that_is_offered_and_refused_is_found(
    grid: set[holding.Start], monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = (await acts.search(acts.WISHES[1], NOW))[:1]

    async def search(*_asked: object) -> list[object]:
        return list(stale)

    monkeypatch.setattr(acts, "search", search)
    with pytest.raises(errors.SlotTaken):
        for number in range(20):
            await acts.book(Random(number), NOW)
