"""The rooms of a place that has few of them.

Invariant: a room is never deleted, only no longer offered; who has it already, keeps it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from booking.models import Appointment, Room, Status, WorkingHours
from office import database, history, places
from office.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Furnished:
    """What the office says of a room."""

    place: str
    name: str
    position: int = 0
    active: bool = True


async def every() -> list[Room]:
    """All rooms, by place and in the office's order."""
    return await Room.all().order_by("place", "-active", "position", "id")


async def find(code: str) -> Room:
    """The room, offered or not. Raises `NotFound`."""
    room = await Room.get_or_none(code=code)
    if room is None:
        raise NotFound
    return room


def furnished(room: Room) -> Furnished:
    """As it stands."""
    return Furnished(room.place, room.name, room.position, room.active)


def said(room: Furnished) -> dict[str, object]:
    """As the desk shows it and history keeps it."""
    return asdict(room)


@database.verb
async def save(code: str, wanted: Furnished, *, new: bool = False, actor: str, now: datetime) -> Room:
    """The room is like that from now on; its code and its place are fixed once made. Raises `NotFound`, `Invalid`."""
    room = await Room.select_for_update().get_or_none(code=code)
    if new and room is not None:
        raise Invalid(code="code_taken")
    if not new and room is None:
        raise NotFound
    if wanted.place not in await places.all_places() or (room and room.place != wanted.place):
        raise Invalid(place="choose")
    before = said(furnished(room)) if room is not None else None
    room = room or Room(code=code, place=wanted.place)
    room.name, room.position, room.active = wanted.name, wanted.position, wanted.active
    await room.save()
    await history.note(f"room:{room.id}", before, said(wanted), actor=actor, now=now)
    return room


async def booked(room: Room, now: datetime) -> int:
    """How many talks to come are to be held in it."""
    return await Appointment.filter(room_id=room.id, status=Status.BOOKED, starts_at__gt=now).count()


async def needed(place: str, now: datetime) -> tuple[int, int]:
    """How many weekly hours still hold at a place, and how many talks to come are to be held there."""
    rules = await WorkingHours.filter(place=place)
    talks = Appointment.filter(place=place, mode="office", status=Status.BOOKED, starts_at__gt=now)
    today = now.date()
    return sum(rule.valid_to is None or rule.valid_to >= today for rule in rules), await talks.count()
