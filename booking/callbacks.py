"""Whom we call back: a card at the desk until somebody has called.

Invariant: one request makes one card (`key`), and it is closed once, by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from booking.models import Appointment, CallBack, CallBackReason, Hold, HoldKind
from inquiries import people
from inquiries.people import Introduction
from office import database, journal
from office.errors import NotFound


@dataclass(frozen=True, slots=True)
class When:
    """When they may be called, wall clock; nothing said: any time."""

    day: date | None = None
    from_minute: int | None = None
    to_minute: int | None = None

    @property
    def known(self) -> bool:
        """Can we say when we will call?"""
        return None not in (self.day, self.from_minute, self.to_minute)


ANY_TIME = When()


@database.verb
async def ask(
    who: Introduction,
    *,
    key: str,
    reason: CallBackReason = CallBackReason.ASKED,
    service: str = "",
    when: When = ANY_TIME,
    actor: str = journal.PERSON,
    now: datetime,
) -> CallBack:
    """Somebody is to be called. Idempotent by `key`."""
    asked = await CallBack.get_or_none(key=key)
    if asked:
        return asked
    call_back = await CallBack.create(
        person=await people.meet(who, now),
        key=key,
        reason=reason,
        service=service,
        day=when.day,
        from_minute=when.from_minute,
        to_minute=when.to_minute,
        created_at=now,
    )
    details = {"known": when.known}
    await journal.write("callback.asked", f"callback:{call_back.id}", actor=actor, now=now, details=details)
    return call_back


async def agree(appointment: Appointment, day: date, *, actor: str, now: datetime) -> None:
    """We said at the end of this talk that we call on this day. Part of a verb; said again, the later day holds."""
    found, new = await CallBack.get_or_create(
        key=_after(appointment),
        defaults={
            "person_id": appointment.person_id,
            "inquiry_id": appointment.inquiry_id,
            "appointment_id": appointment.id,
            "reason": CallBackReason.ASKED,
            "day": day,
            "created_at": now,
        },
    )
    if new:
        subject, details = f"callback:{found.id}", {"known": False}
        await journal.write("callback.asked", subject, actor=actor, now=now, details=details)
    elif found.done_at is None:
        found.day = day
        await found.save(update_fields=["day"])


async def agreed(appointment: Appointment) -> CallBack | None:
    """The call said at the end of this talk, while nobody has made it."""
    return await CallBack.get_or_none(key=_after(appointment), done_at=None)


async def unsay(appointment: Appointment) -> None:
    """The call said at the end of this talk is not to be made after all. Part of a verb. Idempotent."""
    await CallBack.filter(key=_after(appointment), done_at=None).delete()


def _after(appointment: Appointment) -> str:
    return f"talk:{appointment.id}"


@database.verb
async def done(call_back_id: int, *, actor: str, now: datetime) -> None:
    """Somebody has called, or it is settled another way; a time kept meanwhile is free. Idempotent.

    Raises `NotFound`.
    """
    call_back = await CallBack.select_for_update().get_or_none(id=call_back_id)
    if call_back is None:
        raise NotFound
    if call_back.done_at is None:
        await Hold.filter(id=call_back.hold_id, kind=HoldKind.CALL_BACK).delete()
        call_back.done_at, call_back.done_by = now, actor
        await call_back.save(update_fields=["done_at", "done_by"])


async def to_make() -> list[CallBack]:
    """Calls nobody has made, those with a day first, then the oldest."""
    open_still = CallBack.filter(done_at=None).order_by("created_at", "id")
    found = await open_still.prefetch_related("person", "hold")
    return sorted(found, key=lambda one: (one.day is None, one.day or date.max, one.from_minute or 0))
