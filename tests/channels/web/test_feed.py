"""A counsellor's private calendar: when and where, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from booking import appointments, moves
from booking.models import Appointment
from office import links, staff
from office.models import Staff
from tests.channels.web.staffroom import Browser
from tests.factories import NOW, WEDNESDAY, ZONE, introduction, local, make_appointment


@pytest.fixture
async def reader(enter: Any) -> Browser:
    """A calendar program: knows the address, is logged in nowhere."""
    browser: Browser = await enter()
    return browser


@pytest.fixture
async def appointment(database: Any, at: Any) -> Appointment:
    return await make_appointment(
        who=introduction(name="Amira Haddad", email="amira@example.org", read_by_others=True),
        wish={"children": 2},
    )


async def address(appointment: Appointment) -> str:
    member = await Staff.get(id=appointment.staff_id)
    return f"/calendar/{links.token(staff.FEED, member.id, member.feed_generation)}.ics"


async def test_it_says_when_where_and_the_code_only(reader: Browser, appointment: Appointment) -> None:
    answer = await reader.http.get(await address(appointment))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["DTSTART"].dt == local(WEDNESDAY, 9)
    assert str(event["SUMMARY"]) == f"Termin {appointment.code}"
    assert event["LOCATION"].startswith("Lindenplatz 4")
    for secret in ("Amira", "Haddad", "amira@", "Schul", "school", "Kind"):
        assert secret not in answer.text


async def test_unchanged_it_is_not_sent_again(reader: Browser, appointment: Appointment) -> None:
    path = await address(appointment)
    first = await reader.http.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await reader.http.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


async def test_changed_it_comes_under_the_same_uid_with_a_higher_sequence(
    reader: Browser, appointment: Appointment
) -> None:
    path = await address(appointment)
    first = await reader.http.get(path)
    await moves.move(appointment.id, local(WEDNESDAY, 10), actor="staff:x", now=NOW, zone=ZONE)
    second = await reader.http.get(path, headers={"if-none-match": first.headers["etag"]})
    before, after = (Calendar.from_ical(one.content).walk("VEVENT")[0] for one in (first, second))
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], 1)


async def test_cancelled_it_is_gone_and_old_ones_leave_after_a_month(
    reader: Browser, appointment: Appointment, at: Any
) -> None:
    path = await address(appointment)
    at(NOW + timedelta(days=30))
    assert "VEVENT" in await reader.get(path)
    at(NOW + timedelta(days=33))
    assert "VEVENT" not in await reader.get(path)
    at(NOW)
    await appointments.cancel(appointment.id, actor="person", now=NOW)
    assert "VEVENT" not in await reader.get(path)


async def test_the_address_ends_with_its_generation_and_with_the_employment(
    reader: Browser, appointment: Appointment
) -> None:
    path = await address(appointment)
    member = await Staff.get(id=appointment.staff_id)
    await Staff.filter(id=member.id).update(feed_generation=1)
    await reader.get(path, 404)
    await Staff.filter(id=member.id).update(feed_generation=0, active=False)
    await reader.get(path, 404)


@pytest.mark.parametrize("token", ["x", "AAAAAAAAAAAAAAAAAAAAAAE", "%00", "ä"])
async def test_an_invented_address_is_nothing(reader: Browser, appointment: Appointment, token: str) -> None:
    await reader.get(f"/calendar/{token}.ics", 404)
    await reader.get(f"/calendar/{appointments.token(appointment)}.ics", 404)
