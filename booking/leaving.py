"""What somebody who counsels no more still has agreed to."""

from __future__ import annotations

from datetime import datetime

from booking.models import Appointment, Status
from office.models import Staff


async def coming(member: Staff, now: datetime) -> list[Appointment]:
    """Their talks yet to begin, by time; somebody has to move them or call them off."""
    found = Appointment.filter(staff_id=member.id, status=Status.BOOKED, starts_at__gt=now)
    return await found.order_by("starts_at", "id").prefetch_related("service", "staff", "person")
