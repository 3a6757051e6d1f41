"""Who interprets: asked by us, answered by them, and what happens when nobody can or nobody answers.

Invariant: the interpreter whose cells an appointment owns is the one with its open request; one at a time is asked,
and an appointment never loses its time because nobody interprets.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import appointments, cells, claims, resources
from booking.models import (
    Appointment,
    CallBack,
    CallBackReason,
    Interpretation,
    Interpreter,
    InterpreterClaim,
    InterpreterKind,
    InterpreterRequest,
    RequestState,
    Status,
)
from booking.resources import Spot
from inquiries import promise
from office import closing_days, database, journal, links
from office.errors import NotFound

LINK = "interpreter"
FOUND = {
    Interpretation.CONFIRMED: "interpreter.confirmed",
    Interpretation.BY_PHONE: "interpreter.by_phone",
    Interpretation.MISSING: "interpreter.missing",
}
"""How the search ended → what the journal calls it."""
INTERPRETER = "interpreter"
OPEN = (RequestState.ASKED, RequestState.ACCEPTED)
DAYS_TO_ANSWER = 2
"""So many working days before the talk, silence counts as an answer."""
FROM_HOUR = 9
"""Nobody is told at night, on the office's clock, that somebody interprets by phone."""
AT_LEAST = timedelta(hours=4)
"""Whoever is asked at short notice has this long to answer."""


@database.verb
async def ask(appointment_id: int, now: datetime) -> None:
    """The interpreter of this appointment is asked for its time, and nobody else any more. Idempotent."""
    appointment = await _locked(appointment_id)
    asked = await _keep_asking(appointment, now)
    if asked or not _sought(appointment) or appointment.interpreter_id is None:
        return
    if appointment.interpreter_id in await _cannot(appointment):
        await _ask_next(appointment, now)
        return
    await _request(appointment, appointment.interpreter_id, now)


@database.verb
async def accept(request_id: int, now: datetime) -> InterpreterRequest:
    """They will come. Idempotent; what is over or was taken back stays as it is."""
    appointment, request = await _both(request_id, now)
    if request.state != RequestState.ASKED or request.starts_at <= now:
        return request
    await _answered(request, RequestState.ACCEPTED, now)
    await _found(appointment, Interpretation.CONFIRMED, INTERPRETER, now)
    return request


@database.verb
async def decline(request_id: int, now: datetime) -> InterpreterRequest:
    """They cannot come, or cannot after all: the next one is asked, or somebody interprets by phone. Idempotent."""
    appointment, request = await _both(request_id, now)
    if request.state not in OPEN or request.starts_at <= now:
        return request
    await _answered(request, RequestState.DECLINED, now)
    await appointments.tell("interpreter.declined", appointment, INTERPRETER, now, {"request": request.id})
    await _ask_next(appointment, now)
    return request


@database.verb
async def not_reached(request_id: int, now: datetime) -> None:
    """Our question never got to them: the next one is asked at once. Idempotent."""
    appointment, request = await _both(request_id, now)
    if request.state == RequestState.ASKED and request.starts_at > now:
        await _answered(request, RequestState.SILENT, now)
        await _ask_next(appointment, now)


@database.verb
async def by_phone(appointment_id: int, now: datetime) -> None:
    """Nobody can be asked to come any more: somebody interprets by phone, or the family is called. Idempotent."""
    appointment = await _locked(appointment_id)
    if appointment.interpretation in (Interpretation.NONE, Interpretation.ASKED):
        await _without(appointment, now)


@database.verb
async def not_by_phone(appointment_id: int) -> None:
    """Whoever meets them now speaks their language. Idempotent."""
    appointment = await _locked(appointment_id)
    if appointment.interpretation == Interpretation.BY_PHONE:
        appointment.interpretation = Interpretation.NONE
        await appointment.save(update_fields=["interpretation"])


async def escalate(now: datetime, zone: ZoneInfo) -> int:
    """Requests nobody answered in time end, and somebody interprets by phone; returns how many. Idempotent."""
    if now.astimezone(zone).hour < FROM_HOUR:
        return 0
    asked = InterpreterRequest.filter(
        state=RequestState.ASKED, starts_at__gt=now, asked_at__lte=now - AT_LEAST
    )
    silent = [one for one in await asked.order_by("id") if await too_near(one.starts_at, now, zone)]
    for request in silent:
        await _give_up(request.id, now)
    return len(silent)


@database.verb
async def _give_up(request_id: int, now: datetime) -> None:
    appointment, request = await _both(request_id, now)
    if request.state == RequestState.ASKED:
        await _answered(request, RequestState.SILENT, now)
        await _without(appointment, now)


async def too_near(starts_at: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Are there no more than `DAYS_TO_ANSWER` working days left?"""
    return await _working_day(now, DAYS_TO_ANSWER, zone) >= starts_at.astimezone(zone).date()


async def tomorrow(now: datetime, zone: ZoneInfo) -> list[InterpreterRequest]:
    """What interpreters promised for the time up to the end of the next working day: they are reminded of it."""
    accepted = InterpreterRequest.filter(state=RequestState.ACCEPTED, starts_at__gt=now).order_by("id")
    last = await _working_day(now, 1, zone)
    return [one for one in await accepted if one.starts_at.astimezone(zone).date() <= last]


async def _working_day(now: datetime, days: int, zone: ZoneInfo) -> date:
    today = now.astimezone(zone).date()
    return promise.promised(today, days, await closing_days.closed(today, today + timedelta(days=30)))


async def _locked(appointment_id: int) -> Appointment:
    """The appointment, its counsellor locked before it as everywhere."""
    before = await appointments.by_id(appointment_id)
    await claims.lock(before.staff_id)
    return await Appointment.select_for_update().get(id=appointment_id)


async def _both(request_id: int, now: datetime) -> tuple[Appointment, InterpreterRequest]:
    """Both locked; a request whose talk was called off or moved since it was sent is withdrawn first."""
    known = await InterpreterRequest.get(id=request_id)
    appointment = await _locked(known.appointment_id)
    request = await InterpreterRequest.select_for_update().get(id=request_id)
    if request.state in OPEN and request.starts_at > now and not _still_wanted(appointment, request):
        await _withdraw(appointment, request, now)
    return appointment, request


def _sought(appointment: Appointment) -> bool:
    return appointment.status == Status.BOOKED and appointment.interpretation == Interpretation.ASKED


async def _keep_asking(appointment: Appointment, now: datetime) -> bool:
    """Take back what was asked for another time, or of somebody else; True when the right one is asked already."""
    kept = False
    for request in await InterpreterRequest.filter(appointment=appointment, state__in=list(OPEN)):
        if _still_wanted(appointment, request):
            kept = True
            continue
        await _withdraw(appointment, request, now)
    return kept


async def _withdraw(appointment: Appointment, request: InterpreterRequest, now: datetime) -> None:
    await _answered(request, RequestState.WITHDRAWN, now)
    about: dict[str, str | int] = {"request": request.id}
    await appointments.tell("interpreter.withdrawn", appointment, journal.SYSTEM, now, about)


def _still_wanted(appointment: Appointment, request: InterpreterRequest) -> bool:
    wanted = (appointment.interpreter_id, appointment.starts_at, appointment.ends_at)
    return appointment.status != Status.CANCELLED and wanted == (
        request.interpreter_id,
        request.starts_at,
        request.ends_at,
    )


async def _request(appointment: Appointment, interpreter_id: int, now: datetime) -> None:
    request = await InterpreterRequest.create(
        appointment=appointment,
        interpreter_id=interpreter_id,
        revision=appointment.revision,
        language=appointment.language,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        asked_at=now,
    )
    about: dict[str, str | int] = {"request": request.id}
    await appointments.tell("interpreter.asked", appointment, journal.SYSTEM, now, about)


async def _answered(request: InterpreterRequest, state: RequestState, now: datetime) -> None:
    request.state, request.answered_at = state, now
    await request.save(update_fields=["state", "answered_at"])


async def _ask_next(appointment: Appointment, now: datetime) -> None:
    """The cells go from who cannot come to the next one who can, or to nobody."""
    following = await _next(appointment, await _cannot(appointment), now)
    if following is None:
        await _without(appointment, now)
        return
    await _release(appointment)
    appointment.interpreter_id, appointment.interpretation = following.id, Interpretation.ASKED
    await appointment.save(update_fields=["interpreter_id", "interpretation"])
    numbers = cells.cells(appointment.starts_at, appointment.claimed_until)
    owned = {"interpreter_id": following.id, "appointment_id": appointment.id}
    await InterpreterClaim.bulk_create([InterpreterClaim(cell=cell, **owned) for cell in numbers])
    await _request(appointment, following.id, now)


async def _cannot(appointment: Appointment) -> set[int]:
    """Who said no for this very time, or did not answer; moved away and back it is still a no."""
    answered = InterpreterRequest.filter(
        appointment=appointment,
        starts_at=appointment.starts_at,
        state__in=[RequestState.DECLINED, RequestState.SILENT],
    )
    return {request.interpreter_id for request in await answered}


async def _next(appointment: Appointment, before: Collection[int], now: datetime) -> Interpreter | None:
    """The first interpreter of this language who can be asked for this time, and is free; all rows locked."""
    known = await resources.speaking(appointment.language)
    ids = sorted(one.id for one in known)
    await Interpreter.filter(id__in=ids).order_by("id").select_for_update().only("id")
    for one in known:
        if one.id not in before and await _free(one, appointment, now):
            return one
    return None


async def _free(one: Interpreter, appointment: Appointment, now: datetime) -> bool:
    begin, end = appointment.starts_at, appointment.claimed_until
    await claims.drop_expired(appointment.staff_id, begin, end, now, Spot(appointment.place, None, one.id))
    return not await InterpreterClaim.exists(interpreter_id=one.id, cell__in=list(cells.cells(begin, end)))


async def _without(appointment: Appointment, now: datetime) -> None:
    """Nobody comes: somebody interprets by phone, or the desk has to call the family."""
    await _release(appointment)
    appointment.interpreter_id = None
    await appointment.save(update_fields=["interpreter_id"])
    if await resources.speaking(appointment.language, InterpreterKind.PHONE):
        await _found(appointment, Interpretation.BY_PHONE, journal.SYSTEM, now)
        return
    await _found(appointment, Interpretation.MISSING, journal.SYSTEM, now)
    await CallBack.get_or_create(
        {
            "person_id": appointment.person_id,
            "inquiry_id": appointment.inquiry_id,
            "appointment_id": appointment.id,
            "reason": CallBackReason.NO_INTERPRETER,
            "created_at": now,
        },
        key=f"interpreter:{appointment.id}:{appointment.revision}",
    )


async def _release(appointment: Appointment) -> None:
    await InterpreterClaim.filter(appointment_id=appointment.id).delete()


async def _found(appointment: Appointment, state: Interpretation, actor: str, now: datetime) -> None:
    """This is how it will be; the family and the counsellor are told."""
    appointment.interpretation = state
    await appointment.save(update_fields=["interpretation"])
    await appointments.tell(FOUND[state], appointment, actor, now)


def token(request: InterpreterRequest) -> str:
    """The secret part of its link /i/{token}; ends when `generation` rises."""
    return links.token(LINK, request.id, request.generation)


async def by_token(token: str) -> InterpreterRequest:
    """The request this link was made for, with its appointment. Raises `NotFound`."""
    request = await InterpreterRequest.get_or_none(id=links.subject(LINK, token)).prefetch_related(
        "appointment", "interpreter"
    )
    if request is None:
        raise NotFound
    links.verify(LINK, token, request.id, request.generation)
    return request
