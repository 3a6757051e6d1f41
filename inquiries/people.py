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
from inquiries.models import Address, AddressKind, Inquiry, NoInformation, Person
from office import database, journal, statement
from office.errors import NotFound

_ADDRESS = "INSERT INTO address (person_id, kind, value, read_by_others) VALUES ($1, $2, $3, $4)"
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
    for kind, value in given:
        if value:
            await statement.rows(_ADDRESS, person.id, kind.value, value, introduction.read_by_others)
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


@database.verb
async def absorb(person_id: int, into_id: int, *, actor: str, now: datetime) -> dict[int, int]:
    """Two records were one person: matters and addresses of the first are the second's, and discreet wins.

    Returns address that went → address that is the same. The first record stays, empty, until workers have taken
    its case out of the figures. Only ever because somebody said so. Raises `NotFound`.
    """
    both = Person.filter(id__in=[person_id, into_id]).select_for_update().order_by("id")
    found = {one.id: one for one in await both}
    if len(found) < 2:
        raise NotFound
    going, staying = found[person_id], found[into_id]
    same = await _hand_over_addresses(going, staying)
    await Inquiry.filter(person_id=going.id).update(person_id=staying.id)
    await _first_matter(staying)
    staying.name, staying.call_name = staying.name or going.name, staying.call_name or going.call_name
    staying.discreet = staying.discreet or going.discreet
    staying.no_information = staying.no_information or going.no_information
    staying.created_at = min(staying.created_at, going.created_at)
    going.name = going.call_name = ""
    await staying.save()
    await going.save()
    await names.write([staying, going])
    await journal.write(
        "person.absorbed", f"person:{going.id}", actor=actor, now=now, details={"into": staying.id}
    )
    return same


async def _hand_over_addresses(going: Person, staying: Person) -> dict[int, int]:
    """Nothing said of an address is lost: that others read there, that it is proven, or does not work."""
    has = {(one.kind, one.value): one for one in await Address.filter(person_id=staying.id)}
    same: dict[int, int] = {}
    for one in await Address.filter(person_id=going.id):
        kept = has.get((one.kind, one.value))
        if kept is None:
            one.person_id = staying.id
            await one.save()
            continue
        kept.read_by_others = kept.read_by_others or one.read_by_others
        for name in ("verified_at", "bounced_at", "opted_out_at"):
            setattr(kept, name, getattr(kept, name) or getattr(one, name))
        await kept.save()
        same[one.id] = kept.id
    return same


async def _first_matter(person: Person) -> None:
    """Their case is counted with their first matter, if any of their matters made them one."""
    live = Inquiry.filter(person_id=person.id, void=False, merged_into_id=None).order_by("opened_at", "id")
    first = await live.first()
    if first is None or not await Inquiry.filter(person_id=person.id, new_case=True).exists():
        return
    await Inquiry.filter(person_id=person.id).exclude(id=first.id).update(new_case=False)
    await Inquiry.filter(id=first.id).update(new_case=True)
