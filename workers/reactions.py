"""One table: kind of journal entry → what follows. The table of contents of the system's behaviour.

Each reaction runs in a transaction of its own, which also removes the row that owed it; it may be repeated
after a crash, so each is idempotent. A kind that is not in the table is an error, not an oversight.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from booking import confirming, interpreting, reach, sessions
from booking.models import Appointment, Interpretation
from channels import evenings, intake, merging, outbox, traces
from figures import ledger
from inquiries.models import Inquiry, Person, Writing
from office.models import JournalEntry
from workers import counting, erasure

Reaction = Callable[[JournalEntry, datetime], Awaitable[None]]


async def count(entry: JournalEntry, _now: datetime) -> None:
    """The figures say what is true now."""
    kind, number = _subject(entry)
    await (counting.inquiry if kind == "inquiry" else counting.appointment)(number, entry.id)


async def count_both(entry: JournalEntry, _now: datetime) -> None:
    """What moved from one matter to the other counts where it is now, whatever was counted of it just before."""
    for number in (_subject(entry)[1], entry.details["with"]):
        await counting.inquiry(number, entry.id)


async def let_go(entry: JournalEntry, _now: datetime) -> None:
    """Two records were one person: one case less, and the record that was left empty goes."""
    person, staying = await Person.get_or_none(id=_subject(entry)[1]), entry.details["into"]
    if person:
        await merging.gone(person, staying)
        await counting.absorbed(person, staying, entry.id)
        await ledger.release({person.count_key})


async def count_unmet(entry: JournalEntry, _now: datetime) -> None:
    """The figures say that somebody looked for a time and found none."""
    await counting.unmet(entry)


async def confirm(entry: JournalEntry, now: datetime) -> None:
    """The person is told that the time is theirs."""
    await _tell_person("confirm", entry, now)


async def tell_moved(entry: JournalEntry, now: datetime) -> None:
    """The person is told the new time; or, if time and place are the same, who meets them now."""
    await _tell_person("colleague" if entry.details.get("quiet") else "moved", entry, now)


async def tell_cancelled(entry: JournalEntry, now: datetime) -> None:
    """The person is told that the talk will not take place."""
    await _tell_person(f"cancelled_by_{entry.details['by']}", entry, now)


async def tell_reinstated(entry: JournalEntry, now: datetime) -> None:
    """The person is told that the talk we called off takes place after all."""
    await _tell_person("reinstated", entry, now)


async def invite_counsellor(entry: JournalEntry, now: datetime) -> None:
    """The talk gets into the counsellor's own calendar."""
    await _tell_counsellor("staff_booked", entry, now)


async def move_in_calendars(entry: JournalEntry, now: datetime) -> None:
    """The talk moves in the counsellor's own calendar, or from one colleague's to another's."""
    another = entry.details["from_staff"] != entry.details["staff"]
    await _tell_counsellor("staff_booked" if another else "staff_moved", entry, now)
    if another:
        await _tell_counsellor("staff_cancelled", entry, now, entry.details["from_staff"])


async def remove_from_calendar(entry: JournalEntry, now: datetime) -> None:
    """The talk leaves the counsellor's own calendar."""
    await _tell_counsellor("staff_cancelled", entry, now)


async def invite_to_session(entry: JournalEntry, now: datetime) -> None:
    """The group evening gets into its counsellor's own calendar, once for all who come."""
    session = await sessions.by_id(_subject(entry)[1])
    await outbox.put_for_session(evenings.PLANNED, session, now=now)


async def take_session_out(entry: JournalEntry, now: datetime) -> None:
    """The group evening leaves its counsellor's own calendar."""
    await outbox.put_for_session(evenings.OFF, await sessions.by_id(_subject(entry)[1]), now=now)


async def take_in(entry: JournalEntry, now: datetime) -> None:
    """A mail or SMS that was stored is read: it becomes a contact, an act of a dialogue, or a card."""
    await intake.take_in(_subject(entry)[1], now)


async def acknowledge(entry: JournalEntry, now: datetime) -> None:
    """Who asked is told the number and the day of the promise; automatic mail is not answered."""
    if entry.details["first"] and not entry.details["automatic"]:
        await outbox.put_receipt(await Inquiry.get(id=_subject(entry)[1]), now=now)


async def send_answer(entry: JournalEntry, now: datetime) -> None:
    """The answer leaves by the channel it was written for."""
    written = await Writing.get(id=entry.details["writing"]).prefetch_related("inquiry")
    await outbox.put_answer(
        written, written.inquiry.person_id, in_full=bool(entry.details["in_full"]), now=now
    )


async def send_letter(entry: JournalEntry, now: datetime) -> None:
    """The letter leaves, to the one it was written to and to nobody else."""
    await outbox.put_letter(await Writing.get(id=entry.details["writing"]), now=now)


async def hand_over(entry: JournalEntry, now: datetime) -> None:
    """The partner is told that there is something to read for them, if the person agreed to that."""
    if entry.details["warm"]:
        await outbox.put_for_partner(entry.details["referral"], now=now)


async def tell_offer(entry: JournalEntry, now: datetime) -> None:
    """The family is told which time is kept for them, and until when."""
    await outbox.put_offer(_subject(entry)[1], revision=entry.details["offer"], now=now)


async def tell_ended(entry: JournalEntry, now: datetime) -> None:
    """The family is told that it gets no more offers."""
    await outbox.put_waiting_ended(_subject(entry)[1], now=now)


async def announce_call(entry: JournalEntry, now: datetime) -> None:
    """Who is to be called is told when, if that is known."""
    if entry.details["known"]:
        await outbox.put_call_back(_subject(entry)[1], now=now)


async def ask_to_confirm(entry: JournalEntry, now: datetime) -> None:
    """Who books is asked to prove their address; who cannot be asked is called."""
    number = _subject(entry)[1]
    if not await outbox.put_confirmation(number, revision=entry.details["round"], now=now):
        await confirming.not_reached(number, now)


async def seek_interpreter(entry: JournalEntry, now: datetime) -> None:
    """Where somebody has to interpret, they are asked for the time that is agreed now, and for no other."""
    appointment = await _appointment(entry)
    if appointment.interpretation != Interpretation.NONE:
        await interpreting.ask(appointment.id, now)


async def ask_interpreter(entry: JournalEntry, now: datetime) -> None:
    """The interpreter is told the time, and where to answer; who has no address for it is passed over."""
    if not await outbox.put_for_interpreter("request", entry.details["request"], now=now):
        await interpreting.not_reached(entry.details["request"], now)


async def tell_not_needed(entry: JournalEntry, now: datetime) -> None:
    """The interpreter is told that they need not come."""
    await outbox.put_for_interpreter("request_off", entry.details["request"], now=now)


async def tell_interpretation(entry: JournalEntry, now: datetime) -> None:
    """Family and counsellor are told who interprets; that nobody does, the desk tells the family itself."""
    found = {"confirmed": "yes", "by_phone": "phone", "missing": "none"}[entry.kind.partition(".")[2]]
    if found != "none":
        await _tell_person(f"interpreter_{found}", entry, now)
    await _tell_counsellor(f"staff_interpreter_{found}", entry, now)


async def send_new_links(entry: JournalEntry, now: datetime) -> None:
    """Whoever has a new address is told what is still to come, with links that work."""
    for appointment in await reach.to_tell(_subject(entry)[1], now):
        await outbox.put_for_person(
            "confirm", appointment, revision=appointment.revision, now=now, again=entry.id
        )
    for inquiry in await Inquiry.filter(
        person_id=_subject(entry)[1], waiting_since__isnull=False, void=False
    ):
        await outbox.put_receipt(inquiry, now=now, again=entry.id)


async def erase(entry: JournalEntry, now: datetime) -> None:
    """Everything of the person is gone; the figures stay."""
    await erasure.erase(_subject(entry)[1], actor=entry.actor, now=now)


FOLLOWS: dict[str, Sequence[Reaction]] = {
    "appointment.booked": (count, confirm, invite_counsellor, seek_interpreter),
    "appointment.moved": (count, tell_moved, move_in_calendars, seek_interpreter),
    "appointment.cancelled": (count, tell_cancelled, remove_from_calendar, seek_interpreter),
    "appointment.arrived": (),
    "appointment.reinstated": (count, tell_reinstated, invite_counsellor, seek_interpreter),
    "appointment.attended": (count,),
    "appointment.no_show": (count,),
    "appointment.reopened": (count,),
    "appointment.responded": (),
    "calendar.added": (),
    "calendar.limits": (),
    "calendar.open_hours": (),
    "calendar.removed": (),
    "calendar.renewed": (),
    "calendar.season": (),
    "callback.asked": (announce_call,),
    "confirmation.asked": (ask_to_confirm,),
    "confirmation.not_reached": (),
    "incoming.stored": (take_in,),
    "inquiry.received": (count, acknowledge),
    "inquiry.answered": (send_answer,),
    "inquiry.noted": (),
    "inquiry.case_noted": (),
    "inquiry.case_note_removed": (),
    "inquiry.assigned": (),
    "inquiry.settled": (),
    "inquiry.letter": (send_letter,),
    "inquiry.participant_added": (),
    "inquiry.participant_may": (),
    "inquiry.participant_may_not": (),
    "inquiry.participant_removed": (),
    "inquiry.put_off": (),
    "inquiry.merged": (count_both,),
    "inquiry.joined": (count,),
    "inquiry.split": (count_both,),
    "inquiry.split_off": (count,),
    "inquiry.referred": (hand_over,),
    "inquiry.handover_answered": (),
    "inquiry.handover_ended": (),
    "inquiry.gap_noted": (),
    "inquiry.logged": (count,),
    "inquiry.recorded": (count,),
    "inquiry.voided": (count,),
    "interpreter.asked": (ask_interpreter,),
    "interpreter.declined": (),
    "interpreter.withdrawn": (tell_not_needed,),
    "interpreter.confirmed": (tell_interpretation,),
    "interpreter.by_phone": (tell_interpretation,),
    "interpreter.missing": (tell_interpretation,),
    "person.absorbed": (let_go,),
    "module.saved": (),
    "person.to_be_erased": (erase,),
    "partner.added": (),
    "partner.changed": (),
    "partner.checked": (),
    "topic.checked": (),
    "topic.written": (),
    "waiting.joined": (),
    "waiting.offered": (tell_offer,),
    "waiting.left": (),
    "waiting.ended": (tell_ended,),
    "person.erased": (),
    "running.changed": (),
    "person.no_information": (),
    "person.reach_changed": (send_new_links,),
    "search.unmet": (count_unmet,),
    "staff.deputy": (),
    "walk_in.came": (),
    "walk_in.taken": (),
    "walk_in.left": (),
    "session.planned": (invite_to_session,),
    "session.called_off": (take_session_out,),
}
AFTERWARDS: dict[str, Callable[[], Awaitable[object]]] = {"erase": traces.wipe}
"""What a reaction wants done once its transaction is over; lost with the process, the nightly run does it."""
BY_NAME: dict[str, Reaction] = {
    reaction.__name__: reaction for follow in FOLLOWS.values() for reaction in follow
}


def follows(kind: str) -> list[str]:
    """Names of the reactions to this kind of entry."""
    return [reaction.__name__ for reaction in FOLLOWS[kind]]


# Revision and counsellor are those of the moment it happened: should either have changed since, the message
# is superseded at sending, and the later entry says what is right.


async def _tell_person(text: str, entry: JournalEntry, now: datetime) -> None:
    await outbox.put_for_person(text, await _appointment(entry), revision=entry.details["revision"], now=now)


async def _tell_counsellor(
    text: str, entry: JournalEntry, now: datetime, staff_id: int | None = None
) -> None:
    appointment = await _appointment(entry)
    if appointment.session_id is not None:  # the session itself is in their calendar
        return
    await outbox.put_for_staff(
        text,
        appointment,
        staff_id or entry.details["staff"],
        revision=entry.details["revision"],
        now=now,
    )


def _subject(entry: JournalEntry) -> tuple[str, int]:
    kind, _, number = entry.subject.partition(":")
    return kind, int(number)


async def _appointment(entry: JournalEntry) -> Appointment:
    return await Appointment.get(id=_subject(entry)[1])
