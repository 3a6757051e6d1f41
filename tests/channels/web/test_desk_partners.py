"""The directory of partners at the desk: who may see, who may change, and a list read in line by line."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from inquiries import partners
from inquiries.models import Agreement, Partner
from inquiries.partners import Entry
from office.models import JournalEntry, Role
from tests.channels.web.staffroom import Browser
from tests.factories import NOW
from tests.inquiries.test_partners import BY, CENTRE

FORM = {
    "name": "Familienbüro Nord",
    "target": "youth_family_office",
    "offer": "Hilfe bei Anträgen",
    "topics": "finances",
    "languages": "ar",
    "hours": "Mo 9–12 Uhr",
    "phone": "0221 4710-220",
    "email": "familie@example.org",
    "web": "familie.example.org/rat",
    "agreement": "yes",
    "agreed_on": "2024-05-01",
    "active": "yes",
    "public": "yes",
}
TABLE = """Name;Zählt als;Themen;Sprachen;Telefon;E-Mail;Kooperation;Geprüft am;Öffentlich
Familienbüro Nord;youth_family_office;Finanzen|training_grants;Arabisch|de;0221 4710-220;f@example.org;ja;01.02.2026;ja
Kommunales Integrationszentrum;integration_centre;newly_arrived;de|ar;0221 4710-230;ki@example.org;ja;;ja
Kaputt;Jugendamt/Familienbüro;Zauberei;Arabisch;12;kein-mail;ja;31.02.2026;vielleicht
"""


@pytest.fixture
async def centre(database: Any, at: Any) -> Partner:
    return await partners.add(CENTRE, **BY)


async def preview(browser: Browser, table: str, status: int = 200, **more: str) -> str:
    answer = await browser.send("/desk/partners/import", status=status, table=table, **more)
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


async def test_the_lead_adds_a_partner_as_typed(enter: Any) -> None:
    lead = await enter(Role.LEAD)
    answer = await lead.send("/desk/partners", **FORM)
    made = await Partner.get()
    assert answer.headers["location"] == f"/desk/partners/{made.id}?added"
    assert (made.web, made.agreement, made.public) == ("https://familie.example.org/rat", Agreement.YES, True)
    page = await lead.get(f"/desk/partners/{made.id}")
    for said in (
        "Familienbüro Nord",
        "Hilfe bei Anträgen",
        "Arabisch",
        "0221 4710-220",
        'href="tel:+492214710220"',
    ):
        assert said in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("phone", "12"),
        ("email", "kein-mail"),
        ("web", "javascript:alert(1)//x.example"),
        ("web", "https://user:secret@example.org"),
        ("target", "unknown"),
        ("topics", "zauberei"),
        ("agreed_on", "gestern"),
        ("offer", "x" * 301),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(enter: Any, field: str, typed: str) -> None:
    lead = await enter(Role.LEAD)
    answer = await lead.send("/desk/partners", status=422, **{**FORM, field: typed})
    assert f'href="#{field}"' in answer.text
    assert "Hilfe bei Anträgen" in answer.text or field == "offer"
    assert not await Partner.exists()


async def test_a_known_name_is_refused_in_the_form(centre: Partner, enter: Any) -> None:
    lead = await enter(Role.LEAD)
    answer = await lead.send("/desk/partners", status=422, **{**FORM, "name": CENTRE.name.upper()})
    assert 'href="#name"' in answer.text
    assert await Partner.all().count() == 1


async def test_counsellors_see_and_check_but_do_not_change(centre: Partner, enter: Any) -> None:
    counsellor = await enter(Role.COUNSELLOR)
    page = await counsellor.get(f"/desk/partners/{centre.id}")
    assert CENTRE.name in page and 'name="offer"' not in page
    await counsellor.send(f"/desk/partners/{centre.id}", status=403, **FORM)
    await counsellor.send("/desk/partners/import", status=403, table=TABLE)
    await counsellor.send(f"/desk/partners/{centre.id}/checked")
    assert (await Partner.get()).checked_on == NOW.date()
    reception = await enter(Role.RECEPTION)
    await reception.send(f"/desk/partners/{centre.id}/checked", status=403)


async def test_history_says_who_changed_what(centre: Partner, enter: Any) -> None:
    lead = await enter(Role.LEAD)
    fields = {**FORM, "name": CENTRE.name, "target": CENTRE.target}
    await lead.send(f"/desk/partners/{centre.id}", **fields)
    page = await lead.get(f"/desk/partners/{centre.id}")
    history = page.partition('id="history"')[2]
    assert "Geändert" in history and "Telefon" in history and "Petra Sommerfeld" in history
    assert "4710-220" not in str((await JournalEntry.get(kind="partner.changed")).details)


async def test_saving_the_form_is_no_check(centre: Partner, enter: Any) -> None:
    lead = await enter(Role.LEAD)
    await lead.send(f"/desk/partners/{centre.id}", **{**FORM, "checked_on": "2026-03-02"})
    assert (await Partner.get()).checked_on is None


async def test_the_list_is_filtered_and_marks_what_is_to_be_checked(centre: Partner, enter: Any) -> None:
    counsellor = await enter(Role.COUNSELLOR)
    await partners.add(Entry(name="Schulamt", topics=("school_enrolment",), checked_on=NOW.date()), **BY)
    page = (await counsellor.get("/desk/partners?topic=first_enrolment")).partition('id="partners"')[2]
    assert "Schulamt" in page and CENTRE.name not in page and "zu prüfen" not in page
    page = (await counsellor.get("/desk/partners?language=ar")).partition('id="partners"')[2]
    assert CENTRE.name in page and "Schulamt" not in page and "zu prüfen" in page


async def test_a_list_is_shown_before_anything_is_saved(centre: Partner, enter: Any) -> None:
    lead = await enter(Role.LEAD)
    said = await preview(lead, TABLE)
    assert "Neu: 1. Geändert: 1. Abgelehnt: 1." in said
    for wrong in (
        "Wofür – ",
        "Telefon – ",
        "E-Mail – ",
        "Zuletzt geprüft – ",
        "Auf den öffentlichen Seiten – ",
    ):
        assert wrong in said, wrong
    assert await Partner.all().count() == 1


async def test_confirmed_the_good_lines_are_saved_and_the_others_are_not(centre: Partner, enter: Any) -> None:
    lead = await enter(Role.LEAD)
    await preview(lead, TABLE, 303, do="save")
    found = {one.name: one for one in await Partner.all()}
    assert set(found) == {CENTRE.name, "Familienbüro Nord"}
    new = partners.entry(found["Familienbüro Nord"])
    assert (new.target, set(new.topics), set(new.languages)) == (
        "youth_family_office",
        {"finances", "training_grants"},
        {"de", "ar"},
    )
    assert str(new.checked_on) == "2026-02-01"
    assert found[CENTRE.name].phone == "0221 4710-230"


async def test_a_column_the_table_does_not_have_changes_nothing(centre: Partner, enter: Any) -> None:
    lead = await enter(Role.LEAD)
    await preview(lead, f"name,phone\n{CENTRE.name},0221 4710-230\n", 303, do="save")
    found = partners.entry(await Partner.get())
    assert (found.phone, found.topics, found.public) == ("0221 4710-230", CENTRE.topics, True)


@pytest.mark.parametrize(
    "table", ["", "Telefon;Web\n1;2\n", 'name\n"' + "x" * 200_000, "name\n" + "x\n" * 501]
)
async def test_what_is_no_list_is_refused(enter: Any, table: str) -> None:
    lead = await enter(Role.LEAD)
    answer = await lead.http.get("/desk/partners/import")
    assert answer.status_code == 200
    if len(table) < 60_000:
        await preview(lead, table, 422)
    assert not await Partner.exists()


async def test_a_name_twice_in_a_list_is_refused_the_second_time(enter: Any) -> None:
    lead = await enter(Role.LEAD)
    assert "Neu: 1. Geändert: 0. Abgelehnt: 1." in await preview(lead, "name\nSchulamt\nschulamt\n")


async def test_the_directory_goes_out_as_a_table_that_comes_back_the_same(
    centre: Partner, enter: Any
) -> None:
    lead = await enter(Role.LEAD)
    await lead.send("/desk/partners", **FORM)
    table = (await lead.http.get("/desk/partners.csv")).content.decode()
    assert "Neu: 0. Geändert: 0. Abgelehnt: 0." in await preview(lead, table)


async def test_a_file_is_read_in_whatever_encoding_it_was_saved(enter: Any) -> None:
    lead = await enter(Role.LEAD)
    page = await lead.get("/desk/partners/import")
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    for encoding in ("utf-8-sig", "cp1252"):
        file = ("liste.csv", "Name;Telefon\nBüro Süd;0221 4710-220\n".encode(encoding), "text/csv")
        answer = await lead.http.post("/desk/partners/import", data={"csrf": token[1]}, files={"file": file})
        assert "Büro Süd" in answer.text
