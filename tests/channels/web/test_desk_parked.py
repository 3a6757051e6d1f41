"""A form put aside while another phone rings: listed everywhere, opened again, gone when finished."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from channels import parking
from channels.models import ParkedForm
from inquiries.models import Inquiry
from office.models import Role
from tests.channels.web.staffroom import Browser, times
from tests.factories import NOW, WEDNESDAY, local, make_office
from workers import retention

HALF = {
    "park": "log",
    "channel": "walk_in",
    "name": "Frau Yılmaz",
    "language": "tr",
    "note": "Fragt nach OGS",
}


@pytest.fixture
async def browser(database: Any, at: Any, enter: Any) -> Browser:
    """Reception, a call half written down and parked."""
    made: Browser = await enter(Role.RECEPTION)
    answer = await made.send("/desk/parked", key="k1", **HALF)
    assert answer.headers["location"] == "/desk/log?parked"
    return made


async def test_every_page_of_the_desk_lists_it(browser: Browser) -> None:
    for path in ("/desk/", "/desk/log", "/desk/cards"):
        page = await browser.get(path)
        assert "Frau Yılmaz" in page
        assert f"/desk/log?draft={(await ParkedForm.get()).id}" in page
    assert "Fragt nach OGS" not in await browser.get("/desk/log")


async def test_it_is_opened_as_it_was_and_gone_when_saved(browser: Browser) -> None:
    draft = await ParkedForm.get()
    page = await browser.get(f"/desk/log?draft={draft.id}")
    assert 'value="walk_in" checked' in page and "Fragt nach OGS" in page and 'value="tr" selected' in page
    await browser.send("/desk/log", draft=str(draft.id), key="k1", **{**HALF, "park": ""})
    assert not await ParkedForm.exists()
    assert (await Inquiry.get()).channel == "walk_in"


async def test_parked_again_it_is_still_one(browser: Browser) -> None:
    draft = await ParkedForm.get()
    await browser.send("/desk/parked", draft=str(draft.id), **{**HALF, "note": "Ruft zurück"})
    assert (await ParkedForm.get()).typed["note"] == "Ruft zurück"


async def test_a_form_with_a_fault_stays_parked_until_it_is_saved(browser: Browser) -> None:
    draft = await ParkedForm.get()
    page = (await browser.send("/desk/log", status=422, draft=str(draft.id), day="gestern")).text
    assert re.search(rf'name="draft" value="{draft.id}"', page)
    assert await ParkedForm.exists()


async def test_nobody_else_sees_opens_or_throws_it_away(browser: Browser, enter: Any) -> None:
    draft = await ParkedForm.get()
    other = await enter(Role.LEAD)
    assert "Frau Yılmaz" not in await other.get("/desk/")
    await other.get(f"/desk/log?draft={draft.id}", 404)
    await other.send(f"/desk/parked/{draft.id}/drop")
    assert await ParkedForm.exists()
    await browser.send(f"/desk/parked/{draft.id}/drop")
    assert not await ParkedForm.exists()


async def test_a_booking_is_parked_with_its_wish_and_gone_when_booked(database: Any, enter: Any) -> None:
    service = await make_office()
    browser = await enter(Role.RECEPTION)
    wish = {"service": service.code, "children": "2", "mode": "phone", "talk": "en", "name": "Herr Popescu"}
    await browser.send("/desk/parked", park="book", **wish)
    draft = await ParkedForm.get()
    page = await browser.get(f"/desk/book?draft={draft.id}")
    assert 'value="phone" selected' in page and "Herr Popescu" in page
    await browser.send("/desk/book", draft=str(draft.id), starts_at=times(page)[0], **wish)
    assert not await ParkedForm.exists()


async def test_other_forms_are_not_parked(browser: Browser) -> None:
    await browser.send("/desk/parked", status=404, park="answer")


async def test_the_next_morning_it_is_gone(browser: Browser) -> None:
    assert "parked" not in await retention.run(local(WEDNESDAY - timedelta(days=2), 23))
    assert (await retention.run(local(WEDNESDAY - timedelta(days=1), 4)))["parked"] == 1


async def test_more_than_a_score_nobody_has(browser: Browser) -> None:
    assert browser.member
    for number in range(25):
        await parking.park(browser.member.id, "log", {}, now=NOW + timedelta(minutes=number))
    assert await ParkedForm.all().count() == parking.MOST
