"""Who may be behind a number.

Invariant: a number is not a person, and nothing told to it depends on people who do not want to be found there.
"""

from __future__ import annotations

from datetime import datetime

from tortoise.expressions import Q

from booking.models import Appointment, Status
from channels import languages
from channels.sms import dialogue
from inquiries import people
from inquiries.models import Address, AddressKind, Inquiry, Person, Writing, WritingKind

SMS = "sms"


async def people_of(number: str) -> list[Person]:
    """Everybody who gave this number, the oldest record first."""
    ids = await Address.filter(kind=AddressKind.PHONE, value=number).values_list("person_id", flat=True)
    return await Person.filter(id__in=list(ids)).order_by("id")


async def open_about_it(number: str) -> list[Person]:
    """Those of them who may be spoken of there: others read none of their addresses."""
    found = await people_of(number)
    hidden = await people.discreet_among([person.id for person in found])
    return [person for person in found if person.id not in hidden]


async def appointments_of(some: list[Person], now: datetime) -> list[Appointment]:
    """What these people have ahead of them, by time."""
    ids = [person.id for person in some]
    ahead = Appointment.filter(person_id__in=ids, status=Status.BOOKED, starts_at__gt=now)
    return await ahead.order_by("starts_at", "id")


async def thread_of(number: str) -> Inquiry | None:
    """The newest open inquiry that began with an SMS of somebody who may be spoken of at this number.

    Of those that were merged, one that began so is enough.
    """
    ids = [person.id for person in await open_about_it(number)]
    merged = Inquiry.filter(person_id__in=ids, merged_into_id__not_isnull=True)
    wholes = await merged.values_list("merged_into_id", flat=True)
    texted = Writing.filter(inquiry_id__in=list(wholes), channel=SMS, kind=WritingKind.RECEIVED)
    begun = Q(channel=SMS) | Q(id__in=list(await texted.values_list("inquiry_id", flat=True)))
    going_on = Inquiry.filter(begun, person_id__in=ids, closed_at=None, void=False)
    return await going_on.order_by("-id").first()


async def only_one(number: str) -> Person | None:
    """The person behind this number, if it can be but one."""
    found = await people_of(number)
    if len(found) != 1 or await people.discreet_among([person.id for person in found]):
        return None
    return found[0]


async def language(number: str, text: str) -> str:
    """The language all whom we may speak of there share, else that of what was written."""
    spoken = {languages.known(person.language) for person in await open_about_it(number)}
    return spoken.pop() if len(spoken) == 1 else dialogue.language(text)
