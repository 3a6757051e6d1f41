"""Who waits at the counter without an appointment: added by reception, taken by a counsellor, gone, forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inquiries.models import Inquiry, WalkIn
from office.models import JournalEntry, Role
from tests.channels.web.staffroom import hidden
from tests.factories import NOW
from workers import retention


async def wait(browser: Any, name: str = "Amira", language: str = "ar") -> WalkIn:
    answer = await browser.send("/desk/counter", name=name, language=language, back="/desk/?who=all")
    assert answer.headers["location"] == "/desk/?who=all"
    found = await WalkIn.all().order_by("-id").first()
    assert found
    return found


async def test_everybody_at_the_desk_sees_who_waits_and_since_when(database: Any, enter: Any) -> None:
    reception, counsellor = await enter(Role.RECEPTION), await enter(Role.COUNSELLOR)
    await wait(reception)
    await wait(reception, name="", language="zz")
    for browser in (reception, counsellor):
        page = await browser.get("/desk/")
        assert "Amira" in page
        assert "Arabisch" in page
        assert page.count("seit 9:00") == 2
    assert "/take" not in await reception.get("/desk/")
    assert "Amira" not in str(await JournalEntry.all().values())


async def test_who_takes_them_gets_the_quick_log_filled_in_and_saving_it_ends_the_waiting(
    database: Any, enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    found = await wait(browser)
    answer = await browser.send(f"/desk/counter/{found.id}/take")
    assert answer.headers["location"] == f"/desk/log?walk_in={found.id}"
    page = await browser.get(f"/desk/log?walk_in={found.id}")
    assert 'value="Amira"' in page
    assert '<option value="ar" selected>' in page
    assert 'value="walk_in" checked' in page
    assert "bei Jonas Brückner seit 9:00" in await browser.get("/desk/")
    await browser.send(
        "/desk/log", **{**hidden(page), "name": "Amira", "channel": "walk_in", "language": "ar"}
    )
    assert "Amira" not in await browser.get("/desk/")
    assert (await Inquiry.get()).channel == "walk_in"


async def test_two_never_take_the_same(database: Any, enter: Any) -> None:
    first, second = await enter(Role.COUNSELLOR), await enter(Role.LEAD)
    found = await wait(first)
    for _ in range(2):
        await first.send(f"/desk/counter/{found.id}/take")
    answer = await second.send(f"/desk/counter/{found.id}/take", back="/desk/")
    assert answer.headers["location"] == "/desk/"
    assert (await WalkIn.get()).taken_by_id == first.member.id
    assert await JournalEntry.filter(kind="walk_in.taken").count() == 1


async def test_squeezing_in_knows_them_too(database: Any, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    found = await wait(browser)
    assert f"/desk/squeeze?walk_in={found.id}" in await browser.get(f"/desk/log?walk_in={found.id}")
    page = await browser.get(f"/desk/squeeze?walk_in={found.id}")
    assert 'value="Amira"' in page
    assert hidden(page)["walk_in"] == str(found.id)


async def test_gone_is_gone_and_tomorrow_nobody_waits_any_more(database: Any, enter: Any, at: Any) -> None:
    browser = await enter(Role.RECEPTION)
    found, other = await wait(browser), await wait(browser, name="Boris")
    for _ in range(2):
        await browser.send(f"/desk/counter/{found.id}/leave")
    page = await browser.get("/desk/")
    assert ("Amira" in page, "Boris" in page) == (False, True)
    at(NOW + timedelta(days=1))
    assert "Boris" not in await browser.get("/desk/")
    assert (await retention.run(NOW + timedelta(days=1)))["walk_ins"] == 2
    await browser.send(f"/desk/counter/{other.id}/leave", status=404)
    for said in (str(other.id), "x", "٣", "9" * 12):
        assert "Boris" not in await browser.get(f"/desk/log?walk_in={said}")


async def test_reception_takes_nobody_and_admin_sees_nobody(database: Any, enter: Any) -> None:
    reception, admin = await enter(Role.RECEPTION), await enter(Role.ADMIN)
    found = await wait(reception)
    await reception.send(f"/desk/counter/{found.id}/take", status=403)
    for path in ("/desk/counter", f"/desk/counter/{found.id}/take", f"/desk/counter/{found.id}/leave"):
        await admin.send(path, status=403)


@pytest.mark.parametrize("name", ["<b>Eva</b>", "x" * 400])
async def test_whatever_is_typed_is_text_and_short_enough(database: Any, enter: Any, name: str) -> None:
    browser = await enter(Role.RECEPTION)
    found = await wait(browser, name=name)
    assert len(found.name) <= 200
    assert "<b>Eva" not in await browser.get("/desk/")
