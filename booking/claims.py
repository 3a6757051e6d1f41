"""Who owns which five minutes of whom; the unique (counsellor, cell) makes double booking impossible.

Invariant: an appointment, hold or session owns exactly the cells of its talk and the buffer after it, of its
counsellor, its room and its interpreter alike; who sits in a session owns seats instead. A swap deletes all and
inserts all; expired holds are removed by whoever takes their cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from booking import cells, errors
from booking.models import (
    Appointment,
    Claim,
    Hold,
    InterpreterClaim,
    RoomClaim,
    SeatClaim,
    Session,
    Status,
)
from booking.resources import Spot
from office import statement
from office.models import Staff

Owner = Hold | Appointment | Session
OWNABLE: tuple[type[Model], ...] = (Claim, RoomClaim, InterpreterClaim, SeatClaim)
SESSION_OWNS: tuple[type[Model], ...] = (Claim, RoomClaim)
"""Not its seats: they belong to who sits there."""


_CELLS = """
    WITH RECURSIVE cells(cell) AS (
        SELECT CAST($3 AS integer) UNION ALL SELECT cell + 1 FROM cells WHERE cell < CAST($4 AS integer)
    )
    SELECT CAST($1 AS integer), cell, CAST($2 AS integer) FROM cells
"""


async def lock(*staff_ids: int) -> dict[int, Staff]:
    """Every verb that touches a calendar takes this first, in sorted order, so that none waits in a circle."""
    ids = sorted(set(staff_ids))
    if not ids:
        return {}
    text = f"SELECT * FROM staff WHERE id IN ({statement.marks(ids)}) ORDER BY id"
    return {row.id: row for row in await statement.instances(Staff, text, *ids, lock=True)}


async def lock_free(staff_ids: Sequence[int]) -> Staff:
    """The first of these whose calendar nobody else is changing, locked as by `lock`; when all are, their first.

    Only for a transaction that locks no other counsellor.
    """
    ids = list(staff_ids)
    turns = " ".join(f"WHEN ${number} THEN {number}" for number in range(1, len(ids) + 1))
    text = f"SELECT * FROM staff WHERE id IN ({statement.marks(ids)}) ORDER BY CASE id {turns} END LIMIT 1"
    found = await statement.instances(Staff, text, *ids, lock=True, skip_locked=True)
    return found[0] if found else (await lock(ids[0]))[ids[0]]


async def drop_expired(
    staff_id: int, starts_at: datetime, until: datetime, now: datetime, spot: Spot | None = None
) -> None:
    """Holds whose time is over give their cells to who comes next; of the room and the interpreter, too."""
    await statement.rows(
        """
        DELETE FROM hold
        WHERE starts_at < $1 AND claimed_until > $2 AND expires_at <= $3 AND session_id IS NULL
            AND (staff_id = $4 OR room_id = $5 OR interpreter_id = $6)
        """,
        until,
        starts_at,
        now,
        staff_id,
        spot.room_id if spot else None,
        spot.interpreter_id if spot else None,
    )


async def take(owner: Owner) -> None:
    """Claim the talk and its buffer: of the counsellor, of its room, of its interpreter.

    Raises `SlotTaken` when any of the cells has an owner.
    """
    numbers = cells.cells(owner.starts_at, owner.claimed_until)
    try:
        for model, column, owned in _owned(owner):
            text = f"INSERT INTO {model._meta.db_table} ({column}, cell, {_column(owner)}) {_CELLS}"
            await statement.rows(text, owned, owner.id, numbers.start, numbers.stop - 1)
    except IntegrityError as error:
        raise errors.SlotTaken from error


async def take_seats(owner: Hold | Appointment, session: Session) -> None:
    """Claim `owner.seats` seats of the session, lowest numbers first; its row is locked. Raises `SlotTaken`."""
    taken = {row.number for row in await SeatClaim.filter(session=session)}
    free = [number for number in range(1, session.seats + 1) if number not in taken]
    if len(free) < owner.seats:
        raise errors.SlotTaken
    try:
        await SeatClaim.bulk_create(
            [
                SeatClaim(session=session, number=number, **{_column(owner): owner.id})
                for number in free[: owner.seats]
            ]
        )
    except IntegrityError as error:
        raise errors.SlotTaken from error


async def hand_over(hold: Hold, appointment: Appointment) -> None:
    """What the hold owned belongs to the appointment now."""
    owned: list[type[Model]] = [SeatClaim] if hold.session_id else [model for model, _, _ in _owned(hold)]
    for model in owned:
        await model.filter(hold_id=hold.id).update(hold_id=None, appointment_id=appointment.id)


async def release(owner: Owner) -> None:
    """It owns nothing any more."""
    for model in OWNABLE:
        if model in (SESSION_OWNS if isinstance(owner, Session) else OWNABLE):
            await model.filter(**{_column(owner): owner.id}).delete()


def _column(owner: Owner) -> str:
    return {Hold: "hold_id", Appointment: "appointment_id", Session: "session_id"}[type(owner)]


def _owned(owner: Owner) -> list[tuple[type[Model], str, int]]:
    """What an owner's cells are taken of: table, column, id. In a session of others it owns seats, no cells."""
    if not isinstance(owner, Session) and owner.session_id is not None:
        return []
    interpreter = None if isinstance(owner, Session) else owner.interpreter_id
    wanted: list[tuple[type[Model], str, int | None]] = [
        (Claim, "staff_id", owner.staff_id),
        (RoomClaim, "room_id", owner.room_id),
        (InterpreterClaim, "interpreter_id", interpreter),
    ]
    return [(model, column, number) for model, column, number in wanted if number is not None]


async def differences() -> list[str]:
    """The nightly comparison: appointments, holds and sessions whose claims are not exactly what they should own."""
    owned: dict[tuple[str, int], set[tuple[str, int, int]]] = {}
    for model, column in ((Claim, "staff_id"), (RoomClaim, "room_id"), (InterpreterClaim, "interpreter_id")):
        for row in await model.all().values():
            owned.setdefault(_owner_of(row), set()).add((column, row[column], row["cell"]))
    seats: dict[tuple[str, int], int] = defaultdict(int)
    for row in await SeatClaim.all().values("hold_id", "appointment_id"):
        seats[_owner_of(row)] += 1
    owners: list[Owner] = [
        *await Hold.all(),
        *await Appointment.exclude(status=Status.CANCELLED),
        *await Session.filter(cancelled_at=None),
    ]
    wanted = {(_column(owner)[:-3], owner.id): owner for owner in owners}
    return [
        f"{kind}:{number}"
        for kind, number in sorted(owned.keys() | seats.keys() | wanted.keys())
        if not _agrees(
            wanted.get((kind, number)), owned.get((kind, number), set()), seats.get((kind, number), 0)
        )
    ]


def _owner_of(row: Mapping[str, Any]) -> tuple[str, int]:
    return next(
        (kind, row[f"{kind}_id"]) for kind in ("hold", "appointment", "session") if row.get(f"{kind}_id")
    )


def _agrees(owner: Owner | None, owned: set[tuple[str, int, int]], seats: int) -> bool:
    if owner is None:
        return False
    numbers = cells.cells(owner.starts_at, owner.claimed_until)
    wanted = {(column, number, cell) for _model, column, number in _owned(owner) for cell in numbers}
    in_session = not isinstance(owner, Session) and owner.session_id is not None
    return owned == wanted and (seats == owner.seats if in_session else seats == 0)
