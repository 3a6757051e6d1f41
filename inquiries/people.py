"""A person is a first name, a language, and at most a few addresses.

Invariant: an address never joins two people by itself; a number is not a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Lower

from inquiries import addresses, codes, names
from inquiries.models import Address, AddressKind, NoInformation, Person
from office import database, journal
from office.errors import NotFound

_NAMED = re.compile(r"person:(\d{1,9})")
_NUMBERED = re.compile(r"#\s*(\d{1,9})")


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
    """A new person with the addresses they gave, found by their name from now on."""
    person = await Person.create(
        name=introduction.name,
        call_name=introduction.call_name,
        language=introduction.language,
        created_at=now,
        discreet=introduction.read_by_others,
    )
    given = ((AddressKind.EMAIL, introduction.email), (AddressKind.PHONE, introduction.phone))
    await Address.bulk_create(
        [
            Address(person=person, kind=kind, value=value, read_by_others=introduction.read_by_others)
            for kind, value in given
            if value
        ]
    )
    await names.write_new([person])
    return person


async def replace(person: Person, kind: AddressKind, value: str, *, read_by_others: bool) -> None:
    """Their only address of this kind; others are gone, and with them what was to go there. In a transaction."""
    await Address.filter(person=person, kind=kind).delete()
    await Address.create(person=person, kind=kind, value=value, read_by_others=read_by_others)
    if read_by_others and not person.discreet:
        person.discreet = True
        await person.save(update_fields=["discreet"])


async def reachable(person_id: int, kind: AddressKind) -> list[Address]:
    """Addresses of this kind we may still write to."""
    return await Address.filter(person_id=person_id, kind=kind, bounced_at=None, opted_out_at=None).order_by(
        "id"
    )


async def discreet(person_id: int) -> bool:
    """Do others read along? Then nothing about a question goes anywhere, and pages show time and place only."""
    return bool(await discreet_among([person_id]))


async def discreet_among(person_ids: Collection[int]) -> set[int]:
    """Those of them who said that others read along, or at one of whose addresses they do."""
    marked = Person.filter(id__in=person_ids, discreet=True).values_list("id", flat=True)
    shared = Address.filter(person_id__in=person_ids, read_by_others=True).values_list("person_id", flat=True)
    return {*await marked, *await shared} if person_ids else set()  # type: ignore[arg-type]


async def silent_among(person_ids: Collection[int]) -> dict[int, str]:
    """Those of whom nobody else is told anything → why; empty for who said that others read along, and no more."""
    marked = Person.filter(id__in=person_ids).exclude(no_information="").values_list("id", "no_information")
    hushed = dict.fromkeys(await discreet_among(person_ids), "")
    return {**hushed, **dict(await marked)} if person_ids else {}


@database.verb
async def keep_silent(person_id: int, reason: NoInformation | None, *, actor: str, now: datetime) -> None:
    """From now on nobody else is told anything about this person; without a reason they may be. Raises `NotFound`."""
    person = await Person.select_for_update().get_or_none(id=person_id)
    if person is None:
        raise NotFound
    person.no_information = reason or ""
    await person.save(update_fields=["no_information"])
    details = {"reason": person.no_information}
    await journal.write("person.no_information", f"person:{person.id}", actor=actor, now=now, details=details)


async def bounced(address_id: int, now: datetime) -> None:
    """Nobody can be reached there; no further message goes to this address."""
    await Address.filter(id=address_id).update(bounced_at=now)


async def find(who: str) -> list[Person]:
    """Whom `who` may mean, by id: `person:12`, an e-mail, a phone in any writing, `#12` or the code of an inquiry."""
    text = who.strip()
    if named := _NAMED.fullmatch(text):
        return await Person.filter(id=int(named[1]))
    if numbered := _NUMBERED.fullmatch(text):
        return await Person.filter(inquiries__id=int(numbered[1]))
    by_code = await Person.filter(inquiries__code=code_in(text)).order_by("id") if "@" not in text else []
    return by_code or await at_address(text)


async def at_address(text: str) -> list[Person]:
    """Who gave this e-mail address, in any case, or this phone number, in any writing; by id."""
    if "@" in text:
        lowered = Address.annotate(lowered=Lower("value"))
        found = lowered.filter(lowered=text.strip().lower(), kind=AddressKind.EMAIL)
    else:
        found = Address.filter(value__in=_numbers(text), kind=AddressKind.PHONE)
    return await Person.filter(id__in=[address.person_id for address in await found]).order_by("id")


def code_in(text: str) -> str:
    """The short code somebody typed; empty if it can be none."""
    code = codes.read(text)
    return code if len(code) == len(codes.PATTERN) else ""


def _numbers(text: str) -> list[str]:
    """E.164 of every way to read it, also of digits somebody copied without the plus."""
    read = []
    for written in (text, f"+{text}"):
        with suppress(ValueError):
            read.append(addresses.phone(written))
    return read


@database.verb
async def ask_to_forget(person_id: int, *, actor: str, now: datetime) -> None:
    """It stands in the journal that everything of this person is to be erased; workers do it. Raises `NotFound`."""
    if not await Person.exists(id=person_id):
        raise NotFound
    await journal.write("person.to_be_erased", f"person:{person_id}", actor=actor, now=now)
