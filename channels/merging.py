"""Merging and splitting matters over all rooms: what was told, booked, sent and received goes along.

Invariant: nothing is merged by itself; what two people told us is merged only if somebody said they are one.
"""

from __future__ import annotations

from datetime import datetime

from booking import handing_over
from channels.models import Incoming, Message
from inquiries import merging, people
from inquiries.merging import OtherPerson
from inquiries.models import Address, Inquiry, Person
from office import database


@database.verb
async def merge(inquiry_id: int, into_id: int, *, same_person: bool, actor: str, now: datetime) -> Inquiry:
    """The first inquiry is part of the second, which is returned; if somebody said so, two people are one. Idempotent.

    Raises `OtherPerson` for inquiries of two people, and what `merging.join` raises.
    """
    part, whole = await merging.pair(inquiry_id, into_id)
    if part.person_id != whole.person_id:
        if not same_person:
            raise OtherPerson
        await _one_person(part.person_id, whole.person_id, actor=actor, now=now)
    await handing_over.of_inquiry(part.id, whole.id)
    await Message.filter(inquiry_id=part.id).update(inquiry_id=whole.id)
    await Incoming.filter(inquiry_id=part.id).update(inquiry_id=whole.id)
    return await merging.join(part.id, whole.id, actor=actor, now=now)


@database.verb
async def split(inquiry_id: int, writing_id: int, *, actor: str, now: datetime) -> Inquiry:
    """From this writing on it is a new inquiry, which is returned. Idempotent. Raises what `merging.split` raises."""
    opened, moved = await merging.split(inquiry_id, writing_id, actor=actor, now=now)
    await Message.filter(writing_id__in=moved).update(inquiry_id=opened.id)
    await Incoming.filter(writing_id__in=moved).update(inquiry_id=opened.id)
    return opened


@database.verb
async def gone(going: Person, staying: int) -> None:
    """The empty record of a person who is another one goes; what was booked under it meanwhile goes along."""
    await Person.filter(id=going.id).select_for_update().first()  # whoever writes to it now has done so
    if await Person.exists(id=staying):
        await Inquiry.filter(person_id=going.id).update(person_id=staying)
        await handing_over.of_person(going.id, staying)
    await going.delete()


async def _one_person(going: int, staying: int, *, actor: str, now: datetime) -> None:
    same = await people.absorb(going, staying, actor=actor, now=now)
    await handing_over.of_person(going, staying)
    for was, kept in same.items():
        await Message.filter(address_id=was).update(address_id=kept)
    await Address.filter(id__in=list(same)).delete()
