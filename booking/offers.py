"""An offer is accepted: the time that was kept for this family becomes their appointment.

Invariant: accepted by two clicks it is one appointment, for the hold's key is that of the appointment.
"""

from __future__ import annotations

from datetime import datetime

from booking import appointments, errors, waiting
from booking.appointments import Booking
from booking.models import Appointment, Confirmation, Waiting, WaitingState
from inquiries.models import Address, AddressKind, Person
from inquiries.people import Introduction
from office import database

CHANNEL = "web_booking"


@database.verb
async def accept(waiting_id: int, *, now: datetime) -> Appointment:
    """What is kept for them is booked. Idempotent. Raises `HoldExpired`, `TooManyAppointments`."""
    family = await Waiting.get(id=waiting_id)
    key = waiting.key(family)
    booked = await Appointment.get_or_none(key=key)
    if booked:
        return booked
    if await waiting.standing_offer(family, now) is None:
        raise errors.HoldExpired
    booking = Booking(
        await introduction(family),
        CHANNEL,
        district=family.district,
        person=family.person_id,
        inquiry=family.inquiry_id,
    )
    booked = await appointments.book(key, booking, now=now)
    await Waiting.filter(id=family.id).update(state=WaitingState.BOOKED)
    return booked


async def introduction(family: Waiting | Appointment | Confirmation) -> Introduction:
    """Who they are, as they would say it themselves."""
    person = await Person.get(id=family.person_id)
    known = await Address.filter(person_id=person.id).order_by("-id")
    reach = {address.kind: address.value for address in known}
    return Introduction(
        person.language,
        person.name,
        person.call_name,
        reach.get(AddressKind.EMAIL, ""),
        reach.get(AddressKind.PHONE, ""),
        person.discreet,
    )
