"""The fields of a change of hours, read: strict, and only for whom the one at the desk may decide.

Invariant: counsellors change their own hours, the lead those of all and the closing days; see `change` for the
fields.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from starlette.datastructures import FormData

from booking import clock as wall
from booking import one_day
from booking.changes import Away, Change, Closed, Hours, OnDay, Rule, Series
from booking.hours import Weeks
from booking.intervals import Interval
from booking.models import WorkingHours
from channels.web import clock
from office import places
from office.errors import Forbidden, Invalid, NotFound
from office.models import Role, Season, Staff
from office.settings import current

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
LONGEST = timedelta(days=731)


async def read(fields: FormData, member: Staff) -> Change:
    """The change these fields ask for. Raises `Invalid`, `NotFound`, `Forbidden`."""
    kind = str(fields.get("kind", ""))
    if kind == "closing":
        if member.role is not Role.LEAD:
            raise Forbidden
        return Closed(_day(fields, "from"), str(fields.get("name", "")).strip()[:200])
    staff_id = (await _whose(fields, member)).id
    if kind == "away":
        return _away(fields, staff_id)
    if kind == "series":
        return _series(fields, staff_id)
    if kind == "hours":
        return await _hours(fields, staff_id)
    if kind == "exception":
        times = _pairs(fields)
        place = str(fields.get("place", ""))
        return OnDay(staff_id, _day(fields, "from"), times, await _place(place) if place else "")
    raise Invalid(kind="no_such")


async def _whose(fields: FormData, member: Staff) -> Staff:
    code = str(fields.get("staff", "")) or member.code
    if code == member.code:
        return member
    if member.role is not Role.LEAD:
        raise Forbidden
    found = await Staff.get_or_none(code=code, active=True)
    if found is None:
        raise NotFound
    return found


def _away(fields: FormData, staff_id: int) -> Away:
    first, zone = _day(fields, "from"), current().zone
    last = _day(fields, "until") if fields.get("until") else first
    begins, ends = _minute(fields.get("starts", ""), 0), _minute(fields.get("ends", ""), MIDNIGHT)
    starts_at = wall.instant(first, one_day.wall(begins), zone)
    ends_at = (
        wall.instant(last + DAY, time(), zone)
        if ends == MIDNIGHT
        else wall.instant(last, one_day.wall(ends), zone)
    )
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise Invalid(until="malformed")
    return Away(staff_id, Interval(starts_at, ends_at))


def _series(fields: FormData, staff_id: int) -> Series:
    [(begins, ends)] = _pairs(fields) or [(0, MIDNIGHT)]
    first, last = _day(fields, "from"), _day(fields, "until") if fields.get("until") else None
    if last is not None and last < first:
        raise Invalid(until="malformed")
    return Series(staff_id, _number(fields, "weekday", 6), begins, ends, first, last, _weeks(fields))


async def _hours(fields: FormData, staff_id: int) -> Hours:
    """One weekly rule anew, or none if it says no times, instead of those it replaces."""
    said = [str(one) for one in fields.getlist("replaces")]
    replaces = tuple({int(one) for one in said if one.isdecimal() and len(one) < 10})
    if len(replaces) != await WorkingHours.filter(staff_id=staff_id, id__in=replaces).count():
        raise NotFound
    times = _pairs(fields)
    rules = tuple([await _rule(fields, begins, ends) for begins, ends in times])
    return Hours(staff_id, replaces, rules, _day(fields, "from"))


async def _rule(fields: FormData, begins: int, ends: int) -> Rule:
    season = _number(fields, "season", 10**9 - 1) or None
    if season and not await Season.exists(id=season):
        raise NotFound
    until = _day(fields, "until") if fields.get("until") else None
    if until is not None and until < _day(fields, "from"):
        raise Invalid(until="malformed")
    return Rule(
        weekday=_number(fields, "weekday", 6),
        starts_minute=begins,
        ends_minute=ends,
        place=await _place(str(fields.get("place", ""))),
        weeks=_weeks(fields),
        services=tuple(str(code) for code in fields.getlist("services") if code),
        exclusive=bool(fields.get("exclusive")),
        kept_percent=_number(fields, "kept_percent", 100),
        season=season,
        valid_to=until,
    )


async def _place(code: str) -> str:
    known = await places.all_places()
    if code not in known:
        raise Invalid(place="no_such")
    return code


def _weeks(fields: FormData) -> str:
    said = str(fields.get("weeks", "")) or Weeks.EVERY
    if said not in set(Weeks):
        raise Invalid(weeks="no_such")
    return str(said)


def _pairs(fields: FormData) -> tuple[tuple[int, int], ...]:
    """Starts and ends in their order; pairs left empty are none."""
    said = zip(fields.getlist("starts"), fields.getlist("ends"), strict=False)
    pairs = tuple((_minute(one, 0), _minute(other, MIDNIGHT)) for one, other in said if one or other)
    if any(begins >= ends for begins, ends in pairs):
        raise Invalid(ends="malformed")
    return pairs


def _minute(said: object, otherwise: int) -> int:
    """Minutes after midnight of a wall time; midnight as an end is the end of the day."""
    if not said:
        return otherwise
    try:
        at = time.fromisoformat(str(said))
    except ValueError as error:
        raise Invalid(starts="malformed") from error
    minute = at.hour * 60 + at.minute
    return otherwise if minute == 0 else minute


def _number(fields: FormData, name: str, most: int) -> int:
    said = str(fields.get(name, "")) or "0"
    if not said.isdecimal() or int(said) > most:
        raise Invalid(**{name: "malformed"})
    return int(said)


def _day(fields: FormData, name: str) -> date:
    try:
        return clock.day(fields.get(name, ""))
    except ValueError as error:
        raise Invalid(**{name: "not_a_day"}) from error


def today(now: datetime) -> date:
    """The day the form proposes."""
    return now.astimezone(current().zone).date()
