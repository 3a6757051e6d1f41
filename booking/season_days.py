"""The days of a season, new or changed.

Invariant: hours may belong to a season, so new days that would leave a family outside the hours are refused.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from booking import claims, touching
from booking.models import WorkingHours
from office import database, seasons
from office.errors import Refused
from office.models import Season


class Touches(Refused):
    """Appointments lie in the hours of this season that would end; move them first."""


@database.verb
async def save(
    number: int | None,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    promise_days: int | None,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Season:
    """The season has these days. Raises `Touches`, and `NotFound` for a number nobody has."""
    if number is not None:
        members = await WorkingHours.filter(season_id=number).values_list("staff_id", flat=True)
        ids = sorted({int(str(one)) for one in members})
        await claims.lock(*ids)
        for staff_id in ids:
            if await touching.by_season(staff_id, number, (starts_on, ends_on), now=now, zone=zone):
                raise Touches
    return await seasons.save(
        number,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        promise_days=promise_days,
        actor=actor,
        now=now,
    )
