"""What was booked, asked and waited for goes along when matters are merged or two records were one person."""

from __future__ import annotations

from booking.models import Appointment, CallBack, Confirmation, Waiting


async def of_inquiry(part: int, whole: int) -> None:
    """Talks and wishes of the one inquiry are the other's. Inside a verb."""
    for model in (Appointment, CallBack, Waiting):
        await model.filter(inquiry_id=part).update(inquiry_id=whole)


async def of_person(going: int, staying: int) -> None:
    """Talks and wishes of the one person are the other's. Inside a verb."""
    for model in (Appointment, CallBack, Confirmation, Waiting):
        await model.filter(person_id=going).update(person_id=staying)
