"""Somebody asks to be forgotten: no byte of them is left, and the figures stand."""

from __future__ import annotations

import asyncio
import base64
import quopri
import re
import sqlite3
from datetime import date, timedelta
from typing import Any

import pytest
from tortoise.connection import get_connection

from booking.models import (
    Appointment,
    Booker,
    CallBack,
    CallBackReason,
    Choice,
    Claim,
    Confirmation,
    Disruption,
    Interpreter,
    InterpreterRequest,
    Mode,
    Touched,
    Waiting,
)
from channels import belongings, incoming, parking, sending, traces
from channels.email.mailbox import DemoMailbox
from channels.email.way import Email
from channels.models import Incoming, IncomingState, Message
from channels.sms import opt_out
from figures import check, ledger
from figures.models import Line
from inquiries import case_notes, drafts, inquiry, participants, people, referrals, thread
from inquiries.inquiry import Concern
from inquiries.models import (
    Address,
    Consent,
    Contact,
    DraftKind,
    Inquiry,
    Part,
    Participant,
    Partner,
    Person,
    Upload,
    Writing,
)
from inquiries.participants import Joining
from inquiries.people import Introduction
from inquiries.referrals import Handover
from inquiries.thread import From, Told
from inquiries.uploads import Picture
from office import audit, database, journal
from office.errors import NotFound
from office.models import AuditEntry, Due, JournalEntry
from office.settings import Settings
from tests.factories import NOW, make_appointment, make_office
from workers import counting, erasure, reactions, sweep

pytestmark = pytest.mark.usefixtures("database")
DAY = NOW + timedelta(days=1)
MAIL, PHONE = "zyx.quirrenbach@example.org", "+4917604069077"
SECRETS = {
    "name": "Quirrenbach-Özgüçlü",
    "call name": "Frau Zwetschgenknödel",
    "mail": MAIL,
    "phone": "4917604069077",
    "question": "Wüstenspringmaus",
    "answer": "Sternschnuppenfänger",
    "note": "Kaulquappenzüchter",
    "attachment": "Gürteltierzeugnis",
    "case note": "Lindwurmbetreuung",
    "parked": "Waldkauzanruf",
    "photo": "Seepferdchenbild",
    "participant": "Schneeleopard",
    "sms": "Murmeltierwecker",
    "handover": "Siebenschläferhöhle",
    "unreadable": "Eisvogelbrutkasten",
    "draft": "Nebelkrähenfeder",
}
RAW = f"""From: "{SECRETS["name"]}" <{MAIL}>\r
To: termin@example.org\r
Subject: Frage\r
MIME-Version: 1.0\r
Content-Type: application/pdf; name="zeugnis.pdf"\r
Content-Transfer-Encoding: base64\r
\r
{base64.b64encode(SECRETS["attachment"].encode()).decode()}\r
"""


async def settle() -> None:
    while await sweep.run(NOW + timedelta(hours=1)):
        pass


async def make_known(settings: Settings) -> Person:
    """Somebody who booked, asked by mail and SMS, was answered, and whose raw mails and demo files are there."""
    who = Introduction(
        language="de", name=SECRETS["name"], call_name=SECRETS["call name"], email=MAIL, phone=PHONE
    )
    service = await make_office(counsellors=2)
    booked = await make_appointment(service, who=who, wish={"mode": Mode.OFFICE})
    person = await Person.get(id=booked.person_id)
    asked = await thread.receive(
        Told("mail:1", SECRETS["question"], "email", NOW),
        From(person=person.id),
        Concern("email", topic="finances"),
        actor=journal.PERSON,
        now=NOW,
        pictures=[Picture("application/pdf", SECRETS["photo"].encode())],
    )
    written = await Writing.get(key="mail:1")
    father = Joining(Part.FATHER, SECRETS["participant"], "father@example.org")
    await participants.add(asked.id, father, actor="staff:jb", now=NOW)
    mail = await incoming.store("imap:x:1:1", "email", RAW.encode(), now=NOW)
    await incoming.ended(mail, IncomingState.TAKEN, sender=MAIL, inquiry_id=asked.id, writing_id=written.id)
    sms = await incoming.store(
        "sms:SM1", "sms", f"From=%2B{PHONE[1:]}&Body={SECRETS['sms']}".encode(), sender=PHONE, now=NOW
    )
    await incoming.ended(sms, IncomingState.DIALOGUE, sender=PHONE)
    card = await incoming.store("imap:x:1:2", "email", SECRETS["unreadable"].encode(), sender=MAIL, now=NOW)
    await incoming.ended(card, IncomingState.UNREADABLE, reason="no_text", sender=MAIL.upper())
    await thread.answer(asked.id, SECRETS["answer"], key="an1", channel="email", actor="staff:jb", now=NOW)
    await thread.note(asked.id, SECRETS["note"], key="n1", actor="staff:jb", now=NOW)
    begun = drafts.Typed(SECRETS["draft"])
    await drafts.keep(booked.staff_id, asked.id, DraftKind.ANSWER, begun, key="an2", now=NOW)
    await case_notes.write(asked.id, SECRETS["case note"], DAY.date(), key="c1", actor="staff:jb", now=NOW)
    typed = {"phone": "0176 04069077", "note": SECRETS["parked"]}
    await parking.park(booked.staff_id, "log", typed, now=NOW)
    await audit.note("staff:jb", "looked", inquiry.subject(asked), NOW)
    await settle()
    await sending.deliver(Email(DemoMailbox(settings.var_dir / "mailbox")), lambda: DAY)
    (settings.var_dir / "mail-in").mkdir()
    (settings.var_dir / "mail-in" / "000001.eml").write_bytes(RAW.encode())
    (settings.var_dir / "phone").mkdir()
    await make_bookings_beside(person, booked)
    await make_handover(asked)
    (settings.var_dir / "phone" / "1.json").write_text(f'{{"to": "{PHONE}", "body": "{SECRETS["sms"]}"}}')
    return person


async def make_bookings_beside(person: Person, booked: Appointment) -> None:
    """They wait for an earlier time, want a call, confirm an address; and somebody interprets."""
    theirs = {"person": person, "inquiry_id": booked.inquiry_id}
    await Waiting.create(**theirs, service_id=booked.service_id, mode=Mode.OFFICE, since=NOW, until=DAY)
    await CallBack.create(**theirs, key="call", reason=CallBackReason.ASKED, created_at=NOW)
    await Confirmation.create(person=person, key="confirm", way="email", asked_at=NOW, expires_at=DAY)
    interpreter = await Interpreter.create(code="i1", name="Mina", languages=["ar"])
    await InterpreterRequest.create(
        appointment=booked,
        interpreter=interpreter,
        revision=0,
        language="ar",
        starts_at=booked.starts_at,
        ends_at=booked.ends_at,
        asked_at=NOW,
    )
    ill = await Disruption.create(kind="ill", staff_id=booked.staff_id, at=NOW, by="staff:jb")
    await Touched.create(
        disruption=ill, appointment=booked, choice=Choice.KEEP, from_staff=booked.staff_id, revision=0
    )


async def make_handover(asked: Inquiry) -> None:
    """A partner is told of them."""
    partner = await Partner.create(name="Beratungsstelle Nord", email="nord@example.org")
    handover = Handover(Consent.SPOKEN, SECRETS["name"], SECRETS["handover"])
    done = {"key": "handover", "actor": "staff:jb", "now": NOW, "counted": False}
    await referrals.refer(asked.id, partner.id, handover, **done)


def forms(secret: str) -> set[bytes]:
    """How these characters may stand in a file."""
    encoded = {secret.encode(code) for code in ("utf-8", "latin-1", "utf-16-le", "utf-16-be")}
    text = secret.encode()
    quoted = quopri.encodestring(text).rstrip(b"=\n")
    shifted = {base64.b64encode(b" " * shift + text)[4 * (shift > 0) : -4].rstrip(b"=") for shift in range(3)}
    from urllib.parse import quote

    return encoded | shifted | {quoted, quote(secret).encode(), secret.encode("unicode_escape")}


def found_in(content: bytes) -> list[str]:
    low = content.lower()
    return [
        f"{what} as {form!r}"
        for what, secret in SECRETS.items()
        for form in forms(secret)
        if form in content or form.lower() in low
    ]


HEXADECIMAL = re.compile(r"\\x((?:[0-9a-f]{2})+)")
"""How PostgreSQL writes bytes."""


async def everything(settings: Settings) -> bytes:
    """All bytes under `var/`, and of every table of a server."""
    files = b"".join(path.read_bytes() for path in settings.var_dir.rglob("*") if path.is_file())
    if settings.database.startswith("sqlite"):
        return files
    rows = []
    for alias in (database.MAIN, database.STATISTICS):
        connection = get_connection(alias)
        tables = await connection.execute_query_dict(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        for table in tables:
            found = await connection.execute_query_dict(
                f'SELECT x::text AS row FROM "{table["tablename"]}" x'
            )
            rows += [row["row"].encode() for row in found]
    written = b"\n".join(rows)
    return b"\n".join([files, written, *map(bytes.fromhex, HEXADECIMAL.findall(written.decode()))])


async def sums() -> dict[Any, int]:
    """What counts, by all its codes."""
    counted: dict[Any, int] = {}
    for line in await Line.all():
        cell = tuple(getattr(line, name) for name in ("unit", "day", "channel", "topic", "status", "form"))
        counted[cell] = counted.get(cell, 0) + line.sign
    return {cell: count for cell, count in counted.items() if count}


async def figures_hold() -> bool:
    recount = await counting.recount(date.min, date.max)
    return (await check.balance()).ok and (await check.compare(recount)).ok


async def test_no_byte_of_somebody_erased_is_left(
    database: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    person = await make_known(database)
    before = found_in(await everything(database))
    assert {line.split(" as ")[0] for line in before} >= set(SECRETS) - {"answer"}  # the search can find
    assert await erasure.erase(person.id, actor="staff:ps", now=DAY)
    assert await traces.wipe()
    out, err = capfd.readouterr()
    assert found_in(await everything(database) + (out + err).encode()) == []


async def test_nothing_that_belongs_to_them_is_left_in_any_table(database: Settings) -> None:
    person = await make_known(database)
    held = await belongings.of(person)
    assert all(rows for _name, rows in held.rows())
    await erasure.erase(person.id, actor="staff:ps", now=DAY)
    for model in (
        Person, Address, Inquiry, Contact, Writing, Participant, Upload, Appointment, Incoming, Message, Booker, Claim,
    ):  # fmt: skip
        assert await model.all().count() == 0, model
    assert await Due.all().count() == 0
    assert not await JournalEntry.filter(pending=True).exclude(kind="person.erased").exists()


async def test_figures_are_the_same_before_and_after(database: Settings) -> None:
    person = await make_known(database)
    await Appointment.filter(person_id=person.id).update(starts_at=NOW, ends_at=NOW)  # no longer to come
    for one in await Inquiry.all():
        await counting.inquiry(one.id, None)
    was = await sums()
    assert was
    assert await figures_hold()
    await erasure.erase(person.id, actor="staff:ps", now=DAY)
    assert await sums() == was
    assert await figures_hold()
    await ledger.seal(date(2027, 1, 1))
    assert (await check.balance()).ok


async def test_what_was_not_counted_yet_is_counted_before_it_goes() -> None:
    booked = await make_appointment()
    await erasure.erase(booked.person_id, actor="staff:ps", now=DAY)
    assert sorted(cell[0] for cell in await sums()) == ["appointment", "case", "contact", "inquiry"]
    assert await figures_hold()


async def test_time_is_free_again_and_nobody_is_told() -> None:
    booked = await make_appointment()
    await settle()
    await Message.all().delete()
    await erasure.erase(booked.person_id, actor="staff:ps", now=DAY)
    await settle()
    assert await Message.all().count() == 0
    assert await Claim.all().count() == 0
    assert await Line.filter(status="cancelled_by_person", sign=1).count() == 1
    again = await make_appointment(await booked.service, now=DAY, starts_at=booked.starts_at)
    assert again.id != booked.id


async def test_others_keep_what_is_theirs_even_under_the_same_address(database: Settings) -> None:
    person = await make_known(database)
    service = await make_office()
    sister = await make_appointment(
        service, who=Introduction(language="de", name="Amira", email=MAIL, phone=PHONE)
    )
    await settle()
    theirs = await belongings.of(await Person.get(id=sister.person_id))
    before = [(name, [row.pk for row in rows]) for name, rows in theirs.rows()]
    await erasure.erase(person.id, actor="staff:ps", now=DAY)
    after = await belongings.of(await Person.get(id=sister.person_id))
    kept = [(name, [row.pk for row in rows]) for name, rows in after.rows()]
    both = ("bookers", "incoming", "parked")  # of an address both have: theirs alone from now on
    assert [row for row in kept if row[0] not in both] == [row for row in before if row[0] not in both]
    assert await figures_hold()


async def test_erasing_twice_or_at_once_is_erasing_once(database: Settings) -> None:
    person = await make_known(database)
    done = await asyncio.gather(
        *(erasure.erase(person.id, actor="staff:ps", now=DAY) for _ in range(2)), return_exceptions=True
    )
    assert sorted(map(str, done)) == ["False", "True"]
    assert not await erasure.erase(person.id, actor="staff:ps", now=DAY)
    assert await JournalEntry.filter(kind="person.erased").count() == 1


async def test_killed_between_figures_and_rows_is_finished_by_doing_it_again(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await make_known(database)
    was = await sums()

    async def killed(_rows: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasure, "_remove", killed)
        with pytest.raises(KeyboardInterrupt):
            await erasure.erase(person.id, actor="staff:ps", now=DAY)
    assert await Person.all().count() == 1
    assert await erasure.erase(person.id, actor="staff:ps", now=DAY)
    now = await sums()
    assert sum(now.values()) == sum(was.values())
    assert await figures_hold()


async def test_desk_asks_and_the_worker_erases(database: Settings) -> None:
    person = await make_known(database)
    await people.ask_to_forget(person.id, actor="staff:ps", now=DAY)
    await settle()
    assert await Person.all().count() == 0
    assert found_in(await everything(database)) == []
    (entry,) = await JournalEntry.filter(kind="person.erased")
    assert (entry.actor, entry.subject, entry.details) == ("staff:ps", f"person:{person.id}", {})
    with pytest.raises(NotFound):
        await people.ask_to_forget(person.id, actor="staff:ps", now=DAY)


async def test_wish_to_get_no_sms_outlives_the_person(database: Settings) -> None:
    person = await make_known(database)
    await opt_out.stop(PHONE, "STOP", NOW)
    assert (await belongings.of(person)).opt_outs
    await erasure.erase(person.id, actor="staff:ps", now=DAY)
    assert await opt_out.stands(PHONE)


async def test_journal_and_audit_stay_and_name_nobody(database: Settings) -> None:
    person = await make_known(database)
    await erasure.erase(person.id, actor="staff:ps", now=DAY)
    told = [f"{entry.subject}{entry.details}{entry.actor}" for entry in await JournalEntry.all()]
    assert found_in("".join(told).encode()) == []
    assert await AuditEntry.all().count() == 1


@pytest.mark.parametrize(
    "who",
    [
        "person:{person}",
        "#{inquiry}",
        " {mail} ",
        "{MAIL}",
        "0176 04069077",
        "0049 176 04069077",
        "{code}",
        "{asked}",
    ],
)
async def test_person_is_found_by_whatever_the_office_knows(who: str, database: Settings) -> None:
    person = await make_known(database)
    booked, asked = await Appointment.get(), await Inquiry.get(code__not_isnull=True)
    said = who.format(
        person=person.id,
        inquiry=asked.id,
        mail=MAIL,
        MAIL=MAIL.upper(),
        code=booked.code.lower(),
        asked=asked.code,
    )
    assert [one.id for one in await belongings.find(said)] == [person.id]


@pytest.mark.parametrize(
    "who", ["person:999999", "#999999", "nobody@example.org", "0176 04069001", "K7M42", "", "@"]
)
async def test_nobody_is_found_by_what_fits_nobody(who: str) -> None:
    await make_appointment()
    assert await belongings.find(who) == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_bytes_are_wiped_once_the_reader_has_gone(settings: Settings, database: Settings) -> None:
    person = await make_known(database)
    reader = sqlite3.connect(settings.var_dir / "sprechstunde.sqlite3")
    try:
        cursor = reader.execute("SELECT * FROM person")
        cursor.fetchone()
        await erasure.erase(person.id, actor="staff:ps", now=DAY)
        wiping = asyncio.create_task(traces.wipe())
        await asyncio.sleep(0.2)
        cursor.close()
        reader.close()
        assert await wiping
    finally:
        reader.close()
    assert found_in(await everything(database)) == []


def test_reaction_that_erases_is_followed_by_wiping() -> None:
    assert reactions.AFTERWARDS["erase"] is traces.wipe
