"""Whatever somebody writes is in one thread, once; the desk answers it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from inquiries import inquiry, thread
from inquiries.inquiry import Concern
from inquiries.models import Contact, Inquiry, Person, Writing, WritingKind
from inquiries.thread import From, Told, Unread
from office.errors import NotFound
from office.models import JournalEntry, Season
from tests.factories import NOW, introduction, make_staff

pytestmark = pytest.mark.usefixtures("database")
CONCERN = Concern(channel="web_form", language="de")
DESK: dict[str, Any] = {"actor": "staff:jb", "now": NOW + timedelta(hours=2)}


async def ask(key: str = "web:1", sender: From | None = None, **told: Any) -> Inquiry:
    """Somebody asks, by default somebody new."""
    words = {"text": "Wann bekommt mein Kind einen Platz?", "channel": "web_form", "at": NOW, **told}
    who = sender or From(who=introduction())
    return await thread.receive(Told(key, **words), who, CONCERN, actor="person", now=NOW)


async def test_question_opens_a_matter_with_a_promise_and_a_code() -> None:
    asked = await ask()
    assert (asked.waiting_since, asked.promised_on) == (NOW, date(2026, 3, 4))
    assert len(asked.code or "") == 5
    assert [row.text for row in await thread.of(asked.id)] == ["Wann bekommt mein Kind einen Platz?"]
    assert await Contact.filter(inquiry_id=asked.id).count() == 1


async def test_same_question_told_by_two_at_once_is_one() -> None:
    found = await asyncio.gather(*(ask("web:twin") for _ in range(4)))
    assert len({one.id for one in found}) == 1
    assert await Contact.all().count() == await Writing.all().count() == await Person.all().count() == 1


async def test_further_message_joins_and_keeps_the_first_promise() -> None:
    asked = await ask()
    again = await ask("web:2", From(inquiry=asked.id), at=NOW + timedelta(days=1))
    assert again.id == asked.id
    assert (again.waiting_since, again.promised_on) == (NOW, asked.promised_on)
    assert await Contact.filter(inquiry_id=asked.id).count() == 2


async def test_message_after_the_end_is_a_new_matter_of_the_same_person() -> None:
    asked = await ask()
    await inquiry.record(asked.id, topic="unknown", audience="parent", outcome="answered", **DESK)
    again = await ask("web:2", From(inquiry=asked.id))
    assert again.id != asked.id
    assert (again.person_id, again.new_case) == (asked.person_id, False)


async def test_answer_ends_the_waiting_and_the_next_message_begins_it_anew() -> None:
    asked = await ask()
    member = await make_staff()
    written = await thread.answer(
        asked.id, "Im Mai.", key="answer:1", channel="email", actor=f"staff:{member.code}", now=NOW
    )
    answered = await Inquiry.get(id=asked.id)
    assert (written.kind, answered.waiting_since, answered.assigned_id) == (
        WritingKind.ANSWER, None, member.id,
    )  # fmt: skip
    assert await Contact.filter(inquiry_id=asked.id).count() == 1
    later = NOW + timedelta(days=3)
    again = await ask("web:2", From(inquiry=asked.id), at=later)
    assert again.waiting_since == later


async def test_answer_sent_twice_by_a_double_click_is_one() -> None:
    asked = await ask()
    for _ in range(2):
        await thread.answer(asked.id, "Im Mai.", key="answer:1", channel="email", **DESK)
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 1
    assert await JournalEntry.filter(kind="inquiry.answered").count() == 1


async def test_note_of_a_call_without_a_name_is_no_case() -> None:
    told = Told("log:1", "Wer ist zuständig?", "phone", NOW - timedelta(days=3), "up_to_15")
    logged = await thread.log(
        told, From(), Concern("phone", topic="school_law"), outcome="answered", referral="unknown", **DESK
    )
    assert (logged.new_case, logged.closed_at, logged.topic) == (False, DESK["now"], "school_law")
    contact = await Contact.get(inquiry_id=logged.id)
    assert (contact.at, contact.form, contact.duration) == (told.at, "phone", "up_to_15")


async def test_call_that_stays_open_waits_with_a_promise() -> None:
    told = Told("log:1", "Bitte zurückrufen", "phone", NOW)
    sender = From(who=introduction(email="", phone="+4917604069005"))
    logged = await thread.log(told, sender, Concern("phone"), outcome="open", referral="unknown", **DESK)
    assert (logged.closed_at, logged.waiting_since, logged.promised_on) == (None, NOW, date(2026, 3, 4))


async def test_advertising_is_taken_back_with_all_it_counted() -> None:
    asked = await ask()
    for _ in range(2):
        voided = await inquiry.void(asked.id, **DESK)
    assert voided.void
    assert voided.waiting_since is None
    assert await Contact.filter(inquiry_id=asked.id, void=False).count() == 0
    assert await JournalEntry.filter(kind="inquiry.voided").count() == 1


async def test_closing_ends_the_waiting() -> None:
    asked = await ask()
    closed = await inquiry.record(
        asked.id, topic="unknown", audience="parent", outcome="referred", referral="school", **DESK
    )
    assert (closed.waiting_since, closed.referral) == (None, "school")


async def test_link_of_a_thread_is_no_link_of_another() -> None:
    first, second = await ask("web:1"), await ask("web:2")
    assert (await thread.by_token(thread.token(first))).id == first.id
    assert thread.token(first) != thread.token(second)
    with pytest.raises(NotFound):
        await thread.by_token(thread.token(first)[:-6] + thread.token(second)[-6:])


async def test_what_is_gone_says_so() -> None:
    with pytest.raises(NotFound):
        await ask(sender=From(inquiry=999))
    with pytest.raises(NotFound):
        await ask(sender=From(person=999))


async def test_answer_written_on_a_stale_view_is_held_and_goes_out_once_read() -> None:
    asked = await ask()
    [seen] = await thread.of(asked.id)
    words: dict[str, Any] = {"channel": "web_form", **DESK}
    await ask("web:2", From(inquiry=asked.id), at=NOW + timedelta(hours=1))
    first = await thread.answer(asked.id, "Von der Kollegin.", key="a1", **words)
    with pytest.raises(Unread) as held:
        await thread.answer(asked.id, "Im Mai.", key="a2", seen=seen.id, **words)
    assert [one.key for one in held.value.writings] == ["web:2", "a1"]
    assert await Writing.filter(key="a2").count() == 0
    await thread.answer(asked.id, "Im Mai.", key="a2", seen=first.id, **words)
    assert await Writing.filter(key="a2").count() == 1
    assert (await Inquiry.get()).waiting_since is None


async def test_note_of_a_colleague_holds_no_answer_but_a_call_does() -> None:
    asked = await ask()
    [seen] = await thread.of(asked.id)
    words: dict[str, Any] = {"channel": "web_form", "seen": seen.id, **DESK}
    await thread.note(asked.id, "Ruft morgen an.", key="n1", **DESK)
    await thread.answer(asked.id, "Im Mai.", key="a1", **words)
    [last] = await Writing.filter(key="a1")
    told = Told("log:1", "Hat angerufen.", "phone", NOW)
    sender = From(inquiry=asked.id)
    await thread.log(told, sender, Concern("phone"), outcome="open", referral="unknown", **DESK)
    with pytest.raises(Unread):
        await thread.answer(asked.id, "Im Juni.", key="a2", **{**words, "seen": last.id})


async def test_same_answer_pressed_twice_at_once_is_no_reason_to_hold_it() -> None:
    asked = await ask()
    [seen] = await thread.of(asked.id)
    words: dict[str, Any] = {"channel": "web_form", "seen": seen.id, **DESK}
    found = await asyncio.gather(*(thread.answer(asked.id, "Im Mai.", key="a1", **words) for _ in range(4)))
    assert len({one.id for one in found}) == 1


async def test_of_many_who_answer_at_once_one_is_sent_and_the_others_are_held() -> None:
    asked = await ask()
    [seen] = await thread.of(asked.id)
    words: dict[str, Any] = {"channel": "web_form", "seen": seen.id, **DESK}
    found = await asyncio.gather(
        *(thread.answer(asked.id, f"Antwort {n}", key=f"a{n}", **words) for n in range(6)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Writing) for one in found) == 1
    assert sum(isinstance(one, Unread) for one in found) == 5
    assert await JournalEntry.filter(kind="inquiry.answered").count() == 1


async def test_in_a_season_the_promise_is_longer() -> None:
    await Season.create(name="Schulbeginn", starts_on=NOW.date(), ends_on=NOW.date(), promise_days=5)
    asked = await ask("web:1")
    assert asked.promised_on == date(2026, 3, 9)
