"""Everything we hold about one person, over all rooms: what an export shows and an erasure deletes.

Invariant: a table with personal columns about somebody who turned to us stands in `ROWS`; a test fails for one
that does not. What another person has with us is never among it, even where two share an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tortoise.expressions import Q

from booking import limits
from booking.models import (
    Appointment,
    Booker,
    CallBack,
    Confirmation,
    InterpreterRequest,
    Touched,
    Waiting,
)
from channels import parking
from channels.models import Incoming, Message, OptOut, ParkedForm
from channels.sms import opt_out
from inquiries import people
from inquiries.models import (
    Address,
    AddressKind,
    CaseNote,
    Contact,
    Draft,
    Inquiry,
    NameKey,
    Participant,
    Person,
    Referral,
    Upload,
    Writing,
)
from office.models import AuditEntry, JournalEntry


@dataclass(frozen=True, slots=True)
class Belongings:
    """One person's rows, each table the oldest first."""

    person: Person
    name_keys: Sequence[NameKey] = ()
    addresses: Sequence[Address] = ()
    inquiries: Sequence[Inquiry] = ()
    contacts: Sequence[Contact] = ()
    writings: Sequence[Writing] = ()
    participants: Sequence[Participant] = ()
    uploads: Sequence[Upload] = ()
    drafts: Sequence[Draft] = ()
    case_notes: Sequence[CaseNote] = ()
    appointments: Sequence[Appointment] = ()
    incoming: Sequence[Incoming] = ()
    messages: Sequence[Message] = ()
    bookers: Sequence[Booker] = ()
    waiting: Sequence[Waiting] = ()
    parked: Sequence[ParkedForm] = ()
    call_backs: Sequence[CallBack] = ()
    confirmations: Sequence[Confirmation] = ()
    requests: Sequence[InterpreterRequest] = ()
    touched: Sequence[Touched] = ()
    referrals: Sequence[Referral] = ()
    opt_outs: Sequence[OptOut] = ()
    journal: Sequence[JournalEntry] = ()
    audit: Sequence[AuditEntry] = ()
    subjects: Sequence[str] = field(default=())
    """How the journal names what is theirs."""

    def rows(self) -> Iterator[tuple[str, Sequence[Any]]]:
        """What an erasure deletes: name of each table → its rows."""
        return ((name, getattr(self, name)) for name in ROWS)


ROWS = (
    "parked",
    "messages",
    "incoming",
    "requests",
    "touched",
    "referrals",
    "call_backs",
    "confirmations",
    "waiting",
    "appointments",
    "uploads",
    "drafts",
    "writings",
    "participants",
    "case_notes",
    "contacts",
    "inquiries",
    "addresses",
    "name_keys",
    "bookers",
)
"""What an erasure deletes, the person after it, in an order in which no row points to one already gone."""
STAYS = {
    "opt_outs": "the wish to get no SMS outlives the person, as a keyed hash",
    "journal": "pseudonymous; ends by its own period",
    "audit": "shows that confidentiality was kept; ends by its own period",
}
"""What an erasure leaves, and why."""


async def of(person: Person) -> Belongings:
    """All rows as they are now."""
    mine = {"person_id": person.id}
    addresses = await Address.filter(**mine).order_by("id")
    inquiries = await Inquiry.filter(**mine).order_by("id")
    appointments = await Appointment.filter(**mine).order_by("id").prefetch_related("service", "staff")
    cases = [row.id for row in inquiries]
    incoming = await _incoming(cases, addresses)
    talks = {"appointment_id__in": _ids(appointments)}
    subjects = [
        *(f"inquiry:{number}" for number in cases),
        *(f"appointment:{row.id}" for row in appointments),
        *(f"incoming:{row.id}" for row in incoming),
    ]
    return Belongings(
        person=person,
        name_keys=await NameKey.filter(**mine).order_by("id"),
        addresses=addresses,
        inquiries=inquiries,
        contacts=await Contact.filter(inquiry_id__in=cases).order_by("at", "id"),
        writings=await Writing.filter(inquiry_id__in=cases).order_by("at", "id"),
        participants=await Participant.filter(inquiry_id__in=cases).order_by("id"),
        uploads=await _uploads(cases),
        drafts=await Draft.filter(inquiry_id__in=cases).order_by("id"),
        case_notes=await CaseNote.filter(inquiry_id__in=cases).order_by("at", "id"),
        appointments=appointments,
        incoming=incoming,
        messages=await _messages(cases, addresses, appointments, incoming),
        bookers=await _bookers(person, addresses, appointments),
        waiting=await Waiting.filter(**mine).order_by("id"),
        parked=await parking.naming(await _only_theirs(addresses)),
        call_backs=await CallBack.filter(**mine).order_by("id"),
        confirmations=await Confirmation.filter(**mine).order_by("id"),
        requests=await InterpreterRequest.filter(**talks).order_by("id"),
        touched=await Touched.filter(**talks).order_by("id"),
        referrals=await Referral.filter(inquiry_id__in=cases).order_by("id").prefetch_related("partner"),
        opt_outs=await OptOut.filter(fingerprint__in=_hashes(addresses)),
        journal=await JournalEntry.filter(subject__in=[*subjects, f"person:{person.id}"]).order_by("id"),
        audit=await AuditEntry.filter(subject__in=[*subjects, f"person:{person.id}"]).order_by("id"),
        subjects=subjects,
    )


async def _uploads(cases: Sequence[int]) -> list[Upload]:
    """What came with their writings or went with ours, and what lies with an answer that was begun."""
    written, begun = Q(writing__inquiry_id__in=list(cases)), Q(draft__inquiry_id__in=list(cases))
    return await Upload.filter(Q(written, begun, join_type="OR")).order_by("id") if cases else []


async def find(who: str) -> list[Person]:
    """Whom `who` may mean: `person:12`, an e-mail, a phone in any writing, `#12` (an inquiry), or a short code."""
    found = await people.find(who)
    if not found:
        booked = await Appointment.filter(code=people.code_in(who)).values_list("person_id", flat=True)
        found = await Person.filter(id__in=list(booked))
    return found


async def _incoming(cases: Sequence[int], addresses: Sequence[Address]) -> list[Incoming]:
    """What came in to their inquiries, and from addresses that are theirs alone what belongs to no inquiry."""
    alone = await _only_theirs(addresses)
    from_them = [Q(inquiry_id=None, sender__iexact=value) for value in alone]
    return await Incoming.filter(Q(Q(inquiry_id__in=cases), *from_them, join_type="OR")).order_by("id")


async def _only_theirs(addresses: Sequence[Address]) -> list[str]:
    values = [address.value for address in addresses]
    others = Address.filter(value__in=values).exclude(id__in=[address.id for address in addresses])
    shared = {address.value for address in await others}
    return [value for value in values if value not in shared]


async def _messages(
    cases: Sequence[int],
    addresses: Sequence[Address],
    appointments: Sequence[Appointment],
    incoming: Sequence[Incoming],
) -> list[Message]:
    """To them, about them, and to our staff about them."""
    handed_over = await Referral.filter(inquiry_id__in=list(cases)) if cases else []
    about: dict[str, Any] = {
        "address_id__in": _ids(addresses),
        "appointment_id__in": _ids(appointments),
        "inquiry_id__in": list(cases),
        "incoming_id__in": _ids(incoming),
        "referral_id__in": _ids(handed_over),
    }
    theirs = [Q(**{column: ids}) for column, ids in about.items() if ids]
    if not theirs:
        return []
    found = Message.filter(Q(*theirs, join_type="OR"))  # without empty lists each has its index
    return await found.order_by("id").prefetch_related("address")


async def _bookers(
    person: Person, addresses: Sequence[Address], appointments: Sequence[Appointment]
) -> list[Booker]:
    """The rows that keep their limit, unless somebody else books under the same address."""
    mine = {row.booker for row in appointments if row.booker}
    mine |= {limits.fingerprint(address.value.casefold()) for address in addresses}
    shared = Appointment.filter(booker__in=list(mine)).exclude(person_id=person.id)
    mine -= {row.booker for row in await shared.only("id", "booker")}
    return await Booker.filter(fingerprint__in=list(mine))


def _hashes(addresses: Sequence[Address]) -> list[str]:
    phones = [row.value for row in addresses if row.kind is AddressKind.PHONE]
    return [opt_out.fingerprint(value) for value in phones]


def _ids(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows]
