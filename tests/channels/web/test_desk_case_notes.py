"""Protected notes at the desk: a page of their own, for few eyes, each look noted."""

from __future__ import annotations

from typing import Any

import pytest

from inquiries.models import CaseNote, Inquiry
from office.models import AuditEntry, Role
from tests.channels.web.staffroom import hidden
from tests.channels.web.test_desk_inbox import ask

TEXT = "Mutter bitte nur vormittags anrufen"


@pytest.fixture
async def question(database: Any, at: Any) -> Inquiry:
    """Somebody asked by mail."""
    return await ask(name="Amira Haddad", email="amira@example.org")


def path(found: Inquiry) -> str:
    return f"/desk/inquiries/{found.id}/case-notes"


async def test_a_note_is_written_with_its_end_and_shown_there_only(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get(path(question))
    assert 'value="2026-08-29"' in page  # 180 days on, unless another day is chosen
    await browser.send(path(question), text=TEXT, expires_on="2026-04-01", key=hidden(page)["key"])
    page = await browser.get(path(question))
    assert TEXT in page and "1. April 2026" in page
    assert TEXT not in await browser.get(f"/desk/inquiries/{question.id}")
    assert await AuditEntry.filter(action="read_case_notes", subject=f"inquiry:{question.id}").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"text": "x" * 4001}, {"expires_on": "2030-01-01"}, {"expires_on": "bald"}]
)
async def test_what_was_typed_stays_when_something_is_amiss(
    question: Inquiry, enter: Any, wrong: dict[str, str]
) -> None:
    browser = await enter(Role.COUNSELLOR)
    typed = {"text": TEXT, "expires_on": "2026-04-01", **wrong}
    page = (await browser.send(path(question), status=422, **typed)).text
    assert 'id="errors"' in page and typed["text"] in page
    assert not await CaseNote.exists()


async def test_a_note_is_deleted_before_its_day(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.LEAD)
    await browser.send(path(question), text=TEXT, expires_on="2026-04-01")
    note = await CaseNote.get()
    await browser.send(f"{path(question)}/{note.id}/remove")
    assert TEXT not in await browser.get(path(question))
    await browser.send(f"{path(question)}/{note.id}/remove", status=404)


async def test_reception_reads_and_writes_none(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.get(path(question), 403)
    await browser.send(path(question), status=403, text=TEXT, expires_on="2026-04-01")
