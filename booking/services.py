"""What can be booked, by whom, how long, how early, how far ahead."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import errors, slots
from booking.models import Mode, Service
from office import statement

MAX_CHILDREN = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to book: the service, for how many children, how and in which language.

    `language`, `counsellor` (staff code) and `place` may be empty: anyone suitable, anywhere. With an
    `interpreter`, the counsellor need not speak the language. `prefer` (staff id) is tried first, as in a
    `follow_up`. `by_staff` lifts notice, horizon and what is kept back for the desk.
    """

    service: str
    children: int = 1
    mode: Mode = Mode.OFFICE
    language: str = ""
    counsellor: str = ""
    by_staff: bool = False
    place: str = ""
    interpreter: bool = False
    follow_up: bool = False
    prefer: int = 0


async def bookable() -> list[Service]:
    """Everything families can book, in the office's order."""
    return await Service.filter(active=True).order_by("position")


async def talks() -> list[Service]:
    """As `bookable`, without groups: what is booked as a time, not as seats."""
    return [service for service in await bookable() if not service.group]


async def by_code(code: str) -> Service:
    """The service with this code. Raises `NoSuchService`."""
    found = await statement.instances(Service, "SELECT * FROM service WHERE code = $1 AND active", code)
    if not found:
        raise errors.NoSuchService
    return found[0]


_GIVERS = """
    SELECT staff.id, staff.code, staff.languages, staff.most_talks, staff.break_after_minutes, staff.break_minutes,
        offering.modes
    FROM offering JOIN staff ON staff.id = offering.staff_id
    WHERE offering.service_id = $1 AND staff.active
    ORDER BY staff.code
"""


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody who gives a service, as far as its times depend on them."""

    id: int
    code: str
    languages: tuple[str, ...]
    most_talks: int
    break_after_minutes: int
    break_minutes: int


async def givers(service: Service, mode: Mode | None = None) -> list[Giver]:
    """Who gives this service, in this mode if one is named; by code."""
    return [
        Giver(
            row["id"],
            row["code"],
            tuple(json.loads(row["languages"])),
            row["most_talks"],
            row["break_after_minutes"],
            row["break_minutes"],
        )
        for row in await statement.rows(_GIVERS, service.id)
        if mode is None or not (modes := json.loads(row["modes"])) or mode in modes
    ]


def wanted(service: Service, wish: Wish, now: datetime) -> slots.Wanted:
    """The length, buffer and bounds of a slot for this wish, asked at `now`."""
    notice = timedelta(0) if wish.by_staff else timedelta(minutes=service.notice_minutes)
    horizon = timedelta(days=service.horizon_days * (3 if wish.by_staff else 1))
    return slots.Wanted(
        length=length(service, wish),
        buffer=timedelta(minutes=service.buffer_minutes),
        step=timedelta(minutes=service.step_minutes),
        not_before=now + notice,
        not_after=now + horizon,
        service=service.code,
    )


def length(service: Service, wish: Wish) -> timedelta:
    """How long the talk is, without the buffer."""
    first = service.minutes
    minutes = service.follow_up_minutes or first if wish.follow_up else first
    return slots.length(minutes, service.minutes_per_child, wish.children)


def check(service: Service, wish: Wish) -> None:
    """Raises `NotOffered` when this service is not given this way, for so many children, or in talks at all."""
    known = wish.mode in service.modes and 1 <= wish.children <= MAX_CHILDREN
    if not known or service.group or (wish.interpreter and not wish.language):
        raise errors.NotOffered


def title(service: Service, language: str) -> str:
    """The public title in this language, German where it is missing."""
    return str(service.titles.get(language) or service.titles.get("de") or service.code)
