"""The invented office: its places, its team, what can be booked, when, and who is away.

Invariant: hours that are not marked serve everything their counsellor gives except first registration (`arrival`),
which has mornings of its own, and pupils, who come from 14:00.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from booking import clock
from booking.models import Absence, Interpreter, InterpreterKind, Offering, Service, WorkingHours
from office import catalogues, staff
from office.models import Place, Role, Staff
from sprechstunde.demo import days, tables
from sprechstunde.demo.days import DAY, WEEK, Calendar

LANGUAGES = ("de", "en", "ar")
PASSWORD = "demo"  # noqa: S105 - printed on the first screen; the demonstration holds nobody's data
LOG_INS = {f"{name}@example.org" for name in ("counsellor", "reception", "lead", "admin")}
PUPILS_FROM = 14 * 60
SEASON = {"jb": ("8:30-12:30", "13:00-16:00"), "ob": ("9:00-12:00",), "im": ("9:00-12:00",)}
"""Hours on the day of the scenario, whatever weekday it is."""


@dataclass(frozen=True, slots=True)
class Office:
    """Everything about the office by its codes; `given` maps a counsellor to their services."""

    zone: ZoneInfo
    calendar: Calendar
    staff: dict[str, Staff]
    services: dict[str, Service]
    given: dict[str, list[str]]

    def at(self, day: date, wall: time) -> datetime:
        """That moment on the office's clock, in UTC."""
        return clock.instant(day, wall, self.zone)


async def furnish(today: date, zone: ZoneInfo, region: str) -> Office:
    """Places, team, services, hours and closing days of last year, this year and the next."""
    await catalogues.seed()
    await days.close(range(today.year - 1, today.year + 2), region)
    await Place.bulk_create([_place(position, row) for position, row in enumerate(tables.read("places"))])
    members = {row["code"]: await _member(row) for row in tables.read("staff")}
    await Interpreter.bulk_create([_interpreter(row) for row in tables.read("interpreters")])
    await Service.bulk_create(
        [_service(position, row) for position, row in enumerate(tables.read("services"))]
    )
    office = Office(
        zone,
        await days.calendar(),
        members,
        {service.code: service for service in await Service.all()},
        {row["code"]: row["services"].split() for row in tables.read("staff") if row["services"]},
    )
    await Offering.bulk_create(
        [
            Offering(service=office.services[code], staff=members[who])
            for who, codes in office.given.items()
            for code in codes
        ]
    )
    await WorkingHours.bulk_create(_week(office, date(today.year - 1, 1, 1)))
    return office


async def _member(row: dict[str, str]) -> Staff:
    return await staff.add(
        code=row["code"],
        name=row["name"],
        email=row["email"],
        role=Role(row["role"]),
        password=PASSWORD if row["email"] in LOG_INS else "",
        languages=row["languages"].split(),
    )


def _place(position: int, row: dict[str, str]) -> Place:
    details = {
        name: {language: row[f"{name}_{language}"] for language in LANGUAGES}
        for name in ("floor", "directions", "hours", "phone_hours")
    }
    return Place(
        code=row["code"], name=row["name"], address=row["address"], details=details, position=position
    )


def _interpreter(row: dict[str, str]) -> Interpreter:
    return Interpreter(
        code=row["code"],
        name=row["name"],
        kind=InterpreterKind(row["kind"]),
        languages=row["languages"].split(),
        email=row["email"],
        phone=row["phone"],
    )


def _service(position: int, row: dict[str, str]) -> Service:
    return Service(
        code=row["code"],
        titles={language: row[f"title_{language}"] for language in LANGUAGES},
        bring={
            language: [one for one in row[f"bring_{language}"].split("|") if one] for language in LANGUAGES
        },
        minutes=int(row["minutes"]),
        minutes_per_child=int(row["per_child"]),
        buffer_minutes=int(row["buffer"]),
        step_minutes=int(row["step"]),
        modes=row["modes"].split(),
        notice_minutes=int(row["notice_hours"]) * 60,
        horizon_days=int(row["horizon_days"]),
        topic=row["topic"],
        audience=row["audience"],
        group=row["group"] == "yes",
        position=position,
    )


def _week(office: Office, valid_from: date) -> list[WorkingHours]:
    return [
        WorkingHours(
            staff=office.staff[row["staff"]],
            weekday=int(row["weekday"]),
            starts_minute=starts,
            ends_minute=ends,
            place=row["place"],
            services=services,
            valid_from=valid_from,
        )
        for row in tables.read("hours")
        for ends in [_minute(row["to"])]
        for starts, services in _parts(row, office.given[row["staff"]])
        if starts < ends
    ]


def _parts(row: dict[str, str], given: list[str]) -> list[tuple[int, list[str]]]:
    """From when for which services. Two rules that overlap, for a talk never runs on from one into the next."""
    starts = _minute(row["from"])
    if row["only"]:
        return [(starts, row["only"].split())]
    everybody = [code for code in given if code not in {"arrival", "pupil"}]
    return [(starts, everybody)] + ([(max(starts, PUPILS_FROM), ["pupil"])] if "pupil" in given else [])


def _minute(wall: str) -> int:
    hour, minute = wall.split(":")
    return int(hour) * 60 + int(minute)


async def open_season(office: Office, day: date) -> None:
    """Hours of this one day for the counsellors of the scenario; first registration included."""
    await WorkingHours.bulk_create(
        [
            WorkingHours(
                staff=office.staff[who],
                weekday=day.weekday(),
                starts_minute=_minute(starts),
                ends_minute=_minute(ends),
                place="linden",
                services=office.given[who],
                valid_from=day,
                valid_to=day,
            )
            for who, hours in SEASON.items()
            for starts, _, ends in (some.partition("-") for some in hours)
        ]
    )


async def send_away(office: Office, today: date, thursday: date, *, ill: date | None) -> None:
    """Who is absent when: `im` every second Thursday but this one, training, holidays, and `ob` ill today."""
    away = [("im", thursday + week * WEEK, 1, "child_care") for week in range(-5, 13, 2)]
    for year in (today.year, today.year + 1):
        away.append(("lf", days.first_weekday(year, 11, days.MONDAY) + WEEK, 4, "training"))
        away.append(("ea", days.first_weekday(year, 7, days.MONDAY), 19, "holiday"))
    if ill:
        away.append(("ob", ill, 1, "ill"))
    await Absence.bulk_create(
        [
            Absence(
                staff=office.staff[who],
                starts_at=office.at(first, time()),
                ends_at=office.at(first + count * DAY, time()),
                reason=reason,
            )
            for who, first, count, reason in away
        ]
    )
