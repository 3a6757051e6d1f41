"""The week of a counsellor at the desk, and every form beside it carried out to the end."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from html import unescape
from typing import Any

import pytest

from booking.models import (
    Absence,
    AbsenceSeries,
    Appointment,
    BusySource,
    BusyTime,
    Offering,
    Service,
    Session,
    SourceKind,
    WorkingHours,
)
from office.models import ClosingDay, JournalEntry, OpenHours, Role, Season, Staff
from tests.factories import WEDNESDAY, introduction, local, make_absence, make_appointment, make_office

pytestmark = pytest.mark.usefixtures("database")
TUESDAY = date(2026, 3, 10)
Fill = Callable[..., Awaitable[Any]]


async def office() -> tuple[Service, Staff]:
    service = await make_office(starts=8, ends=14)
    [offering] = await Offering.filter(service=service)
    return service, await Staff.get(id=offering.staff_id)


def page_of(member: Staff, week: str = "2026-W10") -> str:
    return f"/desk/week?week={week}&counsellor={member.code}"


def text(html: str) -> str:
    """What is read, without the tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def row_of(html: str, day: str) -> str:
    """The line of one day in the table."""
    return next(row for row in map(text, re.findall(r"<tr role.*?</tr>", html, re.S)) if row.startswith(day))


def form_of(html: str, name: str) -> tuple[str, dict[str, str]]:
    """Address and fields of a form, as a browser would send it untouched."""
    found = re.search(rf'<form class="sp-form" id="form-{name}".*?</form>', html, re.S)
    assert found, name
    action = re.search(r'action="([^"]+)"', found[0])
    assert action
    fields = {}
    for tag in re.findall(r"<input[^>]+>", found[0]):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if said["name"] not in fields and (said["type"] != "checkbox" or " checked" in tag):
            fields[said["name"]] = unescape(said.get("value", ""))
    for chosen, options in re.findall(r'<select[^>]*name="(\w+)">(.*?)</select>', found[0], re.S):
        marked = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        assert marked
        fields[chosen] = marked[1]
    return action[1], fields


@pytest.fixture
async def fill(enter: Any) -> Fill:
    """`await fill(address, "away", **fields)`: the lead fills a form in and sees what the answer shows."""
    browser = await enter(Role.LEAD)

    async def filled(address: str, form: str, status: int = 303, /, **fields: Any) -> Any:
        action, given = form_of(await browser.get(address), form)
        given.pop("csrf")
        return await browser.send(action, status=status, **(given | fields))

    filled.browser = browser  # type: ignore[attr-defined]
    return filled


async def through_the_preview(
    fill: Any, address: str, form: str, talk: Appointment, /, **fields: Any
) -> None:
    """Sent, shown with the family it touches and nothing saved, then carried out with them staying."""
    preview = await fill(address, form, 200, **fields)
    assert f"choice-{talk.id}" in preview.text
    sent = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', preview.text)
    kept = {key: unescape(value) for key, value in sent if key != "csrf"}
    answer = await fill.browser.send("/desk/change", **(kept | {f"choice-{talk.id}": "keep"}))
    assert answer.headers["location"].startswith("/desk/changes/")


async def test_week_shows_hours_absences_busy_time_closing_days_and_appointments(enter: Any) -> None:
    service, member = await office()
    talk = await make_appointment(
        service, starts_at=local(WEDNESDAY, 9), who=introduction(name="Amira Haddad")
    )
    await make_absence(member, local(WEDNESDAY, 12), local(date(2026, 3, 6), 10))
    source = await BusySource.create(staff=member, kind=SourceKind.ICS, address="https://example.org/x")
    busy = {"starts_at": local(date(2026, 3, 3), 11), "ends_at": local(date(2026, 3, 3), 12)}
    await BusyTime.create(source=source, staff=member, **busy)
    await ClosingDay.create(day=date(2026, 3, 2), kind="local", name="Betriebsausflug")
    shown = await (await enter(Role.LEAD)).get(page_of(member))
    assert "geschlossen Betriebsausflug" in row_of(shown, "Mo") and "8:00–14:00" not in row_of(shown, "Mo")
    assert "anderswo belegt 11:00–12:00" in row_of(shown, "Di")
    assert f"9:00–9:45 Amira Haddad {talk.code}" in row_of(shown, "Mi")
    assert "abwesend ab 12:00" in row_of(shown, "Mi") and "8:00–14:00" in row_of(shown, "Mi")
    assert "abwesend ganztägig" in row_of(shown, "Do") and "abwesend bis 10:00" in row_of(shown, "Fr")
    assert f'href="/desk/appointments/{talk.id}"' in shown


async def test_week_in_which_the_clocks_change_shows_the_times_on_the_wall(enter: Any) -> None:
    """29 March 2026: the Friday before is at +1, the Monday after at +2."""
    service, member = await office()
    wish = {"by_staff": True}
    for day in (date(2026, 3, 27), date(2026, 3, 30)):
        await make_appointment(service, starts_at=local(day, 13), wish=wish)
    await AbsenceSeries.create(
        staff=member, weekday=6, starts_minute=60, ends_minute=240, valid_from=date(2026, 1, 1)
    )
    await WorkingHours.create(
        staff=member, weekday=6, starts_minute=9 * 60, ends_minute=600, place="linden", valid_from=date(2026, 1, 1)
    )  # fmt: skip
    browser = await enter(Role.LEAD)
    before, after = (
        await browser.get(page_of(member, "2026-W13")),
        await browser.get(page_of(member, "2026-W14")),
    )
    assert "8:00–14:00" in row_of(before, "Fr") and "13:00–13:45" in row_of(before, "Fr")
    assert "8:00–14:00" in row_of(after, "Mo") and "13:00–13:45" in row_of(after, "Mo")
    assert "9:00–10:00" in row_of(before, "So") and "1:00–4:00" in row_of(before, "So")


async def test_weeks_before_and_after_are_linked_across_the_year(enter: Any) -> None:
    _service, member = await office()
    shown = unescape(await (await enter(Role.LEAD)).get(page_of(member, "2026-W53")))
    assert page_of(member, "2026-W52") in shown and page_of(member, "2027-W01") in shown


async def test_counsellor_sees_their_own_week_and_nobody_elses(enter: Any) -> None:
    _service, member = await office()
    browser = await enter(Role.COUNSELLOR)
    assert "Jonas Brückner" in await browser.get("/desk/week")
    await browser.get(page_of(member), 403)
    shown = await browser.get("/desk/week")
    assert 'id="form-away"' in shown and 'id="form-closing"' not in shown and 'id="form-limits"' not in shown


async def test_reception_sees_every_week_no_topic_and_no_form(enter: Any) -> None:
    service, member = await office()
    await make_appointment(service, who=introduction(name="Amira Haddad"))
    group = await Session.create(
        service=service, staff=member, place="linden", seats=8, starts_at=local(WEDNESDAY, 18),
        ends_at=local(WEDNESDAY, 19), claimed_until=local(WEDNESDAY, 19),
    )  # fmt: skip
    reception, lead = await enter(Role.RECEPTION), await enter(Role.LEAD)
    shown = await reception.get(page_of(member))
    assert "Amira Haddad" in shown and "0 von 8 Plätzen" in shown
    assert 'action="/desk/change"' not in shown and "Schulwechsel" not in shown
    assert "Schulwechsel" in row_of(await lead.get(page_of(member)), "Mi"), group.id
    await (await enter(Role.ADMIN)).get("/desk/week", 403)


async def test_a_week_or_a_counsellor_that_is_none_is_refused(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    for week in ("2026-W54", "2026-10", "0001-W01", "gestern", "2026-03-04"):
        await browser.get(f"/desk/week?week={week}", 422)
    await browser.get("/desk/week?counsellor=zz", 404)


async def test_weekly_hours_are_changed_through_the_preview(fill: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 12))
    [rule] = await WorkingHours.filter(staff=member, weekday=1)
    here, fields = page_of(member, "2026-W11"), {"ends": "12:00", "weeks": "odd", "until": "2026-12-31"}
    await through_the_preview(fill, here, f"rule-{rule.id}", talk, **fields)
    [old, new] = await WorkingHours.filter(staff=member, weekday=1).order_by("id")
    assert (old.valid_to, new.valid_from) == (date(2026, 3, 8), date(2026, 3, 9))
    assert (new.starts_minute, new.ends_minute, new.weeks) == (480, 720, "odd")
    assert new.valid_to == date(2026, 12, 31)


async def test_weekly_hours_are_ended_through_the_preview(fill: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 12))
    [rule] = await WorkingHours.filter(staff=member, weekday=1)
    await through_the_preview(fill, page_of(member, "2026-W11"), f"end-{rule.id}", talk)
    [old] = await WorkingHours.filter(staff=member, weekday=1)
    assert old.valid_to == date(2026, 3, 8)


async def test_new_weekly_hours_touch_nobody_and_lead_back_to_the_week(fill: Any) -> None:
    _service, member = await office()
    here = page_of(member, "2026-W11")
    answer = await fill(here, "new", weekday="3", starts="15:00", ends="17:00", weeks="even")
    assert answer.headers["location"] == f"{here}&saved=1"
    [new] = await WorkingHours.filter(staff=member, weekday=3, starts_minute=900)
    assert (new.ends_minute, new.weeks, new.place) == (1020, "even", "linden")
    assert "Gespeichert. Kein Termin ist betroffen." in await fill.browser.get(answer.headers["location"])


async def test_one_day_gets_fewer_and_more_hours_through_the_preview(fill: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 9))
    here, fields = page_of(member, "2026-W11"), {"from": "2026-03-10", "starts": "10:00", "ends": "16:00"}
    await through_the_preview(fill, here, "exception", talk, **fields)
    line = row_of(await fill.browser.get(here), "Di")
    assert "8:00–16:00" in line and "abwesend 8:00–10:00" in line


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        (
            {"from": "2026-03-10", "until": "2026-03-10", "starts": "8:00", "ends": "10:00"},
            local(TUESDAY, 10),
        ),
        ({"from": "2026-03-10", "until": "2026-03-12"}, local(date(2026, 3, 13), 0)),
    ],
    ids=["part of a day", "days"],
)
async def test_absence_is_entered_through_the_preview(fill: Any, fields: dict[str, str], until: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 9))
    fields = {name: value.replace("8:00", "08:00") for name, value in fields.items()}
    await through_the_preview(fill, page_of(member, "2026-W11"), "away", talk, **fields)
    [away] = await Absence.all()
    assert (away.staff_id, away.ends_at) == (member.id, until)


async def test_weekly_absence_is_entered_through_the_preview(fill: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 12))
    fields = {"weekday": "1", "starts": "12:00", "ends": "13:00", "weeks": "odd"}
    await through_the_preview(fill, page_of(member, "2026-W11"), "series", talk, **fields)
    [series] = await AbsenceSeries.all()
    assert (series.staff_id, series.weekday, series.weeks) == (member.id, 1, "odd")


async def test_closing_day_is_entered_through_the_preview(fill: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 12))
    fields = {"from": "2026-03-10", "name": "Personalversammlung"}
    await through_the_preview(fill, page_of(member, "2026-W11"), "closing", talk, **fields)
    assert "Personalversammlung" in row_of(await fill.browser.get(page_of(member, "2026-W11")), "Di")


async def test_lead_sets_how_much_a_day_may_hold_within_the_law(fill: Any) -> None:
    _service, member = await office()
    wanted = {"most_talks": "5", "break_after_minutes": "240", "break_minutes": "45"}
    answer = await fill(page_of(member), "limits", **wanted)
    assert answer.headers["location"] == f"{page_of(member)}&saved=1"
    again = await fill(page_of(member), "limits", **(wanted | {"break_after_minutes": "361"}))
    assert again.headers["location"] == f"{page_of(member)}&wrong=1"
    await member.refresh_from_db()
    assert (member.most_talks, member.break_after_minutes, member.break_minutes) == (5, 240, 45)
    assert await JournalEntry.filter(kind="calendar.limits").count() == 1


async def test_lead_enters_a_season_and_moves_its_days(fill: Any) -> None:
    _service, member = await office()
    fields = {"name": "Anmeldezeit", "starts_on": "2026-05-01", "ends_on": "2026-05-31", "promise_days": "9"}
    await fill(page_of(member), "season-new", **fields)
    [season] = await Season.all()
    await Season.filter(id=season.id).update(banner={"de": "Es dauert länger."})
    await fill(page_of(member), f"season-{season.id}", ends_on="2026-06-15")
    await season.refresh_from_db()
    assert (season.starts_on, season.ends_on, season.promise_days) == (date(2026, 5, 1), date(2026, 6, 15), 9)
    assert season.banner == {"de": "Es dauert länger."}
    wrong = await fill(page_of(member), f"season-{season.id}", ends_on="2026-04-01")
    assert wrong.headers["location"].endswith("&wrong=1")


async def test_season_is_not_moved_away_from_families_who_booked_in_its_hours(fill: Any) -> None:
    service, member = await office()
    march = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}
    season = await Season.create(name="Anmeldezeit", **march)
    await WorkingHours.filter(staff=member, weekday=1).update(season_id=season.id)
    await make_appointment(service, starts_at=local(TUESDAY, 9))
    answer = await fill(page_of(member), f"season-{season.id}", ends_on="2026-03-09")
    assert answer.headers["location"].endswith("&touches=1")
    assert "Nicht gespeichert" in await fill.browser.get(answer.headers["location"])
    await fill(page_of(member), f"season-{season.id}", ends_on="2026-03-10")
    await season.refresh_from_db()
    assert season.ends_on == TUESDAY


async def test_lead_enters_open_hours_and_ends_them(fill: Any) -> None:
    _service, member = await office()
    here = page_of(member, "2026-W11")
    await fill(here, "open", weekday="3", starts="14:00", ends="16:00")
    [rule] = await OpenHours.all()
    assert (rule.place, rule.weekday, rule.starts_minute, rule.valid_from) == (
        "linden", 3, 840, date(2026, 3, 9),
    )  # fmt: skip
    await fill(here, f"open-end-{rule.id}", **{"from": "2026-04-01"})
    await rule.refresh_from_db()
    assert rule.valid_to == date(2026, 3, 31)


async def test_only_the_lead_sets_what_concerns_the_office(enter: Any) -> None:
    _service, member = await office()
    for role in (Role.COUNSELLOR, Role.RECEPTION, Role.ADMIN):
        browser = await enter(role)
        for what in ("limits", "season", "open-hours"):
            await browser.send(f"/desk/week/{what}", status=403, staff=member.code)
