"""What a search at the desk finds: people with their times and numbers, and texts with the words in them.

Invariant: what a role must not know is not in a hit. Reception finds people with code and time; texts only who may
read the inquiry they stand in. The number of queries does not grow with what is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from booking.models import Appointment
from channels.web import log_in
from channels.web.desk import access
from inquiries import name_keys, names, people, writings
from inquiries.models import Inquiry, Person
from office.models import Staff

PEOPLE, TEXTS, EACH = 20, 10, 3
"""So many people and texts are shown, and of one person so many appointments and inquiries."""
LOOKS_FURTHER = 5
"""So many times as many texts are looked at, for colleagues' cases are left out."""
MOST = 200
"""So many appointments or inquiries are looked at for all people found."""

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person; the pieces of the names say which were sought."""

    id: int
    name: Pieces
    call_name: Pieces
    discreet: bool
    appointments: Sequence[Appointment]
    inquiries: Sequence[Inquiry]


@dataclass(frozen=True, slots=True)
class Text:
    """One writing of an inquiry."""

    inquiry_id: int
    name: str
    found: writings.Found


@dataclass(frozen=True, slots=True)
class Hits:
    """All that was found; `more`: there are other people, who typed more would see them."""

    people: Sequence[Somebody] = ()
    texts: Sequence[Text] = ()
    more: bool = False


async def of(said: str, member: Staff) -> Hits:
    """What this member of staff finds by a name, an e-mail address, a phone number, or words of a text."""
    found = await people.at_address(said) or await names.find(said, PEOPLE + 1)
    shown = await _people(found[:PEOPLE], said)
    return Hits(shown, await _texts(said, member), more=len(found) > PEOPLE)


async def _people(found: Sequence[Person], said: str) -> list[Somebody]:
    ids = [person.id for person in found]
    hushed = await people.silent_among(set(ids))
    booked = await _latest(Appointment.filter(person_id__in=ids).order_by("-starts_at", "-id"))
    asked = await _latest(Inquiry.filter(person_id__in=ids, void=False).order_by("-opened_at", "-id"))
    sought = name_keys.words(said)
    return [
        Somebody(
            id=person.id,
            name=name_keys.marked(person.name, sought),
            call_name=name_keys.marked(person.call_name, sought),
            discreet=person.id in hushed,
            appointments=booked[person.id],
            inquiries=asked[person.id],
        )
        for person in found
    ]


async def _latest(rows: Any) -> dict[int, list[Any]]:
    """Person → their latest few."""
    of: dict[int, list[Any]] = defaultdict(list)
    for row in await rows.limit(MOST):
        if len(of[row.person_id]) < EACH:
            of[row.person_id].append(row)
    return of


async def _texts(said: str, member: Staff) -> list[Text]:
    if member.role not in log_in.SEES_TOPICS:
        return []
    found = await writings.find(said, TEXTS * LOOKS_FURTHER)
    open_to = await _readable(member, {one.inquiry_id for one in found})
    about = {one.id: one for one in await Inquiry.filter(id__in=open_to).prefetch_related("person")}
    return [
        Text(one.inquiry_id, about[one.inquiry_id].person.name, one)
        for one in found
        if one.inquiry_id in about
    ][:TEXTS]


async def _readable(member: Staff, inquiry_ids: Collection[int]) -> list[int]:
    """Those of these inquiries this member of staff may read."""
    return sorted(await access.purposes(member, inquiry_ids))
