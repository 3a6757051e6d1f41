"""What the desk prints besides the slip: the day, and that somebody was here. Nothing of what it is about."""

from __future__ import annotations

import stat
from datetime import timedelta
from typing import Any

import pytest

from booking import outcomes
from booking.models import Appointment
from channels import day_sheets
from inquiries.models import Person
from office.models import AuditEntry, Role
from office.settings import Settings
from tests.channels.web.test_desk import TITLE, TOPIC
from tests.factories import NOW, WEDNESDAY, introduction, local, make_appointment
from workers import erasure, retention

SHEET = f"/desk/day-sheet?day={WEDNESDAY}"
MORNING = local(WEDNESDAY, 6)


@pytest.fixture
async def talk(database: Any, at: Any) -> Appointment:
    """Wednesday 9:00, booked on Monday by somebody who writes in letters of their own."""
    who = introduction(name="أميرة حداد", call_name="Amira Haddad", phone="+4917604069013")
    return await make_appointment(who=who, wish={"children": 3})


async def test_the_sheet_says_who_comes_and_not_what_for(talk: Appointment, enter: Any) -> None:
    for role in (Role.RECEPTION, Role.COUNSELLOR):
        page = await (await enter(role)).get(SHEET)
        for said in ("9:00–10:15", talk.code, "Amira Haddad", "<td>3</td>", "+4917604069013"):
            assert said in page, said
        assert TITLE not in page and TOPIC not in page
    assert await AuditEntry.filter(action="printed", subject=f"day:{WEDNESDAY}").count() == 2


async def test_where_others_read_along_the_sheet_has_no_name(talk: Appointment, enter: Any) -> None:
    await Person.filter(id=talk.person_id).update(discreet=True)
    page = await (await enter(Role.RECEPTION)).get(SHEET)
    assert talk.code in page and "keine Auskunft" in page
    assert "Amira" not in page and "+4917604069013" not in page


async def test_every_morning_the_sheet_lies_in_its_folder_for_us_only(
    talk: Appointment, database: Settings
) -> None:
    yesterday = await day_sheets.save(MORNING - timedelta(days=1))
    path = await day_sheets.save(MORNING)
    text = path.read_text(encoding="utf-8")
    assert talk.code in text and TITLE not in text and "http" not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.parent == database.var_dir / "day-sheets"
    assert not yesterday.exists()


async def test_the_sheet_goes_with_its_day(talk: Appointment) -> None:
    path = await day_sheets.save(MORNING)
    assert "day_sheets" not in await retention.run(MORNING)
    assert (await retention.run(MORNING + timedelta(days=1)))["day_sheets"] == 1
    assert not path.exists()


async def test_the_sheet_goes_with_who_stands_on_it(talk: Appointment) -> None:
    path = await day_sheets.save(MORNING)
    await erasure.erase(talk.person_id, actor="staff:ps", now=NOW)
    assert not path.exists()


async def test_who_came_gets_it_confirmed_without_a_word_of_what_for(
    talk: Appointment, enter: Any, database: Settings
) -> None:
    browser = await enter(Role.RECEPTION)
    path = f"/desk/appointments/{talk.id}/attendance"
    await browser.get(path, 404)
    await outcomes.arrive(talk.id, actor="staff:kl", now=local(WEDNESDAY, 8, 55))
    page = await browser.get(path)
    for said in ("4. März 2026", "8:55 bis 10:15", "أميرة حداد"):
        assert said in page, said
    slip = page.partition("<article")[2]
    for silent in (TITLE, TOPIC, database.office_name, "Lindenplatz", talk.code, "Jonas"):
        assert silent not in slip, silent


async def test_where_others_read_along_the_name_is_left_to_write(talk: Appointment, enter: Any) -> None:
    await Person.filter(id=talk.person_id).update(discreet=True)
    await outcomes.arrive(talk.id, actor="staff:kl", now=local(WEDNESDAY, 8, 55))
    page = await (await enter(Role.RECEPTION)).get(f"/desk/appointments/{talk.id}/attendance")
    assert "أميرة" not in page
