"""What a talk needs besides a counsellor: a room where a place has few, an interpreter where one is wanted.

Invariant: what is found free here is claimed by cell like a counsellor's time (see `claims`); who decides on it
has locked the rows first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from booking.intervals import Interval
from booking.models import Interpreter, InterpreterKind, Mode, Room
from booking.rules import UsableRoom
from booking.services import Wish
from booking.slots import Start
from booking.taken import Taken
from inquiries import promise
from office import closing_days

NEEDS_ROOM = frozenset({Mode.OFFICE, Mode.VIDEO})
"""Talks for which a room is used; where a place has rooms at all, so has whoever talks by video from there."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a talk takes place, in which room if that matters, and who interprets if somebody does.

    `lapsed`: a hold whose time is over may own some of it still (see `claims.drop_expired`).
    """

    place: str
    room_id: int | None = None
    interpreter_id: int | None = None
    lapsed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class _Shared:
    """A room or an interpreter, by id, and when it is taken."""

    id: int
    taken: tuple[Interval, ...]

    def free(self, talk: Interval) -> bool:
        return not any(talk.overlaps(other) for other in self.taken)


@dataclass(frozen=True, slots=True)
class Resources:
    """The rooms by place and the interpreters of the wish, with what is taken of them.

    `interpreters` None: nobody has to interpret; `lead` (local day) is the first an interpreter can be had for.
    """

    rooms: Mapping[str, list[_Shared]]
    interpreters: list[_Shared] | None
    lead: date
    zone: ZoneInfo

    def spot(self, start: Start, claimed_until: datetime) -> Spot | None:
        """The first room and interpreter free for this talk with its buffer, or None when one is missing."""
        talk = Interval(start.starts_at, claimed_until)
        room = self._room(start.place, talk)
        interpreter = self._interpreter(talk)
        if room is None or interpreter is None:
            return None
        return Spot(start.place, room.id or None, interpreter.id or None)

    def _room(self, place: str, talk: Interval) -> _Shared | None:
        rooms = self.rooms.get(place)
        return next((room for room in rooms if room.free(talk)), None) if rooms else NOT_NEEDED

    def _interpreter(self, talk: Interval) -> _Shared | None:
        if self.interpreters is None:
            return NOT_NEEDED
        if talk.starts_at.astimezone(self.zone).date() < self.lead:
            return None
        return next((one for one in self.interpreters if one.free(talk)), None)


NOT_NEEDED = _Shared(0, ())


@dataclass(frozen=True, slots=True)
class Needed:
    """What a wish may need besides a counsellor; falsy when it needs nothing."""

    rooms: Sequence[UsableRoom]
    interpreters: list[Interpreter] | None

    def __bool__(self) -> bool:
        return bool(self.rooms or self.interpreters)


async def needed(wish: Wish, rooms: Sequence[UsableRoom]) -> Needed:
    """Of these rooms and of the interpreters those this wish may need."""
    wanted = rooms if wish.mode in NEEDS_ROOM else ()
    return Needed(wanted, await speaking(wish.language) if wish.interpreter else None)


async def locked(wish: Wish, rooms: Sequence[UsableRoom]) -> Needed:
    """As `needed`; whoever decides on them takes their rows after the counsellors', sorted."""
    found = await needed(wish, rooms)
    if found.rooms:
        ids = sorted(room.id for room in found.rooms)
        await Room.filter(id__in=ids).order_by("id").select_for_update().only("id")
    if found.interpreters:
        ids = sorted(one.id for one in found.interpreters)
        await Interpreter.filter(id__in=ids).order_by("id").select_for_update().only("id")
    return found


async def of(found: Needed, taken: Taken, wish: Wish, *, now: datetime, zone: ZoneInfo) -> Resources:
    """What is free of it, by what was read as taken."""
    by_place: dict[str, list[_Shared]] = defaultdict(list)
    for room in found.rooms:
        by_place[room.place].append(_Shared(room.id, tuple(taken.rooms.get(room.id, ()))))
    shared = (
        None
        if found.interpreters is None
        else [_Shared(one.id, tuple(taken.interpreters.get(one.id, ()))) for one in found.interpreters]
    )
    lead = await _lead([] if wish.by_staff else found.interpreters or [], now, zone)
    return Resources(by_place, shared, lead, zone)


async def speaking(language: str, kind: InterpreterKind = InterpreterKind.PERSON) -> list[Interpreter]:
    """Interpreters of this kind for this language, in the order they are asked."""
    found = await Interpreter.filter(kind=kind, active=True).order_by("code")
    return [one for one in found if language in one.languages]


async def interpreted() -> set[str]:
    """Languages of everybody who interprets and can be asked."""
    people = await Interpreter.filter(kind=InterpreterKind.PERSON, active=True)
    return {code for one in people for code in one.languages}


async def _lead(interpreters: list[Interpreter], now: datetime, zone: ZoneInfo) -> date:
    today = now.astimezone(zone).date()
    if not interpreters:
        return today
    days = min(one.notice_days for one in interpreters)
    return promise.promised(today, days, await closing_days.closed(today, date(today.year + 1, 12, 31)))
