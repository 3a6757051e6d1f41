"""What is kept for a family whose talk we had to call off: a few times to choose one of, until an end.

Invariant: nobody is told of a time that is not kept; one chosen, the others are free again; who does not choose
in time is called, if a number is known and they may be called there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking import appointments, claims, errors, holds, moves, offers, proposals
from booking.appointments import Booking
from booking.availability import Slot
from booking.holds import Purpose
from booking.models import (
    Appointment,
    CallBack,
    CallBackReason,
    Choice,
    Hold,
    HoldKind,
    Service,
    Status,
    Touched,
)
from inquiries import addresses, people, promise
from inquiries.models import AddressKind
from office import closing_days, database, links
from office.settings import current

CHANNEL = "web_booking"
ANSWER_BY = time(12)
LOOKS_BACK = timedelta(days=14)


async def answer_by(now: datetime, zone: ZoneInfo) -> datetime:
    """Until when what we offer is kept: noon of the next working day."""
    today = now.astimezone(zone).date()
    closed = await closing_days.closed(today, today + timedelta(days=30))
    noon = datetime.combine(promise.promised(today, 1, closed), ANSWER_BY, zone)
    return noon.astimezone(now.tzinfo)


async def offered(appointment_id: int, now: datetime) -> list[Hold]:
    """The times kept for the family of a cancelled talk, by time."""
    kept = Hold.filter(appointment_id=appointment_id, kind=HoldKind.OFFER, expires_at__gt=now)
    return await kept.order_by("starts_at")


async def keep(
    appointment: Appointment, slots: Sequence[Slot], until: datetime, *, now: datetime, zone: ZoneInfo
) -> None:
    """Hold these times for the family, inside the verb that locked their counsellors and calls the talk off."""
    service = await Service.get(id=appointment.service_id)
    wish = replace(await moves.wish_of(appointment, by_staff=True), language=appointment.language)
    purpose = Purpose(HoldKind.OFFER, until, appointment_id=appointment.id)
    for number, slot in enumerate(slots):
        key = _key(appointment.id, appointment.revision, number)
        try:
            await holds.with_counsellor(
                service, wish, slot.candidates[0].staff_id, slot.starts_at,
                key=key, now=now, zone=zone, purpose=purpose,
            )  # fmt: skip
        except errors.SlotTaken:
            continue


async def choose(appointment_id: int, hold_id: int, *, now: datetime) -> Appointment:
    """The family of a cancelled talk takes one of the times kept for it; the others are free again. Idempotent.

    Raises `HoldExpired`, `TooManyAppointments`.
    """
    cancelled = await appointments.by_id(appointment_id)
    return await chosen(cancelled) or await _choose(cancelled, hold_id, now)


async def chosen(cancelled: Appointment) -> Appointment | None:
    """The talk they chose instead, if they have."""
    keys = [_key(cancelled.id, cancelled.revision - 1, number) for number in range(proposals.TIMES)]
    return await Appointment.get_or_none(key__in=keys)


async def lapse(now: datetime, zone: ZoneInfo) -> int:
    """Families that have not chosen in time are to be called; returns how many. Idempotent."""
    recent = Touched.filter(
        choice=Choice.OFFER, disruption__at__gt=now - LOOKS_BACK, appointment__status=Status.CANCELLED
    )
    open_still = await recent.order_by("id").prefetch_related("disruption")
    carded = {one.key for one in await CallBack.filter(key__in=[card(one) for one in open_still])}
    silent = [
        one
        for one in open_still
        if card(one) not in carded and await answer_by(one.disruption.at, zone) <= now
    ]
    return sum([await _lapsed(one, now) for one in silent])


async def to_be_called(appointment: Appointment, key: str, now: datetime) -> None:
    """A card: somebody calls the family about this talk. Idempotent by `key`."""
    await CallBack.get_or_create(
        {
            "person_id": appointment.person_id,
            "inquiry_id": appointment.inquiry_id,
            "appointment_id": appointment.id,
            "reason": CallBackReason.CANCELLED,
            "created_at": now,
        },
        key=key,
    )


def card(touched: Touched) -> str:
    """The key of the card that says this family is to be called."""
    return f"disruption:{touched.id}"


async def reached(person_id: int) -> bool:
    """Does a message of ours reach them at all?"""
    if await people.reachable(person_id, AddressKind.EMAIL):
        return True
    phones = await people.reachable(person_id, AddressKind.PHONE)
    return current().sms and any(addresses.reads_sms(phone.value) for phone in phones)


async def may_be_called(person_id: int) -> bool:
    """Is a number known at which nobody else answers?"""
    phones = await people.reachable(person_id, AddressKind.PHONE)
    return any(not phone.read_by_others for phone in phones)


@database.verb
async def _choose(cancelled: Appointment, hold_id: int, now: datetime) -> Appointment:
    kept = await Hold.filter(appointment_id=cancelled.id, kind=HoldKind.OFFER)
    await claims.lock(cancelled.staff_id, *[hold.staff_id for hold in kept])
    if already := await chosen(cancelled):  # a twin came between
        return already
    hold = await Hold.get_or_none(
        id=hold_id, appointment_id=cancelled.id, kind=HoldKind.OFFER, expires_at__gt=now
    )
    if hold is None:
        raise errors.HoldExpired
    booking = Booking(
        await offers.introduction(cancelled),
        CHANNEL,
        calendar_wanted=cancelled.calendar_wanted,
        person=cancelled.person_id,
        inquiry=cancelled.inquiry_id,
    )
    booked = await appointments.book(hold.key, booking, now=now)
    await Hold.filter(appointment_id=cancelled.id, kind=HoldKind.OFFER).delete()
    return booked


@database.verb
async def _lapsed(touched: Touched, now: datetime) -> bool:
    """One family; True if it is to be called now."""
    await claims.lock(touched.from_staff)
    family = await appointments.by_id(touched.appointment_id)
    settled = family.status != Status.CANCELLED or await chosen(family) or await _booked_since(family)
    if settled or await offered(family.id, now) or not await may_be_called(family.person_id):
        return False
    await to_be_called(family, card(touched), now)
    return True


async def _booked_since(cancelled: Appointment) -> bool:
    """Have they found another time themselves?"""
    since = Appointment.filter(status__not=Status.CANCELLED, booked_at__gte=cancelled.cancelled_at)
    if await since.filter(person_id=cancelled.person_id).exists():
        return True
    return bool(cancelled.booker) and await since.filter(booker=cancelled.booker).exists()


def _key(appointment_id: int, revision: int, number: int) -> str:
    return links.fingerprint("instead", f"{appointment_id}:{revision}:{number}")
