"""An appointment as the desk may see it.

Invariant: what the one who looks must not know is not in the row, so no template can show it by mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking import services
from booking.models import Appointment, Mode, Status
from channels.web.desk import access
from inquiries import people
from office import catalogues, places
from office.models import Staff
from office.settings import current

ARRIVED = "arrived"


@dataclass(frozen=True, slots=True)
class Row:
    """One appointment for one reader; `service` is empty for who may not know what it is about."""

    id: int
    code: str
    starts_at: datetime
    ends_at: datetime
    name: str
    call_name: str
    language: str
    """The label of the counselling language; empty for German."""
    interpretation: str
    """How far the search for somebody who interprets has come; `none` if nobody has to."""
    children: int
    mode: str
    place: str
    elsewhere: bool
    """Not in the first of the office's places, where the desk stands."""
    state: str
    """A status word, or `arrived`."""
    arrived_at: datetime | None
    discreet: bool
    """Others read at one of their addresses: only the barest text goes there."""
    silent: bool
    """Nobody else is told anything about them, not even that they come."""
    counsellor: str
    counsellor_code: str
    service: str
    can: frozenset[str]
    """What may be done with it now: arrive, attend, miss, reopen, move, cancel."""
    under_way: bool


async def of(found: Sequence[Appointment], member: Staff | None, language: str, now: datetime) -> list[Row]:
    """Rows of appointments with service, staff and person, in their order, for this member of staff.

    On paper anybody may read them: for nobody in particular there is nothing of what it is about.
    """
    labels = await catalogues.labels("language", language)
    names = {code: place.name for code, place in (await places.all_places()).items()}
    house = next(iter(names), "")
    hushed = await discreet(appointment.person_id for appointment in found)
    silent = await people.silent_among({appointment.person_id for appointment in found})
    cases = {appointment.inquiry_id for appointment in found}
    opened = await access.purposes(member, cases) if member else {}
    return [
        Row(
            id=appointment.id,
            code=appointment.code,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            name=appointment.person.name,
            call_name=appointment.person.call_name,
            language=""
            if appointment.language == "de"
            else labels.get(appointment.language, appointment.language),
            interpretation=str(appointment.interpretation),
            children=appointment.children,
            mode=str(appointment.mode),
            place=names.get(appointment.place, "") if appointment.mode == Mode.OFFICE else "",
            elsewhere=appointment.mode == Mode.OFFICE and appointment.place != house,
            state=_state(appointment),
            arrived_at=appointment.arrived_at,
            discreet=appointment.person_id in hushed,
            silent=appointment.person_id in silent,
            counsellor=appointment.staff.name,
            counsellor_code=appointment.staff.code,
            service=services.title(appointment.service, language) if appointment.inquiry_id in opened else "",
            can=can(appointment, now),
            under_way=appointment.status == Status.BOOKED
            and appointment.starts_at <= now < appointment.ends_at,
        )
        for appointment in found
    ]


async def discreet(person_ids: Iterable[int]) -> set[int]:
    """Those of them who said that others read along."""
    return await people.discreet_among(set(person_ids))


def _state(appointment: Appointment) -> str:
    arrived = appointment.status == Status.BOOKED and appointment.arrived_at
    return ARRIVED if arrived else str(appointment.status)


def can(appointment: Appointment, now: datetime) -> frozenset[str]:
    """What the verbs would not refuse now; arriving is offered on the day itself."""
    if appointment.status == Status.CANCELLED:
        return frozenset()
    if appointment.status != Status.BOOKED:
        return frozenset({"reopen"})
    acts = {"attend", "miss"} if appointment.starts_at <= now else {"move", "cancel"}
    if appointment.session_id is not None:
        acts.discard("move")
    zone = current().zone
    same_day = appointment.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
    return frozenset(acts | ({"arrive"} if same_day and not appointment.arrived_at else set()))
