"""Counsellors name their calendars elsewhere, and the desk says when one cannot be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from booking import busy
from booking.models import BusySource, SourceKind
from office.models import Role
from tests.factories import NOW, make_staff

ADDRESS = "https://1.1.1.1/secret.ics"


async def test_calendar_is_added_and_removed_and_its_address_never_shown(database: Any, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    await browser.send("/desk/calendars", address=ADDRESS)
    source = await BusySource.get()
    assert (source.kind, source.address) == (SourceKind.ICS, ADDRESS)
    page = await browser.get("/desk/")
    assert f"/desk/calendars/{source.id}/remove" in page and "secret" not in page
    await browser.send(f"/desk/calendars/{source.id}/remove")
    assert await BusySource.all().count() == 0


async def test_private_address_is_refused_at_once(database: Any, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    await browser.send("/desk/calendars", address="http://127.0.0.1/", status=422)
    assert await BusySource.all().count() == 0


async def test_reception_names_no_calendar(database: Any, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.send("/desk/calendars", address=ADDRESS, status=403)
    assert await BusySource.all().count() == 0


async def test_desk_says_whose_calendar_cannot_be_read_since_when(database: Any, enter: Any) -> None:
    who = await make_staff(name="Herr Demir")
    source = await busy.add(who.id, SourceKind.ICS, ADDRESS, actor=who.code, now=NOW)
    browser = await enter(Role.RECEPTION)
    assert "A calendar cannot be read" not in await browser.get("/desk/")
    await busy.replace(source.id, [], "", NOW)
    await busy.failed(source.id, "not_reachable", NOW + timedelta(minutes=5))
    page = await browser.get("/desk/")
    assert "Herr Demir" in page and "9:00" in page and "not_reachable" not in page
    assert "kern-alert--warning" in page
