"""A counsellor's private calendar: when and where, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from booking import appointments, moves
from booking.models import Appointment, Claim, Room, RoomClaim, Session
from office import links, places, staff
from office.models import Place, Role, Staff
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


async def house(appointment: Appointment) -> str:
    place = await Place.get(code=appointment.place)
    return f"/calendar/{links.token(places.FEED, place.id, place.feed_generation)}.ics"


def events(content: bytes) -> list[tuple[Any, Any, str]]:
    found = Calendar.from_ical(content).walk("VEVENT")
    return [(event["DTSTART"].dt, event["DTEND"].dt, str(event["SUMMARY"])) for event in found]


async def test_a_house_says_when_it_is_in_use_and_nothing_more(
    reader: Browser, appointment: Appointment
) -> None:
    again = {"who": introduction(name="Omar Haddad"), "starts_at": appointment.claimed_until}
    await make_appointment(await appointment.service, **again)
    answer = await reader.http.get(await house(appointment))
    last = await Appointment.all().order_by("-starts_at").first()
    assert last and events(answer.content) == [
        (local(WEDNESDAY, 9), last.claimed_until.astimezone(ZONE), "Belegt")
    ], "two talks without a pause are one stretch"
    said = answer.text.replace("\r\n ", "")
    for secret in ("Amira", "Omar", "Haddad", "amira@", "Schul", "school", "/desk/", appointment.code):
        assert secret not in said
    assert appointment.uid not in said


async def test_a_house_names_the_room_and_the_group_evening_once(
    reader: Browser, appointment: Appointment
) -> None:
    room = await Room.create(place=appointment.place, code="r1", name="Raum & Eins")
    await Appointment.filter(id=appointment.id).update(room_id=room.id)
    begin = local(WEDNESDAY, 18)
    session = await Session.create(
        service=await appointment.service, staff_id=appointment.staff_id, room=room, place=appointment.place,
        seats=9, starts_at=begin, ends_at=begin + timedelta(hours=2), claimed_until=begin + timedelta(hours=2),
    )  # fmt: skip
    for _ in range(2):
        seat = await make_appointment(await appointment.service, starts_at=local(WEDNESDAY, 11))
        times = {"starts_at": begin, "ends_at": session.ends_at, "claimed_until": session.ends_at}
        await Appointment.filter(id=seat.id).update(session_id=session.id, room_id=room.id, **times)
        for claimed in (Claim, RoomClaim):
            await claimed.filter(appointment_id=seat.id).delete()
    found = events((await reader.http.get(await house(appointment))).content)
    assert [(when, said) for when, _until, said in found] == [
        (local(WEDNESDAY, 9), "Belegt: Raum & Eins"),
        (begin, "Belegt: Raum & Eins"),
    ]


@pytest.mark.parametrize("which", [address, house])
async def test_it_is_packed_for_who_can_unpack_it_and_each_has_a_tag_of_its_own(
    reader: Browser, appointment: Appointment, which: Any
) -> None:
    path = await which(appointment)
    packed = await reader.http.get(path, headers={"accept-encoding": "br, gzip;q=0.5"})
    for refusal in ("identity", "gzip;q=0", ""):
        plain = await reader.http.get(path, headers={"accept-encoding": refusal})
        assert "content-encoding" not in plain.headers
        assert (plain.content, plain.headers["vary"]) == (packed.content, "Accept-Encoding")
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert packed.headers["etag"] != plain.headers["etag"]
    again = await reader.http.get(path, headers={"if-none-match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_renewed_the_old_address_is_nothing(appointment: Appointment, enter: Any) -> None:
    lead: Browser = await enter(Role.LEAD)
    old = await house(appointment)
    page = await lead.get("/desk/feeds")
    assert old in page
    place = await Place.get(code=appointment.place)
    await lead.send(f"/desk/feeds/places/{place.id}")
    await lead.get(old, 404)
    new = await house(appointment)
    assert new != old and new in await lead.get("/desk/feeds")
    assert "BEGIN:VCALENDAR" in await lead.get(new)
    before = re.search(r"/calendar/[^/]+\.ics", page).group()  # type: ignore[union-attr]
    await lead.get(before)
    await lead.send("/desk/feeds/own")
    await lead.get(before, 404)


async def test_reception_hands_out_a_house_s_address_but_ends_none(
    appointment: Appointment, enter: Any
) -> None:
    reception: Browser = await enter(Role.RECEPTION)
    page = await reception.get("/desk/feeds")
    assert await house(appointment) in page
    assert "/desk/feeds/own" not in page and "/desk/feeds/places" not in page
    place = await Place.get(code=appointment.place)
    await reception.send(f"/desk/feeds/places/{place.id}", status=403)
    await reception.send("/desk/feeds/own", status=403)
