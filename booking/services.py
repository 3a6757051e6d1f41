"""What can be booked, by whom, how long, how early, how far ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import errors, slots
from booking.models import Mode, Offering, Service

MAX_CHILDREN = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to book: the service, for how many children, how and in which language.

    `language` and `counsellor` (staff code) may be empty: anyone suitable. `by_staff` lifts notice and
    horizon, for the office may squeeze somebody in.
    """

    service: str
    children: int = 1
    mode: Mode = Mode.OFFICE
    language: str = ""
    counsellor: str = ""
    by_staff: bool = False


async def bookable() -> list[Service]:
    """Everything families can book, in the office's order."""
    return await Service.filter(active=True).order_by("position")


async def by_code(code: str) -> Service:
    """The service with this code. Raises `NoSuchService`."""
    service = await Service.get_or_none(code=code, active=True)
    if service is None:
        raise errors.NoSuchService
    return service


async def counsellor_ids(service: Service) -> list[int]:
    """Who gives this service."""
    return await Offering.filter(service=service).values_list("staff_id", flat=True)  # type: ignore[return-value]


def wanted(service: Service, wish: Wish, now: datetime) -> slots.Wanted:
    """The length, buffer and bounds of a slot for this wish, asked at `now`."""
    notice = timedelta(0) if wish.by_staff else timedelta(minutes=service.notice_minutes)
    horizon = timedelta(days=service.horizon_days * (3 if wish.by_staff else 1))
    return slots.Wanted(
        length=slots.length(service.minutes, service.minutes_per_child, wish.children),
        buffer=timedelta(minutes=service.buffer_minutes),
        step=timedelta(minutes=service.step_minutes),
        not_before=now + notice,
        not_after=now + horizon,
        service=service.code,
    )


def check(service: Service, wish: Wish) -> None:
    """Raises `NotOffered` when this service is not given this way or for so many children."""
    if wish.mode not in service.modes or not 1 <= wish.children <= MAX_CHILDREN:
        raise errors.NotOffered


def title(service: Service, language: str) -> str:
    """The public title in this language, German where it is missing."""
    return str(service.titles.get(language) or service.titles.get("de") or service.code)
