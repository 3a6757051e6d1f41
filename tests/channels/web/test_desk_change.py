"""A change of hours at the desk: shown before it is saved, and carried out as chosen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from booking.models import (
    Absence,
    AbsenceSeries,
    Appointment,
    CallBack,
    Choice,
    Disruption,
    Interpreter,
    Offering,
    Room,
    Service,
    Touched,
    WorkingHours,
)
from inquiries.people import Introduction
from office.models import ClosingDay, Role, Staff
from tests.factories import (
    WEDNESDAY,
    introduction,
    local,
    make_appointment,
    make_hours,
    make_office,
    make_staff,
)

pytestmark = pytest.mark.usefixtures("database")
TUESDAY = date(2026, 3, 10)
PAGE = "/desk/change"


async def office() -> tuple[Service, Staff]:
    service = await make_office(starts=8, ends=14)
    [offering] = await Offering.filter(service=service)
    return service, await Staff.get(id=offering.staff_id)


async def send(browser: Any, status: int, **fields: Any) -> Any:
    return await browser.send(PAGE, status=status, **fields)


async def test_absence_that_touches_nobody_is_saved_at_once(enter: Any) -> None:
    _service, member = await office()
    browser = await enter(Role.LEAD)
    answer = await send(
        browser, 303, kind="away", staff=member.code, **{"from": "2026-03-04"}, back="/desk/?who=all"
    )
    assert answer.headers["location"] == "/desk/?who=all&saved=1"
    [away] = await Absence.all()
    assert (away.starts_at, away.ends_at) == (local(WEDNESDAY, 0), local(date(2026, 3, 5), 0))


async def test_preview_shows_every_family_and_saves_nothing(enter: Any) -> None:
    service, member = await office()
    await make_appointment(service, starts_at=local(WEDNESDAY, 9), who=introduction(name="Amira Haddad"))
    browser = await enter(Role.LEAD)
    shown = (await send(browser, 200, kind="away", staff=member.code, **{"from": "2026-03-04"})).text
    for said in ("Amira Haddad", "9:00–9:45", "Di 03.03.", member.name, 'value="keep"'):
        assert said in shown, said
    assert await Absence.all().count() == 0


async def test_chosen_is_carried_out_and_the_result_shown(enter: Any) -> None:
    service, member = await office()
    talks = [await make_appointment(service, starts_at=local(WEDNESDAY, hour)) for hour in (9, 10, 11)]
    colleague = await make_staff()
    await make_hours(colleague, 2, 9, 10)
    await Offering.create(service=service, staff=colleague)
    browser = await enter(Role.LEAD)
    answer = await send(
        browser,
        303,
        kind="away",
        staff=member.code,
        carry="1",
        **{
            "from": "2026-03-04",
            f"choice-{talks[0].id}": f"colleague:{colleague.code}",
            f"choice-{talks[1].id}": "offer",
            f"choice-{talks[2].id}": "keep",
        },
    )
    shown = await browser.get(answer.headers["location"])
    for said in (f"{colleague.name} übernimmt", "abgesagt", f"bleibt bei {member.name}"):
        assert said in shown, said
    assert [one.choice for one in await Touched.all().order_by("id")] == [
        Choice.COLLEAGUE,
        Choice.OFFER,
        Choice.KEEP,
    ]


async def test_family_that_booked_since_the_preview_is_shown_first(enter: Any) -> None:
    service, member = await office()
    talks = [await make_appointment(service, starts_at=local(WEDNESDAY, hour)) for hour in (9, 10)]
    browser = await enter(Role.LEAD)
    fields = {"from": "2026-03-04", f"choice-{talks[0].id}": "keep"}
    await send(browser, 409, kind="away", staff=member.code, carry="1", **fields)
    assert await Disruption.all().count() == 0


async def test_weekly_rule_is_shortened_from_a_day_on(enter: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 12))
    [rule] = await WorkingHours.filter(staff=member, weekday=1)
    browser = await enter(Role.LEAD)
    fields = {"kind": "hours", "staff": member.code, "from": "2026-03-10", "replaces": str(rule.id)}
    fields |= {"weekday": "1", "starts": "08:00", "ends": "12:00", "place": "linden"}
    assert "12:00–12:45" in (await send(browser, 200, **fields)).text
    await send(browser, 303, **fields, carry="1", **{f"choice-{talk.id}": "keep"})
    [old, new] = await WorkingHours.filter(staff=member, weekday=1).order_by("id")
    assert (old.valid_to, new.valid_from, new.ends_minute) == (date(2026, 3, 9), TUESDAY, 720)


async def test_one_day_with_fewer_and_other_hours_leaves_the_weekly_rule(enter: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 9))
    browser = await enter(Role.LEAD)
    fields = {"kind": "exception", "staff": member.code, "from": "2026-03-10"}
    fields |= {"starts": "10:00", "ends": "16:00", f"choice-{talk.id}": "keep", "carry": "1"}
    await send(browser, 303, **fields)
    [away] = await Absence.all()
    assert (away.starts_at, away.ends_at) == (local(TUESDAY, 8), local(TUESDAY, 10))
    [rule] = await WorkingHours.filter(staff=member, valid_to=TUESDAY)
    assert (rule.starts_minute, rule.ends_minute, rule.place) == (14 * 60, 16 * 60, "linden")


async def test_series_touches_the_talks_of_its_weeks(enter: Any) -> None:
    service, member = await office()
    talk = await make_appointment(service, starts_at=local(TUESDAY, 12))
    browser = await enter(Role.LEAD)
    fields = {"kind": "series", "staff": member.code, "from": "2026-03-03", "weekday": "1"}
    fields |= {"starts": "12:00", "ends": "13:00"}
    await send(browser, 303, **fields, weeks="even")
    assert f"choice-{talk.id}" in (await send(browser, 200, **fields, weeks="odd")).text
    assert await AbsenceSeries.all().count() == 1


async def test_counsellors_change_their_own_hours_and_nobody_elses(enter: Any) -> None:
    _service, member = await office()
    browser = await enter(Role.COUNSELLOR)
    fields = {"kind": "away", "from": "2026-03-04"}
    await send(browser, 403, staff=member.code, **fields)
    await send(browser, 403, kind="closing", name="Personalversammlung", **{"from": "2026-03-04"})
    await send(browser, 303, **fields)
    assert [one.staff_id for one in await Absence.all()] != [member.id]
    assert await ClosingDay.all().count() == 0


async def test_reception_changes_no_hours(enter: Any) -> None:
    await (await enter(Role.RECEPTION)).get(PAGE, 403)


async def test_what_cannot_be_read_is_said_and_nothing_saved(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    for fields in (
        {"kind": "away", "from": "gestern"},
        {"kind": "away", "from": "2026-03-04", "until": "2026-03-03"},
        {"kind": "series", "from": "2026-03-04", "weekday": "9", "starts": "9:00", "ends": "10:00"},
        {"kind": "exception", "from": "2026-03-04", "starts": "12:00", "ends": "10:00"},
        {"kind": "holiday"},
    ):
        await send(browser, 422, **fields)
    assert await Absence.all().count() == 0


async def test_ill_today_is_one_key_and_lists_whom_to_call(enter: Any, at: Any) -> None:
    service, member = await office()
    nobody = Introduction(language="de", name="Kevin Drews", phone="+492214710123")
    await make_appointment(service, starts_at=local(WEDNESDAY, 9), who=nobody)
    browser = await enter(Role.RECEPTION)
    at(local(WEDNESDAY, 7, 55))
    assert ">Krank?<" in await browser.get(f"/desk/?day={WEDNESDAY}&who={member.code}")
    assert f'<option value="{member.code}" selected>' in await browser.get(f"/desk/ill?who={member.code}")
    answer = await browser.send("/desk/ill", staff=member.code)
    shown = await browser.get(answer.headers["location"])
    for said in ("Heute krank", "Bitte anrufen", "Kevin Drews", "+492214710123"):
        assert said in shown, said
    at(local(WEDNESDAY, 8, 30))
    await browser.send(f"{answer.headers['location']}/back")
    assert (await Appointment.all())[0].status == "booked"
    assert await CallBack.filter(done_at=None).count() == 0
    assert "zurückgenommen" in await browser.get(answer.headers["location"])


async def test_counsellor_reports_only_themselves_ill(enter: Any) -> None:
    _service, member = await office()
    browser = await enter(Role.COUNSELLOR)
    await browser.send("/desk/ill", status=403, staff=member.code)
    await browser.send("/desk/ill")
    assert [one.staff_id for one in await Disruption.all()] != [member.id]


async def test_counsellor_takes_back_only_their_own(enter: Any) -> None:
    _service, member = await office()
    answer = await (await enter(Role.LEAD)).send("/desk/ill", staff=member.code)
    browser = await enter(Role.COUNSELLOR)
    await browser.send(f"{answer.headers['location']}/back", status=403)
    assert "Zurücknehmen" not in await browser.get(answer.headers["location"])
    assert (await Disruption.all())[0].undone_at is None


async def test_who_must_not_be_written_more_than_a_time_is_told_at_the_reception_who_it_is(
    enter: Any,
) -> None:
    service, member = await office()
    who = introduction(name="Leo", read_by_others=True)
    await make_appointment(service, starts_at=local(date(2026, 3, 2), 11), who=who, wish={"by_staff": True})
    colleague = await make_staff()
    await make_hours(colleague, 0, 11, 12)
    await Offering.create(service=service, staff=colleague)
    browser = await enter(Role.LEAD)
    shown = await browser.get((await browser.send("/desk/ill", staff=member.code)).headers["location"])
    assert f"kommt 11:00 Uhr – {colleague.name} übernimmt" in shown


async def test_preview_names_language_room_and_that_somebody_interprets(enter: Any) -> None:
    service, member = await office()
    await Room.create(place="linden", code="r1", name="Raum 1.04")
    await Interpreter.create(code="sm", name="S. M.", languages=["ar"])
    wish = {"language": "ar", "interpreter": True, "by_staff": True}
    await make_appointment(service, starts_at=local(WEDNESDAY, 9), wish=wish)
    browser = await enter(Role.LEAD)
    shown = (await send(browser, 200, kind="away", staff=member.code, **{"from": "2026-03-04"})).text
    for said in ("Arabisch", "Raum 1.04", "mit Sprachmittlung"):
        assert said in shown, said
    assert "Schule und Schulwechsel" not in shown
