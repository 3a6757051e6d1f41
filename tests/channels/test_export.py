"""What we hold about somebody, in one file they can read, and nothing of it forgotten."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

import pytest

from booking.models import Appointment
from channels import belongings, export
from channels.models import Incoming, IncomingState, OptOut
from channels.sms import opt_out
from inquiries.models import Person, Writing
from office.models import AuditEntry, JournalEntry, Role
from office.settings import Settings
from tests.channels.web import conftest as desk
from tests.channels.web.staffroom import Browser, meets
from tests.factories import NOW, introduction, make_appointment
from tests.workers import test_erasure
from tests.workers.test_erasure import PHONE, SECRETS, make_known

NOBODYS = {
    "Hold": "a time set aside while somebody fills in the form: it names nobody and ends after half an hour",
    "WorkingHours": "about staff",
    "Absence": "about staff",
    "Offering": "about staff",
    "AbsenceSeries": "about staff",
    "Session": "about staff",
    "Disruption": "about staff",
    "BusySource": "about staff",
    "BusyTime": "about staff",
    "Interpreter": "about who interprets",
    "WalkIn": "who waits at the counter: a name at most, on no record, gone after a day",
    "TopicText": "about staff",
}
"""Tables with personal columns that lead to nobody who turned to us."""


app, at, enter = desk.app, desk.at, desk.enter


def data_in(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="everything">(.*?)</script>', page, re.S)
    assert found
    return dict(json.loads(found[1]))


@pytest.fixture
async def person(database: Settings) -> Person:
    """Known by every channel; with an opt-out, too."""
    await opt_out.stop(PHONE, "STOP", NOW)
    return await make_known(database)


async def test_every_personal_column_about_people_is_reached(person: Person) -> None:
    held = await belongings.of(person)
    reached = {
        f"{type(row).__name__}.{column}"
        for rows in ([held.person], *(getattr(held, name) for name in (*export.TABLES, *export.OF_OTHERS)))
        for row in rows
        for column in row._meta.fields_db_projection
    }
    declared = {
        name
        for room in ("inquiries", "booking", "channels")
        for name in importlib.import_module(f"{room}.personal").PERSONAL
        if name.split(".")[0] not in NOBODYS
    }
    assert declared <= reached, "a table or column nobody would export or erase"
    assert all(getattr(held, name) for name in export.TABLES)


async def test_file_holds_all_they_said_and_we_said(person: Person) -> None:
    page = await export.page(person, NOW)
    words = page.split("<script")[0]
    said = set(SECRETS) - {"attachment", "photo", "participant"}
    assert [what for what in said if SECRETS[what] not in words] == []
    assert "zeugnis.pdf" in words
    assert SECRETS["photo"] in page
    assert SECRETS["participant"] not in page


async def test_same_is_there_for_programs_with_every_column(person: Person) -> None:
    data = data_in(await export.page(person, NOW))
    assert data["person"]["name"] == SECRETS["name"]
    assert {row["value"] for row in data["addresses"]} == {SECRETS["mail"], PHONE}
    assert [row["text"] for row in data["writings"]] == [
        SECRETS[what] for what in ("question", "answer", "note")
    ]
    assert test_erasure.RAW.replace("\r\n", "\n") in [
        row["content"].replace("\r\n", "\n") for row in data["incoming"]
    ]
    for name in export.TABLES:
        assert data[name], name


async def test_staff_who_looked_are_told_by_role(person: Person, database: Settings) -> None:
    page = await export.page(person, NOW)
    assert "staff:jb" not in page
    assert await AuditEntry.filter(actor="staff:jb").exists()


async def test_words_cannot_leave_their_place(person: Person) -> None:
    bad = "</script><script>alert(1)</script>&amp;<!--\u2028"
    await Writing.filter(kind="received").update(text=bad)
    page = await export.page(person, NOW)
    assert page.count("<script") == 1
    assert bad in [row["text"] for row in data_in(page)["writings"]]


async def test_file_needs_nothing_from_elsewhere(person: Person) -> None:
    page = await export.page(person, NOW)
    assert not re.search(r'(?:src|href|url\()\s*=?\s*["\']?(?:https?:)?//', page)
    assert "<link" not in page


@pytest.mark.parametrize(
    ("language", "title"), [("de", "Was wir über Sie gespeichert haben"), ("en", "What we hold about you")]
)
async def test_file_speaks_the_person_s_language(language: str, title: str, person: Person) -> None:
    person.language = language
    assert f"<h1>{title}</h1>" in await export.page(person, NOW)


async def test_file_in_arabic_runs_from_right_to_left(person: Person) -> None:
    person.language = "ar"
    assert '<html lang="ar" dir="rtl">' in await export.page(person, NOW)


async def test_mail_nobody_can_read_is_shown_as_it_came(database: Settings) -> None:
    stored = Incoming(
        channel="email",
        content=b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xffhallo",
        received_at=NOW,
    )
    assert "hallo" in export.as_text(stored)


async def test_desk_hands_out_the_file_and_notes_who(person: Person, enter: Any) -> None:
    browser: Browser = await enter(Role.COUNSELLOR)
    await browser.send(f"/desk/people/{person.id}/export", status=403)
    for appointment in await Appointment.filter(person_id=person.id):
        await meets(browser, appointment)
    answer = await browser.send(f"/desk/people/{person.id}/export", status=200)
    assert "attachment" in answer.headers["content-disposition"]
    assert SECRETS["note"] in answer.text
    assert await AuditEntry.filter(
        action="exported", subject=f"person:{person.id}", actor="staff:co"
    ).exists()


async def test_reception_and_admin_see_no_person(person: Person, enter: Any) -> None:
    for role in (Role.RECEPTION, Role.ADMIN):
        browser = await enter(role)
        await browser.get(f"/desk/people/{person.id}", status=403)
        await browser.send(f"/desk/people/{person.id}/export", status=403)


async def test_only_the_lead_erases_and_is_asked_first(person: Person, enter: Any) -> None:
    counsellor = await enter(Role.COUNSELLOR)
    assert "/erase" not in await counsellor.get(f"/desk/people/{person.id}")
    await counsellor.get(f"/desk/people/{person.id}/erase", status=403)
    await counsellor.send(f"/desk/people/{person.id}/erase", status=403)
    lead = await enter(Role.LEAD)
    assert "/erase" in await lead.get(f"/desk/people/{person.id}")
    assert 'action="/desk/people/' in await lead.get(f"/desk/people/{person.id}/erase")
    assert await Person.exists(id=person.id)


async def test_lead_s_key_has_the_person_forgotten(person: Person, enter: Any) -> None:
    lead = await enter(Role.LEAD)
    await lead.send(f"/desk/people/{person.id}/erase")
    assert await JournalEntry.filter(kind="person.to_be_erased", pending=True).count() == 1
    await lead.get(f"/desk/people/{person.id}")
    await test_erasure.settle()
    assert SECRETS["name"] not in await lead.get(f"/desk/people/{person.id}")
    await lead.get("/desk/people/999999", status=404)


async def test_opt_out_of_others_is_not_among_it(person: Person) -> None:
    await opt_out.stop("+4917604069001", "STOP", NOW)
    assert len((await belongings.of(person)).opt_outs) == 1
    assert await OptOut.all().count() == 2


async def test_two_who_share_an_address_share_nothing_else(person: Person) -> None:
    other = await make_appointment(who=introduction(email=SECRETS["mail"]))
    held = await belongings.of(await Person.get(id=other.person_id))
    assert (len(held.appointments), len(held.writings), len(held.incoming)) == (1, 0, 0)
    assert await Incoming.filter(state=IncomingState.UNREADABLE).exists()
