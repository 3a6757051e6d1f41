"""What was sent about an appointment or an inquiry, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.models import Appointment
from channels.models import Message
from inquiries import inquiry, partners
from inquiries.models import Inquiry, Partner
from office.models import JournalEntry, Staff

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `actor` is a name, or empty for the person and the system (see `by`)."""

    at: datetime
    kind: str
    by: str
    """`person`, `system` or `staff`."""
    actor: str
    fields: Sequence[str] = ()
    """Which columns were changed, where that is told."""


async def entries(appointment: Appointment, *, with_inquiry: bool) -> list[Entry]:
    """The journal of the appointment and its person (and of its inquiry), the latest first."""
    subjects = [f"appointment:{appointment.id}", f"person:{appointment.person_id}"]
    return await _of(subjects + ([f"inquiry:{appointment.inquiry_id}"] if with_inquiry else []))


async def of_inquiry(found: Inquiry) -> list[Entry]:
    """The journal of the inquiry, of what was merged into it, and of its person, the latest first."""
    parts = await Inquiry.filter(merged_into_id=found.id)
    return await _of([*(inquiry.subject(one) for one in (found, *parts)), f"person:{found.person_id}"])


async def of_partner(found: Partner) -> list[Entry]:
    """The journal of an entry of the directory, the latest first."""
    return await _of([partners.subject(found)])


async def messages(appointment: Appointment) -> list[Message]:
    """What we owe or have sent the person, the latest first; copies for counsellors are left out."""
    return (
        await Message.filter(appointment_id=appointment.id, staff_id=None)
        .order_by("-created_at", "-id")
        .prefetch_related("address")
    )


async def receipts(found: Inquiry) -> list[Message]:
    """What was sent about the inquiry besides answers, the latest first."""
    sent = Message.filter(inquiry_id=found.id, writing_id=None).order_by("-created_at", "-id")
    return await sent.prefetch_related("address")


async def _of(subjects: Sequence[str]) -> list[Entry]:
    found = await JournalEntry.filter(subject__in=subjects).order_by("-at", "-id").limit(SHOWN)
    names = dict(await Staff.all().values_list("code", "name"))
    return [_entry(one, names) for one in found]


def _entry(one: JournalEntry, names: dict[str, str]) -> Entry:
    by, _, code = one.actor.partition(":")
    fields = str(one.details.get("fields", "")).split()
    return Entry(one.at, one.kind, by, names.get(code, code), fields)
