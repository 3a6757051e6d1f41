"""Protected notes: apart from the thread, with an end that is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from inquiries import case_notes, thread
from inquiries.inquiry import Concern
from inquiries.models import CaseNote, Inquiry, Writing
from inquiries.thread import From, Told
from office.errors import Invalid, NotFound
from office.models import JournalEntry
from tests.factories import NOW, introduction
from workers import erasure, retention

TODAY = date(2026, 3, 2)
ACTOR = "staff:jb"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def matter(database: Any) -> Inquiry:
    """Somebody asked by mail."""
    told = Told("q", "Frage", "email", NOW)
    return await thread.receive(told, From(introduction()), Concern("email"), actor="person", now=NOW)


async def note(matter: Inquiry, day: date = date(2026, 3, 31), key: str = "n") -> CaseNote:
    return await case_notes.write(matter.id, "Ruhig sprechen", day, key=key, actor=ACTOR, now=NOW)


async def test_a_note_stands_apart_from_the_thread_and_the_journal_has_no_word_of_it(matter: Inquiry) -> None:
    await note(matter)
    await note(matter)
    assert [one.text for one in await case_notes.of(matter.id, TODAY)] == ["Ruhig sprechen"]
    assert not await Writing.filter(text__contains="Ruhig").exists()
    (entry,) = await JournalEntry.filter(kind="inquiry.case_noted")
    assert "Ruhig" not in str(entry.details)


@pytest.mark.parametrize("day", [date(2026, 3, 1), TODAY + timedelta(days=181)])
async def test_no_note_is_kept_longer_than_the_office_says(matter: Inquiry, day: date) -> None:
    with pytest.raises(Invalid):
        await note(matter, day)


async def test_its_last_day_is_its_last(matter: Inquiry) -> None:
    await note(matter)
    assert await case_notes.of(matter.id, date(2026, 3, 31))
    assert not await case_notes.of(matter.id, date(2026, 4, 1))
    assert "case_notes" not in await retention.run(NOW + timedelta(days=29))
    assert (await retention.run(NOW + timedelta(days=30)))["case_notes"] == 1
    assert not await CaseNote.exists()


async def test_a_note_is_deleted_by_hand_and_only_from_its_own_inquiry(matter: Inquiry) -> None:
    written = await note(matter)
    told = Told("q2", "Andere Frage", "email", NOW)
    other = await thread.receive(told, From(introduction()), Concern("email"), actor="person", now=NOW)
    with pytest.raises(NotFound):
        await case_notes.remove(other.id, written.id, actor=ACTOR, now=NOW)
    await case_notes.remove(matter.id, written.id, actor=ACTOR, now=NOW)
    assert not await CaseNote.exists()


async def test_it_goes_with_the_person(matter: Inquiry) -> None:
    await note(matter)
    assert await erasure.erase(matter.person_id, actor=ACTOR, now=NOW)
    assert not await CaseNote.exists()
