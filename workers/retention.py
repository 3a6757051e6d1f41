"""Data has an end: what nobody needs any more goes every night, by the periods each room declares.

Invariant: every personal column ends by one of `RULES` or stands in `BY_HAND`; each batch is a transaction of its
own; what was deleted is proven by an audit entry that says how much by which rule, never whose.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from booking import personal as booking
from booking.models import (
    Absence,
    AbsenceSeries,
    Appointment,
    Booker,
    BusyTime,
    CallBack,
    Confirmation,
    Disruption,
    Hold,
    Session,
    Status,
    Waiting,
    WorkingHours,
)
from channels import day_sheets, traces
from channels import personal as channels
from channels.models import Incoming, IncomingState, Message, OptOut, ParkedForm
from inquiries import personal as inquiries
from inquiries.models import (
    Address,
    CaseNote,
    Contact,
    Draft,
    Inquiry,
    NameKey,
    Person,
    Referral,
    TopicText,
    WalkIn,
    Writing,
    WritingKind,
)
from office import audit, database, journal
from office import personal as office
from office.models import AuditEntry, Edit, JournalEntry
from office.personal import Personal
from office.settings import current
from workers import erasure

log = structlog.get_logger()
BATCH = 100
NEVER_CLOSED = timedelta(days=180)
WITHOUT_INQUIRY = timedelta(days=30)
BROKER, DEMO = timedelta(days=1), timedelta(days=14)

Due = Callable[[datetime, int], Awaitable[Sequence[Any]]]
Remove = Callable[[Sequence[Any], datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What ends by it, which declared reasons it carries out, how it is found and how it goes."""

    name: str
    reasons: tuple[Personal, ...]
    due: Due
    """At most so many that are due now: rows, their ids, or files."""
    remove: Remove


async def run(now: datetime) -> dict[str, int]:
    """Everything due is gone; rule → how many, rules that found nothing left out. Idempotent."""
    done = {rule.name: await _carry_out(rule, now) for rule in RULES}
    done = {name: count for name, count in done.items() if count}
    if done:
        await traces.wipe()
    return done


async def due(now: datetime) -> dict[str, int]:
    """Rule → how many would go now (10,000 stand for more)."""
    return {rule.name: len(await rule.due(now, 10_000)) for rule in RULES}


async def _carry_out(rule: Rule, now: datetime) -> int:
    count = 0
    while found := await rule.due(now, BATCH):
        await rule.remove(found, now)
        count += len(found)
        if len(found) < BATCH:
            break
    if count:
        await audit.note(journal.SYSTEM, "retention", f"{rule.name}:{count}", now)
        log.info("retention", rule=rule.name, count=count)
    return count


async def _contact_data(now: datetime, limit: int) -> Sequence[Any]:
    before = now - inquiries.REACH.period
    still = Q(ends_at__gt=before, status__not=Status.CANCELLED) | Q(cancelled_at__gt=before)
    written = Writing.filter(kind__in=[WritingKind.RECEIVED, WritingKind.ANSWER]).values("inquiry_id")
    unfinished = Inquiry.filter(Q(closed_at=None) | Q(closed_at__gt=before))
    people = (
        Person.filter(id__in=Subquery(Appointment.all().values("person_id")))
        .exclude(id__in=Subquery(Appointment.filter(still).values("person_id")))
        .exclude(id__in=Subquery(unfinished.filter(waiting_since__not_isnull=True).values("person_id")))
        .exclude(id__in=Subquery(unfinished.filter(id__in=Subquery(written)).values("person_id")))
    )
    has = Q(name__not="") | Q(call_name__not="") | Q(id__in=Subquery(Address.all().values("person_id")))
    return await people.filter(has).order_by("id").limit(limit).values_list("id", flat=True)


@database.verb
async def _forget_contact_data(people: Sequence[Any], _now: datetime) -> None:
    await Message.filter(appointment__person_id__in=list(people)).delete()
    await Address.filter(person_id__in=list(people)).delete()
    await NameKey.filter(person_id__in=list(people)).delete()
    await Person.filter(id__in=list(people)).update(name="", call_name="")


async def _bookers(now: datetime, limit: int) -> Sequence[Any]:
    recent = Appointment.filter(ends_at__gt=now - booking.LIMIT.period).values("booker")
    found = Booker.exclude(fingerprint__in=Subquery(recent)).order_by("fingerprint")
    return await found.limit(limit).values_list("fingerprint", flat=True)


@database.verb
async def _forget_bookers(fingerprints: Sequence[Any], _now: datetime) -> None:
    await Appointment.filter(booker__in=list(fingerprints)).update(booker="")
    await Booker.filter(fingerprint__in=list(fingerprints)).delete()


async def _people(now: datetime, limit: int) -> Sequence[Any]:
    """Those whose last matter was closed long ago, and those who were not heard of for longer."""
    closed = now - inquiries.CASE.period
    done = _silent_since(closed).exclude(
        id__in=Subquery(Inquiry.filter(Q(closed_at=None) | Q(closed_at__gt=closed)).values("person_id"))
    )
    found = await done.order_by("id").limit(limit).values_list("id", flat=True)
    silent = await _silent_since(now - NEVER_CLOSED).order_by("id").limit(limit).values_list("id", flat=True)
    return sorted({*found, *silent})[:limit]


def _silent_since(moment: datetime) -> QuerySet[Person]:
    inquiry, at = Inquiry.filter(opened_at__gt=moment), {"at__gt": moment}
    return (
        Person.filter(created_at__lte=moment)
        .exclude(id__in=Subquery(inquiry.values("person_id")))
        .exclude(id__in=Subquery(Appointment.filter(ends_at__gt=moment).values("person_id")))
        .exclude(id__in=Subquery(Contact.filter(**at).values("inquiry__person_id")))
        .exclude(id__in=Subquery(Writing.filter(**at).values("inquiry__person_id")))
    )


async def _erase(people: Sequence[Any], now: datetime) -> None:
    for number in people:
        await erasure.erase(number, actor=journal.SYSTEM, now=now)


async def _incoming(now: datetime, limit: int) -> Sequence[Any]:
    closed = Q(received_at__lte=now - channels.CAME.period) & (
        Q(inquiry__closed_at__not_isnull=True) | Q(inquiry_id=None)
    )
    looked_at = ~Q(state__in=[IncomingState.STORED, IncomingState.UNREADABLE])  # a card waits for somebody
    loose = Q(inquiry_id=None, received_at__lte=now - WITHOUT_INQUIRY) & looked_at
    return await _ids(Incoming.filter(closed | loose), limit)


async def _messages(now: datetime, limit: int) -> Sequence[Any]:
    before = now - channels.TOLD.period
    over = Q(appointment__ends_at__lte=before) | Q(appointment__cancelled_at__lte=before)
    return await _ids(Message.filter(over), limit)


async def _entries(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(JournalEntry.filter(at__lte=now - office.JOURNAL.period, pending=False), limit)


async def _audit(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(AuditEntry.filter(at__lte=now - office.AUDIT.period), limit)


async def _edits(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(Edit.filter(at__lte=now - office.EDIT.period), limit)


async def _case_notes(now: datetime, limit: int) -> Sequence[Any]:
    today = now.astimezone(current().zone).date()
    return await _ids(CaseNote.filter(expires_on__lt=today), limit)


async def _parked(now: datetime, limit: int) -> Sequence[Any]:
    """Those of the days before."""
    zone = current().zone
    today = datetime.combine(now.astimezone(zone).date(), time(), zone)
    return await _ids(ParkedForm.filter(parked_at__lt=today), limit)


async def _holds(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(Hold.filter(expires_at__lte=now - booking.HOLDING.period), limit)


async def _opt_outs(now: datetime, limit: int) -> Sequence[Any]:
    found = OptOut.filter(at__lte=now - channels.STOPPED.period).order_by("fingerprint").limit(limit)
    return await found.values_list("fingerprint", flat=True)


async def _absences(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(Absence.filter(ends_at__lte=now - booking.WORK.period), limit)


async def _hours(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(WorkingHours.filter(valid_to__lt=(now - booking.WORK.period).date()), limit)


async def _series(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(AbsenceSeries.filter(valid_to__lt=(now - booking.WORK.period).date()), limit)


async def _disruptions(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(Disruption.filter(at__lte=now - booking.WORK.period), limit)


async def _sessions(now: datetime, limit: int) -> Sequence[Any]:
    """Those nobody is on record for any more."""
    seated = Subquery(Appointment.filter(session_id__not_isnull=True).values("session_id"))
    return await _ids(Session.filter(ends_at__lte=now - booking.WORK.period).exclude(id__in=seated), limit)


async def _waiting(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(Waiting.filter(until__lte=now - booking.WAITING.period), limit)


async def _confirmations(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(Confirmation.filter(expires_at__lte=now - booking.CONFIRMING.period), limit)


async def _call_backs(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(CallBack.filter(done_at__lte=now - booking.CALLING.period), limit)


async def _walk_ins(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(WalkIn.filter(came_at__lte=now - inquiries.COUNTER.period), limit)


async def _drafts(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(Draft.filter(at__lte=now - inquiries.BEGUN.period), limit)


async def _handovers(now: datetime, limit: int) -> Sequence[Any]:
    """What their partners were told, once the link has ended."""
    return await _ids(Referral.filter(ends_at__lte=now).exclude(contact="", note=""), limit)


@database.verb
async def _forget_handovers(keys: Sequence[Any], _now: datetime) -> None:
    await Referral.filter(id__in=list(keys)).update(contact="", note="")


async def _authors(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(TopicText.filter(at__lte=now - inquiries.WRITTEN.period).exclude(author=""), limit)


@database.verb
async def _forget_authors(keys: Sequence[Any], _now: datetime) -> None:
    await TopicText.filter(id__in=list(keys)).update(author="")


async def _elsewhere(now: datetime, limit: int) -> Sequence[Any]:
    return await _ids(BusyTime.filter(ends_at__lte=now - booking.ELSEWHERE.period), limit)


async def _ids(rows: QuerySet[Any], limit: int) -> Sequence[Any]:
    return await rows.order_by("id").limit(limit).values_list("id", flat=True)


def _rows_of(model: type[Any]) -> Remove:
    """Removes the rows with these keys."""

    @database.verb
    async def remove(keys: Sequence[Any], _now: datetime) -> None:
        await model.filter(pk__in=list(keys)).delete()

    return remove


def _files(period: timedelta, *folders: str) -> Due:
    """Finds the files of these folders that are older."""

    async def found(now: datetime, limit: int) -> Sequence[Any]:
        old = [path for folder in folders for path in traces.older(folder, now - period)]
        return old[:limit]

    return found


async def _day_sheets(now: datetime, limit: int) -> Sequence[Any]:
    return day_sheets.of_before(now)[:limit]


async def _remove_files(paths: Sequence[Any], _now: datetime) -> None:
    for path in paths:
        traces.remove(path)


RULES = (
    Rule("contact_data", (inquiries.REACH,), _contact_data, _forget_contact_data),
    Rule("limits", (booking.LIMIT,), _bookers, _forget_bookers),
    Rule("messages", (channels.TOLD,), _messages, _rows_of(Message)),
    Rule("people", (inquiries.CASE, booking.MEETING, booking.ASKING), _people, _erase),
    Rule("case_notes", (inquiries.NOTED,), _case_notes, _rows_of(CaseNote)),
    Rule("parked", (channels.PARKED,), _parked, _rows_of(ParkedForm)),
    Rule("incoming", (channels.CAME,), _incoming, _rows_of(Incoming)),
    Rule("holds", (booking.HOLDING,), _holds, _rows_of(Hold)),
    Rule("opt_outs", (channels.STOPPED,), _opt_outs, _rows_of(OptOut)),
    Rule("journal", (office.JOURNAL,), _entries, _rows_of(JournalEntry)),
    Rule("audit", (office.AUDIT,), _audit, _rows_of(AuditEntry)),
    Rule("edits", (office.EDIT,), _edits, _rows_of(Edit)),
    Rule("absences", (booking.WORK,), _absences, _rows_of(Absence)),
    Rule("hours", (booking.WORK,), _hours, _rows_of(WorkingHours)),
    Rule("absence_series", (booking.WORK,), _series, _rows_of(AbsenceSeries)),
    Rule("disruptions", (booking.WORK,), _disruptions, _rows_of(Disruption)),
    Rule("sessions", (booking.WORK,), _sessions, _rows_of(Session)),
    Rule("waiting", (booking.WAITING,), _waiting, _rows_of(Waiting)),
    Rule("confirmations", (booking.CONFIRMING,), _confirmations, _rows_of(Confirmation)),
    Rule("call_backs", (booking.CALLING,), _call_backs, _rows_of(CallBack)),
    Rule("walk_ins", (inquiries.COUNTER,), _walk_ins, _rows_of(WalkIn)),
    Rule("drafts", (inquiries.BEGUN,), _drafts, _rows_of(Draft)),
    Rule("handovers", (inquiries.HANDOVER,), _handovers, _forget_handovers),
    Rule("topic_authors", (inquiries.WRITTEN,), _authors, _forget_authors),
    Rule("elsewhere", (booking.ELSEWHERE,), _elsewhere, _rows_of(BusyTime)),
    Rule("day_sheets", (), _day_sheets, _remove_files),
    Rule("broker_files", (), _files(BROKER, "broker/queue"), _remove_files),
    Rule("demo_files", (), _files(DEMO, traces.MAILED, traces.MAIL_IN, traces.PHONE), _remove_files),
)
BY_HAND = {
    office.EMPLOYMENT: "nobody tells the system when somebody leaves for good",
    booking.INTERPRETER: "the office decides with whom it works on",
    booking.SOURCE: "a calendar is read until its counsellor takes it away",
}
"""Declared reasons no rule ends by itself."""
