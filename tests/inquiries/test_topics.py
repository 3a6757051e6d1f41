"""Public texts about topics: every version is kept, the last one is said, and German stands in for what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inquiries import topics
from inquiries.models import TopicText
from office.errors import NotFound
from office.models import JournalEntry
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("database")
TODAY = NOW.date()
BY: dict[str, Any] = {"actor": "staff:ps", "now": NOW}


async def write(
    text: str = "Ein Text", language: str = "de", topic: str = "finances", **more: Any
) -> TopicText:
    return await topics.write(
        topic, language, **{"title": "Geld", "text": text, "today": TODAY, **BY, **more}
    )


async def said(language: str, topic: str = "finances") -> str:
    found = topics.shown(await topics.texts(), topic, language)
    return found.text if found else ""


async def test_the_last_version_is_said_and_the_others_are_kept() -> None:
    for text in ("Erstens", "Zweitens", "Zweitens"):
        await write(text)
    assert await said("de") == "Zweitens"
    assert [(one.version, one.text) for one in await topics.versions("finances", "de")] == [
        (2, "Zweitens"),
        (1, "Erstens"),
    ]
    assert await JournalEntry.filter(kind="topic.written").count() == 2


async def test_where_a_language_is_missing_german_is_said_and_else_any() -> None:
    await write("Deutsch")
    await write("عربي", "ar")
    await write("English only", "en", "school_law")
    assert [await said(language) for language in ("de", "en", "ar")] == ["Deutsch", "Deutsch", "عربي"]
    assert await said("ar", "school_law") == "English only"
    assert await said("de", "recognition") == ""


async def test_an_empty_text_takes_it_off_and_it_can_come_back() -> None:
    await write("Da")
    await write("")
    assert await topics.texts() == {}
    await write("Da")
    assert await said("de") == "Da"
    assert len(await topics.versions("finances", "de")) == 3


async def test_a_check_changes_no_word_and_a_new_version_is_checked() -> None:
    await write("Da")
    later = TODAY + timedelta(days=200)
    for _ in range(2):
        await topics.checked("finances", "de", later, **BY)
    [only] = await topics.versions("finances", "de")
    assert (only.checked_on, only.text) == (later, "Da")
    assert await JournalEntry.filter(kind="topic.checked").count() == 1
    assert (await write("Neu", today=later)).checked_on == later
    with pytest.raises(NotFound):
        await topics.checked("finances", "ar", later, **BY)


async def test_the_journal_does_not_say_which_topic() -> None:
    await write("Da")
    entry = await JournalEntry.get()
    assert "finances" not in f"{entry.subject} {entry.details}"
