"""A person is a first name, a language, and at most a few addresses.

Invariant: an address never joins two people by itself; a number is not a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inquiries.models import Address, AddressKind, Person


@dataclass(frozen=True, slots=True)
class Introduction:
    """How somebody introduces themselves; addresses are already in their normal form (see `addresses`)."""

    language: str
    name: str = ""
    call_name: str = ""
    email: str = ""
    phone: str = ""
    read_by_others: bool = False

    @property
    def reach(self) -> str:
        """The address by which limits are kept; empty for people without any."""
        return self.email.casefold() or self.phone


async def meet(introduction: Introduction, now: datetime) -> Person:
    """A new person with the addresses they gave."""
    person = await Person.create(
        name=introduction.name,
        call_name=introduction.call_name,
        language=introduction.language,
        created_at=now,
    )
    given = ((AddressKind.EMAIL, introduction.email), (AddressKind.PHONE, introduction.phone))
    await Address.bulk_create(
        [
            Address(person=person, kind=kind, value=value, read_by_others=introduction.read_by_others)
            for kind, value in given
            if value
        ]
    )
    return person


async def reachable(person_id: int, kind: AddressKind) -> list[Address]:
    """Addresses of this kind we may still write to."""
    return await Address.filter(person_id=person_id, kind=kind, bounced_at=None, opted_out_at=None).order_by(
        "id"
    )


async def bounced(address_id: int, now: datetime) -> None:
    """Nobody can be reached there; no further message goes to this address."""
    await Address.filter(id=address_id).update(bounced_at=now)
