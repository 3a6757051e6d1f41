"""What becomes of an SMS: an act of the dialogue, or a contact in a thread; and whom it tells nothing."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from booking.errors import TooManyAppointments
from booking.models import Appointment, Status
from channels import outbox
from channels.models import Incoming, IncomingState, Message, State
from channels.sms import intake, opt_out
from channels.sms.phone import DemoPhone
from inquiries import inquiry, thread
from inquiries.models import Address, Contact, Inquiry, Person, Writing
from inquiries.people import Introduction
from tests.channels.sms.posts import FAMILY, answers, receive
from tests.factories import NOW, WEDNESDAY, introduction, local, make_appointment, make_office

pytestmark = pytest.mark.usefixtures("house")

QUESTION = "Ich möchte einen Termin für mein Kind, 8"


def mother(**overrides: object) -> Introduction:
    return introduction(**{"name": "Amina", "email": "", "phone": FAMILY, **overrides})


def son(**overrides: object) -> Introduction:
    return introduction(**{"name": "Leo", "email": "", "phone": FAMILY, "read_by_others": True, **overrides})


async def texts_to(phone: DemoPhone) -> list[str]:
    return await answers(phone)


# A question


async def test_question_becomes_one_contact_and_gets_its_number_and_day(phone: DemoPhone) -> None:
    stored = await receive(QUESTION)
    found = await Inquiry.get().prefetch_related("person")
    assert (stored.state, stored.inquiry_id, stored.sender) == (IncomingState.TAKEN, found.id, FAMILY)
    assert (await Writing.get()).text == QUESTION and (await Contact.get()).key == stored.key
    assert (found.channel, found.person.language) == ("sms", "de")
    assert await texts_to(phone) == [
        f"Stadt Musterstadt: Ihre Nachricht ist angekommen (Nr. {found.id}). Sie bekommen bis Mi 04.03. eine "
        "Antwort. Eilig? 0221 4710-100"
    ]
    assert (await Message.get()).segments == 1


async def test_second_sms_lands_in_the_first_thread_and_gets_no_second_receipt(phone: DemoPhone) -> None:
    first = await receive(QUESTION)
    second = await receive("Noch etwas: es ist eilig")
    assert second.inquiry_id == first.inquiry_id
    assert (await Person.all().count(), await Inquiry.all().count(), await Contact.all().count()) == (1, 1, 2)
    assert len(await texts_to(phone)) == 1


async def test_closed_matter_is_followed_by_a_new_one_of_the_same_person() -> None:
    first = await receive(QUESTION)
    await inquiry.record(
        first.inquiry_id, actor="staff:jb", now=NOW, topic="finances", audience="parent", outcome="answered"
    )
    second = await receive("Eine neue Frage")
    assert second.inquiry_id != first.inquiry_id
    assert await Person.all().count() == 1


async def test_same_sms_told_again_is_the_same_contact() -> None:
    stored = await receive(QUESTION, MessageSid="SM" + "a" * 32)
    for _ in range(3):
        await receive(QUESTION, MessageSid="SM" + "a" * 32)
    assert await Incoming.all().count() == await Contact.all().count() == 1
    assert stored.key == "sms:SM" + "a" * 32


async def test_arabic_question_is_answered_in_arabic(phone: DemoPhone) -> None:
    await receive("متى يمكنني تسجيل ابني؟")
    assert (await Person.get()).language == "ar"
    assert (await texts_to(phone))[0].startswith("من Stadt Musterstadt: وصلت رسالتك")


async def test_person_who_booked_with_this_number_is_known_and_answered_in_her_language(
    phone: DemoPhone,
) -> None:
    booked = await make_appointment(who=mother(language="ar"))
    stored = await receive("Danke, noch eine Frage")
    found = await Inquiry.get(id=stored.inquiry_id)
    assert found.person_id == booked.person_id and found.id != booked.inquiry_id
    assert any("وصلت رسالتك" in body for body in await texts_to(phone))


async def test_two_first_sms_at_once_are_one_person() -> None:
    await asyncio.gather(receive("eins eins"), receive("zwei zwei"))
    assert (await Person.all().count(), await Inquiry.all().count(), await Contact.all().count()) == (1, 1, 2)


async def test_answer_leaves_as_a_link_or_in_full(phone: DemoPhone) -> None:
    stored = await receive(QUESTION)
    said = {"channel": "sms", "actor": "staff:jb", "now": NOW}
    for key, words, in_full in (("a", "Ja, gern", True), ("b", "Lang " * 400, True), ("c", "Geheim", False)):
        written = await thread.answer(stored.inquiry_id, words, key=key, in_full=in_full, **said)
        person = (await Inquiry.get(id=stored.inquiry_id)).person_id
        await outbox.put_answer(written, person, in_full=in_full, now=NOW)
    _receipt, *got = await texts_to(phone)
    found = await Inquiry.get(id=stored.inquiry_id)
    link = (
        f"Stadt Musterstadt: Es gibt eine Antwort auf Ihre Nachricht (Nr. {found.id}): "
        f"http://localhost:8000/q/{thread.token(found)}"
    )
    assert got == [f"Stadt Musterstadt (Nr. {found.id}):\nJa, gern", link, link]


# Words


async def test_asked_for_dates_it_names_the_next_free_ones_and_counts_nothing(phone: DemoPhone) -> None:
    await make_office(step_minutes=60)
    stored = await receive("Termin?")
    assert stored.state is IncomingState.DIALOGUE and not await Contact.all().exists()
    assert await texts_to(phone) == [
        "Stadt Musterstadt: Frei ist zum Beispiel: Di 03.03. um 9:00 Uhr, Mi 04.03. um 9:00 Uhr, "
        "Do 05.03. um 9:00 Uhr. Hier wählen: http://localhost:8000"
    ]


async def test_nothing_free_is_said(phone: DemoPhone) -> None:
    await receive("موعد")
    assert "لا توجد أوقات متاحة" in (await texts_to(phone))[0]


async def test_asked_when_it_names_the_open_appointments(phone: DemoPhone) -> None:
    service = await make_office(counsellors=2)
    booked = await make_appointment(service, who=mother())
    await receive("Wann?")
    assert "Ihr Termin ist am Mi 04.03. um 9:00 Uhr. Ändern oder absagen: http" in (await texts_to(phone))[-1]
    await make_appointment(service, who=mother(), starts_at=local(WEDNESDAY, 11), person=booked.person_id)
    await receive("wann")
    assert (await texts_to(phone))[-1] == (
        "Stadt Musterstadt: Ihre Termine: Mi 04.03. um 9:00 Uhr, Mi 04.03. um 11:00 Uhr. Fragen: 0221 4710-100"
    )


@pytest.mark.parametrize("word", ["ABSAGEN", "Nein danke!", "لا"])
async def test_the_one_appointment_is_cancelled_by_its_person(word: str, phone: DemoPhone) -> None:
    booked = await make_appointment(who=mother())
    stored = await receive(word)
    booked = await Appointment.get(id=booked.id)
    assert (booked.status, booked.cancelled_by) == (Status.CANCELLED, "person")
    assert stored.state is IncomingState.DIALOGUE
    assert "ist abgesagt. Danke" in (await texts_to(phone))[-1]


async def test_cancelling_none_or_several_is_for_people_and_sounds_the_same(phone: DemoPhone) -> None:
    other = "+4917604069013"
    service = await make_office(counsellors=2)
    booked = await make_appointment(service, who=mother())
    await make_appointment(service, who=mother(), starts_at=local(WEDNESDAY, 11), person=booked.person_id)
    several, none = await receive("absagen"), await receive("absagen", number=other)
    assert several.state is none.state is IncomingState.TAKEN
    assert await Appointment.filter(status=Status.BOOKED).count() == 2
    said = [(await answers(phone, number=number))[-1] for number in (FAMILY, other)]
    assert said[0] == said[1] and "Ein Mensch liest Ihre Nachricht" in said[0]


async def test_stop_is_silence_until_start(phone: DemoPhone) -> None:
    booked = await make_appointment(who=mother())
    assert (await receive("STOPP")).state is IncomingState.DIALOGUE
    assert await opt_out.stands(FAMILY)
    assert await outbox.put_for_person("confirm", booked, revision=0, now=NOW) == 0
    await receive("Wann")
    assert await texts_to(phone) == []
    await receive("start")
    assert not await opt_out.stands(FAMILY)
    assert "Sie bekommen wieder SMS" in (await texts_to(phone))[-1]


async def test_stop_after_it_was_put_holds_the_message_back(phone: DemoPhone) -> None:
    booked = await make_appointment(who=mother())
    await outbox.put_for_person("confirm", booked, revision=0, now=NOW)
    await receive("stop")
    assert await texts_to(phone) == []
    assert {row.reason for row in await Message.filter(channel="sms")} == {"opted_out"}


async def test_the_gateway_s_own_word_for_stop_may_mean_the_appointment_so_people_read_it() -> None:
    booked = await make_appointment(who=mother())
    stored = await receive("Cancel")
    assert await opt_out.stands(FAMILY) and stored.state is IncomingState.TAKEN
    assert (await Appointment.get(id=booked.id)).status == Status.BOOKED


async def test_yes_is_start_only_for_who_had_stopped() -> None:
    assert (await receive("Yes")).state is IncomingState.TAKEN
    await opt_out.stop(FAMILY, "stop", NOW)
    assert (await receive("Yes")).state is IncomingState.DIALOGUE
    assert not await opt_out.stands(FAMILY)


# What is no SMS of a person


@pytest.mark.parametrize("sender", ["73737", "Vodafone", "+491713920000"])
async def test_short_codes_names_and_our_own_number_get_no_answer(sender: str, phone: DemoPhone) -> None:
    stored = await receive("Gewinnen Sie jetzt", number=sender)
    assert stored.state is IncomingState.AUTOMATIC
    assert not await Inquiry.all().exists() and not await Message.all().exists()


async def test_empty_sms_is_a_card() -> None:
    assert (await receive(" \x00 ")).state is IncomingState.UNREADABLE


async def test_characters_no_database_holds_are_dropped() -> None:
    await receive("Hallo\x00 Welt\nzweite Zeile")
    assert (await Writing.get()).text == "Hallo Welt\nzweite Zeile"


async def test_who_writes_all_the_time_is_counted_but_not_answered(phone: DemoPhone) -> None:
    for number in range(intake.MOST_AN_HOUR):
        await receive(f"Frage {number}", now=NOW + timedelta(minutes=number))
    await make_office()
    later = NOW + timedelta(minutes=30)
    assert (await receive("Termin", now=later)).state is IncomingState.DIALOGUE
    await receive("nein", now=later)
    assert await Contact.all().count() == intake.MOST_AN_HOUR + 1
    assert await Message.filter(channel="sms").count() == 1
    await receive("Termin", now=later + timedelta(hours=1))
    assert await Message.filter(text="dates").count() == 1


# One phone, a mother and a son who must not be found out


async def test_asked_when_a_discreet_appointment_is_as_if_there_were_none(phone: DemoPhone) -> None:
    nobody = "+4917604069013"
    await make_appointment(who=son())
    for number in (FAMILY, nobody):
        await receive("WANN", number=number)
    told = (await answers(phone))[-1]
    assert told == (await answers(phone, number=nobody))[-1]
    assert "keinen Termin nennen" in told


async def test_asked_when_only_her_own_appointment_is_named(phone: DemoPhone) -> None:
    service = await make_office(counsellors=2)
    await make_appointment(service, who=son())
    await make_appointment(service, who=mother(), starts_at=local(WEDNESDAY, 11))
    await receive("wann")
    told = (await answers(phone))[-1]
    assert "11:00" in told and "9:00" not in told and "Ihr Termin ist" in told


async def test_discreet_no_cancels_and_nothing_is_said(phone: DemoPhone) -> None:
    booked = await make_appointment(who=son())
    stored = await receive("Nein")
    assert (await Appointment.get(id=booked.id)).status == Status.CANCELLED
    assert stored.state is IncomingState.DIALOGUE
    assert not await Message.filter(channel="sms", text__not="confirm_discreet").exists()


async def test_who_tries_the_words_learns_nothing_of_a_discreet_appointment(phone: DemoPhone) -> None:
    nobody = "+4917604069013"
    booked = await make_appointment(who=son())
    for number in (FAMILY, nobody):
        await receive("ABSAGEN", number=number)
    assert (await Appointment.get(id=booked.id)).status == Status.BOOKED
    told = [re.sub(r"\d+", "…", (await answers(phone, number=number))[-1]) for number in (FAMILY, nobody)]
    assert told[0] == told[1]
    before = await Message.filter(channel="sms").count()
    for number in (FAMILY, nobody):
        await receive("Nein", number=number)
    assert await Message.filter(channel="sms").count() == before


async def test_no_to_several_is_read_by_people_and_not_answered(phone: DemoPhone) -> None:
    service = await make_office(counsellors=2)
    await make_appointment(service, who=son())
    await make_appointment(service, who=mother(), starts_at=local(WEDNESDAY, 11))
    stored = await receive("Nein")
    assert stored.state is IncomingState.TAKEN
    assert await Appointment.filter(status=Status.BOOKED).count() == 2
    assert not await Message.filter(inquiry_id=stored.inquiry_id).exists()


async def test_sms_from_a_phone_shared_with_somebody_discreet_never_joins_their_record() -> None:
    booked = await make_appointment(who=son())
    stored = await receive(QUESTION)
    found = await Inquiry.get(id=stored.inquiry_id)
    assert found.person_id != booked.person_id
    again = await receive("Und noch etwas")
    assert again.inquiry_id == found.id
    assert await Person.all().count() == 2


async def test_mother_s_thread_goes_on_after_her_son_booked_with_her_number(phone: DemoPhone) -> None:
    first = await receive(QUESTION)
    await make_appointment(who=son())
    assert (await receive("Noch eine Frage")).inquiry_id == first.inquiry_id
    await inquiry.record(
        first.inquiry_id, actor="staff:jb", now=NOW, topic="finances", audience="parent", outcome="answered"
    )
    third = await receive("Eine neue Sache")
    found = await Inquiry.get(id=third.inquiry_id).prefetch_related("person")
    assert found.person.name == "" and found.id != first.inquiry_id
    assert not await Address.filter(person_id=found.person_id, read_by_others=True).exists()


async def test_receipt_is_the_same_whether_or_not_somebody_discreet_shares_the_phone(
    phone: DemoPhone,
) -> None:
    other = "+4917604069013"
    await make_appointment(who=son())
    await receive(QUESTION)
    await receive(QUESTION, number=other)
    shared, alone = (await answers(phone))[-1], (await answers(phone, number=other))[-1]
    numbers = [str(row.id) for row in await Inquiry.filter(channel="sms").order_by("id")]
    assert shared.replace(f"Nr. {numbers[0]}", "Nr. ") == alone.replace(f"Nr. {numbers[1]}", "Nr. ")


async def test_several_people_behind_one_number_are_not_mixed_up() -> None:
    service = await make_office(counsellors=3)
    await make_appointment(service, who=mother())
    await make_appointment(service, who=mother(name="Karim"), starts_at=local(WEDNESDAY, 11))
    first = await receive(QUESTION)
    assert (await Inquiry.get(id=first.inquiry_id).prefetch_related("person")).person.name == ""
    assert (await receive("Noch etwas")).inquiry_id == first.inquiry_id


async def test_limit_never_tells_the_mother_that_her_son_has_booked() -> None:
    service = await make_office(counsellors=3, per_person=1)
    await make_appointment(service, who=son())
    await make_appointment(service, who=mother(), starts_at=local(WEDNESDAY, 11))
    with pytest.raises(TooManyAppointments):
        await make_appointment(service, who=son(), starts_at=local(WEDNESDAY, 10))
    with pytest.raises(TooManyAppointments):
        await make_appointment(service, who=mother(), starts_at=local(WEDNESDAY, 10))


@pytest.mark.parametrize("text", ["confirm", "remind", "moved", "cancelled_by_person", "received", "answer"])
async def test_where_others_read_only_the_barest_text_is_ever_composed(text: str, phone: DemoPhone) -> None:
    booked = await make_appointment(who=son())
    address = await Address.get(person_id=booked.person_id)
    about = (
        {"inquiry_id": booked.inquiry_id} if text in {"received", "answer"} else {"appointment_id": booked.id}
    )
    await Message.all().delete()
    row = outbox._message(text, "sms", "x", NOW, address_id=address.id, **about)
    await row.save()
    if text == "cancelled_by_person":
        await Appointment.filter(id=booked.id).update(status=Status.CANCELLED)
    assert await texts_to(phone) == []
    assert (await Message.get()).state is State.FAILED


async def test_discreet_person_gets_time_and_nothing_else(phone: DemoPhone) -> None:
    booked = await make_appointment(who=son())
    await outbox.put_for_person("confirm", booked, revision=0, now=NOW)
    assert await texts_to(phone) == ["Mi 04.03. um 9:00 ist notiert. Absagen: einfach NEIN antworten."]


async def test_person_with_two_readers_of_mail_gets_no_answer_by_sms(phone: DemoPhone) -> None:
    stored = await receive(QUESTION)
    person = (await Inquiry.get(id=stored.inquiry_id)).person_id
    await Message.all().delete()
    await Address.create(person_id=person, kind="email", value="haus@example.org", read_by_others=True)
    written = await thread.answer(
        stored.inquiry_id, "Ja", key="a", channel="sms", actor="staff:jb", now=NOW, in_full=True
    )
    await outbox.put_answer(written, person, in_full=True, now=NOW)
    assert await texts_to(phone) == []
