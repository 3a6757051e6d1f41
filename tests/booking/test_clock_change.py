"""The two weeks of 2026 in which the clocks change, from the rule to the reminder and the calendar file.

Expected moments are written out in UTC: no zone data of ours stands on both sides of a comparison.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from io import StringIO
from typing import Any

import pytest
from dateutil.tz import tzical
from icalendar import Calendar

from booking import appointments, availability, calendar, claims, clock, moves
from booking.appointments import Booking
from booking.models import Appointment, Mode, Service
from booking.services import Wish
from channels import reminders, sending
from channels.email import entry
from channels.email.way import Email
from channels.models import Message
from office import places
from office.settings import current
from tests.factories import ZONE, introduction, make_hours, make_service, make_staff

pytestmark = pytest.mark.usefixtures("database")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
WEEKS = [pytest.param(SPRING, 1, 2, id="spring"), pytest.param(AUTUMN, 2, 1, id="autumn")]
"""The Sunday; the hours Berlin is ahead of UTC before it, and from its small hours on."""
FIRST_0230, SECOND_0230 = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def utc(day: date, hour: int, ahead: int) -> datetime:
    """A wall time in a zone that is so many hours ahead."""
    return datetime(day.year, day.month, day.day, hour - ahead, tzinfo=UTC)


async def every_day(starts: int, ends: int, **service: Any) -> Service:
    """A counsellor who works at these hours on all seven days."""
    member = await make_staff()
    for weekday in range(7):
        await make_hours(member, weekday, starts, ends)
    return await make_service(
        member, **{"minutes": 45, "buffer_minutes": 15, "step_minutes": 60, "per_person": 20, **service}
    )


def a_week_before(sunday: date) -> datetime:
    return datetime(sunday.year, sunday.month, sunday.day, 9, tzinfo=UTC) - 10 * DAY


async def book(service: Service, starts_at: datetime, sunday: date, **who: object) -> Appointment:
    wish, booking = Wish(service.code, mode=Mode.OFFICE), Booking(introduction(**who), "web_booking")
    return await appointments.book_slot(
        wish, starts_at, booking, key=starts_at.isoformat(), now=a_week_before(sunday), zone=ZONE
    )


async def invitation(appointment: Appointment) -> bytes:
    made = await Appointment.get(id=appointment.id).prefetch_related("service", "staff", "person")
    place = (await places.all_places()).get(made.place)
    return calendar.feed([entry.entry(made, place, language="de")], "Termin", ZONE)


async def feed(sunday: date) -> bytes:
    known = await places.all_places()
    found = await Appointment.filter(starts_at__gte=a_week_before(sunday)).order_by("starts_at")
    return calendar.feed([entry.staff_entry(one, known.get(one.place)) for one in found], "Termine", ZONE)


def moments(content: bytes) -> list[datetime]:
    """When the events begin, for a reader who knows of the zone only what our VTIMEZONE says."""
    text = content.decode().replace("\r\n ", "").replace(ZONE.key, "Nowhere/Here")
    zone = tzical(StringIO(text.replace("\r\n", "\n"))).get("Nowhere/Here")
    starts = [line for line in text.split("\r\n") if line.startswith("DTSTART")]
    return sorted(_moment(line, zone) for line in starts if "TZID" in line or line.endswith("Z"))


def _moment(line: str, zone: Any) -> datetime:
    value = line.rpartition(":")[2]
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert "TZID=Nowhere/Here" in line
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(("sunday", "before", "after"), WEEKS)
async def test_afternoons_are_offered_at_the_same_wall_time_before_and_after(
    sunday: date, before: int, after: int
) -> None:
    service = await every_day(14, 17)
    first, last = sunday - 6 * DAY, sunday + 2 * DAY
    found = await availability.search(
        Wish(service.code), first=first, last=last, now=a_week_before(sunday), zone=ZONE
    )
    days = [first + number * DAY for number in range(9)]
    assert [slot.starts_at for slot in found] == [
        utc(day, hour, after if day >= sunday else before) for day in days for hour in (14, 15, 16)
    ]


@pytest.mark.parametrize(("sunday", "before", "after"), WEEKS)
async def test_every_afternoon_can_be_booked_and_stands_in_the_feed_at_its_moment(
    sunday: date, before: int, after: int
) -> None:
    service = await every_day(14, 17)
    wanted = [utc(sunday - DAY, 15, before), utc(sunday, 15, after), utc(sunday + DAY, 15, after)]
    for number, starts_at in enumerate(wanted):
        made = await book(service, starts_at, sunday, email=f"f{number}@example.org")
        assert (made.ends_at, made.claimed_until) == (starts_at + 0.75 * HOUR, starts_at + HOUR)
        assert moments(await invitation(made)) == [starts_at]
    content = await feed(sunday)
    assert moments(content) == wanted
    assert content.count(b"T150000") == len(wanted)  # shown at three o'clock, on each of the days
    assert await claims.differences() == []


@pytest.mark.parametrize(("sunday", "before", "after"), WEEKS)
async def test_moved_over_the_change_it_keeps_its_wall_time_and_its_length(
    sunday: date, before: int, after: int
) -> None:
    service = await every_day(14, 17)
    made = await book(service, utc(sunday - DAY, 14, before), sunday)
    moved = await moves.move(
        made.id, utc(sunday, 14, after), actor="staff:x", now=a_week_before(sunday), zone=ZONE
    )
    assert f"{moved.starts_at.astimezone(ZONE):%H:%M}" == "14:00"
    assert moved.ends_at - moved.starts_at == 0.75 * HOUR
    assert moments(await invitation(moved)) == [utc(sunday, 14, after)]
    assert await claims.differences() == []


class Mailbox:
    """Remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    async def send(self, mail: EmailMessage) -> None:
        self.sent.append(mail)

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(("sunday", "before", "after"), WEEKS)
async def test_reminder_comes_twenty_four_real_hours_ahead_and_says_the_wall_time(
    sunday: date, before: int, after: int
) -> None:
    service = await every_day(14, 17)
    made = await book(service, utc(sunday, 15, after), sunday)
    due = made.starts_at - DAY
    assert due == utc(sunday - DAY, 15 + before - after, before)  # 14:00 in spring, 16:00 in autumn
    assert await reminders.put_due(due - timedelta(seconds=1)) == 0
    assert [await reminders.put_due(due), await reminders.put_due(due + HOUR)] == [1, 0]
    mailbox = Mailbox()
    await sending.deliver(Email(mailbox), lambda: due)
    [mail], [message] = mailbox.sent, await Message.all()
    said = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert message.text.startswith("remind") and "15:00" in said
    assert not any(wrong in said for wrong in ("13:00", "14:00", "16:00"))


async def test_half_past_two_in_autumn_is_offered_twice_and_never_to_two_at_once() -> None:
    """Two moments with one wall time: each is a slot, a claim and an event of its own."""
    service = await every_day(1, 4, minutes=30, buffer_minutes=0, step_minutes=30)
    wish = Wish(service.code)
    now = a_week_before(AUTUMN)
    found = await availability.search(wish, first=AUTUMN, last=AUTUMN, now=now, zone=ZONE)
    half_past = [
        slot.starts_at for slot in found if f"{slot.starts_at.astimezone(ZONE):%d %H:%M}" == "25 02:30"
    ]
    assert half_past == [FIRST_0230, SECOND_0230]
    assert len(found) == 8  # four hours of real time
    first = await book(service, FIRST_0230, AUTUMN, email="a@example.org")
    second = await book(service, SECOND_0230, AUTUMN, email="b@example.org")
    assert (first.starts_at, second.starts_at) == (FIRST_0230, SECOND_0230)
    assert await claims.differences() == []


async def test_half_past_two_in_autumn_stands_in_calendars_as_a_moment() -> None:
    service = await every_day(1, 4, minutes=30, buffer_minutes=0, step_minutes=30)
    for starts_at, line in ((FIRST_0230, b"20261025T003000Z"), (SECOND_0230, b"20261025T013000Z")):
        made = await book(service, starts_at, AUTUMN, email=f"{line[9:11].decode()}@example.org")
        for content in (await invitation(made), await feed(AUTUMN)):
            assert b"DTSTART:" + line in content.replace(b"\r\n ", b"")
            assert b"20261025T023000" not in content
    assert moments(await feed(AUTUMN)) == [FIRST_0230, SECOND_0230]


async def test_half_past_two_said_without_more_is_the_first_in_autumn_and_three_in_spring() -> None:
    assert clock.instant(AUTUMN, time(2, 30), ZONE) == FIRST_0230
    assert clock.instant(SPRING, time(2, 30), ZONE) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


async def test_nothing_is_offered_in_the_hour_that_spring_skips() -> None:
    service = await every_day(1, 4, minutes=30, buffer_minutes=0, step_minutes=30)
    found = await availability.search(
        Wish(service.code), first=SPRING, last=SPRING, now=a_week_before(SPRING), zone=ZONE
    )
    shown = [f"{slot.starts_at.astimezone(ZONE):%H:%M}" for slot in found]
    assert shown == ["01:00", "01:30", "03:00", "03:30"]


async def test_our_timezone_component_is_that_of_the_office() -> None:
    service = await every_day(14, 17)
    made = await book(service, utc(AUTUMN, 15, 1), AUTUMN)
    [component] = Calendar.from_ical(await invitation(made)).walk("VTIMEZONE")
    assert component["TZID"] == current().zone.key == "Europe/Berlin"
    assert {part.name for part in component.subcomponents} == {"STANDARD", "DAYLIGHT"}
