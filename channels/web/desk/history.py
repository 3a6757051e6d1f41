"""What was sent about an appointment, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking.models import Appointment
from channels.models import Message
from office.models import JournalEntry, Staff


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `actor` is a name, or empty for the person and the system (see `by`)."""

    at: datetime
    kind: str
    by: str
    """`person`, `system` or `staff`."""
    actor: str


async def entries(appointment: Appointment, *, with_inquiry: bool) -> list[Entry]:
    """The journal of the appointment (and of its inquiry), the latest first."""
    subjects = [f"appointment:{appointment.id}"]
    if with_inquiry:
        subjects.append(f"inquiry:{appointment.inquiry_id}")
    found = await JournalEntry.filter(subject__in=subjects).order_by("-at", "-id").limit(50)
    names = dict(await Staff.all().values_list("code", "name"))
    return [_entry(one, names) for one in found]


def _entry(one: JournalEntry, names: dict[str, str]) -> Entry:
    by, _, code = one.actor.partition(":")
    return Entry(one.at, one.kind, by, names.get(code, code))


async def messages(appointment: Appointment) -> list[Message]:
    """What we owe or have sent the person, the latest first; copies for counsellors are left out."""
    return (
        await Message.filter(appointment_id=appointment.id, staff_id=None)
        .order_by("-created_at", "-id")
        .prefetch_related("address")
    )
