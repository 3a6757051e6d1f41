"""What can happen in an office, one act at a time, chosen by chance: for tests of everything at once.

Invariant: an act looks first and does only what it was shown, so that alone in the house it is refused only for the
reasons it names; beside others it may be refused like anybody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from booking import (
    appointments,
    availability,
    callbacks,
    changes,
    confirming,
    disruptions,
    holds,
    instead,
    interpreting,
    moves,
    offers,
    sessions,
    squeeze,
    undoing,
    waiting,
)
from booking.appointments import Booking
from booking.availability import Slot
from booking.confirming import Way
from booking.intervals import Interval
from booking.models import (
    Appointment,
    CallBack,
    Choice,
    Confirmation,
    Disruption,
    Hold,
    HoldKind,
    Interpretation,
    Interpreter,
    InterpreterKind,
    InterpreterRequest,
    Mode,
    RequestState,
    Room,
    Service,
    Session,
    Status,
    Waiting,
    WaitingState,
    WorkingHours,
)
from booking.services import Wish
from inquiries.people import Introduction
from office import closing_days, journal
from office.models import Staff
from tests.factories import ZONE, local, make_hours, make_service, make_staff

MONDAY = date(2026, 3, 9)
DAYS = tuple(MONDAY + timedelta(days=ahead) for ahead in range(3))
OFFICE = "staff:re"
LOOKED_AT = timedelta(days=30)
WISHES = (
    Wish("school", mode=Mode.OFFICE),
    Wish("school", mode=Mode.PHONE),
    Wish("school", 2, Mode.VIDEO),
    Wish("school", mode=Mode.OFFICE, language="ar", interpreter=True),
)
Act = Callable[[Random, datetime], Awaitable[None]]
T = TypeVar("T")


async def open_office(weeks: int = 1) -> None:
    """Three counsellors on the first days of a week, two rooms, two interpreters and a telephone, one evening."""
    members = [await make_staff() for _ in range(3)]
    last = DAYS[-1] + timedelta(weeks=weeks - 1)
    for member in members:
        for day in DAYS:
            await make_hours(member, day.weekday(), 9, 12, valid_from=MONDAY, valid_to=last)
    await make_service(*members, code="school", notice_minutes=60, per_person=5)
    evening = await make_service(members[0], code="evening", group=True, minutes=90, notice_minutes=60)
    for number in (1, 2):
        await Room.create(place="linden", code=f"r{number}", name=f"Raum {number}")
        await Interpreter.create(
            code=f"0{number}", name=f"D. 0{number}", languages=["ar"], email=f"d{number}@example.org"
        )
    await Interpreter.create(code="tel", name="Telefon", kind=InterpreterKind.PHONE, languages=["ar"])
    await sessions.plan(
        evening,
        members[0].id,
        place="linden",
        starts_at=local(DAYS[1], 18),
        seats=6,
        actor=OFFICE,
        now=local(MONDAY - timedelta(days=7), 8),
    )


async def search(wish: Wish, now: datetime) -> list[Slot]:
    """What is offered now."""
    first = now.astimezone(ZONE).date()
    return await availability.search(wish, first=first, last=first + LOOKED_AT, now=now, zone=ZONE)


async def hold(chance: Random, now: datetime) -> None:
    """Keep a time that is offered."""
    wish = chance.choice(WISHES)
    slot = one_of(chance, await search(wish, now))
    if slot:
        await holds.place(wish, slot.starts_at, key=_key(chance), now=now, zone=ZONE)


async def book_held(chance: Random, now: datetime) -> None:
    """Send the form in time, or late but before anybody else came."""
    held = one_of(chance, await Hold.filter(kind=HoldKind.FORM).order_by("id"))
    if held:
        await appointments.book(held.key, _booking(chance), now=now)


async def book(chance: Random, now: datetime) -> None:
    """Book a time that is offered."""
    wish = chance.choice(WISHES)
    slot = one_of(chance, await search(wish, now))
    if slot:
        await appointments.book_slot(
            wish, slot.starts_at, _booking(chance), key=_key(chance), now=now, zone=ZONE
        )


async def ask_to_confirm(chance: Random, now: datetime) -> None:
    """Book what is held once the address is proven; or say that nobody could be asked, or give it up."""
    held = one_of(chance, await Hold.filter(kind=HoldKind.FORM, expires_at__gt=now).order_by("id"))
    if held:
        way = chance.choice([Way.LINK, Way.CODE, Way.CALL])
        await confirming.ask(held.key, _booking(chance), way, now=now)


async def answer_confirmation(chance: Random, now: datetime) -> None:
    """The address is theirs, or was mistyped, or the message did not get through, or we called them."""
    asked = one_of(chance, await Confirmation.filter(confirmed_at=None).exclude(hold_id=None).order_by("id"))
    if asked is None:
        return
    answer = chance.choice(["yes", "yes", "mistyped", "lost", "called"])
    if answer == "yes":
        await confirming.confirm(asked.id, now=now)
    elif answer == "mistyped":
        await confirming.correct(asked.id, now=now, lasts=holds.LASTS)
    elif answer == "lost":
        await confirming.not_reached(asked.id, now)
    else:
        for card in await CallBack.filter(hold_id=asked.hold_id, done_at=None):
            await callbacks.done(card.id, actor=OFFICE, now=now)


async def let_go(chance: Random, now: datetime) -> None:
    """Give a kept time back."""
    held = one_of(chance, await Hold.filter(kind=HoldKind.FORM).order_by("id"))
    if held:
        await holds.release(held.key)


async def extend(chance: Random, now: datetime) -> None:
    """Ask for more time."""
    held = one_of(chance, await Hold.filter(kind=HoldKind.FORM, expires_at__gt=now).order_by("id"))
    if held:
        await holds.extend(held.key, now)


async def move(chance: Random, now: datetime) -> None:
    """Take another time that is offered, by link or at the desk."""
    appointment = one_of(chance, await _talks(now))
    if appointment:
        by_staff = chance.random() < 0.5
        times = await moves.times_to_move(
            appointment, first=now, last=now + LOOKED_AT, now=now, zone=ZONE, by_staff=by_staff
        )
        await _move(appointment, one_of(chance, times), by_staff, now)


async def shift(chance: Random, now: datetime) -> None:
    """Take a time that overlaps the own one."""
    appointment = one_of(chance, await _talks(now))
    if appointment:
        times = await moves.times_to_move(
            appointment, first=now, last=now + LOOKED_AT, now=now, zone=ZONE, by_staff=True
        )
        near = [
            slot
            for slot in times
            if slot.starts_at < appointment.ends_at and appointment.starts_at < slot.ends_at
        ]
        await _move(appointment, one_of(chance, near), True, now)


async def cancel(chance: Random, now: datetime) -> None:
    """Call a talk or seats off."""
    booked = await Appointment.filter(status=Status.BOOKED, starts_at__gt=now).order_by("id")
    appointment = one_of(chance, booked)
    if appointment:
        await appointments.cancel(appointment.id, actor=chance.choice([journal.PERSON, OFFICE]), now=now)


async def wait(chance: Random, now: datetime) -> None:
    """Join the waiting list."""
    hours = chance.choice([waiting.ANY, waiting.Hours(from_minute=10 * 60), waiting.Hours((0, 2))])
    await waiting.join(chance.choice(WISHES), _who(chance), hours, district="unknown", now=now)


async def accept_offer(chance: Random, now: datetime) -> None:
    """Take what is kept."""
    family = await _offered(chance)
    if family and await waiting.standing_offer(family, now):
        await offers.accept(family.id, now=now)


async def decline_offer(chance: Random, now: datetime) -> None:
    """Say no to what is kept."""
    family = await _offered(chance)
    if family:
        await waiting.decline(family.id, now=now)


async def leave_list(chance: Random, now: datetime) -> None:
    """No more offers."""
    family = one_of(chance, await Waiting.filter(state=WaitingState.WAITING).order_by("id"))
    if family:
        await waiting.leave(family.id, now=now)


async def tidy(chance: Random, now: datetime) -> None:
    """What the workers do every minute."""
    await instead.lapse(now, ZONE)
    await holds.drop_all_expired(now)
    await waiting.next_offers(now)
    await interpreting.escalate(now, ZONE)


async def be_away(chance: Random, now: datetime) -> None:
    """A counsellor will be away, and something is decided for each family."""
    begins = _wall(chance.choice(DAYS), chance.choice([8 * 60, 9 * 60, 10 * 60 + 30]))
    member = chance.choice(await Staff.all().order_by("id"))
    away = Interval(begins, begins + timedelta(minutes=chance.choice([30, 90, 300])))
    if begins > now:
        await _carry_out(chance, changes.Away(member.id, away), now)


async def be_ill(chance: Random, now: datetime) -> None:
    """A counsellor is ill today."""
    member = chance.choice(await Staff.all().order_by("id"))
    await disruptions.ill_today(member.id, actor=OFFICE, now=now, zone=ZONE)


async def be_back(chance: Random, now: datetime) -> None:
    """They are here after all."""
    known = await Disruption.filter(undone_at=None).order_by("id")
    disruption = one_of(chance, [one for one in known if undoing.possible(one, now, ZONE)])
    if disruption:
        await undoing.take_back(disruption.id, actor=OFFICE, now=now, zone=ZONE)


async def close(chance: Random, now: datetime) -> None:
    """The office will be closed on a day."""
    day = chance.choice(DAYS)
    if _wall(day, 0) > now and day not in await closing_days.closed(day, day):
        await _carry_out(chance, changes.Closed(day, "Betriebsausflug"), now)


async def shorten(chance: Random, now: datetime) -> None:
    """A counsellor's hours end an hour earlier from some day on."""
    rule = one_of(chance, await WorkingHours.filter(ends_minute=12 * 60, valid_to__gte=MONDAY).order_by("id"))
    if rule:
        first = MONDAY + timedelta(days=rule.weekday)
        shorter = changes.Rule(rule.weekday, 9 * 60, 11 * 60, "linden", valid_to=rule.valid_to)
        if _wall(first, 0) > now:
            await _carry_out(chance, changes.Hours(rule.staff_id, (rule.id,), (shorter,), first), now)


async def keep_seats(chance: Random, now: datetime) -> None:
    """Some seats of an evening, if so many are free."""
    seats = chance.randint(1, 3)
    coming = await sessions.upcoming(await Service.get(code="evening"), now)
    evening = one_of(chance, [one for one in coming if one.free >= seats])
    if evening:
        await sessions.hold_seats(evening.session.id, seats, key=_key(chance), now=now)


async def call_off(chance: Random, now: datetime) -> None:
    """An evening does not take place."""
    session = one_of(chance, await Session.filter(cancelled_at=None, starts_at__gt=now).order_by("id"))
    if session and chance.random() < 0.2:
        await sessions.call_off(session.id, actor=OFFICE, now=now)


async def interpret(chance: Random, now: datetime) -> None:
    """An interpreter says yes or no."""
    asked = InterpreterRequest.filter(
        state__in=[RequestState.ASKED, RequestState.ACCEPTED], starts_at__gt=now
    )
    request = one_of(chance, await asked.order_by("id"))
    if request:
        await chance.choice([interpreting.accept, interpreting.decline])(request.id, now)


async def squeeze_in(chance: Random, now: datetime) -> None:
    """A talk at whatever minute, with a reason."""
    member = chance.choice(await Staff.all().order_by("id"))
    starts_at = _wall(chance.choice(DAYS), 8 * 60 + 5 * chance.randrange(60))
    wish = Wish("school", mode=chance.choice([Mode.OFFICE, Mode.PHONE]), place="linden")
    await squeeze.squeeze_in(
        wish,
        member.id,
        starts_at,
        "Frist morgen",
        _booking(chance),
        key=_key(chance),
        now=now,
        zone=ZONE,
    )


async def seek(chance: Random, now: datetime) -> None:
    """What the workers do after every change: whoever interprets is asked for the time that is agreed now."""
    for appointment in await Appointment.exclude(interpretation=Interpretation.NONE).order_by("id"):
        await interpreting.ask(appointment.id, now)


def one_of(chance: Random, found: Sequence[T]) -> T | None:
    """One of them, or nothing where there is nothing."""
    return chance.choice(found) if found else None


async def _move(appointment: Appointment, slot: Slot | None, by_staff: bool, now: datetime) -> None:
    actor = OFFICE if by_staff else journal.PERSON
    if slot:
        await moves.move(appointment.id, slot.starts_at, actor=actor, now=now, zone=ZONE)


async def _carry_out(chance: Random, change: changes.Change, now: datetime) -> None:
    shown = await disruptions.preview(change, now=now, zone=ZONE)
    choices = {one.appointment.id: chance.choice([one.best, one.best, Choice.KEEP]) for one in shown}
    await disruptions.carry_out(change, choices, actor=OFFICE, now=now, zone=ZONE)


async def _talks(now: datetime) -> list[Appointment]:
    return await Appointment.filter(status=Status.BOOKED, session_id=None, starts_at__gt=now).order_by("id")


async def _offered(chance: Random) -> Waiting | None:
    return one_of(chance, await Waiting.filter(state=WaitingState.OFFERED).order_by("id"))


def _wall(day: date, minute: int) -> datetime:
    return local(day, 0) if minute == 0 else datetime.combine(day, time(minute // 60, minute % 60), ZONE)


def _who(chance: Random) -> Introduction:
    return Introduction("de", "Kevin Drews", email=f"p{chance.getrandbits(40)}@example.org")


def _booking(chance: Random) -> Booking:
    return Booking(_who(chance), "web_booking")


def _key(chance: Random) -> str:
    return f"key-{chance.getrandbits(64):x}"
