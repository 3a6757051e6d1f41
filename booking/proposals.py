"""What could become of each appointment a change of hours touches: somebody else, other times, or nothing.

Invariant: whoever is proposed has room for exactly this time and speaks the family's language, or somebody
interprets by phone; no time is proposed to two families.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import availability, errors, moves, resources
from booking.availability import Candidate, Slot
from booking.intervals import Interval
from booking.models import Appointment, Choice, InterpreterKind
from booking.services import Wish
from office.models import Staff

TIMES = 3
LOOK_AHEAD = timedelta(days=42)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who could take exactly this time; `by_phone`: somebody would have to interpret by phone."""

    staff_id: int
    code: str
    name: str
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who could take exactly this time, and the next times on different days; `best` is what we would do."""

    appointment: Appointment
    colleagues: tuple[Colleague, ...]
    times: tuple[Slot, ...]

    @property
    def best(self) -> Choice:
        """The same time with somebody else, if there is anybody; else other times."""
        return Choice.COLLEAGUE if self.colleagues else Choice.OFFER


Taken = Sequence[tuple[int | None, Interval]]
"""Times nobody is sent to, by counsellor (None: to no counsellor)."""


async def of(
    touched: Iterable[Appointment], *, after: datetime, gone: Taken = (), now: datetime, zone: ZoneInfo
) -> list[Proposal]:
    """For each, who could take the time and the next times that begin after `after`; none of what is `gone`."""
    taken = list(gone)
    found = []
    for appointment in touched:
        found.append(await _of_one(appointment, taken, after=after, now=now, zone=zone))
        taken += [(slot.candidates[0].staff_id, _time(slot)) for slot in found[-1].times]
    return found


async def colleagues(appointment: Appointment, *, now: datetime, zone: ZoneInfo) -> list[Colleague]:
    """Who else could take exactly this time at the same place; whoever interprets comes along.

    Only if nobody speaks the language of the family, those for whom somebody would interpret by phone.
    """
    if appointment.session_id is not None:
        return []
    await appointment.fetch_related("staff")
    wish = replace(await moves.wish_of(appointment, by_staff=True), place=appointment.place)
    interpreted = wish.interpreter
    spoken = interpreted or appointment.language in appointment.staff.languages
    anybody = replace(wish, language="", interpreter=False)
    if interpreted or not spoken:
        return await _free(appointment, anybody, False, now, zone)
    same = replace(anybody, language=appointment.language)
    speakers = await _free(appointment, same, False, now, zone)
    if speakers or not await resources.speaking(appointment.language, InterpreterKind.PHONE):
        return speakers
    return await _free(appointment, anybody, True, now, zone)


async def times(
    appointment: Appointment, *, after: datetime, now: datetime, zone: ZoneInfo, taken: Taken = ()
) -> list[Slot]:
    """The first free time of each of the next `TIMES` days that have one, none before `after`."""
    if appointment.session_id is not None:
        return []
    try:
        found = await moves.times_to_move(
            appointment, first=after, last=after + LOOK_AHEAD, now=now, zone=zone, by_staff=True
        )
    except (errors.NoSuchService, errors.NotOffered):
        return []
    by_day: dict[date, Slot] = {}
    for slot in found:
        free = _without(slot, taken)
        if free.candidates and slot.starts_at > after:
            by_day.setdefault(slot.starts_at.astimezone(zone).date(), free)
    return list(by_day.values())[:TIMES]


async def _of_one(
    appointment: Appointment, taken: Taken, *, after: datetime, now: datetime, zone: ZoneInfo
) -> Proposal:
    talk = Interval(appointment.starts_at, appointment.ends_at)
    here = await colleagues(appointment, now=now, zone=zone)
    return Proposal(
        appointment,
        tuple(one for one in here if _free_of(one.staff_id, talk, taken)),
        tuple(await times(appointment, after=after, now=now, zone=zone, taken=taken)),
    )


async def _free(
    appointment: Appointment, wish: Wish, by_phone: bool, now: datetime, zone: ZoneInfo
) -> list[Colleague]:
    try:
        found = await availability.candidates(
            wish, appointment.starts_at, now=now, zone=zone, ignoring=appointment.id
        )
    except (errors.NoSuchService, errors.NotOffered):
        return []
    others = [one for one in found if one.staff_id != appointment.staff_id]
    names = await _names(others)
    return [Colleague(one.staff_id, one.code, names[one.staff_id], by_phone) for one in others]


async def _names(found: Iterable[Candidate]) -> dict[int, str]:
    return {one.id: one.name for one in await Staff.filter(id__in=[one.staff_id for one in found])}


def _without(slot: Slot, taken: Taken) -> Slot:
    """The slot with those counsellors only to whom no family is sent at this time."""
    free = [who for who in slot.candidates if _free_of(who.staff_id, _time(slot), taken)]
    return replace(slot, candidates=tuple(free))


def _free_of(staff_id: int, time: Interval, taken: Taken) -> bool:
    return not any(who in (None, staff_id) and other.overlaps(time) for who, other in taken)


def _time(slot: Slot) -> Interval:
    return Interval(slot.starts_at, slot.ends_at)
