"""Opening an inquiry and adding contacts to it.

Invariant: every exchange belongs to exactly one inquiry and is one contact, however often it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from inquiries.models import Contact, Inquiry, Person, count_key
from office import database, journal, statement
from office.errors import NotFound, Refused
from office.settings import current


class Merged(Refused):
    """This was merged into another question; please go on there."""


_CONTACT = """
    INSERT INTO contact (key, inquiry_id, at, channel, form, duration, void, count_key)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (key) DO UPDATE SET inquiry_id = excluded.inquiry_id, at = excluded.at, channel = excluded.channel,
        form = excluded.form, duration = excluded.duration, void = excluded.void
"""


@dataclass(frozen=True, slots=True)
class Concern:
    """What an inquiry is about, in codes of the catalogues."""

    channel: str
    topic: str = "unknown"
    audience: str = "unknown"
    language: str = "unknown"
    district: str = "unknown"


async def open_for(person: Person, concern: Concern, now: datetime, *, just_met: bool = False) -> Inquiry:
    """A new inquiry of this person; a new case, too, when it is their first."""
    known = not just_met and await Inquiry.filter(person=person).exists()
    return await Inquiry.create(
        person=person,
        opened_at=now,
        channel=concern.channel,
        topic=concern.topic,
        audience=concern.audience,
        language=concern.language,
        district=concern.district,
        new_case=not known,
    )


async def add_contact(
    inquiry_id: int, *, key: str, at: datetime, channel: str, form: str = "unknown", duration: str = "unknown"
) -> None:
    """One exchange. Idempotent by `key`; a contact declared void before counts again."""
    await statement.rows(_CONTACT, key, inquiry_id, at, channel, form, duration, False, count_key())


async def void_contact(key: str) -> None:
    """This exchange did not take place after all."""
    await Contact.filter(key=key).update(void=True)


@database.verb
async def record(
    inquiry_id: int,
    *,
    actor: str,
    now: datetime,
    topic: str,
    audience: str,
    outcome: str,
    district: str | None = None,
    referral: str | None = None,
    school_type: str | None = None,
    goes_on: bool = False,
) -> Inquiry:
    """What it was about and what came of it; may be corrected any number of times. Raises `NotFound`.

    Every outcome but `open` closes it, unless it `goes_on`; a closed matter waits for no answer.
    """
    inquiry = await locked(inquiry_id)
    inquiry.topic, inquiry.audience, inquiry.outcome = topic, audience, outcome
    if district is not None:
        inquiry.district = district
    if referral is not None:
        inquiry.referral = referral
    if school_type is not None:
        inquiry.school_type = school_type
    inquiry.closed_at = None if goes_on or outcome == "open" else inquiry.closed_at or now
    if inquiry.closed_at:
        inquiry.waiting_since = inquiry.promised_on = inquiry.follow_up_on = None
    await inquiry.save()
    await journal.write("inquiry.recorded", subject(inquiry), actor=actor, now=now)
    return inquiry


@database.verb
async def assign(inquiry_id: int, staff_id: int | None, *, actor: str, now: datetime) -> Inquiry:
    """This colleague (or nobody) looks after it. Raises `NotFound`."""
    found = await locked(inquiry_id)
    found.assigned_id = staff_id
    await found.save(update_fields=["assigned_id"])
    await journal.write("inquiry.assigned", subject(found), actor=actor, now=now, details={"staff": staff_id})
    return found


@database.verb
async def settle(inquiry_id: int, *, actor: str, now: datetime) -> Inquiry:
    """Nothing more needs to be answered, though it stays open. Idempotent. Raises `NotFound`."""
    found = await locked(inquiry_id)
    found.waiting_since = found.promised_on = None
    looked_at_again(found, now)
    await found.save(update_fields=["waiting_since", "promised_on", "follow_up_on"])
    await journal.write("inquiry.settled", subject(found), actor=actor, now=now)
    return found


@database.verb
async def follow_up(inquiry_id: int, day: date | None, *, actor: str, now: datetime) -> Inquiry:
    """On this day (None: on none) it is back in the inbox; what was promised earlier is back then.

    Raises `NotFound`, and `Merged`.
    """
    found = await locked(inquiry_id)
    found.follow_up_on = day
    await found.save(update_fields=["follow_up_on"])
    details = {"on": day.isoformat() if day else None}
    await journal.write("inquiry.put_off", subject(found), actor=actor, now=now, details=details)
    return found


@database.verb
async def void(inquiry_id: int, *, actor: str, now: datetime) -> Inquiry:
    """Nobody turned to us (advertising, a slip): what was counted is taken back. Idempotent. Raises `NotFound`."""
    found = await locked(inquiry_id)
    if found.void:
        return found
    found.void, found.closed_at = True, found.closed_at or now
    found.waiting_since = found.promised_on = found.follow_up_on = None
    await found.save()
    await _void_contacts(found.id)
    await journal.write("inquiry.voided", subject(found), actor=actor, now=now)
    return found


async def locked(inquiry_id: int) -> Inquiry:
    """The inquiry, locked until the transaction ends. Raises `NotFound`, and `Merged` if it is part of another."""
    found = await _locked(inquiry_id)
    if found.merged_into_id:
        raise Merged
    return found


async def leading(inquiry_id: int) -> Inquiry:
    """The inquiry in whose thread this one goes on: itself, or what it was merged into. Locked. Raises `NotFound`."""
    found = await _locked(inquiry_id)
    return await _locked(found.merged_into_id) if found.merged_into_id else found


def looked_at_again(found: Inquiry, now: datetime) -> None:
    """A follow-up whose day has come is done; one of a later day stands. The caller saves."""
    if found.follow_up_on and found.follow_up_on <= today(now):
        found.follow_up_on = None


def today(now: datetime) -> date:
    """The day on the office's calendar."""
    return now.astimezone(current().zone).date()


async def _locked(inquiry_id: int) -> Inquiry:
    found = await Inquiry.select_for_update().get_or_none(id=inquiry_id)
    if found is None:
        raise NotFound
    return found


def subject(inquiry: Inquiry) -> str:
    """How the journal names it."""
    return f"inquiry:{inquiry.id}"


async def _void_contacts(inquiry_id: int) -> None:
    await Contact.filter(inquiry_id=inquiry_id).update(void=True)
