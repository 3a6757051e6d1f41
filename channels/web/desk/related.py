"""What else we know around an inquiry: other matters of the person, matters of the same address, talks.

Invariant: an address never joins two people; what only shares one is a hint to look at, nothing is merged.
"""

from __future__ import annotations

from booking.models import Appointment
from inquiries.models import Address, Inquiry, Participant

SHOWN = 10


async def of_person(found: Inquiry) -> list[Inquiry]:
    """Other inquiries of this person, the latest first."""
    others = Inquiry.filter(person_id=found.person_id, void=False, merged_into_id=None).exclude(id=found.id)
    return await others.order_by("-id").limit(SHOWN)


async def parts(found: Inquiry) -> list[int]:
    """The numbers of what was merged into it, as people were told them."""
    merged = Inquiry.filter(merged_into_id=found.id).order_by("id")
    return await merged.values_list("id", flat=True)  # type: ignore[return-value]


async def of_address(found: Inquiry, addresses: list[Address]) -> list[Inquiry]:
    """Open inquiries of other people who gave one of these addresses, or one of who takes part; the latest first."""
    values = [address.value for address in addresses]
    values += [one.email for one in await Participant.filter(inquiry_id=found.id) if one.email]
    same = await Address.filter(value__in=values).exclude(person_id=found.person_id)
    people = {address.person_id for address in same}
    open_still = Inquiry.filter(person_id__in=people, closed_at=None, void=False)
    return await open_still.order_by("-id").limit(SHOWN).prefetch_related("person")


async def appointments(found: Inquiry) -> list[Appointment]:
    """Talks of this person, those of this inquiry among them, the latest first."""
    of = Appointment.filter(person_id=found.person_id)
    return await of.order_by("-starts_at").limit(SHOWN).prefetch_related("staff", "service")
