"""When somebody is in a house and in which room; for those who lock up, heat and clean.

Invariant: times and rooms only; not how many talks, of whom or with whom.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from booking.intervals import Interval, union
from booking.models import Appointment, Room, Session, Status
from booking.resources import NEEDS_ROOM


@dataclass(frozen=True, slots=True)
class InUse:
    """A stretch without a pause; `room` is empty where the place has no rooms of its own."""

    when: Interval
    room: str


async def of_place(place: str, since: datetime) -> list[InUse]:
    """Every stretch that begins from `since` on, writing time included, by time and room."""
    rooms = {room.id: room.name for room in await Room.filter(place=place)}
    within = {"place": place, "starts_at__gte": since, "mode__in": sorted(NEEDS_ROOM)}
    talks = Appointment.filter(**within, session_id=None, status__not=Status.CANCELLED)
    sessions = Session.filter(**within, cancelled_at=None)
    times: dict[str, list[Interval]] = defaultdict(list)
    for row in [*await talks.values(*_FIELDS), *await sessions.values(*_FIELDS)]:
        times[rooms.get(row["room_id"], "")].append(Interval(row["starts_at"], row["claimed_until"]))
    found = [InUse(when, room) for room, those in times.items() for when in union(those)]
    return sorted(found, key=lambda one: (one.when, one.room))


_FIELDS = ("starts_at", "claimed_until", "room_id")
