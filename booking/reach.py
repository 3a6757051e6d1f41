"""A new number or mail address, told at the counter: the old one is forgotten, and so are the links that went there.

Invariant: afterwards nothing goes to the old address and no link given out before opens anything; what is still to
come is told once more, with new links.
"""

from __future__ import annotations

from datetime import datetime

from tortoise.expressions import F

from booking.models import Appointment, Status, Waiting
from inquiries import people
from inquiries.models import Address, AddressKind, Inquiry, Person
from office import database, journal
from office.errors import NotFound


@database.verb
async def change(
    person_id: int, given: dict[AddressKind, str], *, read_by_others: bool, actor: str, now: datetime
) -> None:
    """These addresses (in their normal form) take the place of those of their kind. Raises `NotFound`.

    A number that changed is one somebody else may hold by now: what we wrote there is forgotten with it.
    """
    person = await Person.select_for_update().get_or_none(id=person_id)
    if person is None:
        raise NotFound
    for kind, value in given.items():
        await people.replace(person, kind, value, read_by_others=read_by_others)
    await _end_links(person.id)
    details = {kind.value: True for kind in given}
    await journal.write("person.reach_changed", f"person:{person.id}", actor=actor, now=now, details=details)


async def to_tell(person_id: int, now: datetime) -> list[Appointment]:
    """The appointments still to come, for which they need a link that works."""
    found = Appointment.filter(person_id=person_id, status=Status.BOOKED, starts_at__gt=now)
    return await found.order_by("starts_at")


async def addresses(person_id: int) -> list[Address]:
    """How they can be reached today."""
    return await Address.filter(person_id=person_id).order_by("id")


async def _end_links(person_id: int) -> None:
    for table in (Appointment, Inquiry, Waiting):
        await table.filter(person_id=person_id).update(generation=F("generation") + 1)
