"""From a mailbox to the desk: every mail ends once, in the right thread, and nothing stops the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from booking.models import Appointment, Status
from channels import incoming, intake
from channels.email import fetch
from channels.email import intake as mail_intake
from channels.email.source import DemoInbox, Imap
from channels.models import Incoming, IncomingState, Message
from inquiries import inquiry, thread
from inquiries.inquiry import Concern
from inquiries.models import Address, Contact, Inquiry, Person, Writing
from inquiries.thread import From, Told
from office import journal, links, settings
from office.errors import Invalid
from office.models import Due, JournalEntry
from office.settings import Settings
from tests import servers
from tests.channels.email import nasty
from tests.factories import NOW, introduction, make_appointment
from workers import sweep

FAMILY = "family@example.org"
CONCERN = Concern(channel="web_form", language="de")


@pytest.fixture(autouse=True)
def with_tokens(database: Settings) -> Iterator[None]:
    """Answers come back to an address with a token, and SMS are possible, as in a whole house."""
    settings.use(database.model_copy(update={"mail_reply_to": "termin+{token}@example.org"}))
    yield
    settings.use(database)


def mail(text: str = "Wann kann mein Sohn die Schule wechseln?", **headers: str) -> bytes:
    """A family writes; `in_reply_to="…"` and so on are headers."""
    made = EmailMessage()
    said = {"From": f"Ayşe Yıldız <{FAMILY}>", "To": "termin@example.org", "Subject": "Schulwechsel"}
    said |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    said.setdefault("Message-ID" if "Message-Id" not in said else "Message-Id", f"<{len(text)}@example.org>")
    for name, value in said.items():
        made[name] = value
    made.set_content(text)
    return made.as_bytes()


async def arrive(raw: bytes, *, now: datetime = NOW) -> Incoming:
    """Stored and taken in, as a worker does it."""
    number = await Incoming.all().count()
    stored = await incoming.store(f"imap:test:1:{number}", "email", raw, now=now)
    await work_off(now)
    return await Incoming.get(id=stored.id)


async def work_off(now: datetime = NOW) -> None:
    while await sweep.run(now):
        pass
    assert await Due.filter(attempts__gt=0).count() == 0, await Due.all().values_list("reaction", "reason")


async def asked(**who: Any) -> Inquiry:
    """Somebody asked on the web and left their mail address."""
    told = Told(key=f"web:{len(who)}{who}"[:60], text="Eine Frage", channel="web_form", at=NOW)
    found = await thread.receive(
        told, From(who=introduction(email=FAMILY, **who)), CONCERN, actor="person", now=NOW
    )
    await work_off()
    return found


def token_address(found: Inquiry) -> str:
    return f"termin+{links.address_token(thread.LINK, found.id, found.generation)}@example.org"


async def counts() -> tuple[int, int, int]:
    """People, inquiries, contacts."""
    return await Person.all().count(), await Inquiry.all().count(), await Contact.all().count()


async def test_first_mail_is_a_person_an_inquiry_and_a_contact() -> None:
    stored = await arrive(mail())
    [found] = await Inquiry.all().prefetch_related("person")
    [written] = await thread.of(found.id)
    assert (stored.state, stored.inquiry_id, stored.writing_id) == (
        IncomingState.TAKEN,
        found.id,
        written.id,
    )
    assert written.text == "Schulwechsel\n\nWann kann mein Sohn die Schule wechseln?"
    assert (found.channel, found.language, found.person.name) == ("email", "de", "Ayşe Yıldız")
    assert [message.text for message in await Message.all()] == ["received"]
    assert await counts() == (1, 1, 1)


async def test_same_mail_in_two_copies_is_one_contact() -> None:
    await arrive(mail())
    again = await arrive(b"Received: from elsewhere\r\n" + mail())
    assert again.state is IncomingState.REPEATED
    assert await counts() == (1, 1, 1)


async def test_address_with_a_token_leads_into_its_thread() -> None:
    found = await asked()
    stored = await arrive(mail("Noch etwas.", to=token_address(found).upper(), subject="Re: Ihre Anfrage"))
    assert (stored.inquiry_id, stored.reason) == (found.id, "")
    assert [row.text for row in await thread.of(found.id)] == ["Eine Frage", "Noch etwas."]


async def test_token_used_from_another_address_joins_and_says_so() -> None:
    found = await asked()
    stored = await arrive(mail(to=token_address(found), **{"from": "other@example.org"}))
    assert (stored.inquiry_id, stored.reason) == (found.id, "other_address")


async def test_forged_token_proves_nothing() -> None:
    found = await asked()
    wrong = token_address(found).replace("termin+", "termin+a")
    forged = await arrive(mail(to=wrong, **{"from": "other@example.org"}))
    assert forged.inquiry_id != found.id


async def test_token_of_a_closed_matter_opens_a_new_one_of_the_same_person() -> None:
    found = await asked()
    await inquiry.record(
        found.id, actor="staff:x", now=NOW, topic="unknown", audience="unknown", outcome="answered"
    )
    stored = await arrive(mail(to=token_address(found)))
    assert stored.inquiry_id != found.id
    assert (await Inquiry.get(id=stored.inquiry_id or 0)).person_id == found.person_id


async def test_answer_to_our_mail_is_proven_by_the_address_it_went_to() -> None:
    found = await asked()
    receipt = await Message.get(inquiry_id=found.id)
    answer = await arrive(mail("Danke!", in_reply_to=receipt.message_id))
    stranger = await arrive(mail("Aha!", in_reply_to=receipt.message_id, **{"from": "other@example.org"}))
    assert answer.inquiry_id == found.id
    assert stranger.inquiry_id != found.id


async def test_answer_to_a_confirmation_joins_the_inquiry_of_the_appointment() -> None:
    booked = await make_appointment(who=introduction(email=FAMILY))
    await work_off()
    confirmation = await Message.get(appointment_id=booked.id, text="confirm")
    stored = await arrive(mail("Was bringen wir mit?", references=f"<x@y> {confirmation.message_id}"))
    assert stored.inquiry_id == booked.inquiry_id


async def test_second_mail_to_the_first_joins_it() -> None:
    first = await arrive(mail(message_id="<first@example.org>"))
    second = await arrive(mail("Nachtrag", references="<first@example.org>", subject="Re: Schulwechsel"))
    stranger = await arrive(
        mail("Nachtrag?", references="<first@example.org>", **{"from": "other@example.org"})
    )
    assert second.inquiry_id == first.inquiry_id
    assert stranger.inquiry_id != first.inquiry_id


async def test_known_address_of_one_person_opens_their_new_inquiry() -> None:
    found = await asked()
    stored = await arrive(mail(**{"from": "Family@example.org".replace("Family", "FAMILY")}))
    opened = await Inquiry.get(id=stored.inquiry_id or 0)
    assert opened.id != found.id
    assert opened.person_id == found.person_id


async def test_address_of_two_people_joins_neither() -> None:
    await asked(name="Anna")
    await asked(name="Berta")
    stored = await arrive(mail())
    assert await Person.all().count() == 3
    assert stored.state is IncomingState.TAKEN


async def test_mailbox_others_read_gets_no_receipt_whoever_writes_from_it() -> None:
    found = await asked(read_by_others=True)
    stored = await arrive(mail())
    opened = await Inquiry.get(id=stored.inquiry_id or 0)
    assert opened.person_id != found.person_id
    assert await Message.all().count() == 0
    assert await Address.filter(person_id=opened.person_id, read_by_others=True).count() == 1


@pytest.mark.parametrize("word", ["NEIN", "absagen", "Absagen.\n\nAm 1.3.26 schrieb Stadt:\n> NEIN"])
async def test_word_in_answer_to_a_reminder_calls_the_appointment_off(word: str) -> None:
    booked = await make_appointment(who=introduction(email=FAMILY))
    await work_off()
    confirmation = await Message.get(appointment_id=booked.id, text="confirm")
    stored = await arrive(mail(word, in_reply_to=confirmation.message_id, subject="Re: Ihr Termin"))
    assert (await Appointment.get(id=booked.id)).status == Status.CANCELLED
    assert (await Appointment.get(id=booked.id)).cancelled_by == "person"
    assert (stored.state, stored.inquiry_id) == (IncomingState.DIALOGUE, booked.inquiry_id)
    assert await Writing.all().count() == 0


async def test_words_beside_the_cancellation_are_kept() -> None:
    booked = await make_appointment(who=introduction(email=FAMILY))
    await work_off()
    confirmation = await Message.get(appointment_id=booked.id, text="confirm")
    stored = await arrive(mail("ABSAGEN\nWir sind krank.", in_reply_to=confirmation.message_id))
    assert (await Appointment.get(id=booked.id)).status == Status.CANCELLED
    assert stored.state is IncomingState.TAKEN


@pytest.mark.parametrize(
    ("text", "sender"),
    [("NEIN", "other@example.org"), ("Nein, wir kommen gern!", FAMILY), ("Kommen wir?\n> NEIN", FAMILY)],
)
async def test_other_people_and_other_words_call_nothing_off(text: str, sender: str) -> None:
    booked = await make_appointment(who=introduction(email=FAMILY))
    await work_off()
    confirmation = await Message.get(appointment_id=booked.id, text="confirm")
    stored = await arrive(mail(text, in_reply_to=confirmation.message_id, **{"from": sender}))
    assert (await Appointment.get(id=booked.id)).status == Status.BOOKED
    assert stored.state is IncomingState.TAKEN


async def test_cancellation_that_comes_too_late_is_a_message() -> None:
    booked = await make_appointment(who=introduction(email=FAMILY))
    await work_off()
    confirmation = await Message.get(appointment_id=booked.id, text="confirm")
    stored = await arrive(
        mail("ABSAGEN", in_reply_to=confirmation.message_id), now=booked.starts_at + timedelta(minutes=5)
    )
    assert (stored.state, stored.inquiry_id) == (IncomingState.TAKEN, booked.inquiry_id)
    assert (await Appointment.get(id=booked.id)).status == Status.BOOKED


async def test_holiday_answer_is_shown_in_its_thread_and_answered_by_nobody() -> None:
    found = await asked()
    before = await Message.all().count()
    stored = await arrive(mail("Bin im Urlaub", to=token_address(found), auto_submitted="auto-replied"))
    assert (stored.state, stored.inquiry_id) == (IncomingState.AUTOMATIC, found.id)
    assert await counts() == (1, 1, 1)
    assert await Message.all().count() == before


async def test_sender_of_very_many_mails_gets_no_more_receipts() -> None:
    for number in range(22):
        await arrive(mail(f"Frage {number}", message_id=f"<{number}@example.org>"))
    assert await Inquiry.all().count() == 22
    assert await Message.filter(text="received").count() == 20


@pytest.mark.parametrize("name", nasty.NO_MAILS)
async def test_what_is_no_mail_is_a_card(name: str) -> None:
    stored = await arrive(nasty.NO_MAILS[name])
    assert (stored.state, stored.reason) == (IncomingState.UNREADABLE, "no_mail")
    assert [row.id for row in await incoming.to_look_at()] == [stored.id]


@pytest.mark.parametrize("name", nasty.BROKEN)
async def test_broken_mail_ends_as_a_contact_or_a_card(name: str) -> None:
    stored = await arrive(nasty.BROKEN[name])
    assert stored.state in {IncomingState.TAKEN, IncomingState.UNREADABLE}


async def test_mail_without_a_sender_is_a_card() -> None:
    stored = await arrive(b"To: termin@example.org\r\nSubject: Frage\r\n\r\nHallo")
    assert (stored.state, stored.reason) == (IncomingState.UNREADABLE, "no_sender")


async def test_colleague_answering_their_calendar_mail_is_nobody_who_turns_to_us() -> None:
    booked = await make_appointment(who=introduction(email=FAMILY))
    await work_off()
    await booked.fetch_related("staff")
    invited = await Message.get(appointment_id=booked.id, text="staff_booked")
    stored = await arrive(mail("Ok", in_reply_to=invited.message_id, **{"from": booked.staff.email}))
    assert (stored.state, stored.reason) == (IncomingState.UNREADABLE, "from_colleague")


async def test_automatic_mail_can_be_taken_anyway_and_once() -> None:
    stored = await arrive(mail(precedence="bulk"))
    opened = await mail_intake.take_anyway(stored.id, NOW)
    assert (await mail_intake.take_anyway(stored.id, NOW)).id == opened.id
    await work_off()
    assert await counts() == (1, 1, 1)
    assert await Message.all().count() == 0
    assert (await Incoming.get(id=stored.id)).state is IncomingState.TAKEN


async def test_noise_cannot_be_taken_and_a_contact_needs_no_taking() -> None:
    noise = await arrive(nasty.NO_MAILS["noise"])
    with pytest.raises(Invalid):
        await mail_intake.take_anyway(noise.id, NOW)
    repeated = [await arrive(mail()), await arrive(mail())][1]
    with pytest.raises(Invalid):
        await mail_intake.take_anyway(repeated.id, NOW)


async def test_taken_in_twice_is_taken_in_once() -> None:
    stored = await arrive(mail())
    await intake.take_in(stored.id, NOW)
    stored.state = IncomingState.STORED  # killed before the end was recorded
    await stored.save()
    await intake.take_in(stored.id, NOW)
    assert await counts() == (1, 1, 1)


async def test_time_of_a_contact_is_when_it_was_written() -> None:
    await arrive(mail(date="Mon, 02 Mar 2026 08:30:00 +0100"))
    assert (await Contact.get()).at == NOW - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wann kann mein Sohn die Schule wechseln?", "de"),
        ("مرحبا، متى يمكن لابني أن يغير المدرسة؟", "ar"),
        ("Dear team, we would like to ask when our son can change the school.", "en"),
        ("Hola, ¿cuándo puede cambiar mi hijo?", "de"),
    ],
)
async def test_language_is_guessed_from_the_words(text: str, language: str) -> None:
    await arrive(mail(text, subject="?"))
    assert (await Inquiry.get()).language == language
    assert (await Person.get()).language == language


@pytest.mark.parametrize(
    ("name", "kept"), [("Ayşe Yıldız", "Ayşe Yıldız"), ("Gewinn! www.example.org", ""), ("<b>x</b>", "")]
)
async def test_name_that_is_no_name_is_not_kept(name: str, kept: str) -> None:
    made = mail(**{"from": f'"{name}" <{FAMILY}>'})
    await arrive(made)
    assert (await Person.get()).name == kept


async def test_journal_knows_nothing_of_who_wrote() -> None:
    await arrive(mail())
    told = [str(entry.details) + entry.subject + entry.actor for entry in await JournalEntry.all()]
    assert not any(word in line for line in told for word in ("family", "Ay", "Schul"))


# Through a real server


async def read_all(url: str) -> None:
    opened = Imap(url)
    while await fetch.run(opened, lambda: datetime.now(UTC)):
        pass
    await opened.close()
    await work_off(datetime.now(UTC))


async def test_mail_on_a_server_becomes_an_inquiry_and_twice_the_same_one_contact(
    imap_server: servers.Imap,
) -> None:
    imap_server.append(mail(), mail("Und noch eine Frage.", message_id="<2@example.org>"), mail())
    await read_all(imap_server.url)
    assert await Contact.all().count() == 2
    states = [row.state for row in await Incoming.all().order_by("id")]
    assert states == [IncomingState.TAKEN, IncomingState.TAKEN, IncomingState.REPEATED]


async def test_mailbox_numbered_anew_makes_no_second_contact(imap_server: servers.Imap) -> None:
    imap_server.append(mail())
    await read_all(imap_server.url)
    imap_server.stop()
    imap_server.start()
    imap_server.append(mail(), mail("Neu hier.", message_id="<2@example.org>"))
    await read_all(imap_server.url)
    assert await Contact.all().count() == 2
    assert await Incoming.all().count() == 3


async def test_poison_stops_nobody(imap_server: servers.Imap) -> None:
    poison = ["wrong charset", "unknown charset", "NUL bytes", "bad base64", "boundary never closed"]
    imap_server.append(*(nasty.BROKEN[name] for name in poison), mail())
    await read_all(imap_server.url)
    assert await Incoming.filter(state=IncomingState.STORED).count() == 0
    assert await Writing.filter(text__contains="Schule wechseln").count() == 1


async def test_nothing_in_the_folder_of_the_demonstration_stops_what_lies_behind_it(tmp_path: Path) -> None:
    box = DemoInbox(tmp_path / "mail-in")
    for raw in (*nasty.NO_MAILS.values(), *nasty.BROKEN.values(), mail()):
        box.deliver(raw)
    await fetch.run(box, lambda: datetime.now(UTC))
    await work_off(datetime.now(UTC))
    assert await Incoming.filter(state=IncomingState.STORED).count() == 0
    assert await Writing.filter(text__contains="Schule wechseln").count() == 1


async def test_verb_that_fails_is_tried_again_and_becomes_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(mail_intake, "_taken", broken)
    stored = await incoming.store("imap:test:1:1", "email", mail(), now=NOW)
    for minute in range(9):
        await sweep.run(NOW + timedelta(minutes=minute))
    assert [due.reaction for due in await journal.cards()] == ["take_in"]
    assert (await Incoming.get(id=stored.id)).state is IncomingState.STORED


async def test_repetition_is_of_the_same_inquiry_and_hides_no_card() -> None:
    first, copy = await arrive(mail()), await arrive(mail())
    assert copy.inquiry_id == first.inquiry_id is not None
    nameless = mail("Ohne Absender.", **{"from": "niemand"})
    card, again = await arrive(nameless), await arrive(nameless)
    assert (card.state, again.state) == (IncomingState.UNREADABLE, IncomingState.REPEATED)
    await incoming.again(card.id, actor="staff:jb", now=NOW)
    await work_off()
    assert (await Incoming.get(id=card.id)).state is IncomingState.UNREADABLE
