"""A new number at the counter, and the flag that nobody else is told anything."""

from __future__ import annotations

from typing import Any

import pytest

from booking import appointments, reach
from booking.models import Appointment
from channels import outbox
from channels.models import Message
from inquiries import people, thread
from inquiries.models import Address, AddressKind, Inquiry, NoInformation, Person
from office.errors import NotFound
from office.models import JournalEntry, Role
from tests.channels.web.staffroom import meets
from tests.channels.web.test_desk_inbox import QUESTION, ask
from tests.factories import NOW, introduction, make_appointment
from workers import reactions

OLD, NEW = "+4917604069001", "+4917604069002"


@pytest.fixture
async def appointment(database: Any, at: Any) -> Appointment:
    """A mother with a prepaid number."""
    return await make_appointment(who=introduction(name="Amira", email="", phone=OLD))


async def test_reception_finds_by_code_and_enters_the_new_number(
    appointment: Appointment, enter: Any
) -> None:
    browser = await enter(Role.RECEPTION)
    page = await browser.get(f"/desk/reach?code={appointment.code.lower()}")
    assert "Amira" in page
    assert "001" in page
    assert OLD not in page
    await browser.send("/desk/reach", code=appointment.code, phone="0176 04069002")
    assert await Address.filter(person_id=appointment.person_id).values_list("value", flat=True) == [NEW]


async def test_a_question_s_code_leads_to_the_same_page_and_no_word_of_it(database: Any, enter: Any) -> None:
    found = await ask(name="Amira")
    page = await (await enter(Role.RECEPTION)).get(f"/desk/reach?code={found.code}")
    assert "Amira" in page
    assert QUESTION not in page


async def test_old_links_open_nothing_and_what_was_to_go_there_is_gone(appointment: Appointment) -> None:
    question = await Inquiry.get(id=appointment.inquiry_id)
    old, asked = appointments.token(appointment), thread.token(question)
    await outbox.put_for_person("confirm", appointment, revision=0, now=NOW)
    await reach.change(
        appointment.person_id, {AddressKind.PHONE: NEW}, read_by_others=False, actor="staff:re", now=NOW
    )
    assert await Message.all().count() == 0
    for opened in (appointments.by_token(old), thread.by_token(asked)):
        with pytest.raises(NotFound):
            await opened
    await appointment.refresh_from_db()
    assert (await appointments.by_token(appointments.token(appointment))).id == appointment.id


async def test_what_is_still_to_come_is_told_anew_also_where_the_other_address_stayed(database: Any) -> None:
    found = await make_appointment(who=introduction(email="amira@example.org", phone=OLD))
    await outbox.put_for_person("confirm", found, revision=found.revision, now=NOW)
    await reach.change(
        found.person_id, {AddressKind.PHONE: NEW}, read_by_others=False, actor="staff:re", now=NOW
    )
    entry = await JournalEntry.get(kind="person.reach_changed")
    assert entry.details == {"phone": True}
    for _ in range(2):
        await reactions.send_new_links(entry, NOW)
    assert await Message.filter(text="confirm", address__value="amira@example.org").count() == 2


async def test_an_address_others_read_makes_the_person_discreet(appointment: Appointment, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.send("/desk/reach", code=appointment.code, email="a@example.org", read_by_others="yes")
    assert await people.discreet(appointment.person_id)
    assert (await Person.get(id=appointment.person_id)).discreet


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phone": ""}, "Nummer oder eine E-Mail-Adresse"),
        ({"phone": "12"}, "nicht lesbar"),
        ({"email": "amira@"}, "nicht lesbar"),
    ],
)
async def test_what_cannot_be_reached_is_refused_and_stays_typed(
    appointment: Appointment, enter: Any, fields: dict[str, str], said: str
) -> None:
    browser = await enter(Role.RECEPTION)
    answer = await browser.send("/desk/reach", status=422, code=appointment.code, **fields)
    assert said in answer.text
    assert all(f'value="{value}"' in answer.text for value in fields.values())
    assert await Address.filter(value=OLD).exists()


async def test_a_code_nobody_has_changes_nothing(appointment: Appointment, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    assert "Amira" not in await browser.get("/desk/reach?code=A2B34", 404)
    await browser.get("/desk/reach?code=%23" + str(appointment.inquiry_id), 404)
    await browser.send("/desk/reach", status=404, code="A2B34", phone=NEW)
    assert await Address.filter(value=OLD).exists()


async def test_the_flag_is_set_with_a_reason_and_says_what_to_say(
    appointment: Appointment, enter: Any
) -> None:
    browser, path = await enter(Role.RECEPTION), f"/desk/appointments/{appointment.id}"
    assert "sp-tag--silent" not in await browser.get(path)
    silence = f"/desk/people/{appointment.person_id}/silence"
    await browser.send(silence, status=422, reason="", back=path)
    await browser.send(silence, reason="separated", back=path)
    page = await browser.get(path)
    assert "sp-tag--silent" in page
    assert "auch nicht, ob jemand einen Termin hat" in page
    assert "sp-tag--silent" in await browser.get("/desk/?day=2026-03-04&who=all")
    entry = await JournalEntry.get(kind="person.no_information")
    assert (entry.details, entry.actor) == ({"reason": "separated"}, "staff:re")


async def test_only_who_has_the_case_takes_the_flag_back(appointment: Appointment, enter: Any) -> None:
    await people.keep_silent(appointment.person_id, NoInformation.WISH, actor="staff:re", now=NOW)
    silence = f"/desk/people/{appointment.person_id}/silence"
    for role in (Role.RECEPTION, Role.COUNSELLOR):
        await (await enter(role)).send(silence, status=403, reason="none")
    browser = await meets(await enter(Role.COUNSELLOR, code="xx", email="xx@example.org"), appointment)
    await browser.send(silence, reason="none")
    assert (await Person.get(id=appointment.person_id)).no_information == ""


async def test_the_flag_keeps_no_message_back(database: Any) -> None:
    found = await make_appointment(who=introduction(email="birgit@example.org"))
    await people.keep_silent(found.person_id, NoInformation.SEPARATED, actor="staff:re", now=NOW)
    assert await outbox.put_for_person("confirm", found, revision=0, now=NOW) == 1
    assert await people.silent_among([found.person_id]) == {found.person_id: "separated"}
