"""A colleague stands in: named by oneself, seeing the questions while one is away, and then only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inquiries import inquiry
from office import staff
from office.models import JournalEntry, Role, Staff
from tests.channels.web.test_desk_inbox import ask
from tests.factories import NOW, make_absence, make_staff


async def test_named_on_a_page_and_told_to_both(database: Any, enter: Any) -> None:
    browser, other = await enter(Role.COUNSELLOR), await make_staff(name="Rania Haddad")
    assert "/desk/deputy" in await browser.get("/desk/")
    await browser.send("/desk/deputy", deputy=other.code)
    assert f'value="{other.code}" selected' in await browser.get("/desk/deputy")
    assert await staff.deputies_for(other.id) == {browser.member.id}
    entry = await JournalEntry.get(kind="staff.deputy")
    assert (entry.subject, entry.details) == (f"staff:{browser.member.id}", {"deputy": other.id})
    await browser.send("/desk/deputy", deputy="")
    assert await staff.deputies_for(other.id) == set()


@pytest.mark.parametrize("who", ["oneself", "reception", "nobody-here"])
async def test_only_a_colleague_who_counsels_can_stand_in(database: Any, enter: Any, who: str) -> None:
    browser = await enter(Role.COUNSELLOR)
    reception = await make_staff(role=Role.RECEPTION)
    code = {"oneself": browser.member.code, "reception": reception.code}.get(who, who)
    answer = await browser.send("/desk/deputy", status=422, deputy=code)
    assert 'id="deputy-error"' in answer.text
    assert (await Staff.get(id=browser.member.id)).deputy_id is None


async def test_their_questions_are_among_mine_while_they_are_away_and_marked_so(
    database: Any, enter: Any, at: Any
) -> None:
    browser, other = await enter(Role.COUNSELLOR), await make_staff(name="Rania Haddad")
    await staff.name_deputy(other.id, browser.member.code, actor="staff:rh", now=NOW)
    found = await ask(name="Amira")
    await inquiry.assign(found.id, other.id, actor="staff:rh", now=NOW)
    await inquiry.follow_up(found.id, NOW.date(), actor="staff:rh", now=NOW)
    for path in ("/desk/inbox?view=mine", "/desk/"):
        assert "Amira" not in await browser.get(path)
    await make_absence(other, NOW - timedelta(hours=1), NOW + timedelta(hours=8))
    for path in ("/desk/inbox?view=mine", "/desk/"):
        page = await browser.get(path)
        assert "Amira" in page
        assert "in Vertretung für <bdi>Rania Haddad" in page
    assert "heute abwesend" in await browser.get("/desk/deputy")
    at(NOW + timedelta(days=1))
    assert "Amira" not in await browser.get("/desk/inbox?view=mine")


async def test_reception_stands_in_for_nobody(database: Any, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.get("/desk/deputy", 403)
    assert "/desk/deputy" not in await browser.get("/desk/")
