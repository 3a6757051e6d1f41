"""Who works here: added, changed, never deleted; start passwords; a list taken in twice."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from channels.web.desk.running import team_file
from office import staff
from office.models import AuditEntry, Edit, Role, Staff
from tests.channels.web.staffroom import Browser, filled, hidden, make_member
from tests.factories import make_appointment, make_office, make_staff

pytestmark = pytest.mark.usefixtures("database")
TEAM = "/desk/office/staff"
FILE = "Kürzel;Name;E-Mail;Rolle;Sprachen\r\njb;Jörg Bäcker;jb@example.org;Beratung;de ar\r\n"
BAD = (
    FILE
    + "JB;Zweiter;zweiter@example.org;Empfang;de\r\nxx;;kaputt;Chef;zz\r\nkl;Katrin Lohmann;kl@example.org;Empfang;\r\n"
)


async def save(browser: Any, who: str, **changed: Any) -> str:
    """The form, the preview, the button; returns the preview."""
    fields = {**filled(await browser.get(f"{TEAM}/{who}")), **changed}
    shown = (await browser.send(f"{TEAM}/{who}", status=200, **fields)).text
    await browser.send(f"{TEAM}/{who}", **hidden(shown, lists=("languages",)), carry="1")
    return str(shown)


async def without(browser: Any, code: str, field: str, status: int) -> str:
    """The form sent with a box unticked, up to the preview and, if it can be, saved."""
    fields = filled(await browser.get(f"{TEAM}/{code}"))
    del fields[field]
    shown = (await browser.send(f"{TEAM}/{code}", status=200, **fields)).text
    sent = hidden(shown, lists=("languages",))
    return str((await browser.send(f"{TEAM}/{code}", status=status, **sent, carry="1")).text)


async def send_file(browser: Browser, raw: bytes, status: int = 200) -> str:
    token = hidden(await browser.get(TEAM))["csrf"]
    answer: httpx2.Response = await browser.http.post(
        TEAM, data={"csrf": token}, files={"file": ("team.csv", raw, "text/csv")}
    )
    assert answer.status_code == status, answer.text[:1500]
    return answer.text


async def take_in(browser: Browser, raw: bytes) -> str:
    shown = await send_file(browser, raw)
    said = filled(shown)["text"]
    return (await browser.send(TEAM, text=said, carry="1")).headers["location"]


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN])
async def test_colleague_is_added_logs_in_once_and_chooses_a_password(
    enter: Any, app: Any, role: Role
) -> None:
    browser = await enter(role)
    await save(browser, "new", code="nk", name="Nora Klein", email="NK@example.org", role="reception")
    told = await browser.send(f"{TEAM}/nk/password", status=200)
    password = re.search(r'id="told">([^<]+)<', told.text)
    assert password and told.headers["cache-control"] == "no-store"
    nora = Browser(app, await staff.log_in("nk@example.org", password[1]))
    assert (await nora.http.get("/desk/")).headers["location"] == "/desk/password"
    form = hidden(await nora.get("/desk/password"))
    new = {
        "csrf": form["csrf"],
        "old": password[1],
        "new": "sieben gelbe Enten",
        "again": "sieben gelbe Enten",
    }
    assert (await nora.http.post("/desk/password", data=new)).status_code == 303
    assert (await nora.http.get("/desk/")).status_code == 200
    with pytest.raises(staff.WrongLogIn):
        await staff.log_in("nk@example.org", password[1])


async def test_password_is_changed_only_by_who_knows_it_and_long_enough(enter: Any) -> None:
    browser = await enter(Role.RECEPTION, password_hash=staff.hashed("altes passwort"))
    for old, new, again, field in (
        ("falsch", "neues passwort", "neues passwort", "old"),
        ("altes passwort", "kurz", "kurz", "new"),
        ("altes passwort", "altes passwort", "altes passwort", "new"),
        ("altes passwort", "neues passwort", "anderes passwort", "again"),
    ):
        answer = await browser.send("/desk/password", status=422, old=old, new=new, again=again)
        assert f'id="{field}-error"' in answer.text and new not in answer.text


async def test_another_role_logs_out_and_is_told_without_names(enter: Any) -> None:
    other = await make_staff(code="xy", name="Xenia Yılmaz")
    browser = await enter(Role.LEAD)
    shown = await save(browser, "xy", role="reception", name="Xenia Demir")
    assert "wird abgemeldet" in shown
    after = await Staff.get(code="xy")
    assert (after.role, after.log_in_generation) == (Role.RECEPTION, other.log_in_generation + 1)
    [edit] = await Edit.all()
    assert edit.changes == {"name": [], "role": ["counsellor", "reception"]}
    assert "Rolle: Beratung → Empfang" in await browser.get(f"{TEAM}/xy")


async def test_the_last_lead_and_the_last_admin_stay(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    await make_member(Role.ADMIN)
    for code, field in (("le", "active"), ("ad", "active")):
        assert 'id="active-error"' in await without(browser, code, field, 409)
    fields = {**filled(await browser.get(f"{TEAM}/le")), "role": "counsellor"}
    shown = (await browser.send(f"{TEAM}/le", status=200, **fields)).text
    answer = await browser.send(f"{TEAM}/le", status=409, **hidden(shown, lists=("languages",)), carry="1")
    assert 'id="role-error"' in answer.text
    await make_staff(code="l2", role=Role.LEAD)
    await without(browser, "le", "active", 303)
    assert not (await Staff.get(code="le")).active


async def test_who_leaves_is_logged_out_and_their_talks_are_named_to_the_lead_only(enter: Any) -> None:
    talk = await make_appointment(await make_office())
    [member] = await Staff.all()
    lead = await enter(Role.LEAD)
    fields = filled(await lead.get(f"{TEAM}/{member.code}"))
    del fields["active"]
    shown = (await lead.send(f"{TEAM}/{member.code}", status=200, **fields)).text
    assert f"/desk/appointments/{talk.id}" in shown and 'href="/desk/change"' in shown
    admin = await enter(Role.ADMIN)
    seen = (await admin.send(f"{TEAM}/{member.code}", status=200, **fields)).text
    assert "1 Gespräch muss verschoben" in seen
    assert "/desk/appointments" not in seen and talk.code not in seen and "Drews" not in seen
    await lead.send(f"{TEAM}/{member.code}", **hidden(shown, lists=("languages",)), carry="1")
    assert f"/desk/appointments/{talk.id}" in await lead.get(f"{TEAM}/{member.code}")


async def test_two_with_one_address_are_refused_and_nothing_typed_is_lost(enter: Any) -> None:
    await make_staff(email="same@example.org")
    browser = await enter(Role.LEAD)
    fields = filled(await browser.get(f"{TEAM}/new"))
    fields |= {"code": "nk", "name": "Nora Klein", "email": "same@example.org"}
    shown = (await browser.send(f"{TEAM}/new", status=200, **fields)).text
    answer = await browser.send(f"{TEAM}/new", status=409, **hidden(shown, lists=("languages",)), carry="1")
    assert 'id="email-error"' in answer.text and filled(answer.text)["name"] == "Nora Klein"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
async def test_list_as_excel_writes_it_is_shown_taken_in_and_changes_nothing_twice(
    enter: Any, encoding: str
) -> None:
    browser = await enter(Role.ADMIN)
    raw = FILE.encode(encoding)
    assert "Jörg Bäcker" in await send_file(browser, raw) and not await Staff.exists(code="jb")
    assert await take_in(browser, raw) == f"{TEAM}?saved=1"
    member = await Staff.get(code="jb")
    assert (member.name, member.role, member.languages) == (
        "Jörg Bäcker",
        Role.COUNSELLOR,
        ["ar", "de"][::-1],
    )
    edits = await Edit.all().count()
    shown = await send_file(browser, raw)
    assert "es ist schon so" in shown and "carry" not in shown
    await browser.send(TEAM, text=filled(shown)["text"], carry="1")
    assert await Edit.all().count() == edits


async def test_lines_that_cannot_be_read_are_named_and_the_others_taken(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    shown = await send_file(browser, BAD.encode())
    assert "2 Zeilen ändern etwas" in shown and "2 Zeilen sind nicht lesbar" in shown
    for number, said in ((3, "steht zweimal"), (4, "Rolle: Bitte")):
        row = re.search(rf'<th scope="row">{number}</th>.*?</tr>', shown, re.DOTALL)
        assert row and said in row[0], number
    await take_in(browser, BAD.encode())
    assert {one.code for one in await Staff.all()} == {"le", "jb", "kl"}


@pytest.mark.parametrize("raw", [b"", b"Vorname;Nachname\nA;B\n", b"code,name,email,role\n", b"\x81\x8d"])
async def test_file_that_is_no_list_is_said(enter: Any, raw: bytes) -> None:
    assert 'href="#file"' in await send_file(await enter(Role.LEAD), raw, 422)


async def test_list_dismisses_nobody_and_keeps_the_last_lead(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    raw = b"code,name,email,role\nle,Petra,petra@example.org,counsellor\n"
    said = filled(await send_file(browser, raw))["text"]
    await browser.send(TEAM, status=409, text=said, carry="1")
    assert (await Staff.get(code="le")).role is Role.LEAD


def test_columns_come_in_any_order_and_with_tabs() -> None:
    [line] = team_file.lines("role\temail\tname\tcode\nlead\ta@example.org\tA\taa\n", {"de"})
    assert line.member and (line.code, line.member.role, line.member.languages) == ("aa", Role.LEAD, ("de",))


async def test_start_password_is_in_no_page_journal_or_log_but_once(enter: Any) -> None:
    await make_staff(code="xy")
    browser = await enter(Role.LEAD)
    told = re.search(r'id="told">([^<]+)<', (await browser.send(f"{TEAM}/xy/password", status=200)).text)
    assert told and told[1] not in await browser.get(f"{TEAM}/xy")
    assert "hat ein Startpasswort" in await browser.get(TEAM)
    [edit] = await Edit.all()
    assert edit.changes == {"start_password": []} and not await AuditEntry.filter(action=told[1]).exists()


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.RECEPTION])
async def test_nobody_else_runs_the_team(enter: Any, role: Role) -> None:
    browser = await enter(role)
    await browser.get(TEAM, 403)
    await browser.send(f"{TEAM}/{role.value[:2]}/password", status=403)
    assert 'href="/desk/office"' not in await browser.get("/desk/cards")


async def test_who_keeps_the_system_running_sees_the_team_and_nothing_of_the_office(enter: Any) -> None:
    await make_office(code="school")
    lead, admin = await enter(Role.LEAD), await enter(Role.ADMIN)
    await make_staff(code="xy", name="Xenia Yılmaz")
    fields = filled(await lead.get("/desk/office/services/school"))
    shown = (await lead.send("/desk/office/services/school", status=200, **{**fields, "minutes": "60"})).text
    lists = ("modes", "given", "places")
    await lead.send("/desk/office/services/school", **hidden(shown, lists=lists), carry="1")
    await save(lead, "xy", role="reception")
    for browser, seen in ((lead, True), (admin, False)):
        page = await browser.get("/desk/office")
        assert "Rolle: Beratung → Empfang" in page and "Xenia" in page
        assert ("Minuten: 45 → 60" in page) is seen and ("/desk/office/services" in page) is seen
        assert 'href="/desk/office"' in page
