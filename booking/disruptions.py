"""A change of hours is saved, and what was chosen for each family it touches is carried out.

Invariant: the change is saved first, with every choice; each family is then a transaction of its own, so that a
crash leaves whole families undone, never half ones, and `carry_on` does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking import appointments, claims, entering, errors, instead, interpreting, moves, proposals, touching
from booking.availability import Slot
from booking.changes import Away, Change, Closed
from booking.intervals import Interval, utc
from booking.models import Appointment, CallBack, CallBackReason, Choice, Disruption, Status, Touched
from booking.proposals import Colleague, Proposal
from office import closing_days, database
from office.models import Staff

ILL = "ill"
REASONS = {ILL: "counsellor_ill", "closing": "office_closed"}
"""What kind of change it was → why we cancel."""
AWAY = "counsellor_away"
NOBODY: Mapping[int, str] = {}


async def preview(change: Change, *, now: datetime, zone: ZoneInfo) -> list[Proposal]:
    """What it would touch, with a proposal each; nothing is saved."""
    after = await instead.answer_by(now, zone)
    last = (after + proposals.LOOK_AHEAD).astimezone(zone).date()
    touched = await touching.touched_by(change, now=now, zone=zone)
    gone = await touching.gone(change, last, now=now, zone=zone)
    return await proposals.of(touched, after=after, gone=gone, now=now, zone=zone)


async def carry_out(
    change: Change,
    choices: Mapping[int, Choice],
    *,
    colleagues: Mapping[int, str] = NOBODY,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Disruption:
    """The change is saved and each choice (by appointment id) carried out; no choice means keep.

    `colleagues` says (by code) who is to take which appointment; is that one busy by now, the next one does.
    """
    disruption = await _save(change, choices, actor=actor, now=now, zone=zone)
    await carry_on(disruption.id, colleagues=colleagues, actor=actor, now=now, zone=zone)
    return disruption


async def ill_today(staff_id: int, *, actor: str, now: datetime, zone: ZoneInfo) -> Disruption:
    """Away for the rest of the local day; for each family what we would do. Asked twice today, it is one."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    midnight = utc(datetime.combine(tomorrow, time(), zone))
    away = Away(staff_id, Interval(now, midnight), ILL)
    if known := await _reported(away):
        await carry_on(known.id, actor=actor, now=now, zone=zone)
        return known
    best = {one.appointment.id: one.best for one in await preview(away, now=now, zone=zone)}
    return await carry_out(away, best, actor=actor, now=now, zone=zone)


async def _reported(away: Away) -> Disruption | None:
    """That they are ill until then, if somebody said so already."""
    said = Disruption.filter(staff_id=away.staff_id, kind=ILL, undone_at=None)
    return await said.filter(absence__ends_at=away.interval.ends_at).first()


async def carry_on(
    disruption_id: int,
    *,
    colleagues: Mapping[int, str] = NOBODY,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Whatever was chosen and is not done yet is done. Idempotent."""
    for touched in await Touched.filter(disruption_id=disruption_id).order_by("id"):
        named = colleagues.get(touched.appointment_id, "")
        if touched.choice == Choice.COLLEAGUE and not await _hand_to_colleague(
            touched, named, actor=actor, now=now, zone=zone
        ):
            await _cancel_and_offer(touched.id, actor=actor, now=now, zone=zone)
        if touched.choice == Choice.OFFER:
            await _cancel_and_offer(touched.id, actor=actor, now=now, zone=zone)


async def to_call(disruption_id: int) -> list[CallBack]:
    """Families nothing reaches but a call, not called yet."""
    ids = await Touched.filter(disruption_id=disruption_id).values_list("appointment_id", flat=True)
    calls = CallBack.filter(appointment_id__in=ids, reason=CallBackReason.CANCELLED, done_at=None)
    return await calls.order_by("id").prefetch_related("person", "appointment")


@database.verb
async def _save(
    change: Change, choices: Mapping[int, Choice], *, actor: str, now: datetime, zone: ZoneInfo
) -> Disruption:
    staff_id = None if isinstance(change, Closed) else change.staff_id
    await claims.lock(*([staff_id] if staff_id else [one.id for one in await Staff.all().only("id")]))
    if isinstance(change, Away) and change.kind == ILL and (known := await _reported(change)):
        return known  # a twin came between
    touched = await touching.touched_by(change, now=now, zone=zone)
    absence = await entering.enter(change, now=now, zone=zone)
    if isinstance(change, Closed):
        await closing_days.noted(change.day, True, change.name, actor=actor, now=now)
    disruption = await Disruption.create(
        kind=change.kind, staff_id=staff_id, absence_id=absence, at=now, by=actor
    )
    rows = [
        Touched(
            disruption=disruption,
            appointment=one,
            choice=choices.get(one.id, Choice.KEEP),
            from_staff=one.staff_id,
            revision=one.revision,
        )
        for one in touched
    ]
    await Touched.bulk_create(rows)
    return disruption


async def _hand_to_colleague(
    touched: Touched, named: str, *, actor: str, now: datetime, zone: ZoneInfo
) -> bool:
    """The same time with somebody else; False when nobody has it any more."""
    appointment = await appointments.by_id(touched.appointment_id)
    if not _as_it_was(appointment, touched):
        return True
    free = await proposals.colleagues(appointment, now=now, zone=zone)
    for colleague in sorted(free, key=lambda one: one.code != named):
        try:
            await _hand_to(appointment, colleague, actor=actor, now=now, zone=zone)
            return True
        except errors.SlotTaken:
            continue
        except errors.TooLate:
            return True
    return False


@database.verb
async def _hand_to(
    appointment: Appointment, colleague: Colleague, *, actor: str, now: datetime, zone: ZoneInfo
) -> None:
    await claims.lock(appointment.staff_id, colleague.staff_id)
    await moves.move(
        appointment.id, appointment.starts_at, actor=actor, now=now, zone=zone, counsellor=colleague.code
    )
    if colleague.by_phone:
        await interpreting.by_phone(appointment.id, now)


async def _cancel_and_offer(touched_id: int, *, actor: str, now: datetime, zone: ZoneInfo) -> None:
    touched = await Touched.get(id=touched_id).prefetch_related("disruption")
    appointment = await appointments.by_id(touched.appointment_id)
    if not _as_it_was(appointment, touched):
        return
    until = await instead.answer_by(now, zone)
    wanted = await proposals.times(appointment, after=until, now=now, zone=zone)
    try:
        await _cancel(touched, wanted, until, actor=actor, now=now, zone=zone)
    except errors.TooLate:
        return


@database.verb
async def _cancel(
    touched: Touched, wanted: list[Slot], until: datetime, *, actor: str, now: datetime, zone: ZoneInfo
) -> None:
    """The times are held before the talk is called off, so that nobody is told of a time that is not kept."""
    await claims.lock(touched.from_staff, *[slot.candidates[0].staff_id for slot in wanted])
    appointment = await appointments.by_id(touched.appointment_id)
    if not _as_it_was(appointment, touched):
        return
    await instead.keep(appointment, wanted, until, now=now, zone=zone)
    reason = REASONS.get(touched.disruption.kind, AWAY)
    cancelled = await appointments.cancel(appointment.id, actor=actor, now=now, reason=reason)
    await Touched.filter(id=touched.id).update(choice=Choice.OFFER)
    if not await instead.reached(cancelled.person_id):
        await instead.to_be_called(cancelled, instead.card(touched), now)


def _as_it_was(appointment: Appointment, touched: Touched) -> bool:
    return appointment.status == Status.BOOKED and appointment.revision == touched.revision
