"""Opening an inquiry and adding contacts to it.

Invariant: every exchange belongs to exactly one inquiry and is one contact, however often it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inquiries.models import Contact, Inquiry, Person
from office import database, journal


@dataclass(frozen=True, slots=True)
class Concern:
    """What an inquiry is about, in codes of the catalogues."""

    channel: str
    topic: str = "unknown"
    audience: str = "unknown"
    language: str = "unknown"
    district: str = "unknown"


async def open_for(person: Person, concern: Concern, now: datetime) -> Inquiry:
    """A new inquiry of this person; a new case, too, when it is their first."""
    known = await Inquiry.filter(person=person).exists()
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
) -> Contact:
    """One exchange. Idempotent by `key`; a contact declared void before counts again."""
    contact, _new = await Contact.update_or_create(
        defaults={
            "inquiry_id": inquiry_id,
            "at": at,
            "channel": channel,
            "form": form,
            "duration": duration,
            "void": False,
        },
        key=key,
    )
    return contact


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
) -> Inquiry:
    """What it was about and what came of it; may be corrected any number of times."""
    inquiry = await Inquiry.select_for_update().get(id=inquiry_id)
    inquiry.topic, inquiry.audience, inquiry.outcome = topic, audience, outcome
    if district is not None:
        inquiry.district = district
    inquiry.closed_at = None if outcome == "open" else inquiry.closed_at or now
    await inquiry.save()
    await journal.write("inquiry.recorded", f"inquiry:{inquiry.id}", actor=actor, now=now)
    return inquiry
