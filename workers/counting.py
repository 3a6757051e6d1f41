"""From the rows of the house to the figures: what is true of an appointment and its inquiry now.

Invariant: codes and random keys leave the house, never a person. Stating what is true now, instead of what
changed, makes every order and every repetition of reactions come to the same figures (docs/counting.md).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from booking import unmet as unmet_searches
from booking.models import Appointment, Service, Status
from figures import ledger
from figures.ledger import Fact, Statement
from figures.models import Unit
from inquiries.models import Contact, Inquiry, Person
from office import catalogues
from office.models import JournalEntry
from office.settings import current

INQUIRY_CODES = ("topic", "audience", "outcome", "language", "district", "school_type")
"""What an inquiry is counted by, and all that belongs to it."""


async def appointment(appointment_id: int, entry: int | None) -> None:
    """Count one appointment, and the inquiry and contacts it belongs to."""
    found = await Appointment.get_or_none(id=appointment_id).prefetch_related("service")
    if found:
        await inquiry(found.inquiry_id, entry)


async def inquiry(inquiry_id: int, entry: int | None) -> None:
    """Count one inquiry with all that belongs to it."""
    found = await Inquiry.get_or_none(id=inquiry_id).prefetch_related("person")
    if found:
        await ledger.state_many([*(await statements(found, entry))])


async def statements(found: Inquiry, entry: int | None) -> list[Statement]:
    """Everything that counts of this inquiry (person prefetched)."""
    contacts = await Contact.filter(inquiry_id=found.id).order_by("id")
    booked = await Appointment.filter(inquiry_id=found.id).order_by("id").prefetch_related("service")
    turned_to_us = _inquiry_fact(found) if _counts(found) else None
    return [
        *await _case(found, entry),
        Statement(Unit.INQUIRY, found.count_key, turned_to_us, entry),
        *(Statement(Unit.CONTACT, row.count_key, _contact_fact(row, found), entry) for row in contacts),
        *(Statement(Unit.APPOINTMENT, row.count_key, _appointment_fact(row, found), entry) for row in booked),
    ]


async def _case(found: Inquiry, entry: int | None) -> list[Statement]:
    """The person's case, if this inquiry decides about it: it counts as their first that was not taken back.

    Who never gave a name is no case, so none of their inquiries is a new one.
    """
    if found.new_case and _counts(found):
        return [Statement(Unit.CASE, found.person.count_key, _inquiry_fact(found), entry)]
    theirs = await Inquiry.filter(person_id=found.person_id).order_by("-new_case", "opened_at", "id")
    first = next((one for one in theirs if _counts(one)), None)
    if not theirs[0].new_case or not (not _counts(found) or found == first):
        return []
    return [Statement(Unit.CASE, found.person.count_key, _inquiry_fact(first) if first else None, entry)]


def _counts(found: Inquiry) -> bool:
    """Is it an inquiry of its own? Neither what nobody meant nor what is part of another."""
    return not found.void and found.merged_into_id is None


async def absorbed(person: Person, staying: int, entry: int | None) -> None:
    """This record was somebody else's: its case is taken back, and counts with the first matter of who stays."""
    await ledger.state_many([Statement(Unit.CASE, person.count_key, None, entry)])
    first = await Inquiry.filter(person_id=staying, new_case=True).first()
    if first:
        await inquiry(first.id, entry)


async def unmet(entry: JournalEntry) -> None:
    """Count one search that found nothing."""
    await ledger.state_many([await _unmet(entry)])


async def _unmet(entry: JournalEntry) -> Statement:
    service = await Service.get(id=int(entry.subject.partition(":")[2]))
    local, told = entry.at.astimezone(current().zone), entry.details
    fact = Fact(
        day=local.date(),
        hour_band=ledger.hour_band(local.hour),
        channel="web_booking",
        topic=service.topic,
        service=service.code,
        mode=told["mode"],
        language=told["language"] or catalogues.NOT_STATED,
        status="with_interpreter" if told["interpreter"] else "without_interpreter",
    )
    return Statement(Unit.UNMET, told["key"], fact, entry.id)


def _inquiry_fact(found: Inquiry) -> Fact:
    return _fact(found.opened_at, found, channel=found.channel)


def _contact_fact(row: Contact, found: Inquiry) -> Fact | None:
    if row.void or found.void:
        return None
    return _fact(row.at, found, channel=row.channel, form=row.form, duration=row.duration)


def _appointment_fact(row: Appointment, found: Inquiry) -> Fact:
    codes = {"service": row.service.code, "mode": str(row.mode), "status": status(row)}
    return _fact(row.starts_at, found, channel=row.channel, **codes)


def status(row: Appointment) -> str:
    """The status as it is counted: a cancellation says by whom."""
    return f"cancelled_by_{row.cancelled_by}" if row.status == Status.CANCELLED else str(row.status)


def _fact(moment: datetime, found: Inquiry, **codes: str) -> Fact:
    local = moment.astimezone(current().zone)
    shared = {name: getattr(found, name) for name in INQUIRY_CODES}
    when: dict[str, Any] = {
        "day": local.date(),
        "hour_band": ledger.hour_band(local.hour),
        "sample": current().demo,
    }
    when |= shared | codes
    return Fact(**when)


async def recount(first: date, last: date) -> dict[tuple[date, Unit], int]:
    """What the operational rows say for these days, to be held against the ledger."""
    days: dict[tuple[Unit, str], date] = {}
    for found in await Inquiry.all().prefetch_related("person"):
        for one in await statements(found, None):
            if one.fact:
                days[one.unit, one.key] = one.fact.day
    for entry in await JournalEntry.filter(kind=unmet_searches.NOTED):
        days[Unit.UNMET, entry.details["key"]] = entry.at.astimezone(current().zone).date()
    sums = Counter((day, unit) for (unit, _key), day in days.items() if first <= day <= last)
    return dict(sums)
