"""One counsellor's week as it stands in the calendar, day by day; read only.

Invariant: what stands on a day lies in that local day, cut at its midnights; why somebody is away stands nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking import appointments, availability, hours, intervals, rules
from booking.hours import Window
from booking.intervals import Interval
from booking.models import Absence, AbsenceSeries, Appointment, BusyTime, Session, Status, WorkingHours
from office.models import ClosingDay, Staff

DAY = timedelta(days=1)
WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one day; None means from its first moment, or to its last."""

    starts_at: datetime | None
    ends_at: datetime | None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Evening:
    """A group session, and how many of its seats are booked."""

    session: Session
    booked: int


@dataclass(frozen=True, slots=True)
class Day:
    """Everything of one local day; `closed` is why the office is, or empty."""

    day: date
    closed: str
    hours: list[Span]
    away: list[Span]
    busy: list[Span]
    sessions: list[Evening]
    talks: list[Appointment]

    def __bool__(self) -> bool:
        return bool(self.hours or self.sessions or self.talks)


async def of(member: Staff, monday: date, *, now: datetime, zone: ZoneInfo) -> list[Day]:
    """Monday to Friday of that week, and a day of the weekend on which there is work."""
    days = [monday + number * DAY for number in range(7)]
    begin, end = _bounds(days[0], zone)[0], _bounds(days[-1], zone)[1]
    [calendar] = await availability.calendars([member], days[0], days[-1], now=now, zone=zone)
    closed = await _closed(days[0], days[-1])
    away, busy = await _away(member, days, begin, end, zone), await _busy(member, begin, end)
    evenings = await _sessions(member, begin, end)
    talks = await appointments.between(begin, end, member.id)
    found = [
        Day(
            day=day,
            closed=closed.get(day, ""),
            hours=_hours(day, calendar.windows, zone),
            away=_on(day, away, zone),
            busy=_on(day, busy, zone),
            sessions=[one for one in evenings if _local(one.session.starts_at, zone) == day],
            talks=[
                one for one in talks if one.status != Status.CANCELLED and _local(one.starts_at, zone) == day
            ],
        )
        for day in days
    ]
    return [one for number, one in enumerate(found) if number < WORKING_DAYS or one]


async def weekly(member: Staff, since: date) -> list[WorkingHours]:
    """Their weekly rules that hold on that day or later, those of one day only apart."""
    found = await WorkingHours.filter(staff_id=member.id).order_by("weekday", "starts_minute", "id")
    return [
        one
        for one in found
        if one.valid_to is None or (one.valid_to >= since and one.valid_to != one.valid_from)
    ]


async def _closed(first: date, last: date) -> dict[date, str]:
    rows = await ClosingDay.filter(day__gte=first, day__lte=last, closed=True).order_by("id")
    return {row.day: row.name or row.kind for row in rows}


async def _away(
    member: Staff, days: list[date], begin: datetime, end: datetime, zone: ZoneInfo
) -> list[Interval]:
    once = await Absence.filter(staff_id=member.id, ends_at__gt=begin, starts_at__lt=end)
    series = [rules.series_of(row) for row in await AbsenceSeries.filter(staff_id=member.id)]
    often = hours.windows(series, zone, days[0], days[-1])
    return [Interval(one.starts_at, one.ends_at) for one in once] + [one.interval for one in often]


async def _busy(member: Staff, begin: datetime, end: datetime) -> list[Interval]:
    found = BusyTime.filter(staff_id=member.id, ends_at__gt=begin, starts_at__lt=end, source__active=True)
    return [Interval(one.starts_at, one.ends_at) for one in await found]


async def _sessions(member: Staff, begin: datetime, end: datetime) -> list[Evening]:
    found = Session.filter(staff_id=member.id, starts_at__gte=begin, starts_at__lt=end, cancelled_at=None)
    rows = await found.order_by("starts_at", "id").prefetch_related("service")
    taken = Appointment.filter(session_id__in=[row.id for row in rows]).exclude(status=Status.CANCELLED)
    seats = await taken.values_list("session_id", "seats")
    return [Evening(row, sum(count for number, count in seats if number == row.id)) for row in rows]


def _hours(day: date, windows: Collection[Window], zone: ZoneInfo) -> list[Span]:
    """When they can be met on this day, by time; hours at one place that overlap, for other services, are one."""
    found = [
        span
        for place in sorted({window.place for window in windows})
        for span in _on(
            day, intervals.union(one.interval for one in windows if one.place == place), zone, place
        )
    ]
    return sorted(found, key=lambda span: span.starts_at or _bounds(day, zone)[0])


def _on(day: date, found: Iterable[Interval], zone: ZoneInfo, place: str = "") -> list[Span]:
    """What lies in this day, by time."""
    first, last = _bounds(day, zone)
    # A rule that ends at midnight ends a second before it: times on the clock know no 24:00.
    return [
        Span(
            None if one.starts_at <= first else one.starts_at,
            None if one.ends_at >= last - timedelta(seconds=1) else one.ends_at,
            place,
        )
        for one in sorted(found)
        if one.starts_at < last and one.ends_at > first
    ]


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(day, time(), zone), datetime.combine(day + DAY, time(), zone)


def _local(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
