"""The invented questions (`data/questions.csv`) as rows, as if they had been asked and answered here.

Invariant: every row the verbs would have written is there (person, inquiry, writings, contacts, what came in,
journal), nothing of it is pending, and nothing was asked before this year began or after this moment.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from channels.models import Incoming, IncomingState
from inquiries import addresses, inquiry, names, promise, thread
from inquiries.models import Address, Contact, Inquiry, Person, Writing, WritingKind
from inquiries.people import Introduction
from office import journal
from office.models import JournalEntry
from office.settings import current
from sprechstunde.demo import arrivals, people, tables, visits
from sprechstunde.demo.office import Office
from sprechstunde.demo.people import Guest

ANSWERED_AT = time(10, 20)
AGAIN_AT = time(19, 5)
SAID_ALOUD = {"phone", "walk_in", "third_party"}
"""What a colleague wrote down; everything else came in writing."""
CLOSED, OVERDUE = "closed", "overdue"
STATES = ("new", "work", OVERDUE, "answered", CLOSED)
"""What becomes of a question: nobody's, somebody's, promised for a day that is over, waiting for the family, done."""


@dataclass(slots=True)
class Question:
    """One row of the table at its moments; `again` is what the person wrote after our answer.

    On `back_on` whoever looks after it wants to see it again.
    """

    row: dict[str, str]
    who: Guest
    asked_at: datetime
    promised_on: date
    answered_at: datetime | None = None
    again_at: datetime | None = None
    back_on: date | None = None

    @property
    def aloud(self) -> bool:
        return self.channel in SAID_ALOUD

    @property
    def channel(self) -> str:
        return self.row["channel"] or self.who.channel

    @property
    def author(self) -> str:
        return "staff:kl" if self.aloud else journal.PERSON

    @property
    def waits(self) -> bool:
        return self.row["state"] in {"new", "work", OVERDUE}

    @property
    def reply_by(self) -> str:
        """The way our answer takes; only on their page where others read what we send."""
        discreet = self.who.introduction.read_by_others
        by_mail = bool(self.who.introduction.email)
        return (
            "web_form" if discreet else "sms" if self.channel == "sms" else "email" if by_mail else "web_form"
        )


def asked(office: Office, now: datetime) -> list[Question]:
    """Everybody of the table, the earliest first, with their moments counted back in open days from `now`."""
    guests = people.with_a_story()
    found = [
        _question(row, guests.get(row["who"]) or _guest(row), office, now, left * timedelta(minutes=7))
        for left, row in enumerate(reversed(tables.read("questions")), 1)
    ]
    return sorted(found, key=lambda one: one.asked_at)


async def store(questions: Sequence[Question], office: Office, chance: random.Random) -> list[Inquiry]:
    """The questions as rows, waiting for an answer each; `settle` tells what became of them."""
    persons = await _persons(questions, chance)
    taken = {row.code for row in await Inquiry.exclude(code=None).only("id", "code")}
    codes = [code for code in visits.short_codes(2 * len(questions), chance) if code not in taken]
    opened: list[Inquiry] = await visits.stored(
        Inquiry,
        [_inquiry(*some, chance) for some in zip(questions, persons, codes, strict=False)],
    )
    for one, row in zip(questions, opened, strict=True):
        await _told(one, row, one.row["text"], one.asked_at, chance)
    await _journal(questions, opened)
    return opened


async def settle(
    questions: Sequence[Question], opened: Sequence[Inquiry], office: Office, chance: random.Random
) -> list[Writing]:
    """Whose each is, our answers, what was written after them, and the outcome; returns the answers."""
    answers = []
    for one, row in zip(questions, opened, strict=True):
        if one.answered_at:
            answers.append(await _answer(one, row, chance))
        if one.again_at:
            await _told(one, row, one.row["again"], one.again_at, chance)
        _become(one, row, office)
        await row.save()
    return answers


def _question(row: dict[str, str], who: Guest, office: Office, now: datetime, least: timedelta) -> Question:
    """Asked so many open days before `now`, and at least so long before it."""
    today = now.astimezone(office.zone).date()
    days = [today]
    for _ in range(int(row["day"])):
        days.append(office.calendar.open_before(days[-1]))
    asked_on, year = days[-1], office.at(date(today.year, 1, 1), time()) + least
    found = Question(
        row,
        who,
        max(min(office.at(asked_on, _wall(row["time"])), now - least), min(year, now - least)),
        promise.promised(asked_on, current().promise_days, office.calendar.closed),
    )
    if row["back_in"]:
        found.back_on = today + timedelta(days=int(row["back_in"]))
    if row["answer"]:
        found.answered_at = max(office.at(days[-2], ANSWERED_AT), found.asked_at + timedelta(minutes=1))
    if row["again"]:
        found.again_at = office.at(days[-2], AGAIN_AT)
        found.promised_on = promise.promised(days[-2], current().promise_days, office.calendar.closed)
    return found


def _wall(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _guest(row: dict[str, str]) -> Guest:
    introduction = Introduction(
        language=row["language"],
        name=addresses.name(row["name"]),
        call_name=row["call_name"],
        email=addresses.email(row["email"]) if row["email"] else "",
        phone=addresses.phone(row["phone"]) if row["phone"] else "",
    )
    return Guest(introduction, row["channel"], row["district"], row["audience"])


async def _persons(questions: Sequence[Question], chance: random.Random) -> list[Person]:
    """Who has been here before is known; everybody else is new."""
    known = {row.name: row for row in await Person.exclude(name="").order_by("id")}
    stories = {guest.introduction.name for guest in people.with_a_story().values()}
    missing = [one for one in questions if one.who.introduction.name not in stories & set(known)]
    new = await visits.stored(Person, [visits.person(one.who, one.asked_at, chance) for one in missing])
    await names.write_new(new)
    rows = [row for who, one in zip(new, missing, strict=True) for row in visits.addresses(who, one.who)]
    await Address.bulk_create(rows)
    theirs = {id(one): who for one, who in zip(missing, new, strict=True)}
    return [theirs.get(id(one)) or known[one.who.introduction.name] for one in questions]


def _inquiry(one: Question, person: Person, code: str, chance: random.Random) -> Inquiry:
    """As it was opened: waiting, with the day promised. A case only if it is the person's first matter."""
    row = one.row
    return Inquiry(
        person=person,
        code=code,
        opened_at=one.asked_at,
        channel=one.channel,
        topic=row["topic"],
        audience=row["audience"] or one.who.audience,
        language=one.who.introduction.language,
        district=row["district"] or one.who.district,
        new_case=person.created_at == one.asked_at,
        count_key=visits.key(chance),
        waiting_since=one.asked_at,
        promised_on=one.promised_on,
    )


async def _told(one: Question, row: Inquiry, text: str, at: datetime, chance: random.Random) -> None:
    came = arrivals.arrival(one.channel, one.who.introduction, text, at, chance)
    key = came.contact_key if came else f"{'log' if one.aloud else 'web'}:{visits.key(chance)}"
    written = await Writing.create(
        inquiry_id=row.id,
        key=key,
        kind=WritingKind.NOTE if one.aloud else WritingKind.RECEIVED,
        at=at,
        author=one.author,
        channel=one.channel,
        text=text,
    )
    await Contact.create(
        inquiry_id=row.id,
        key=key,
        at=at,
        channel=one.channel,
        form=thread.FORMS.get(one.channel, "unknown"),
        duration="up_to_15" if one.aloud else "unknown",
        count_key=visits.key(chance),
    )
    if came:
        await Incoming.create(
            key=came.key,
            channel=one.channel,
            content=came.content,
            digest=came.digest,
            sender=came.sender,
            received_at=at,
            state=IncomingState.TAKEN,
            inquiry_id=row.id,
            writing_id=written.id,
        )


async def _answer(one: Question, row: Inquiry, chance: random.Random) -> Writing:
    return await Writing.create(
        inquiry_id=row.id,
        key=f"answer:{visits.key(chance)}",
        kind=WritingKind.ANSWER,
        at=one.answered_at,
        author=f"staff:{one.row['assigned']}",
        channel=one.reply_by,
        text=one.row["answer"],
    )


def _become(one: Question, row: Inquiry, office: Office) -> None:
    said = one.row
    row.assigned_id = office.staff[said["assigned"]].id if said["assigned"] else None
    row.answered_at = one.answered_at
    row.waiting_since = (one.again_at or one.asked_at) if one.waits else None
    row.promised_on = one.promised_on if one.waits else None
    row.follow_up_on = one.back_on
    row.outcome = said["outcome"] or "open"
    row.referral = said["referral"] or "unknown"
    if said["state"] == CLOSED:
        row.closed_at = (one.answered_at or one.asked_at) + timedelta(minutes=2)


async def _journal(questions: Sequence[Question], opened: Sequence[Inquiry]) -> None:
    """What the verbs would have told, long since reacted to."""
    entries = [entry for one, row in zip(questions, opened, strict=True) for entry in _history(one, row)]
    await JournalEntry.bulk_create(sorted(entries, key=lambda entry: entry.at))


def _history(one: Question, row: Inquiry) -> Iterator[JournalEntry]:
    first = "inquiry.logged" if one.aloud else "inquiry.received"
    staff = f"staff:{one.row['assigned']}"
    yield _entry(row, first, one.asked_at, one.author)
    if one.row["assigned"] and not one.aloud:
        yield _entry(row, "inquiry.assigned", one.asked_at, staff)
    if one.answered_at:
        yield _entry(row, "inquiry.answered", one.answered_at, staff)
    if one.answered_at and one.back_on:
        at = one.answered_at + timedelta(minutes=1)
        yield _entry(row, "inquiry.put_off", at, staff, on=one.back_on.isoformat())
    if one.again_at:
        yield _entry(row, "inquiry.received", one.again_at, one.author)
    if one.row["state"] == CLOSED and one.answered_at:
        yield _entry(row, "inquiry.recorded", one.answered_at + timedelta(minutes=2), staff)


def _entry(row: Inquiry, kind: str, at: datetime, actor: str, **details: str) -> JournalEntry:
    return JournalEntry(
        at=at, kind=kind, actor=actor, subject=inquiry.subject(row), details=details, pending=False
    )
