"""Which appointments a change of hours touches, asked before it is saved.

Invariant: an appointment is touched only if it lies in what the change takes away; one that was squeezed in
beside the hours is not touched by their change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking import entering, hours, one_day, rules
from booking.changes import Away, Change, Closed, Hours, OnDay, Series
from booking.hours import Window
from booking.intervals import Interval, subtract, utc
from booking.models import Appointment, Mode, Status, WorkingHours
from office import closing_days
from office.models import Season

DAY = timedelta(days=1)
Gone = list[tuple[int | None, Interval]]


async def touched_by(change: Change, *, now: datetime, zone: ZoneInfo) -> list[Appointment]:
    """The talks yet to begin that this change would touch, by time; nothing is saved."""
    match change:
        case Away():
            return await _during(change.interval, now, change.staff_id)
        case Closed():
            return await _during(_whole(change.day, zone), now)
        case OnDay():
            booked = await _during(_whole(change.day, zone), now, change.staff_id)
            today = await entering.windows(change.staff_id, change.day, change.day, now, zone)
            return _lost(booked, today, one_day.windows(change, today, zone))
        case Series():
            booked = await _from(change.first, now, zone, change.staff_id)
            away = hours.windows([_weekly(change)], zone, *_days(change.first, booked, zone))
            return _overlapping(booked, [window.interval for window in away])
        case Hours():
            booked = await _from(change.first, now, zone, change.staff_id)
            first, last = _days(change.first, booked, zone)
            today = await entering.windows(change.staff_id, first, last, now, zone)
            return _lost(booked, today, await _as_they_would_be(change, first, last, zone))


async def by_season(
    staff_id: int, season_id: int, to: tuple[date, date], *, now: datetime, zone: ZoneInfo
) -> list[Appointment]:
    """The talks yet to begin that would lie outside the hours if the season had these first and last days."""
    first = now.astimezone(zone).date()
    booked = await _from(first, now, zone, staff_id)
    first, last = _days(first, booked, zone)
    rows = await WorkingHours.filter(staff_id=staff_id).prefetch_related("season")
    for row in rows:
        if row.season_id == season_id:
            row.season.starts_on, row.season.ends_on = to
    written = [rule for row in rows if (rule := rules.rule_of(row))]
    then = hours.windows(written, zone, first, last, await closing_days.closed(first, last))
    return _lost(booked, await entering.windows(staff_id, first, last, now, zone), then)


async def gone(change: Change, last: date, *, now: datetime, zone: ZoneInfo) -> Gone:
    """The time nobody can be sent to any more, up to the day `last`: by counsellor, or of all (None)."""
    match change:
        case Away():
            return [(change.staff_id, change.interval)]
        case Closed():
            return [(None, _whole(change.day, zone))]
        case OnDay():
            today = await entering.windows(change.staff_id, change.day, change.day, now, zone)
            return [(change.staff_id, interval) for interval in one_day.goes(change, today, zone)]
        case Series():
            away = hours.windows([_weekly(change)], zone, change.first, max(change.first, last))
            return [(change.staff_id, window.interval) for window in away]
        case Hours():
            first, last = change.first, max(change.first, last)
            today = await entering.windows(change.staff_id, first, last, now, zone)
            then = await _as_they_would_be(change, first, last, zone)
            lost = subtract([one.interval for one in today], [one.interval for one in then])
            return [(change.staff_id, interval) for interval in lost]


async def _as_they_would_be(change: Hours, first: date, last: date, zone: ZoneInfo) -> list[Window]:
    """The windows from `first` on, with the rules that stay and the new ones."""
    staying = await WorkingHours.filter(staff_id=change.staff_id).prefetch_related("season")
    rows = [row for row in staying if row.id not in change.replaces]
    seasons = {season.id: season for season in await Season.all()}
    for row in entering.rows(change):
        if row.season_id is not None:
            row.season = seasons[row.season_id]
        rows.append(row)
    written = [rule for row in rows if (rule := rules.rule_of(row))]
    return hours.windows(written, zone, first, last, await closing_days.closed(first, last))


def _weekly(change: Series) -> hours.Rule:
    return hours.Rule(
        weekday=change.weekday,
        starts=one_day.wall(change.starts_minute),
        ends=one_day.wall(change.ends_minute),
        valid_from=change.first,
        valid_to=change.last,
        place="",
        weeks=change.weeks,
    )


def _whole(day: date, zone: ZoneInfo) -> Interval:
    return Interval(datetime.combine(day, time(), zone), datetime.combine(day + DAY, time(), zone))


def _days(first: date, booked: Sequence[Appointment], zone: ZoneInfo) -> tuple[date, date]:
    """From the first day to that of the last talk."""
    last = booked[-1].starts_at.astimezone(zone).date() if booked else first
    return first, max(first, last)


def _overlapping(booked: Iterable[Appointment], away: Sequence[Interval]) -> list[Appointment]:
    return [one for one in booked if any(_talk(one).overlaps(interval) for interval in away)]


def _lost(
    booked: Iterable[Appointment], today: Sequence[Window], then: Sequence[Window]
) -> list[Appointment]:
    return [one for one in booked if _lies_in(one, today) and not _lies_in(one, then)]


def _lies_in(appointment: Appointment, windows: Iterable[Window]) -> bool:
    """Within hours that give its service, and at its place if they meet there."""
    return any(
        window.interval.covers(_talk(appointment))
        and window.offers(appointment.service.code)
        and (appointment.mode != Mode.OFFICE or window.place == appointment.place)
        for window in windows
    )


def _talk(appointment: Appointment) -> Interval:
    return Interval(appointment.starts_at, appointment.ends_at)


async def _during(interval: Interval, now: datetime, staff_id: int | None = None) -> list[Appointment]:
    found = await _booked(max(interval.starts_at - DAY, now), interval.ends_at, staff_id)
    return _overlapping(found, [interval])


async def _from(first: date, now: datetime, zone: ZoneInfo, staff_id: int) -> list[Appointment]:
    return await _booked(max(datetime.combine(first, time(), zone), now), None, staff_id)


async def _booked(begin: datetime, end: datetime | None, staff_id: int | None) -> list[Appointment]:
    found = Appointment.filter(status=Status.BOOKED, starts_at__gte=utc(begin))
    if end is not None:
        found = found.filter(starts_at__lt=utc(end))
    if staff_id is not None:
        found = found.filter(staff_id=staff_id)
    return await found.order_by("starts_at", "id").prefetch_related("service", "staff", "person")
