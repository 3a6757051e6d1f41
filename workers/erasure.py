"""Forgetting a person: every row, then the bytes the rows stood in.

Invariant: afterwards nothing leads from the figures, the journal or a file to what they were or wrote; the figures
count as before; nobody else's rows are touched. Killed at any instant, it is finished by whoever does it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from booking import appointments, claims
from booking.models import Appointment, Status
from channels import belongings, traces
from figures import ledger
from inquiries.models import Inquiry, Person
from office import database, journal
from workers import counting

log = structlog.get_logger()


async def erase(person_id: int, *, actor: str, now: datetime) -> bool:
    """Nothing of this person is left in tables and folders; False if there was nobody. Idempotent.

    The bytes go with `traces.wipe`, which can run in no transaction.
    """
    person = await Person.get_or_none(id=person_id)
    if person is None:
        return False
    held = await belongings.of(person)
    traces.remove_files(held)
    done = await _delete(person_id, actor=actor, now=now)
    traces.remove_files(held)  # what was sent meanwhile
    log.info("person_erased", person=person_id)
    return done


@database.verb
async def _delete(person_id: int, *, actor: str, now: datetime) -> bool:
    person = await Person.get_or_none(id=person_id)
    if person is None:
        return False
    held = await belongings.of(person)
    await journal.forget_due(held.subjects)  # reactions that run now end first
    await claims.lock(*(row.staff_id for row in held.appointments))
    person = await Person.select_for_update().get_or_none(id=person_id)
    if person is None:
        return False
    held = await belongings.of(person)
    await _cancel(held.appointments, now)
    await journal.forget_due(held.subjects)
    await count_for_good(held.inquiries)
    for _name, rows in held.rows():
        await _remove(rows)
    await person.delete()
    await journal.write("person.erased", f"person:{person_id}", actor=actor, now=now)
    return True


async def _cancel(theirs: Sequence[Appointment], now: datetime) -> None:
    """The time is free again; whoever asks to be forgotten cancels, as the figures see it."""
    for appointment in theirs:
        if appointment.status == Status.BOOKED and appointment.starts_at > now:
            await appointments.cancel(appointment.id, actor=journal.PERSON, now=now, reason="erased")


async def count_for_good(inquiries: Sequence[Inquiry]) -> None:
    """The figures say what is true of these inquiries, and from now on nobody can tell whose lines they are."""
    for inquiry in inquiries:
        await inquiry.fetch_related("person")
        stated = await counting.statements(inquiry, None)
        await ledger.state_many(stated)
        await ledger.release({inquiry.person.count_key, *(statement.key for statement in stated)})


async def _remove(rows: Sequence[Any]) -> None:
    if rows:
        await type(rows[0]).filter(pk__in=[row.pk for row in rows]).delete()
