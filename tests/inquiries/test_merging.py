"""Two inquiries that were one matter, and one that was two; nothing told is lost, whatever is merged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from booking import appointments
from booking.models import Appointment
from channels import merging
from channels.models import Incoming, Message
from channels.sms import numbers
from figures.models import Line, Unit
from inquiries import case_notes, drafts, inquiry, names, people, states, thread
from inquiries.drafts import Typed
from inquiries.inquiry import Concern, Merged
from inquiries.merging import OtherPerson
from inquiries.models import (
    Address,
    CaseNote,
    Contact,
    Draft,
    DraftKind,
    Inquiry,
    NoInformation,
    Part,
    Participant,
    Person,
    Writing,
)  # fmt: skip
from inquiries.states import State
from inquiries.thread import From, Told
from office.errors import Invalid, NotFound
from office.models import JournalEntry
from tests.factories import NOW, WEDNESDAY, introduction, local, make_appointment, make_office, make_staff
from workers import erasure, sweep

pytestmark = pytest.mark.usefixtures("database")
DESK: dict[str, Any] = {"actor": "staff:jb", "now": NOW + timedelta(hours=2)}
CODES: dict[str, Any] = {"topic": "finances", "audience": "parent"}


async def ask(key: str, sender: From | None = None, *, channel: str = "email", hours: int = 0) -> Inquiry:
    """A question, by default of somebody new."""
    at = NOW + timedelta(hours=hours)
    who = sender or From(who=introduction())
    return await thread.receive(Told(key, key, channel, at), who, Concern(channel), actor="person", now=at)


async def two_matters(**second: Any) -> tuple[Inquiry, Inquiry]:
    """Two open questions of one person, the second an hour later."""
    first = await ask("one")
    return first, await ask("two", From(person=first.person_id), hours=1, **second)


async def merge(part: Inquiry, whole: Inquiry, *, same_person: bool = False) -> Inquiry:
    return await merging.merge(part.id, whole.id, same_person=same_person, **DESK)


async def settle() -> None:
    while await sweep.run(NOW + timedelta(days=1)):
        pass


async def texts(found: Inquiry) -> list[str]:
    return [one.text for one in await thread.of(found.id)]


async def test_everything_told_is_in_the_thread_that_stays() -> None:
    first, second = await two_matters()
    await inquiry.record(second.id, outcome="open", **CODES, **DESK)
    whole = await merge(first, second)
    assert await texts(second) == ["one", "two"]
    assert await Contact.filter(inquiry_id=second.id).count() == 2
    assert (whole.opened_at, whole.new_case, whole.topic) == (first.opened_at, True, "finances")
    part = await Inquiry.get(id=first.id)
    assert (part.merged_into_id, part.closed_at, part.new_case) == (second.id, DESK["now"], False)
    kinds = {
        (one.subject, one.kind)
        for one in await JournalEntry.filter(kind__in=["inquiry.merged", "inquiry.joined"])
    }
    assert kinds == {(f"inquiry:{first.id}", "inquiry.merged"), (f"inquiry:{second.id}", "inquiry.joined")}


async def test_what_was_booked_sent_and_received_goes_along() -> None:
    given = await make_appointment()
    other = await ask("two", From(person=given.person_id))
    await Incoming.create(key="k", channel="email", content=b"", received_at=NOW, inquiry_id=given.inquiry_id)
    await Message.create(
        key="m", text="received", inquiry_id=given.inquiry_id, revision=0, message_id="<1@x>", created_at=NOW,
        not_before=NOW,
    )  # fmt: skip
    await merge(await Inquiry.get(id=given.inquiry_id), other)
    for model in (Appointment, Incoming, Message):
        assert (await model.get()).inquiry_id == other.id, model


async def test_who_takes_part_notes_and_drafts_go_along() -> None:
    first, second = await two_matters()
    await case_notes.write(first.id, "Vorsicht", (NOW + timedelta(days=9)).date(), key="c", **DESK)
    await Participant.create(inquiry_id=first.id, part=Part.TEACHER, may_be_told=True, added_at=NOW)
    member = await make_staff()
    for number, text in ((first.id, "Guten Tag"), (second.id, "Hallo")):
        await drafts.keep(member.id, number, DraftKind.ANSWER, Typed(text), key=text, now=NOW)
    await merge(first, second)
    assert [(one.inquiry_id, one.text) for one in await CaseNote.all()] == [(second.id, "Vorsicht")]
    assert [one.inquiry_id for one in await Participant.all()] == [second.id]
    assert [(one.inquiry_id, one.text) for one in await Draft.all()] == [(second.id, "Hallo\n\nGuten Tag")]


async def test_a_name_that_came_along_is_found_and_no_information_wins() -> None:
    named = await ask("one", From(who=introduction(name="Amelie Sommer")))
    nameless = await ask("two", From(who=introduction(name="")))
    await people.keep_silent(named.person_id, NoInformation.SEPARATED, **DESK)
    await merge(named, nameless, same_person=True)
    assert [one.id for one in await names.find("sommer", 5)] == [nameless.person_id]
    assert (await Person.get(id=nameless.person_id)).no_information == NoInformation.SEPARATED


async def test_what_is_owed_by_the_part_is_owed_by_the_whole_even_if_that_was_closed() -> None:
    first, second = await two_matters()
    await inquiry.record(second.id, outcome="answered", **CODES, **DESK)
    await inquiry.follow_up(first.id, date(2026, 3, 9), **DESK)
    whole = await merge(first, second)
    assert (whole.closed_at, whole.outcome, whole.waiting_since) == (None, "open", NOW)
    assert (whole.promised_on, whole.follow_up_on) == (first.promised_on, date(2026, 3, 9))


async def test_a_closed_part_leaves_a_closed_whole_closed() -> None:
    first, second = await two_matters()
    for one in (first, second):
        await inquiry.record(one.id, outcome="answered", **CODES, **DESK)
    whole = await merge(first, second)
    assert (states.of(whole, NOW.date()), whole.waiting_since) == (State.CLOSED, None)


async def test_merging_is_done_once_and_not_in_a_circle() -> None:
    first, second = await two_matters()
    await merge(first, second)
    await merge(first, second)
    assert await JournalEntry.filter(kind="inquiry.merged").count() == 1
    with pytest.raises(Merged):
        await merge(second, first)
    with pytest.raises(Invalid):
        await merge(second, second)
    third = await ask("three", From(person=first.person_id))
    with pytest.raises(Merged):
        await merge(first, third)


async def test_what_was_merged_twice_points_to_the_last() -> None:
    first, second = await two_matters()
    third = await ask("three", From(person=first.person_id), hours=2)
    await merge(first, second)
    await merge(second, third)
    assert {one.merged_into_id for one in await Inquiry.exclude(id=third.id)} == {third.id}
    assert (await thread.by_token(thread.token(first))).id == third.id


async def test_void_or_unknown_is_not_merged() -> None:
    first, second = await two_matters()
    await inquiry.void(second.id, **DESK)
    for whole in (second.id, 999):
        with pytest.raises(NotFound):
            await merging.merge(first.id, whole, same_person=True, **DESK)


async def test_old_link_old_page_and_old_number_lead_to_where_it_goes_on() -> None:
    first, second = await two_matters()
    await merge(first, second)
    assert (await thread.by_token(thread.token(first))).id == second.id
    assert (await ask("more", From(inquiry=first.id))).id == second.id
    written = await thread.answer(first.id, "Gut.", key="a", channel="email", **DESK)
    noted = await thread.note(first.id, "Still.", key="n", **DESK)
    assert {written.inquiry_id, noted.inquiry_id} == {second.id}
    service = await make_office()
    booked = await make_appointment(service, starts_at=local(WEDNESDAY, 11), inquiry=first.id)
    assert booked.inquiry_id == second.id
    assert (await Inquiry.get(id=first.id)).closed_at


@pytest.mark.parametrize("act", ["record", "assign", "settle", "void", "follow_up"])
async def test_nothing_is_done_any_more_with_what_was_merged(act: str) -> None:
    first, second = await two_matters()
    await merge(first, second)
    given: dict[str, Any] = {"record": {"outcome": "open", **CODES}, "assign": {"staff_id": None}}.get(
        act, {}
    )
    given = {"day": NOW.date()} if act == "follow_up" else given
    with pytest.raises(Merged):
        await getattr(inquiry, act)(first.id, **given, **DESK)


async def test_two_people_stay_two_unless_somebody_says_they_are_one() -> None:
    first, second = await ask("one"), await ask("two")
    with pytest.raises(OtherPerson):
        await merge(first, second)
    assert await texts(first) == ["one"]
    assert await Person.all().count() == 2
    await merge(first, second, same_person=True)
    assert {one.person_id for one in await Inquiry.all()} == {second.person_id}
    assert await Address.filter(person_id=second.person_id).count() == 2


async def test_discreet_wins_and_nothing_said_of_an_address_is_lost() -> None:
    shared = {"email": "one@example.org"}
    first = await ask("one", From(who=introduction(**shared, read_by_others=True)))
    second = await ask("two", From(who=introduction(**shared, phone="+4917604069001", name="")))
    old = await Address.get(person_id=first.person_id)
    await Message.create(
        key="m", text="received", address=old, revision=0, message_id="<1@x>", created_at=NOW, not_before=NOW
    )
    await Address.filter(id=old.id).update(bounced_at=NOW)
    await merge(first, second, same_person=True)
    assert await people.discreet(second.person_id)
    kept = await Address.get(value="one@example.org")
    assert (kept.person_id, kept.read_by_others, kept.bounced_at) == (second.person_id, True, NOW)
    assert (await Message.get()).address_id == kept.id
    assert (await Person.get(id=second.person_id)).name == "Kevin Drews"


async def test_all_matters_and_talks_of_one_are_the_other_s() -> None:
    given = await make_appointment()
    apart = await ask("apart", From(person=given.person_id), hours=1)
    part = await ask("part", From(person=given.person_id), hours=2)
    whole = await ask("whole", hours=3)
    await merge(part, whole, same_person=True)
    assert (
        (await Appointment.get()).person_id == (await Inquiry.get(id=apart.id)).person_id == whole.person_id
    )
    cases = await Inquiry.filter(new_case=True)
    assert [one.id for one in cases] == [given.inquiry_id]


async def test_from_a_writing_on_it_is_a_matter_of_its_own() -> None:
    first = await ask("one")
    await thread.answer(first.id, "Gut.", key="a", channel="email", **DESK)
    await inquiry.record(first.id, outcome="open", **CODES, **DESK)
    await inquiry.assign(first.id, (await make_staff()).id, **DESK)
    await ask("two", From(inquiry=first.id), channel="sms", hours=3)
    await thread.note(first.id, "Neue Sache.", key="n", actor="staff:jb", now=NOW + timedelta(hours=4))
    writing = await Writing.get(text="two")
    await Incoming.create(
        key="k", channel="sms", content=b"", received_at=NOW, inquiry_id=first.id, writing_id=writing.id
    )
    opened = await merging.split(first.id, writing.id, **DESK)
    kept, opened = await Inquiry.get(id=first.id), await Inquiry.get(id=opened.id)
    assert (await texts(kept), await texts(opened)) == (["one", "Gut."], ["two", "Neue Sache."])
    assert (kept.waiting_since, kept.promised_on, kept.topic) == (None, None, "finances")
    assert (opened.waiting_since, opened.channel, opened.topic) == (
        NOW + timedelta(hours=3),
        "sms",
        "unknown",
    )
    assert (opened.person_id, opened.new_case, opened.answered_at) == (first.person_id, False, None)
    assert opened.promised_on and opened.code and opened.assigned_id == kept.assigned_id
    assert (await Contact.get(key="two")).inquiry_id == (await Incoming.get()).inquiry_id == opened.id


async def test_splitting_twice_is_splitting_once_and_leaves_nothing_empty() -> None:
    first = await ask("one")
    await ask("two", From(inquiry=first.id), hours=1)
    writing = await Writing.get(text="two")
    opened = await merging.split(first.id, writing.id, **DESK)
    assert (await merging.split(first.id, writing.id, **DESK)).id == opened.id
    assert await Inquiry.all().count() == 2
    with pytest.raises(Invalid):
        await merging.split(first.id, (await Writing.get(text="one")).id, **DESK)
    strange = await ask("strange")
    with pytest.raises(NotFound):
        await merging.split(first.id, (await Writing.get(inquiry_id=strange.id)).id, **DESK)


async def test_a_talk_stays_with_what_was_first() -> None:
    given = await make_appointment()
    await ask("two", From(inquiry=given.inquiry_id))
    opened = await merging.split(given.inquiry_id, (await Writing.get()).id, **DESK)
    assert (await Appointment.get()).inquiry_id == given.inquiry_id != opened.id
    assert await appointments.by_code(given.code)


@pytest.mark.parametrize("first", ["sms", "email"])
@pytest.mark.parametrize("stays", ["sms", "email"])
async def test_an_sms_lands_where_the_conversation_goes_on(first: str, stays: str) -> None:
    number = "+4917604069001"
    channels = ["sms", "email"] if first == "sms" else ["email", "sms"]
    one = await ask("one", From(who=introduction(phone=number)), channel=channels[0])
    two = await ask("two", From(person=one.person_id), channel=channels[1], hours=1)
    whole, part = (one, two) if one.channel == stays else (two, one)
    await merge(part, whole)
    found = await numbers.thread_of(number)
    assert found and found.id == whole.id
    await inquiry.record(whole.id, outcome="answered", **CODES, **DESK)
    assert await numbers.thread_of(number) is None


async def test_whoever_is_erased_leaves_nothing_of_what_was_merged() -> None:
    first, second = await ask("one"), await ask("two")
    await merge(first, second, same_person=True)
    await settle()
    assert await erasure.erase(second.person_id, actor="staff:ps", now=NOW)
    for model in (Person, Address, Inquiry, Contact, Writing):
        assert not await model.exists(), model


async def test_a_record_that_is_about_to_go_goes_also_if_the_other_is_erased_first() -> None:
    first, second = await ask("one"), await ask("two")
    await settle()
    await merge(first, second, same_person=True)
    assert await erasure.erase(second.person_id, actor="staff:ps", now=NOW)
    await settle()
    assert not await Person.exists()
    lines = await Line.filter(unit=Unit.CASE)
    assert sum(line.sign for line in lines) == 1


async def test_an_address_others_read_stays_one_whoever_it_belongs_to() -> None:
    first = await ask("one", From(who=introduction(email="one@example.org", read_by_others=True)))
    second = await ask("two", From(who=introduction(email="one@example.org")))
    await merge(first, second, same_person=True)
    assert (await Address.get()).read_by_others


async def test_discreet_wins_also_without_an_address() -> None:
    first, second = await ask("one"), await ask("two")
    await Person.filter(id=first.person_id).update(discreet=True)
    await Address.filter(person_id=first.person_id).delete()
    await merge(first, second, same_person=True)
    assert await people.discreet(second.person_id)
