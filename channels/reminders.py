"""Which appointments are due a reminder: a query, not a timer, and a unique key makes it happen once.

Due is what is booked, starts within 24 hours, has had no reminder for this revision, and no confirmation or
change within the last 24 hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.transactions import in_transaction

from booking.models import Appointment, Status
from channels import outbox
from channels.models import Message
from office import database

AHEAD = timedelta(hours=24)


async def put_due(now: datetime, batch: int = 100) -> int:
    """Owe every person a reminder who is due one; returns for how many appointments. Idempotent."""
    due = [appointment for appointment in await _soon(now, batch * 5) if await _not_reminded(appointment)]
    put = 0
    for appointment in due[:batch]:
        async with in_transaction(database.MAIN):
            put += bool(
                await outbox.put_for_person("remind", appointment, revision=appointment.revision, now=now)
            )
    return put


async def _soon(now: datetime, batch: int) -> list[Appointment]:
    return (
        await Appointment.filter(
            status=Status.BOOKED, starts_at__gt=now, starts_at__lte=now + AHEAD, changed_at__lte=now - AHEAD
        )
        .order_by("starts_at")
        .limit(batch)
    )


async def _not_reminded(appointment: Appointment) -> bool:
    return not await Message.filter(
        appointment_id=appointment.id, revision=appointment.revision, text__startswith="remind"
    ).exists()
