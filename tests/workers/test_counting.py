"""docs/counting.md, executed: every event that can happen, and exactly what it adds to the figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from email.message import EmailMessage
from urllib.parse import urlencode

import pytest

from booking import appointments, holds, moves, outcomes, talks, unmet
from booking.models import Appointment, Status
from booking.services import Wish
from channels import incoming, merging, outbox, sending
from channels.email import responses
from channels.email.mailbox import DemoMailbox
from channels.email.responses import Response
from channels.email.way import Email
from channels.models import Incoming, IncomingState
from figures import check
from figures.models import Line, Unit
from inquiries import inquiry, thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry, Person, Writing
from inquiries.thread import From, Told
from inquiries.uploads import Picture
from office import journal
from office.settings import Settings
from tests.factories import NOW, WEDNESDAY, ZONE, introduction, local, make_appointment, make_office
from tests.figures.counting import Row, reachable
from workers import counting, erasure, sweep

pytestmark = pytest.mark.usefixtures("database")
NINE = local(WEDNESDAY, 9)
AFTER = {"actor": "staff:jb", "now": NINE + timedelta(hours=1)}
Event = Callable[[Appointment, Settings], Awaitable[object]]
PERSON: tuple[str, ...] = ("person",)
INQUIRY: tuple[str, ...] = ("inquiry",)


async def told_again(given: Appointment, _: Settings) -> None:
    await make_appointment(await given.service, key=given.key)


async def held(given: Appointment, _: Settings) -> None:
    await holds.place(Wish((await given.service).code), local(WEDNESDAY, 11), key="h", now=NOW, zone=ZONE)


async def released(given: Appointment, settings: Settings) -> None:
    await held(given, settings)
    await holds.release("h")


async def expired(given: Appointment, settings: Settings) -> None:
    await held(given, settings)
    await holds.drop_all_expired(NOW + timedelta(days=1))


async def recorded(given: Appointment, topic: str) -> None:
    await inquiry.record(
        given.inquiry_id,
        actor="staff:jb",
        now=NOW,
        topic=topic,
        audience="parent",
        outcome="answered",
        district="eving",
    )


async def sent(given: Appointment, settings: Settings) -> None:
    await sending.deliver(Email(DemoMailbox(settings.var_dir / "mailbox")), lambda: NOW + timedelta(days=1))
    assert list((settings.var_dir / "mailbox").glob("*.eml"))


async def reminded(given: Appointment, settings: Settings) -> None:
    await outbox.put_for_person("remind", given, revision=given.revision, now=NOW)
    await sent(given, settings)


async def erased(given: Appointment, _: Settings) -> None:
    assert await erasure.erase(given.person_id, actor="staff:ps", now=NOW)


def asked(who: tuple[str, ...], key: str = "web:k", channel: str = "web_form") -> Event:
    """A question, from whom the circumstance says; `()` is somebody new."""

    async def ask(given: Appointment, _: Settings) -> None:
        told = Told(key, "Guten Tag", channel, NOW)
        await thread.receive(told, sender(given, who), Concern(channel), actor=journal.PERSON, now=NOW)

    return ask


async def with_photos(given: Appointment, _: Settings) -> None:
    """Two photos and no word."""
    told, pictures = (
        Told("photos:k", "", "web_form", NOW),
        [Picture("image/jpeg", b"1"), Picture("image/png", b"2")],
    )
    who, concern = From(inquiry=given.inquiry_id), Concern("web_form")
    await thread.receive(told, who, concern, actor=journal.PERSON, now=NOW, pictures=pictures)


def logged(channel: str, who: tuple[str, ...] | None, outcome: str = "open") -> Event:
    async def log(given: Appointment, _: Settings) -> None:
        await thread.log(
            Told("log:k", "", channel, NOW, "5"),
            From() if who is None else sender(given, who),
            Concern(channel, topic="finances"),
            outcome=outcome,
            referral="unknown",
            actor="staff:jb",
            now=NOW,
        )

    return log


def sender(given: Appointment, who: tuple[str, ...]) -> From:
    known = {name: getattr(given, f"{name}_id") for name in who}
    return From(**known) if known else From(who=introduction())


async def mailed(uid: int, **headers: str) -> Incoming:
    """A mail that lies in the mailbox under this number, read as every mail is."""
    mail = EmailMessage()
    written = {"From": "somebody@example.org", "To": "termin@example.org", "Message-ID": "<1@example.org>"}
    for name, value in {**written, **headers}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Guten Tag")
    stored = await incoming.store(f"imap:INBOX:1:{uid}", "email", bytes(mail), now=NOW)
    await settle()
    return await Incoming.get(id=stored.id)


async def mailed_again(_: Appointment, __: Settings) -> None:
    assert (await Incoming.get()).state is IncomingState.TAKEN
    assert (await mailed(2)).state is IncomingState.REPEATED


async def automatic(_: Appointment, __: Settings) -> None:
    assert (await mailed(1, Auto_Submitted="auto-replied")).state is IncomingState.AUTOMATIC


async def responded(given: Appointment, _: Settings) -> None:
    told = Response(given.uid, "family@example.org", "accepted", given.revision, "")
    await responses.note(given.id, told, actor=journal.PERSON, now=NOW)


async def searched(given: Appointment, _: Settings) -> None:
    wish = Wish((await given.service).code, language="ro", interpreter=True)
    await unmet.note(wish, now=NOW)


def dialogue(word: str) -> Event:
    async def write(_: Appointment, __: Settings) -> None:
        fields = {"MessageSid": "SM" + "0" * 32, "From": "+4917604069012", "Body": word}
        stored = await incoming.store("sms:1", "sms", urlencode(fields).encode(), now=NOW)
        await settle()
        assert (await Incoming.get(id=stored.id)).state is IncomingState.DIALOGUE

    return write


async def answered(_: Appointment, settings: Settings) -> None:
    asked_before = await Inquiry.all().order_by("-id").first()
    assert asked_before
    words = {"key": "answer:k", "channel": "email"}
    await thread.answer(asked_before.id, "Gerne.", **words, actor="staff:jb", now=NOW)
    await settle()
    await sent(_, settings)


async def reopened(given: Appointment, _: Settings) -> None:
    what = {"topic": "finances", "audience": "parent", "outcome": "open", "district": "eving"}
    await inquiry.record(given.inquiry_id, actor="staff:jb", now=NOW, **what)


async def voided(given: Appointment, _: Settings) -> None:
    """The first inquiry that came in writing."""
    spam = await Inquiry.filter(channel="web_form").order_by("id").first()
    assert spam
    await inquiry.void(spam.id, actor="staff:jb", now=NOW)


async def asked_and_voided(given: Appointment, settings: Settings) -> None:
    await asked(())(given, settings)
    await voided(given, settings)


async def asked_again(given: Appointment, settings: Settings) -> None:
    """By the sender of the last question, about something else."""
    last = await Inquiry.all().order_by("-id").first()
    assert last
    who = From(person=last.person_id)
    told = Told("web:again", "Noch etwas", "web_form", NOW)
    await thread.receive(told, who, Concern("web_form"), actor=journal.PERSON, now=NOW + timedelta(hours=1))


async def asked_twice(given: Appointment, settings: Settings) -> None:
    await asked(())(given, settings)
    await asked_again(given, settings)


async def merged(given: Appointment, _: Settings) -> None:
    """The last question, into what the talk is about."""
    last = await Inquiry.all().order_by("-id").first()
    assert last
    await merging.merge(last.id, given.inquiry_id, same_person=True, actor="staff:jb", now=NOW)


async def asked_and_merged(given: Appointment, settings: Settings) -> None:
    await asked(PERSON)(given, settings)
    await merged(given, settings)


async def wrote_again(given: Appointment, settings: Settings) -> None:
    """Onto the inquiry of the talk, which is open."""
    await reopened(given, settings)
    await asked(INQUIRY)(given, settings)


async def parted(given: Appointment, _: Settings) -> None:
    last = await Writing.all().order_by("-id").first()
    assert last
    await merging.split(given.inquiry_id, last.id, actor="staff:jb", now=NOW)


def move(actor: str) -> Event:
    return lambda given, _: moves.move(
        given.id, local(WEDNESDAY + timedelta(days=1), 9), actor=actor, now=NOW, zone=ZONE
    )


def again(**who: str) -> Event:
    async def book(given: Appointment, _: Settings) -> None:
        known = {name: getattr(given, f"{column}_id") for name, column in who.items()}
        await make_appointment(await given.service, starts_at=local(WEDNESDAY, 11), **known)

    return book


EVENTS: dict[tuple[str, str], Event] = {
    ("appointment.booked", "new inquiry, person new to us"): again(),
    ("appointment.booked", "new inquiry, person known to us"): again(person="person"),
    ("appointment.booked", "onto an open inquiry"): again(inquiry="inquiry"),
    ("appointment.booked", "told again"): told_again,
    ("slot.held", ""): held,
    ("hold.released", ""): released,
    ("hold.expired", ""): expired,
    ("appointment.moved", "by the person"): move(journal.PERSON),
    ("appointment.moved", "by the office"): move("staff:jb"),
    ("appointment.cancelled", "by the person"): lambda a, _: appointments.cancel(
        a.id, actor=journal.PERSON, now=NOW
    ),
    ("appointment.cancelled", "by the office"): lambda a, _: appointments.cancel(
        a.id, actor="staff:jb", now=NOW
    ),
    ("appointment.arrived", ""): lambda a, _: outcomes.arrive(a.id, **AFTER),
    ("appointment.attended", "was booked"): lambda a, _: outcomes.attend(a.id, **AFTER),
    ("appointment.no_show", "was booked"): lambda a, _: outcomes.miss(a.id, **AFTER),
    ("appointment.no_show", "was attended"): lambda a, _: outcomes.miss(a.id, **AFTER),
    ("appointment.attended", "was no_show"): lambda a, _: outcomes.attend(a.id, **AFTER),
    ("appointment.reopened", "was attended"): lambda a, _: outcomes.reopen(a.id, **AFTER),
    ("appointment.reopened", "was no_show"): lambda a, _: outcomes.reopen(a.id, **AFTER),
    ("inquiry.recorded", "something changed"): lambda a, _: recorded(a, "recognition"),
    ("inquiry.recorded", "nothing changed"): lambda a, _: recorded(a, "finances"),
    ("link.opened", ""): lambda a, _: appointments.by_token(appointments.token(a)),
    ("message.sent", "confirmation, change, cancellation"): sent,
    ("message.sent", "reminder"): reminded,
    ("person.erased", "was attended"): erased,
    ("person.erased", "talk still to come"): erased,
    ("question.received", "person new to us"): asked(()),
    ("question.received", "person known to us"): asked(PERSON),
    ("question.received", "after advertising in the same name"): asked_again,
    ("question.received", "told again"): mailed_again,
    ("question.received", "written by a machine"): automatic,
    ("message.received", "onto an open inquiry"): asked(INQUIRY),
    ("message.received", "onto a closed inquiry"): asked(INQUIRY),
    ("message.received", "with photos"): with_photos,
    ("answer.sent", ""): answered,
    ("dialogue.answered", "next free dates"): dialogue("TERMIN"),
    ("dialogue.answered", "my appointment"): dialogue("WANN"),
    ("search.unmet", ""): searched,
    ("appointment.responded", ""): responded,
    ("call.logged", "new inquiry, person new to us"): logged("phone", (), "answered"),
    ("call.logged", "new inquiry, person known to us"): logged("phone", PERSON, "answered"),
    ("call.logged", "new inquiry, person not named"): logged("phone", None, "answered"),
    ("call.logged", "onto an open inquiry"): logged("phone", INQUIRY),
    ("walk_in.logged", "new inquiry, person new to us"): logged("walk_in", ()),
    ("walk_in.logged", "new inquiry, person known to us"): logged("walk_in", PERSON),
    ("walk_in.logged", "new inquiry, person not named"): logged("walk_in", None),
    ("walk_in.logged", "onto an open inquiry"): logged("walk_in", INQUIRY),
    ("inquiry.assigned", ""): lambda a, _: inquiry.assign(
        a.inquiry_id, a.staff_id, actor="staff:jb", now=NOW
    ),
    ("inquiry.noted", ""): lambda a, _: thread.note(
        a.inquiry_id, "Rückruf", key="n", actor="staff:jb", now=NOW
    ),
    ("inquiry.settled", ""): lambda a, _: inquiry.settle(a.inquiry_id, actor="staff:jb", now=NOW),
    ("inquiry.voided", "spam, first inquiry of its sender"): voided,
    ("inquiry.voided", "spam, sender known to us"): voided,
    ("inquiry.voided", "spam, sender wrote again since"): voided,
    ("inquiry.voided", "told again"): voided,
    ("inquiry.merged", "of one person"): merged,
    ("inquiry.merged", "two records were one person"): merged,
    ("inquiry.merged", "told again"): merged,
    ("inquiry.split", ""): parted,
    ("inquiry.put_off", ""): lambda a, _: inquiry.follow_up(
        a.inquiry_id, WEDNESDAY, actor="staff:jb", now=NOW
    ),
}
"""Every row of the table that can happen today, as something to do to a counted appointment."""
GIVEN: dict[tuple[str, str], Event] = {
    ("question.received", "after advertising in the same name"): asked_and_voided,
    ("question.received", "told again"): lambda _, __: mailed(1),
    ("message.received", "onto an open inquiry"): reopened,
    ("message.received", "with photos"): reopened,
    ("answer.sent", ""): asked(()),
    ("call.logged", "onto an open inquiry"): reopened,
    ("walk_in.logged", "onto an open inquiry"): reopened,
    ("inquiry.voided", "spam, first inquiry of its sender"): asked(()),
    ("inquiry.voided", "spam, sender known to us"): asked(PERSON),
    ("inquiry.voided", "spam, sender wrote again since"): asked_twice,
    ("inquiry.voided", "told again"): asked_and_voided,
    ("inquiry.merged", "of one person"): asked(PERSON),
    ("inquiry.merged", "two records were one person"): asked(()),
    ("inquiry.merged", "told again"): asked_and_merged,
    ("inquiry.split", ""): wrote_again,
}
"""What else has happened and was counted before."""


async def before(circumstance: str) -> Appointment:
    """An appointment already counted, in the state the circumstance asks for."""
    given = await make_appointment(await make_office(counsellors=2), who=introduction())
    if circumstance.startswith("was "):
        verb = {"attended": outcomes.attend, "no_show": outcomes.miss}.get(circumstance[4:])
        if verb:
            await verb(given.id, **AFTER)
    await recorded(given, "finances")
    await settle()
    return await Appointment.get(id=given.id)


async def settle() -> None:
    while await sweep.run(NOW + timedelta(days=1)):
        pass


async def balance() -> dict[tuple[Unit, str, str, str], int]:
    """What counts now, by unit, status, day and topic."""
    sums: dict[tuple[Unit, str, str, str], int] = {}
    for line in await Line.all():
        cell = (
            line.unit,
            line.status.removesuffix("_by_person").removesuffix("_by_office"),
            str(line.day),
            line.topic,
        )
        sums[cell] = sums.get(cell, 0) + line.sign
    return {cell: count for cell, count in sums.items() if count}


def written(row: Row) -> dict[tuple[Unit, str], int]:
    """The row's own words: by how much each unit (appointments: each status) changes."""
    sums: dict[tuple[Unit, str], int] = {}
    for unit, changes in row.changes.items():
        for change in changes:
            sums[unit, change.status] = sums.get((unit, change.status), 0) + change.by
    return {cell: count for cell, count in sums.items() if count}


@pytest.mark.parametrize("row", list(reachable()), ids=lambda row: f"{row.event} {row.circumstance}".strip())
async def test_event_counts_as_the_truth_table_says(row: Row, database: Settings) -> None:
    given = await before(row.circumstance)
    if preceded := GIVEN.get((row.event, row.circumstance)):
        await preceded(given, database)
        await settle()
    was = await balance()
    await EVENTS[row.event, row.circumstance](given, database)
    await settle()
    now = await balance()
    change: dict[tuple[Unit, str], int] = {}
    for cell in was.keys() | now.keys():
        unit, status = cell[0], cell[1] if cell[0] is Unit.APPOINTMENT else ""
        change[unit, status] = change.get((unit, status), 0) + now.get(cell, 0) - was.get(cell, 0)
    assert {cell: count for cell, count in change.items() if count} == written(row)
    moved = any(part.where in {"new day", "as now"} for parts in row.changes.values() for part in parts)
    assert (was != now) == (moved or bool(written(row)))
    assert (await check.balance()).ok
    assert (await check.compare(await counting.recount(NOW.date(), date.max))).ok


def test_every_row_that_can_happen_is_executed() -> None:
    assert {(row.event, row.circumstance) for row in reachable()} == EVENTS.keys() >= GIVEN.keys()


async def test_ledger_agrees_with_the_rows_of_the_house_after_everything() -> None:
    service = await make_office(counsellors=4)
    for hour, verb in ((9, outcomes.attend), (9, outcomes.miss), (9, None), (10, None)):
        booked = await make_appointment(service, starts_at=local(WEDNESDAY, hour))
        if verb:
            await verb(booked.id, **AFTER)
    await appointments.cancel(booked.id, actor=journal.PERSON, now=NOW)
    await settle()
    recount = await counting.recount(NOW.date(), WEDNESDAY)
    assert sum(recount.values()) == 4 + (4 + 1) + 4 + 4
    assert (await check.compare(recount)).ok


async def test_day_and_hour_are_those_of_the_office_s_clock() -> None:
    late = local(NOW.date(), 0, 30)  # half past eleven of the day before in UTC
    await make_appointment(now=late)
    await settle()
    (contact,) = await Line.filter(unit=Unit.CONTACT)
    (talk,) = await Line.filter(unit=Unit.APPOINTMENT)
    assert (contact.day, contact.hour_band) == (NOW.date(), "00-08")
    assert (talk.day, talk.hour_band) == (WEDNESDAY, "08-10")


async def test_case_stays_with_the_first_inquiry() -> None:
    given = await before("")
    lines = await Line.filter(unit=Unit.CASE).order_by("id").values()
    await make_appointment(await given.service, starts_at=local(WEDNESDAY, 11), person=given.person_id)
    await settle()
    assert await Inquiry.all().count() == 2
    assert await Line.filter(unit=Unit.CASE).order_by("id").values() == lines


async def test_repeated_and_reordered_reactions_come_to_the_same() -> None:
    given = await make_appointment()
    await moves.move(given.id, local(WEDNESDAY, 11), actor=journal.PERSON, now=NOW, zone=ZONE)
    await settle()
    lines = await Line.all().count()
    for entry in (9, 2, 5):
        await counting.appointment(given.id, entry)
    assert await Line.all().count() == lines
    assert (await Appointment.get(id=given.id)).status == Status.BOOKED
    assert await Inquiry.all().count() == 1


async def test_the_case_moves_to_the_day_of_the_inquiry_that_was_none_of_advertising() -> None:
    asked_on, later = NOW, NOW + timedelta(days=2)
    for key, at in (("spam", asked_on), ("honest", later)):
        who = await Person.first()
        sent_by = From(person=who.id) if who else From(who=introduction())
        told = Told(key, "Guten Tag", "web_form", at)
        await thread.receive(told, sent_by, Concern("web_form"), actor=journal.PERSON, now=at)
    await settle()
    spam = await Inquiry.all().order_by("id").first()
    await inquiry.void(spam.id, actor="staff:jb", now=later)
    await settle()
    days = {str(line.day): line.sign for line in await Line.filter(unit=Unit.CASE).order_by("turn")}
    assert days == {str(asked_on.date()): -1, str(later.date()): 1}
    assert (await check.compare(await counting.recount(asked_on.date(), later.date()))).ok
    honest = await Inquiry.get(void=False)
    codes = {"topic": "finances", "audience": "parent", "outcome": "open"}
    await inquiry.record(honest.id, actor="staff:jb", now=later, **codes)
    await settle()
    last = await Line.filter(unit=Unit.CASE).order_by("-turn").first()
    assert last and (last.sign, last.topic) == (1, "finances")
    for left in await Inquiry.filter(void=False):
        await inquiry.void(left.id, actor="staff:jb", now=later)
    await settle()
    assert await counting.recount(asked_on.date(), later.date()) == {}
    assert (await check.compare({})).ok


async def test_whoever_never_gave_a_name_is_no_case_also_when_they_call_again() -> None:
    for key in ("one", "two"):
        told = Told(key, "", "phone", NOW)
        options = {"outcome": "answered", "referral": "unknown", "actor": "staff:jb", "now": NOW}
        person = (await Person.first()) if key == "two" else None
        await thread.log(told, From(person=person.id) if person else From(), Concern("phone"), **options)
    first = await Inquiry.all().order_by("id").first()
    await inquiry.void(first.id, actor="staff:jb", now=NOW)
    await settle()
    assert not await Line.filter(unit=Unit.CASE).exists()
    assert (await check.compare(await counting.recount(NOW.date(), NOW.date()))).ok


async def test_the_case_of_two_records_counts_once_with_the_first_of_all_their_matters() -> None:
    """Whichever of the two was first, and whichever question stays."""
    asked_on = [NOW, NOW + timedelta(days=1), NOW + timedelta(days=2)]
    found = []
    for number, at in enumerate(asked_on):
        told, who = Told(f"web:{number}", "Guten Tag", "web_form", at), From(who=introduction())
        found.append(await thread.receive(told, who, Concern("web_form"), actor=journal.PERSON, now=at))
    await settle()
    await merging.merge(found[0].id, found[1].id, same_person=True, actor="staff:jb", now=NOW)
    await settle()
    await merging.merge(found[1].id, found[2].id, same_person=True, actor="staff:jb", now=NOW)
    await settle()
    assert await Person.all().count() == 1
    lines = await Line.filter(unit__in=[Unit.CASE, Unit.INQUIRY])
    sums = {unit: sum(line.sign for line in lines if line.unit == unit) for unit in (Unit.CASE, Unit.INQUIRY)}
    assert sums == {Unit.CASE: 1, Unit.INQUIRY: 1}
    assert {str(day): count for (_unit, day), count in (await _days()).items() if count} == {
        str(NOW.date()): 1
    }
    assert (await check.compare(await counting.recount(NOW.date(), WEDNESDAY))).ok


async def _days() -> dict[tuple[Unit, date], int]:
    sums: dict[tuple[Unit, date], int] = {}
    for line in await Line.filter(unit=Unit.CASE):
        sums[line.unit, line.day] = sums.get((line.unit, line.day), 0) + line.sign
    return sums


async def test_what_is_booked_for_a_record_that_is_about_to_go_goes_along() -> None:
    given = await make_appointment()
    told = Told("web:1", "Guten Tag", "web_form", NOW)
    whole = await thread.receive(
        told, From(who=introduction()), Concern("web_form"), actor=journal.PERSON, now=NOW
    )
    await merging.merge(given.inquiry_id, whole.id, same_person=True, actor="staff:jb", now=NOW)
    late = await make_appointment(
        await given.service, starts_at=local(WEDNESDAY, 11), person=given.person_id
    )  # somebody had the old page open
    await settle()
    assert (await Appointment.get(id=late.id)).person_id == whole.person_id
    assert not await Person.exists(id=given.person_id)
    assert (await check.compare(await counting.recount(NOW.date(), WEDNESDAY))).ok


async def test_a_talk_written_down_counts_with_its_length_and_school_type() -> None:
    booked = await make_appointment()
    talk = talks.Talk("place_refused", "parent", "gymnasium", "unknown", "answered", "unknown", "16_30")
    await talks.record(booked.id, talk, actor="staff:jb", now=local(WEDNESDAY, 9, 40))
    await sweep.run(local(WEDNESDAY, 9, 41))
    lines = await Line.filter(unit=Unit.CONTACT, form="in_person")
    assert [(one.sign, one.duration, one.school_type, one.topic) for one in lines] == [
        (1, "16_30", "gymnasium", "place_refused")
    ]
    assert (await check.balance()).ok
