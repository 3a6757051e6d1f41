"""An invented appointment, and how it becomes rows as if it had been booked, moved and held here.

Invariant: every row the verbs would have written is there (person, inquiry, contacts, claims, journal), nothing of
it is pending, and the figures say what the rows say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tortoise.models import Model

from booking import calendar, cells, limits, slots
from booking.models import Appointment, Booker, Claim, Mode, Service, Status
from figures import ledger
from inquiries import codes, names
from inquiries.models import Address, AddressKind, Contact, Inquiry, Person
from office import journal, links
from office.models import JournalEntry
from office.settings import current
from sprechstunde.demo.office import Office
from sprechstunde.demo.people import Guest
from workers import counting

FORMS = {Mode.OFFICE: "in_person", Mode.PHONE: "phone", Mode.VIDEO: "video"}
DURATIONS = ((15, "up_to_15"), (30, "16_30"), (60, "31_60"))
TALK_OUTCOMES = ("answered", "information_given", "referred", "follow_up")

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment: who comes to whom, for what and when, and what became of it so far."""

    staff: str
    service: str
    who: Guest
    starts_at: datetime
    place: str
    mode: Mode
    booked_at: datetime
    language: str
    children: int = 1
    by_staff: bool = False
    status: Status = Status.BOOKED
    arrived_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
    times_moved: int = 0

    @property
    def actor(self) -> str:
        """Who booked it: families themselves, or the reception for them."""
        themselves = self.who.channel in {"web_booking", "sms"} and not self.by_staff
        return journal.PERSON if themselves else "staff:kl"


def ends(service: Service, starts_at: datetime, children: int) -> tuple[datetime, datetime]:
    """When the talk ends, and until when its time is claimed."""
    ends_at = starts_at + slots.length(service.minutes, service.minutes_per_child, children)
    return ends_at, ends_at + timedelta(minutes=service.buffer_minutes)


async def store(visits: Sequence[Visit], office: Office, chance: random.Random) -> None:
    """The visits as rows, in the order they were booked. They are counted by `count`."""
    visits = sorted(visits, key=lambda visit: (visit.booked_at, visit.starts_at, visit.staff))
    people = await stored(Person, [person(visit.who, visit.booked_at, chance) for visit in visits])
    await names.write_new(people)
    await Address.bulk_create(
        [row for who, visit in zip(people, visits, strict=True) for row in addresses(who, visit.who)]
    )
    opened = await stored(
        Inquiry, [_inquiry(visit, who, office, chance) for visit, who in zip(visits, people, strict=True)]
    )
    short = short_codes(len(visits), chance)
    booked = await stored(
        Appointment,
        [_appointment(*some, office, chance) for some in zip(visits, opened, short, strict=True)],
    )
    for row in booked:
        row.uid = calendar.uid(row.id, current().link_host, links.fingerprint("uid", row.key))
    await Appointment.bulk_update(booked, ["uid"])
    await Booker.bulk_create(
        [Booker(fingerprint=name) for name in sorted({row.booker for row in booked} - {""})]
    )
    await Claim.bulk_create([claim for row in booked for claim in _claims(row)])
    await Contact.bulk_create([row for one in booked for row in _contacts(one, chance)])
    await JournalEntry.bulk_create(
        sorted((row for one in booked for row in _history(one)), key=lambda row: row.at)
    )


async def count() -> None:
    """The figures of everything stored."""
    found = await Inquiry.all().order_by("id").prefetch_related("person")
    await ledger.state_many([one for row in found for one in await counting.statements(row, None)])


async def stored(model: type[Row], rows: Sequence[Any]) -> list[Any]:
    """The rows with their ids, in the same order: `count_key` tells which is which on every database."""
    await model.bulk_create(rows)
    found = {row.count_key: row for row in await model.all()}  # type: ignore[attr-defined]
    return [found[row.count_key] for row in rows]


def key(chance: random.Random) -> str:
    """A random key of 32 digits."""
    return f"{chance.getrandbits(128):032x}"


def short_codes(number: int, chance: random.Random) -> list[str]:
    """So many codes to say aloud, no two alike."""
    found: dict[str, None] = {}
    while len(found) < number:
        found["".join(chance.choice(alphabet) for alphabet in codes.PATTERN)] = None
    return list(found)


def person(guest: Guest, met_at: datetime, chance: random.Random) -> Person:
    """Somebody who turned to us at this moment for the first time."""
    who = guest.introduction
    return Person(
        name=who.name,
        call_name=who.call_name,
        language=who.language,
        created_at=met_at,
        discreet=who.read_by_others,
        no_information=guest.no_information,
        count_key=key(chance),
    )


def addresses(person: Person, guest: Guest) -> Iterator[Address]:
    """Where they can be reached."""
    who = guest.introduction
    for kind, value in ((AddressKind.EMAIL, who.email), (AddressKind.PHONE, who.phone)):
        if value:
            yield Address(person=person, kind=kind, value=value, read_by_others=who.read_by_others)


def _inquiry(visit: Visit, person: Person, office: Office, chance: random.Random) -> Inquiry:
    held = visit.status == Status.ATTENDED
    service = office.services[visit.service]
    return Inquiry(
        person=person,
        opened_at=visit.booked_at,
        closed_at=ends(service, visit.starts_at, visit.children)[0] if held else None,
        channel=visit.who.channel,
        topic=service.topic,
        audience=visit.who.audience,
        outcome=chance.choice(TALK_OUTCOMES) if held else "open",
        language=visit.language,
        district=visit.who.district,
        count_key=key(chance),
    )


def _appointment(
    visit: Visit, opened: Inquiry, code: str, office: Office, chance: random.Random
) -> Appointment:
    service = office.services[visit.service]
    ends_at, claimed_until = ends(service, visit.starts_at, visit.children)
    cancelled = visit.status == Status.CANCELLED
    return Appointment(
        key=key(chance),
        code=code,
        uid="",
        revision=visit.times_moved + cancelled,
        service=service,
        staff=office.staff[visit.staff],
        inquiry=opened,
        person_id=opened.person_id,
        booker=limits.booker(visit.who.introduction),
        place=visit.place,
        mode=visit.mode,
        language=visit.language,
        children=visit.children,
        starts_at=visit.starts_at,
        ends_at=ends_at,
        claimed_until=claimed_until,
        status=visit.status,
        booked_at=visit.booked_at,
        booked_by=visit.actor,
        channel=visit.who.channel,
        changed_at=visit.cancelled_at or visit.booked_at + visit.times_moved * timedelta(minutes=30),
        arrived_at=visit.arrived_at,
        cancelled_at=visit.cancelled_at,
        cancelled_by=visit.cancelled_by,
        times_moved=visit.times_moved,
        count_key=key(chance),
    )


def _claims(row: Appointment) -> Iterator[Claim]:
    if row.status != Status.CANCELLED:
        for cell in cells.cells(row.starts_at, row.claimed_until):
            yield Claim(staff_id=row.staff_id, cell=cell, appointment_id=row.id)


def _contacts(row: Appointment, chance: random.Random) -> Iterator[Contact]:
    yield Contact(
        inquiry_id=row.inquiry_id,
        key=f"booked:{row.id}",
        at=row.booked_at,
        channel=row.channel,
        count_key=key(chance),
    )
    if row.status == Status.ATTENDED:
        minutes = (row.ends_at - row.starts_at) / timedelta(minutes=1)
        yield Contact(
            inquiry_id=row.inquiry_id,
            key=f"talk:{row.id}",
            at=row.starts_at,
            channel="by_appointment",
            form=FORMS[Mode(row.mode)],
            duration=next((code for bound, code in DURATIONS if minutes <= bound), "over_60"),
            count_key=key(chance),
        )


def _history(row: Appointment) -> Iterator[JournalEntry]:
    """What the verbs would have told, long since reacted to."""
    yield _entry(row, "booked", row.booked_at, row.booked_by, 0)
    for number in range(1, row.times_moved + 1):
        at = row.booked_at + number * timedelta(minutes=30)
        yield _entry(row, "moved", at, journal.PERSON, number, from_staff=row.staff_id)
    if row.cancelled_at:
        actor = journal.PERSON if row.cancelled_by == "person" else row.booked_by
        yield _entry(row, "cancelled", row.cancelled_at, actor, row.revision, by=row.cancelled_by)
    if row.arrived_at:
        yield _entry(row, "arrived", row.arrived_at, "staff:kl", row.revision)
    if row.status in {Status.ATTENDED, Status.NO_SHOW}:
        yield _entry(row, str(row.status), row.ends_at, "staff:kl", row.revision)


def _entry(
    row: Appointment, kind: str, at: datetime, actor: str, revision: int, **details: str | int
) -> JournalEntry:
    return JournalEntry(
        at=at,
        kind=f"appointment.{kind}",
        actor=actor,
        subject=f"appointment:{row.id}",
        details={"revision": revision, "staff": row.staff_id, **details},
        pending=False,
    )
