"""Book and cancel, one transaction each, and finding what was booked.

Invariant: an appointment, its claims, its contact and its journal entry change together; nobody is
double-booked by constraint (see `claims`), and a repeated key returns the same booking.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tortoise.queryset import QuerySet

from booking import availability, calendar, claims, errors, holds, limits, services, waiting
from booking.models import Appointment, Hold, Interpretation, Service, Status
from booking.services import Wish
from inquiries import codes, inquiry, people
from inquiries.inquiry import Concern
from inquiries.models import Inquiry, Person
from inquiries.people import Introduction
from office import database, journal, links, statement
from office.errors import NotFound
from office.settings import current

LINK = "appointment"
BY_PERSON = "person"
BY_OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Booking:
    """Who books, over which channel, and whether they want the calendar entry.

    `person` or `inquiry` (ids) say that they were here before: the same person with a new matter, or the
    same matter going on (a follow-up). With `override`, the reason of the desk, no limit counts (see `squeeze`).
    """

    who: Introduction
    channel: str
    actor: str = journal.PERSON
    district: str = "unknown"
    audience: str = ""
    calendar_wanted: bool = False
    person: int | None = None
    inquiry: int | None = None
    override: str = ""


async def book_slot(
    wish: Wish,
    starts_at: datetime,
    booking: Booking,
    *,
    key: str,
    now: datetime,
    zone: ZoneInfo,
    service: Service | None = None,
) -> Appointment:
    """Book this time without a form in between; with its service and counsellor. Idempotent by `key`.

    Each counsellor who could take it is tried in a transaction of its own, those first whom nobody else is
    booking just now. Who has read the service of the wish says so. Raises what `holds.place` and `book` raise.
    """
    service = service or await services.by_code(wish.service)
    found = await availability.candidates(wish, starts_at, now=now, zone=zone, service=service)
    could = [candidate.staff_id for candidate in found]
    for _each in found:
        with suppress(errors.SlotTaken):
            return await _book_with(service, wish, could, starts_at, booking, key=key, now=now, zone=zone)
    if KEY in await _taken(key, "", now):  # booked before, or our own twin took it
        return await _again(key, booking, now)
    raise errors.SlotTaken


async def _again(key: str, booking: Booking, now: datetime) -> Appointment:
    booked = await book(key, booking, now=now)
    await booked.fetch_related("service", "staff")
    return booked


@database.verb
async def _book_with(
    service: Service,
    wish: Wish,
    could: list[int],
    starts_at: datetime,
    booking: Booking,
    *,
    key: str,
    now: datetime,
    zone: ZoneInfo,
) -> Appointment:
    """With one of those who could; whoever turns out not to be free any more is taken off that list."""
    member, booker, code = await claims.lock_free(could), limits.booker(booking.who), codes.draw()
    await limits.lock(booker)  # a twin with another counsellor waits here, and then finds the key
    found = await _standing(key, code, booker, service, now)
    if KEY in found:
        return await _again(key, booking, now)
    try:
        kept = await holds.drafted(service, wish, member, starts_at, key=key, now=now, zone=zone)
        if limits.ENOUGH in found:
            raise errors.TooManyAppointments
        code = await codes.unused(Appointment) if CODE in found else code
        appointment = await _from_hold(kept, service, booking, now, code=code)
        await claims.take(appointment)
    except errors.SlotTaken:
        could.remove(member.id)
        raise
    appointment.staff = member
    return appointment


KEY, CODE = "key", "code"
_TAKEN = f"""
    SELECT '{KEY}' AS what FROM appointment WHERE key = $1
    UNION ALL SELECT '{KEY}' FROM hold WHERE key = $1 AND expires_at > $2
    UNION ALL SELECT '{CODE}' FROM appointment WHERE code = $3
"""


async def _taken(key: str, code: str, now: datetime) -> set[str]:
    """Which of these something booked, or still held, has already."""
    return {row["what"] for row in await statement.rows(_TAKEN, key, now, code)}


async def _standing(key: str, code: str, booker: str, service: Service, now: datetime) -> set[str]:
    """As `_taken`, and `limits.ENOUGH` when the booker, who is locked, has enough of this service open."""
    text = f"{_TAKEN} UNION ALL {limits.enough(first=4)}"
    found = await statement.rows(text, key, now, code, *limits.limit(booker, service, now))
    return {row["what"] for row in found}


@database.verb
async def book(key: str, booking: Booking, *, now: datetime) -> Appointment:
    """The hold `key` becomes an appointment, an inquiry and a contact. Idempotent by `key`.

    Raises `HoldExpired` when somebody else took the time since, `TooManyAppointments` beyond the limit.
    """
    booked = await Appointment.get_or_none(key=key)
    if booked:
        await Hold.filter(key=key).delete()  # of a twin who came between
        return booked
    hold = await Hold.get_or_none(key=key)
    if hold is not None:
        await claims.lock(hold.staff_id)
        hold = await Hold.select_for_update().get_or_none(key=key)
    if hold is None:  # a twin booked since we looked, or somebody took the cells of an expired hold
        booked = await Appointment.get_or_none(key=key)
        if booked:
            return booked
        raise errors.HoldExpired
    service = await Service.get(id=hold.service_id)
    if not booking.override:
        await limits.keep(limits.booker(booking.who), service, now)
    appointment = await _from_hold(hold, service, booking, now, code=await codes.unused(Appointment))
    await claims.hand_over(hold, appointment)
    await hold.delete()
    return appointment


async def _from_hold(
    hold: Hold, service: Service, booking: Booking, now: datetime, *, code: str
) -> Appointment:
    """The appointment, its contact and its entry in the journal; not yet its claims."""
    opened = await _matter(hold, service, booking, now)
    appointment = await Appointment.create(
        key=hold.key,
        code=code,
        uid=calendar.uid(hold.key, current().link_host, links.fingerprint("uid", hold.key)),
        service=service,
        staff_id=hold.staff_id,
        inquiry=opened,
        person_id=opened.person_id,
        booker=limits.booker(booking.who),
        place=hold.place,
        mode=hold.mode,
        language=hold.language or booking.who.language,
        children=hold.children,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        claimed_until=hold.claimed_until,
        calendar_wanted=booking.calendar_wanted,
        follow_up=hold.follow_up,
        override=booking.override,
        seats=hold.seats,
        session_id=hold.session_id,
        room_id=hold.room_id,
        interpreter_id=hold.interpreter_id,
        interpretation=Interpretation.ASKED if hold.interpreter_id else Interpretation.NONE,
        booked_at=now,
        booked_by=booking.actor,
        channel=booking.channel,
        changed_at=now,
    )
    await inquiry.add_contact(
        appointment.inquiry_id, key=f"booked:{appointment.id}", at=now, channel=booking.channel
    )
    await tell("appointment.booked", appointment, booking.actor, now)
    return appointment


async def _matter(hold: Hold, service: Service, booking: Booking, now: datetime) -> Inquiry:
    """The open inquiry this talk goes on with, or a new one, of a person known or new to us."""
    if booking.inquiry is not None:
        return await inquiry.leading(booking.inquiry)
    known = await Person.get_or_none(id=booking.person) if booking.person is not None else None
    concern = Concern(
        channel=booking.channel,
        topic=service.topic,
        audience=booking.audience or service.audience,
        language=hold.language or booking.who.language,
        district=booking.district,
    )
    person = known or await people.meet(booking.who, now)
    return await inquiry.open_for(person, concern, now, just_met=known is None)


@database.verb
async def cancel(appointment_id: int, *, actor: str, now: datetime, reason: str = "") -> Appointment:
    """The talk will not take place and its time is free again. Idempotent. Raises `TooLate` (see `may_change`)."""
    before = await by_id(appointment_id)
    await claims.lock(before.staff_id)
    appointment = await Appointment.select_for_update().get(id=appointment_id)
    if appointment.status == Status.CANCELLED:
        return appointment
    await may_change(appointment, actor, now)
    appointment.status = Status.CANCELLED
    appointment.cancelled_at = appointment.changed_at = now
    appointment.cancelled_by = BY_PERSON if actor == journal.PERSON else BY_OFFICE
    appointment.cancel_reason = reason
    appointment.revision += 1
    await claims.release(appointment)
    await appointment.save()
    await tell("appointment.cancelled", appointment, actor, now, {"by": appointment.cancelled_by})
    if appointment.session_id is None:
        await waiting.offer_freed(appointment.staff_id, appointment.starts_at, now=now)
    return appointment


def still_open(appointment: Appointment, now: datetime) -> None:
    """Raises `TooLate` once it has begun, or when it is booked no more."""
    if appointment.status != Status.BOOKED or appointment.starts_at <= now:
        raise errors.TooLate


async def may_change(appointment: Appointment, actor: str, now: datetime) -> None:
    """As `still_open`; people may change by their own link until the deadline of the service only."""
    still_open(appointment, now)
    if actor == journal.PERSON and now >= await changeable_until(appointment):
        raise errors.TooLate


async def changeable_until(appointment: Appointment) -> datetime:
    """Until when people may move or cancel it by their link; it begins then, or some time later."""
    service = await Service.get(id=appointment.service_id)
    return appointment.starts_at - timedelta(minutes=service.change_minutes)


async def tell(
    kind: str,
    appointment: Appointment,
    actor: str,
    now: datetime,
    details: dict[str, str | int] | None = None,
) -> None:
    """Write into the journal what happened to this appointment, inside the verb that made it happen."""
    more = {"revision": appointment.revision, "staff": appointment.staff_id, **(details or {})}
    await journal.write(kind, f"appointment:{appointment.id}", actor=actor, now=now, details=more)


async def by_id(appointment_id: int) -> Appointment:
    """The appointment. Raises `NotFound`."""
    appointment = await Appointment.get_or_none(id=appointment_id)
    if appointment is None:
        raise NotFound
    return appointment


def token(appointment: Appointment) -> str:
    """The secret part of its link /a/{token}; ends when `generation` rises."""
    return links.token(LINK, appointment.id, appointment.generation)


async def by_token(token: str) -> Appointment:
    """The appointment this link was made for, with service, staff and person. Raises `NotFound`."""
    appointment = await Appointment.get_or_none(id=links.subject(LINK, token)).prefetch_related(
        "service", "staff", "person"
    )
    if appointment is None:
        raise NotFound
    links.verify(LINK, token, appointment.id, appointment.generation)
    return appointment


async def by_key(key: str) -> Appointment | None:
    """What was booked with this key."""
    return await Appointment.get_or_none(key=key)


async def by_code(code: str) -> Appointment | None:
    """The appointment somebody at the desk names by its short code."""
    return await Appointment.get_or_none(code=codes.read(code)).prefetch_related("service", "staff", "person")


async def between(first: datetime, last: datetime, staff_id: int | None = None) -> list[Appointment]:
    """Appointments starting in [first, last), by time, with all that belongs to them; of one counsellor or all."""
    return await _whole(_starting(first, last, staff_id))


async def without_outcome(first: datetime, last: datetime, staff_id: int | None = None) -> list[Appointment]:
    """Those of `between` that were over before `last` and nobody said how they went."""
    return await _whole(_starting(first, last, staff_id).filter(status=Status.BOOKED, ends_at__lte=last))


def _starting(first: datetime, last: datetime, staff_id: int | None) -> QuerySet[Appointment]:
    found = Appointment.filter(starts_at__gte=first, starts_at__lt=last)
    return found if staff_id is None else found.filter(staff_id=staff_id)


async def _whole(found: QuerySet[Appointment]) -> list[Appointment]:
    return await found.order_by("starts_at", "id").prefetch_related("service", "staff", "person", "inquiry")
