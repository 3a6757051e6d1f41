"""Today's talks that are over and of which nobody said how they went: on today's page, out of the way until the end."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from booking import appointments
from booking.models import Appointment
from office.models import Role, Staff
from tests.channels.web.staffroom import Browser
from tests.factories import NOW, WEDNESDAY, introduction, local, make_appointment, make_office

DAY = WEDNESDAY
TODAY = "/desk/?who=all"


@pytest.fixture
async def talks(database: Any, at: Any) -> list[Appointment]:
    """Three talks of one day: at nine, ten and eleven."""
    service = await make_office()
    return [
        await make_appointment(service, starts_at=local(DAY, hour), who=introduction(name=f"Um {hour}"))
        for hour in (9, 10, 11)
    ]


def section(page: str) -> str:
    """What stands of it on the page; empty if nothing."""
    return page.partition('aria-labelledby="ended"')[2].partition("</section>")[0]


async def test_a_quarter_of_an_hour_after_its_end_somebody_is_asked(
    talks: list[Appointment], enter: Any, at: Any
) -> None:
    browser = await enter(Role.RECEPTION)
    at(talks[0].ends_at + timedelta(minutes=14))
    assert section(await browser.get(TODAY)) == ""
    at(talks[0].ends_at + timedelta(minutes=15))
    page = await browser.get(TODAY)
    assert section(page) == "" and "1 von heute" in page  # a link, while more talks come
    found = re.search(r'href="([^"]+)#ended"', page)
    assert found
    shown = section(await browser.get(unescape(found[1])))
    assert "Um 9" in shown and "Um 10" not in shown


async def test_after_the_last_talk_the_list_is_open_and_one_key_is_enough(
    talks: list[Appointment], enter: Any, at: Any
) -> None:
    browser = await enter(Role.RECEPTION)
    at(talks[-1].ends_at + timedelta(minutes=20))
    shown = section(await browser.get(TODAY))
    assert shown.count("<li") == 3
    await _press(browser, talks[0], "attend")
    await _press(browser, talks[1], "miss")
    assert section(await browser.get(TODAY)).count("<li") == 1


async def test_after_a_key_the_list_stays_open_and_the_next_is_under_the_finger(
    talks: list[Appointment], enter: Any, at: Any
) -> None:
    browser = await enter(Role.RECEPTION)
    at(talks[1].ends_at + timedelta(minutes=20))
    to = (await _press(browser, talks[0], "attend")).split("#")[0]
    shown = section(await browser.get(to))
    assert "autofocus" in shown and "Um 10" in shown


async def test_what_was_called_off_or_is_of_a_colleague_is_not_asked_for(
    talks: list[Appointment], enter: Any, at: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    await appointments.cancel(talks[0].id, actor="staff:re", now=NOW)
    await Appointment.filter(id=talks[1].id).update(staff_id=(await Staff.get(code="co")).id)
    at(talks[-1].ends_at + timedelta(minutes=20))
    shown = section(await browser.get("/desk/"))
    assert shown.count("<li") == 1 and "Um 10" in shown


async def test_on_the_page_of_another_day_nothing_is_asked_twice(
    talks: list[Appointment], enter: Any, at: Any
) -> None:
    browser = await enter(Role.RECEPTION)
    at(talks[-1].ends_at + timedelta(days=1))
    page = await browser.get(TODAY)
    assert section(page) == "" and 'aria-labelledby="left-open"' in page
    assert section(await browser.get(f"/desk/?who=all&day={DAY}")) == ""


async def test_text_modules_are_led_to_for_who_may_read_them(database: Any, enter: Any) -> None:
    for role, page, leads in (
        (Role.COUNSELLOR, "/desk/", True),
        (Role.LEAD, "/desk/office", True),
        (Role.RECEPTION, "/desk/", False),
        (Role.ADMIN, "/desk/office", False),
    ):
        assert ('href="/desk/modules"' in await (await enter(role)).get(page)) is leads


async def _press(browser: Browser, talk: Appointment, act: str) -> str:
    """The key of this row; where it leads."""
    back = f"{TODAY}&next=today"
    answer = await browser.send(f"/desk/appointments/{talk.id}/{act}", back=back)
    return str(answer.headers["location"])
