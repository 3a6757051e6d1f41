"""Small offices for tests: everything has a default, every default can be overridden."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from booking import appointments
from booking.appointments import Booking
from booking.models import Absence, Appointment, Mode, Offering, Service, WorkingHours
from booking.services import Wish
from inquiries.people import Introduction
from office.models import Place, Role, Staff

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday, 9:00 in Berlin."""
WEDNESDAY = date(2026, 3, 4)
_number = count(1)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """That wall-clock time in Berlin as an aware UTC instant."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE).astimezone(UTC)


async def make_staff(**overrides: Any) -> Staff:
    """A counsellor who speaks German and English."""
    number = next(_number)
    values = {
        "code": f"s{number}",
        "name": f"Counsellor {number}",
        "email": f"s{number}@example.org",
        "role": Role.COUNSELLOR,
        "languages": ["de", "en"],
    }
    return await Staff.create(**{**values, **overrides})


async def make_place(**overrides: Any) -> Place:
    """The house at Lindenplatz."""
    values = {
        "code": "linden",
        "name": "Beratungshaus Lindenplatz",
        "address": "Lindenplatz 4, 12345 Musterstadt",
    }
    return (await Place.get_or_create(defaults=values, code=overrides.get("code", "linden")))[0]


async def make_service(*counsellors: Staff, **overrides: Any) -> Service:
    """School counselling: 45 minutes, 15 more for each further child, 15 minutes of buffer."""
    values = {
        "code": f"school{next(_number)}",
        "titles": {"de": "Schule und Schulwechsel", "en": "School", "ar": "المدرسة"},
        "minutes": 45,
        "minutes_per_child": 15,
        "buffer_minutes": 15,
        "step_minutes": 15,
        "modes": ["office", "phone", "video"],
        "notice_minutes": 24 * 60,
        "horizon_days": 28,
        "per_person": 2,
        "topic": "school_enrolment",
    }
    service = await Service.create(**{**values, **overrides})
    await Offering.bulk_create([Offering(service=service, staff=who) for who in counsellors])
    return service


async def make_hours(who: Staff, weekday: int, starts: int, ends: int, **overrides: Any) -> WorkingHours:
    """Hours of one weekday (0 = Monday), in whole hours."""
    await make_place()
    values = {
        "weekday": weekday,
        "starts_minute": starts * 60,
        "ends_minute": ends * 60,
        "place": "linden",
        "valid_from": date(2020, 1, 1),
    }
    return await WorkingHours.create(staff=who, **{**values, **overrides})


async def make_absence(who: Staff, starts_at: datetime, ends_at: datetime) -> Absence:
    """This counsellor is away."""
    return await Absence.create(staff=who, starts_at=starts_at, ends_at=ends_at)


async def make_office(*, counsellors: int = 1, starts: int = 9, ends: int = 12, **service: Any) -> Service:
    """A service given by some counsellors who all work every weekday from `starts` to `ends`."""
    members = [await make_staff() for _ in range(counsellors)]
    for member in members:
        for weekday in range(5):
            await make_hours(member, weekday, starts, ends)
    return await make_service(*members, **service)


def introduction(**overrides: Any) -> Introduction:
    """Somebody with an e-mail address of their own."""
    values = {"language": "de", "name": "Kevin Drews", "email": f"person{next(_number)}@example.org"}
    return Introduction(**{**values, **overrides})


async def make_appointment(
    service: Service | None = None,
    *,
    starts_at: datetime | None = None,
    now: datetime = NOW,
    wish: dict[str, Any] | None = None,
    who: Introduction | None = None,
    key: str = "",
    **booking: Any,
) -> Appointment:
    """Book the way families do, by default Wednesday 9:00."""
    service = service or await make_office()
    return await appointments.book_slot(
        Wish(service.code, **{"mode": Mode.OFFICE, **(wish or {})}),
        starts_at or local(WEDNESDAY, 9),
        Booking(who or introduction(), **{"channel": "web_booking", **booking}),
        key=key or secrets.token_hex(8),
        now=now,
        zone=ZONE,
    )
