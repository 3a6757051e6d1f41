"""A booking whose address is not proven yet: a hold that waits, never an appointment.

Invariant: what is confirmed is booked under the key of its hold, once; where the message that asks did not get
through, the time stays kept and somebody calls.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from booking import appointments, claims, errors, instead, limits, offers
from booking.appointments import Booking
from booking.models import Appointment, CallBack, CallBackReason, Confirmation, Hold, HoldKind, Service
from inquiries import people
from inquiries.people import Introduction
from office import database, journal, links
from office.errors import NotFound
from office.settings import current

LINK = "confirmation"
CODE = "confirmation code"
DIGITS = 6
LASTS = timedelta(minutes=30)
MOST_SENT = 3
"""So often we ask, the first time included."""
MOST_TRIES = 5
"""Codes that may be tried after each message."""


class Way(StrEnum):
    """How an address is proven: a link by mail, a code to type, our call."""

    LINK = "link"
    MAILED_CODE = "mailcode"
    CODE = "code"
    CALL = "call"


@database.verb
async def ask(key: str, booking: Booking, way: Way, *, now: datetime) -> Confirmation:
    """The hold `key` waits half an hour for its address to be confirmed. Idempotent by `key`.

    Raises `HoldExpired`, and `TooManyAppointments` beyond the limit; what waits counts like what is booked.
    """
    hold = await _locked(key)
    asked = await Confirmation.get_or_none(key=key)
    if asked:
        return asked
    if hold is None:
        raise errors.HoldExpired
    await _keep_limit(booking.who, await Service.get(id=hold.service_id), now)
    hold.kind, hold.expires_at = HoldKind.CONFIRMING, now + LASTS
    await hold.save(update_fields=["kind", "expires_at"])
    confirmation = await Confirmation.create(
        hold=hold,
        person=await people.meet(booking.who, now),
        key=key,
        way=way,
        details={
            "channel": booking.channel,
            "district": booking.district,
            "audience": booking.audience,
            "calendar": booking.calendar_wanted,
            "booker": limits.booker(booking.who),
        },
        asked_at=now,
        expires_at=hold.expires_at,
    )
    if way is Way.CALL:
        await _to_be_called(confirmation, hold, now)
    else:
        await _tell("confirmation.asked", confirmation, booking.actor, now)
    return confirmation


@database.verb
async def ask_again(confirmation_id: int, *, now: datetime) -> bool:
    """One more message, with a link or code of its own; those before are void. False after `MOST_SENT`."""
    confirmation = await Confirmation.select_for_update().get(id=confirmation_id)
    if confirmation.confirmed_at or confirmation.way == Way.CALL or confirmation.generation + 1 >= MOST_SENT:
        return False
    confirmation.generation += 1
    confirmation.tries = 0
    await confirmation.save(update_fields=["generation", "tries"])
    await _tell("confirmation.asked", confirmation, journal.PERSON, now)
    return True


@database.verb
async def correct(confirmation_id: int, *, now: datetime, lasts: timedelta) -> None:
    """They mistyped the address: the time is kept for `lasts` for the form again, the link and code are void."""
    confirmation = await Confirmation.get(id=confirmation_id)
    hold = await _locked(confirmation.key)
    if hold is None or hold.kind != HoldKind.CONFIRMING:
        return
    hold.kind, hold.expires_at = HoldKind.FORM, now + lasts
    await hold.save(update_fields=["kind", "expires_at"])
    await Confirmation.filter(id=confirmation.id).update(
        hold_id=None, key=f"corrected:{confirmation.id}", expires_at=now
    )


@database.verb
async def confirm(confirmation_id: int, *, now: datetime, actor: str = journal.PERSON) -> Appointment:
    """The address is theirs, what was kept is booked. Idempotent.

    Raises `HoldExpired` when it is kept no more, `TooManyAppointments`.
    """
    confirmation = await _by_id(confirmation_id)
    details = confirmation.details
    booking = Booking(
        await offers.introduction(confirmation),
        str(details["channel"]),
        actor=actor,
        district=str(details["district"]),
        audience=str(details["audience"]),
        calendar_wanted=bool(details["calendar"]),
        person=confirmation.person_id,
    )
    booked = await appointments.book(confirmation.key, booking, now=now)
    await Confirmation.filter(id=confirmation.id, confirmed_at=None).update(confirmed_at=now)
    await CallBack.filter(key=_card(confirmation), done_at=None).update(done_at=now, done_by=actor)
    return booked


async def enter(confirmation_id: int, code: str, *, now: datetime) -> Appointment | None:
    """As `confirm`, for who types the code we sent; None when it is another, or was tried too often."""
    tried = await _count_try(confirmation_id)
    if not hmac.compare_digest(code.encode(), code_of(tried).encode()) or tried.tries > MOST_TRIES:
        return None
    return await confirm(confirmation_id, now=now)


@database.verb
async def not_reached(confirmation_id: int, now: datetime) -> None:
    """They could not be asked: the time stays kept until noon of the next working day, and we call. Idempotent."""
    confirmation = await _by_id(confirmation_id)
    hold = await _locked(confirmation.key)
    if hold is not None and hold.kind == HoldKind.CONFIRMING:
        await _to_be_called(confirmation, hold, now)


@database.verb
async def book_called(call_back_id: int, *, actor: str, now: datetime) -> Appointment | None:
    """Somebody called them and they want the time; None for a call about nothing that is kept."""
    asked = await CallBack.get_or_none(id=call_back_id)
    if asked is None:
        raise NotFound
    waiting = await Confirmation.get_or_none(hold_id=asked.hold_id) if asked.hold_id else None
    return await confirm(waiting.id, now=now, actor=actor) if waiting else None


async def of_hold(key: str) -> Confirmation | None:
    """What the hold with this key waits for."""
    return await Confirmation.get_or_none(key=key).prefetch_related("person")


async def open_ones() -> list[Confirmation]:
    """Those that wait for somebody's answer, their holds still kept."""
    return await Confirmation.filter(confirmed_at=None, hold__kind=HoldKind.CONFIRMING).order_by("id")


def code_of(confirmation: Confirmation) -> str:
    """The digits of the latest message; derived, so that none are stored."""
    return links.digits(CODE, f"{confirmation.id}:{confirmation.generation}", DIGITS)


def token(confirmation: Confirmation) -> str:
    """The secret part of its link /c/{token}; ends with the next message."""
    return links.token(LINK, confirmation.id, confirmation.generation)


async def by_token(token: str) -> Confirmation:
    """What this link was made for. Raises `NotFound`."""
    found = await Confirmation.get_or_none(id=links.subject(LINK, token)).prefetch_related("person", "hold")
    if found is None:
        raise NotFound
    links.verify(LINK, token, found.id, found.generation)
    return found


async def _keep_limit(who: Introduction, service: Service, now: datetime) -> None:
    booker = limits.booker(who)
    await limits.keep(booker, service, now)
    waiting = Confirmation.filter(
        confirmed_at=None,
        expires_at__gt=now,
        hold__service=service,
        person__addresses__value__iexact=who.reach,
    )
    standing = {one.id for one in await waiting if one.details["booker"] == booker}
    if booker and len(standing) >= service.per_person:
        raise errors.TooManyAppointments


async def _to_be_called(confirmation: Confirmation, hold: Hold, now: datetime) -> None:
    until = min(await instead.answer_by(now, current().zone), hold.starts_at)
    hold.kind, hold.expires_at = HoldKind.CALL_BACK, until
    await hold.save(update_fields=["kind", "expires_at"])
    await Confirmation.filter(id=confirmation.id).update(expires_at=until)
    service = await Service.get(id=hold.service_id)
    await CallBack.get_or_create(
        {
            "person_id": confirmation.person_id,
            "hold_id": hold.id,
            "reason": CallBackReason.UNCONFIRMED,
            "service": service.code,
            "created_at": now,
        },
        key=_card(confirmation),
    )
    await _tell("confirmation.not_reached", confirmation, journal.SYSTEM, now)


@database.verb
async def _count_try(confirmation_id: int) -> Confirmation:
    """On its own, so that a wrong code counts whatever follows."""
    confirmation = await Confirmation.select_for_update().get(id=confirmation_id)
    confirmation.tries += 1
    await confirmation.save(update_fields=["tries"])
    return confirmation


async def _locked(key: str) -> Hold | None:
    """The hold with its counsellor's row locked before it, as everybody does."""
    hold = await Hold.get_or_none(key=key)
    if hold is None:
        return None
    await claims.lock(hold.staff_id)
    return await Hold.select_for_update().get_or_none(key=key)


async def _by_id(confirmation_id: int) -> Confirmation:
    found = await Confirmation.get_or_none(id=confirmation_id)
    if found is None:
        raise NotFound
    return found


def _card(confirmation: Confirmation) -> str:
    return f"confirmation:{confirmation.id}"


async def _tell(kind: str, confirmation: Confirmation, actor: str, now: datetime) -> None:
    details: dict[str, str | int] = {"round": confirmation.generation}
    await journal.write(kind, f"confirmation:{confirmation.id}", actor=actor, now=now, details=details)
