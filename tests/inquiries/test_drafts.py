"""What somebody has begun to write is there until it is sent, for nobody but them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inquiries import drafts, thread
from inquiries.drafts import Typed
from inquiries.models import Draft, DraftKind, Inquiry
from office.models import Staff
from tests.factories import NOW, make_staff
from tests.inquiries.test_thread import ask
from workers import retention

pytestmark = pytest.mark.usefixtures("database")
ANSWER, NOTE = DraftKind.ANSWER, DraftKind.NOTE


async def keep(who: Staff, asked: Inquiry, text: str, kind: DraftKind = ANSWER, key: str = "a1") -> None:
    await drafts.keep(who.id, asked.id, kind, Typed(text, "email"), key=key, now=NOW)


async def words(who: Staff, asked: Inquiry) -> dict[DraftKind, str]:
    return {kind: one.text for kind, one in (await drafts.of(who.id, asked.id)).items()}


async def test_last_words_stay_one_draft_of_each_kind() -> None:
    who, asked = await make_staff(), await ask()
    for text in ("Guten", "Guten Tag", "Guten Tag, im Mai"):
        await keep(who, asked, text)
    await keep(who, asked, "Ruft an", NOTE)
    assert await words(who, asked) == {ANSWER: "Guten Tag, im Mai", NOTE: "Ruft an"}


async def test_nobody_else_is_shown_it() -> None:
    who, other, asked = await make_staff(), await make_staff(), await ask()
    await keep(who, asked, "Guten Tag")
    assert await words(other, asked) == {}


async def test_it_is_gone_once_it_is_sent_and_what_another_began_stays() -> None:
    who, other, asked = await make_staff(), await make_staff(), await ask()
    for one in (who, other):
        await keep(one, asked, "Im Mai.")
        await keep(one, asked, "Notiz", NOTE)
    await thread.answer(asked.id, "Im Mai.", key="a9", channel="web_form", actor=f"staff:{who.code}", now=NOW)
    assert await words(who, asked) == {NOTE: "Notiz"}
    await thread.note(asked.id, "Notiz", key="n9", actor=f"staff:{who.code}", now=NOW)
    assert await words(who, asked) == {}
    assert len(await words(other, asked)) == 2


async def test_answer_that_is_held_keeps_its_draft() -> None:
    who, asked = await make_staff(), await ask()
    await keep(who, asked, "Im Mai.")
    await thread.answer(asked.id, "Nein.", key="a1", channel="web_form", actor="staff:xx", now=NOW)
    with pytest.raises(thread.Unread):
        await thread.answer(
            asked.id, "Im Mai.", key="a2", channel="web_form", actor=f"staff:{who.code}", now=NOW, seen=0
        )
    assert await words(who, asked) == {ANSWER: "Im Mai."}


async def test_what_was_sent_is_not_kept_once_more_by_a_late_save() -> None:
    who, asked = await make_staff(), await ask()
    await thread.answer(asked.id, "Im Mai.", key="a1", channel="web_form", actor=f"staff:{who.code}", now=NOW)
    await keep(who, asked, "Im Mai.", key="a1")
    assert await words(who, asked) == {}


async def test_all_words_taken_away_leave_no_draft() -> None:
    who, asked = await make_staff(), await ask()
    await keep(who, asked, "Guten Tag")
    await keep(who, asked, "")
    assert await Draft.all().count() == 0


async def test_it_ends_a_week_after_somebody_last_typed() -> None:
    who, asked = await make_staff(), await ask()
    await keep(who, asked, "Guten Tag")
    assert await retention.run(NOW + timedelta(days=6.9)) == {}
    assert await retention.run(NOW + timedelta(days=7)) == {"drafts": 1}
    assert await Draft.all().count() == 0
