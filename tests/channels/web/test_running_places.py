"""Places, rooms, closing days, interpreters and the texts of a season at the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from booking.models import Appointment, Interpreter, InterpreterKind, Room, WorkingHours
from office import closing_days, seasons
from office.models import ClosingDay, DayKind, Edit, Place, Role, Season
from tests.channels.web.staffroom import filled, hidden
from tests.factories import NOW, WEDNESDAY, local, make_appointment, make_office, make_place

pytestmark = pytest.mark.usefixtures("database")
OFFICE = "/desk/office"


async def save(browser: Any, where: str, **changed: Any) -> str:
    """The form, the preview, the button; returns the preview."""
    fields = {**filled(await browser.get(f"{OFFICE}/{where}")), **changed}
    shown = (await browser.send(f"{OFFICE}/{where}", status=200, **fields)).text
    await browser.send(f"{OFFICE}/{where}", **hidden(shown, lists=("languages",)), carry="1")
    return str(shown)


async def test_way_to_a_place_is_told_per_language_and_seen_by_families(enter: Any, web: Any) -> None:
    await make_place()
    browser = await enter(Role.LEAD)
    shown = await save(
        browser, "places/linden", **{"directions-de": "Linie U43", "directions-ar": "الخط U43"}
    )
    assert "So sehen es Familien" in shown and "الخط U43" in shown
    assert (await Place.get(code="linden")).details["directions"] == {"de": "Linie U43", "ar": "الخط U43"}
    assert "– → <bdi>Linie U43</bdi>" in await browser.get(f"{OFFICE}/places/linden")


async def test_place_with_hours_stays_in_use(enter: Any) -> None:
    await make_office()
    browser = await enter(Role.LEAD)
    fields = filled(await browser.get(f"{OFFICE}/places/linden"))
    del fields["active"]
    answer = await browser.send(f"{OFFICE}/places/linden", status=422, **fields)
    assert 'id="active-error"' in answer.text
    await WorkingHours.all().delete()
    shown = (await browser.send(f"{OFFICE}/places/linden", status=200, **fields)).text
    await browser.send(f"{OFFICE}/places/linden", **hidden(shown), carry="1")
    assert not (await Place.get(code="linden")).active


async def test_place_no_longer_used_is_offered_for_nothing_new(enter: Any) -> None:
    await make_office()
    await Place.create(code="old", name="Altes Haus", address="Altweg 1", active=False)
    browser = await enter(Role.LEAD)
    for page in ("/desk/week", "/desk/sessions", f"{OFFICE}/rooms/new", f"{OFFICE}/services/new"):
        assert "Altes Haus" not in await browser.get(page), page
    assert "Altes Haus" in await browser.get(f"{OFFICE}/places")


async def test_room_is_made_and_who_has_it_keeps_it(enter: Any) -> None:
    service = await make_office()
    browser = await enter(Role.LEAD)
    await save(browser, "rooms/new", code="r104", place="linden", name="Raum 1.04")
    await make_appointment(service)
    fields = filled(await browser.get(f"{OFFICE}/rooms/r104"))
    del fields["active"]
    shown = (await browser.send(f"{OFFICE}/rooms/r104", status=200, **fields)).text
    assert "1 Gespräch hat diesen Raum und behält ihn" in shown
    await browser.send(f"{OFFICE}/rooms/r104", **hidden(shown), carry="1")
    room = await Room.get(code="r104")
    assert not room.active and (await Appointment.all())[0].room_id == room.id


async def test_closing_days_of_the_year_are_listed_and_holidays_in_one_line(enter: Any) -> None:
    await closing_days.seed([2026, 2027], "NW")
    page = await (await enter(Role.LEAD)).get(f"{OFFICE}/closing")
    assert "Fronleichnam" in page and page.count("Sommerferien") == 1
    assert "20.07.2026 – 01.09.2026" in page


async def test_a_day_is_closed_through_the_families_it_touches_and_opened_again(enter: Any) -> None:
    talk = await make_appointment(await make_office(), starts_at=local(WEDNESDAY, 9))
    browser = await enter(Role.LEAD)
    back = {
        "kind": "closing",
        "from": "2026-03-04",
        "name": "Personalversammlung",
        "back": f"{OFFICE}/closing",
    }
    assert f"choice-{talk.id}" in (await browser.send("/desk/change", status=200, **back)).text
    await browser.send("/desk/change", **back, carry="1", **{f"choice-{talk.id}": "keep"})
    assert "Personalversammlung" in await browser.get(f"{OFFICE}/closing")
    shown = (await browser.send(f"{OFFICE}/closing", status=200, day="2026-03-04")).text
    assert "Sprechzeiten haben dann" in shown and await closing_days.closed(WEDNESDAY, WEDNESDAY)
    await browser.send(f"{OFFICE}/closing", **hidden(shown), carry="1")
    assert not await closing_days.closed(WEDNESDAY, WEDNESDAY)
    assert [one.changes["closed"] for one in await Edit.all().order_by("id")] == [
        [False, True],
        [True, False],
    ]


async def test_opened_holiday_stays_open_when_the_calendar_is_seeded_again(enter: Any) -> None:
    await closing_days.seed([2026], "NW")
    day = date(2026, 6, 4)
    browser = await enter(Role.LEAD)
    shown = (await browser.send(f"{OFFICE}/closing", status=200, day=day.isoformat())).text
    await browser.send(f"{OFFICE}/closing", **hidden(shown), carry="1")
    await closing_days.seed([2026], "NW")
    assert not await closing_days.closed(day, day)
    assert await ClosingDay.filter(day=day, kind=DayKind.PUBLIC).count() == 1


async def test_what_is_no_day_or_over_is_said(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    for day in ("gestern", "2026-03-01"):
        assert 'id="errors"' in (await browser.send(f"{OFFICE}/closing", status=422, day=day)).text
    await browser.send(f"{OFFICE}/closing", status=404, day="2026-03-05")


async def test_interpreter_is_added_and_asked_for_what_they_speak(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    new = {"code": "sm", "name": "Salma Mansour", "languages": ["ar", "ku"], "phone": "0176 04069012"}
    await save(browser, "interpreters/new", **new)
    one = await Interpreter.get(code="sm")
    assert (one.kind, one.languages, one.phone) == (InterpreterKind.PERSON, ["ar", "ku"], "+4917604069012")
    await save(browser, "interpreters/sm", notice_days="5")
    [first, second] = await Edit.all().order_by("id")
    assert first.made and first.changes["phone"] == [] and second.changes == {"notice_days": [3, 5]}
    assert "Salma" not in str([edit.changes for edit in await Edit.all()])


async def test_interpreter_nobody_can_ask_comes_back_as_typed(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    fields = filled(await browser.get(f"{OFFICE}/interpreters/new"))
    fields |= {"code": "sm", "name": "Salma", "languages": ["ar"]}
    answer = await browser.send(f"{OFFICE}/interpreters/new", status=422, **fields)
    assert 'id="email-error"' in answer.text and filled(answer.text)["name"] == "Salma"
    assert filled(answer.text)["languages"] == ["ar"]
    answer = await browser.send(
        f"{OFFICE}/interpreters/new", status=422, **{**fields, "phone": "12", "email": "x"}
    )
    assert 'id="phone-error"' in answer.text and filled(answer.text)["phone"] == "12"


async def test_word_to_everybody_is_written_per_season_and_language(enter: Any) -> None:
    season = await Season.create(name="Sommer", starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31))
    browser = await enter(Role.LEAD)
    fields = {
        "season": str(season.id),
        "banner-de": "Zurzeit antworten wir später.",
        "banner-ar": "نرد متأخرين",
    }
    shown = (await browser.send(f"{OFFICE}/texts", status=200, **fields)).text
    assert "نرد متأخرين" in shown and await seasons.banner(NOW.date(), "de") == ""
    await browser.send(f"{OFFICE}/texts", **hidden(shown), carry="1")
    assert await seasons.banner(NOW.date(), "ar") == "نرد متأخرين"
    assert "Zurzeit antworten wir später." in await browser.get(f"{OFFICE}/texts")
    await browser.send(f"{OFFICE}/texts", status=422, **{**fields, "banner-de": "x" * 301})
