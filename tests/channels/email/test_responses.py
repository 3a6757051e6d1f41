"""What calendars and mail servers answer is noted where it belongs, and forged answers change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from booking import moves
from booking.models import Appointment
from channels.email import reading, responses
from channels.models import Incoming, IncomingState, Message, State
from inquiries.models import Address, Contact, Person, Writing
from office import settings
from office.models import JournalEntry
from office.settings import Settings
from tests.channels.email import replies
from tests.channels.email.test_intake import FAMILY, arrive, work_off
from tests.factories import NOW, WEDNESDAY, ZONE, introduction, local, make_appointment


@pytest.fixture(autouse=True)
def with_tokens(database: Settings) -> Iterator[None]:
    settings.use(database.model_copy(update={"mail_reply_to": "termin+{token}@example.org"}))
    yield
    settings.use(database)


async def booked(**who: str) -> Appointment:
    made = await make_appointment(who=introduction(email=FAMILY, **who))
    await work_off()
    return await Appointment.get(id=made.id).prefetch_related("staff")


async def participation(appointment: Appointment) -> str:
    return (await Appointment.get(id=appointment.id)).participation


@pytest.mark.parametrize("program", replies.PROGRAMS)
@pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED", "TENTATIVE"])
async def test_answer_of_a_calendar_stands_at_the_appointment(program: str, answer: str) -> None:
    appointment = await booked()
    stored = await arrive(replies.reply(program, appointment, FAMILY, answer=answer))
    assert await participation(appointment) == answer.lower()
    assert (stored.state, stored.inquiry_id) == (IncomingState.RESPONSE, appointment.inquiry_id)
    told = await JournalEntry.get(kind="appointment.responded")
    assert (told.actor, told.details["by"], told.details["answer"], told.details["revision"]) == (
        "person",
        "person",
        answer.lower(),
        0,
    )
    assert await Writing.all().count() == 0
    assert await Contact.all().count() == 1


async def test_comment_in_a_response_is_a_message_for_humans() -> None:
    appointment = await booked()
    stored = await arrive(
        replies.reply("Outlook", appointment, FAMILY, answer="TENTATIVE", comment="Vielleicht erst um 10?")
    )
    assert await participation(appointment) == "tentative"
    assert stored.state is IncomingState.TAKEN
    assert [row.text for row in await Writing.all()] == ["Vielleicht erst um 10?"]


@pytest.mark.parametrize(
    ("attendee", "sender"),
    [
        (FAMILY, "other@example.org"),
        ("other@example.org", FAMILY),
        ("other@example.org", "other@example.org"),
    ],
    ids=["sent by another", "for another", "another's altogether"],
)
async def test_only_who_was_invited_answers(attendee: str, sender: str) -> None:
    appointment = await booked()
    stored = await arrive(replies.reply("Gmail", appointment, attendee, sender, answer="DECLINED"))
    assert await participation(appointment) == ""
    assert (stored.state, stored.reason) == (IncomingState.AUTOMATIC, "response_unproven")


async def test_counsellor_answering_from_their_calendar_is_noted_as_such() -> None:
    appointment = await booked()
    stored = await arrive(replies.reply("Outlook", appointment, appointment.staff.email))
    assert stored.state is IncomingState.RESPONSE
    assert await participation(appointment) == ""
    assert (await JournalEntry.get(kind="appointment.responded")).details["by"] == "staff"
    assert await Person.all().count() == 1


async def test_answer_to_an_older_time_changes_nothing() -> None:
    appointment = await booked()
    await moves.move(appointment.id, local(WEDNESDAY, 10), actor="person", now=NOW, zone=ZONE)
    await arrive(replies.reply("Apple", appointment, FAMILY, answer="ACCEPTED", sequence=0))
    assert await participation(appointment) == ""
    await arrive(replies.reply("Apple", appointment, FAMILY, answer="DECLINED", sequence=1))
    assert await participation(appointment) == "declined"


MALFORMED = {
    "cut off": ("END:VEVENT", ""),
    "no uid": ("UID:", "X-UID:"),
    "no attendee": ("ATTENDEE;", "X-ATTENDEE;"),
    "no answer": ("PARTSTAT=", "X-PARTSTAT="),
    "answer that is none": ("PARTSTAT=ACCEPTED", "PARTSTAT=HURRA"),
    "sequence that is none": ("SEQUENCE:0", "SEQUENCE:zero"),
    "two attendees": ("SEQUENCE:0", "SEQUENCE:0\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:b@example.org"),
}


@pytest.mark.parametrize("what", MALFORMED)
async def test_response_that_cannot_be_read_ends_somewhere_else(what: str) -> None:
    appointment = await booked()
    before, after = MALFORMED[what]
    raw = replies.reply("Gmail", appointment, FAMILY)
    decoded = reading.read(raw).calendar.decode().replace(before, after)
    mail = (
        b"From: family@example.org\r\nSubject: Zugesagt\r\nContent-Type: text/calendar\r\n\r\n"
        + decoded.encode()
    )
    assert responses.read(reading.read(mail)) is None
    stored = await arrive(mail)
    assert stored.state is IncomingState.TAKEN
    assert await participation(appointment) == ""


async def test_counter_proposal_is_a_message_for_humans() -> None:
    appointment = await booked()
    raw = replies.reply("Outlook", appointment, FAMILY).replace(b"METHOD:REPLY", b"METHOD:COUNTER")
    stored = await arrive(raw)
    assert stored.state is IncomingState.TAKEN
    assert await participation(appointment) == ""


# Reports of mail servers


async def sent(appointment: Appointment) -> Message:
    message = await Message.get(appointment_id=appointment.id, text="confirm")
    message.state = State.SENT
    await message.save()
    return message


@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.4.1"])
async def test_mail_that_came_back_has_failed_and_its_address_is_given_up(status: str) -> None:
    appointment = await booked()
    message = await sent(appointment)
    stored = await arrive(replies.exchange_bounced(message, status))
    message = await Message.get(id=message.id)
    assert (message.state, message.reason) == (State.FAILED, f"bounced {status}")
    assert (await Address.get(id=message.address_id or 0)).bounced_at == NOW
    assert (stored.state, stored.reason, stored.inquiry_id) == (
        IncomingState.AUTOMATIC,
        "bounce",
        appointment.inquiry_id,
    )
    assert await Contact.all().count() == 1


async def test_full_mailbox_is_no_dead_address() -> None:
    message = await sent(await booked())
    await arrive(replies.bounced(message, status="5.2.2"))
    assert (await Message.get(id=message.id)).state is State.FAILED
    assert (await Address.get(id=message.address_id or 0)).bounced_at is None


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("failed", "4.4.7"), ("delivered", "2.0.0")]
)
async def test_delay_is_no_failure(action: str, status: str) -> None:
    message = await sent(await booked())
    stored = await arrive(replies.bounced(message, status=status, action=action))
    assert (await Message.get(id=message.id)).state is State.SENT
    assert (stored.state, stored.reason) == (IncomingState.AUTOMATIC, "delayed")


async def test_report_about_a_mail_that_is_not_ours_changes_nothing() -> None:
    message = await sent(await booked())
    forged = replies.bounced(message).replace(message.message_id.encode(), b"<1@example.org>")
    stored = await arrive(forged)
    assert (await Message.get(id=message.id)).state is State.SENT
    assert stored.state is IncomingState.AUTOMATIC


async def test_late_copy_of_a_report_is_a_repetition() -> None:
    message = await sent(await booked())
    await arrive(replies.bounced(message))
    await arrive(replies.bounced(message))
    assert await Incoming.filter(state=IncomingState.REPEATED).count() == 1


async def test_what_no_database_holds_in_a_response_stops_nothing() -> None:
    appointment = await booked()
    said = replies.reply("Outlook", appointment, FAMILY, comment="A\x00B" + "x" * 60_000)
    stored = await arrive(said)
    assert stored.state is IncomingState.TAKEN
    written = (await Writing.get()).text
    assert written.startswith("ABx") and len(written) == 50_000
