"""One table: kind of journal entry → what follows. The table of contents of the system's behaviour.

Each reaction runs in a transaction of its own, which also removes the row that owed it; it may be repeated
after a crash, so each is idempotent. A kind that is not in the table is an error, not an oversight.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from booking.models import Appointment
from channels import outbox
from office.models import JournalEntry
from workers import counting

Reaction = Callable[[JournalEntry], Awaitable[None]]


async def count(entry: JournalEntry) -> None:
    """The figures say what is true now."""
    kind, number = _subject(entry)
    await (counting.inquiry if kind == "inquiry" else counting.appointment)(number, entry.id)


async def confirm(entry: JournalEntry) -> None:
    """The person is told that the time is theirs."""
    await outbox.put_for_person("confirm", await _appointment(entry), revision=_revision(entry), now=entry.at)


async def tell_moved(entry: JournalEntry) -> None:
    """The person is told the new time."""
    await outbox.put_for_person("moved", await _appointment(entry), revision=_revision(entry), now=entry.at)


async def tell_cancelled(entry: JournalEntry) -> None:
    """The person is told that the talk will not take place."""
    await outbox.put_for_person(
        f"cancelled_by_{entry.details['by']}",
        await _appointment(entry),
        revision=_revision(entry),
        now=entry.at,
    )


async def tell_counsellor_booked(entry: JournalEntry) -> None:
    """The talk gets into the counsellor's own calendar."""
    appointment = await _appointment(entry)
    await outbox.put_for_staff(
        "staff_booked", appointment, appointment.staff_id, revision=_revision(entry), now=entry.at
    )


async def tell_counsellor_moved(entry: JournalEntry) -> None:
    """The talk moves in the counsellor's own calendar, or from one colleague's to another's."""
    appointment = await _appointment(entry)
    await outbox.put_for_staff(
        "staff_moved", appointment, appointment.staff_id, revision=_revision(entry), now=entry.at
    )
    if entry.details["from_staff"] != appointment.staff_id:
        await outbox.put_for_staff(
            "staff_cancelled",
            appointment,
            entry.details["from_staff"],
            revision=_revision(entry),
            now=entry.at,
        )


async def tell_counsellor_cancelled(entry: JournalEntry) -> None:
    """The talk leaves the counsellor's own calendar."""
    appointment = await _appointment(entry)
    await outbox.put_for_staff(
        "staff_cancelled", appointment, appointment.staff_id, revision=_revision(entry), now=entry.at
    )


FOLLOWS: dict[str, Sequence[Reaction]] = {
    "appointment.booked": (count, confirm, tell_counsellor_booked),
    "appointment.moved": (count, tell_moved, tell_counsellor_moved),
    "appointment.cancelled": (count, tell_cancelled, tell_counsellor_cancelled),
    "appointment.arrived": (),
    "appointment.attended": (count,),
    "appointment.no_show": (count,),
    "appointment.reopened": (count,),
    "inquiry.recorded": (count,),
}
BY_NAME: dict[str, Reaction] = {
    reaction.__name__: reaction for follow in FOLLOWS.values() for reaction in follow
}


def follows(kind: str) -> list[str]:
    """Names of the reactions to this kind of entry."""
    return [reaction.__name__ for reaction in FOLLOWS[kind]]


def _revision(entry: JournalEntry) -> int:
    """What was true when it happened: should it have changed since, the message is superseded at sending."""
    return int(entry.details["revision"])


def _subject(entry: JournalEntry) -> tuple[str, int]:
    kind, _, number = entry.subject.partition(":")
    return kind, int(number)


async def _appointment(entry: JournalEntry) -> Appointment:
    return await Appointment.get(id=_subject(entry)[1])
