"""The group evening of the demonstration: one session in the weeks ahead, after the hours of who gives it.

Invariant: it takes no time a family could book for a talk, and the same day makes the same evening.
"""

from __future__ import annotations

from datetime import date, time

from booking import claims
from booking.models import Mode, Offering, Session
from sprechstunde.demo import days, visits
from sprechstunde.demo.days import DAY
from sprechstunde.demo.office import Office

CODE, GIVEN_BY, SEATS = "evening", ("jb", "mo"), 40
BEGINS = time(18, 30)
EARLIEST = 8
"""Days ahead."""


async def plan(office: Office, today: date) -> Session:
    """The next evening; a Thursday, when the house is open longest."""
    service = office.services[CODE]
    await Offering.bulk_create([Offering(service=service, staff=office.staff[who]) for who in GIVEN_BY])
    day = office.calendar.open_from(today + EARLIEST * DAY, days.THURSDAY)
    starts_at = office.at(day, BEGINS)
    ends_at, until = visits.ends(service, starts_at, 1)
    session = await Session.create(
        service=service,
        staff=office.staff[GIVEN_BY[0]],
        place="linden",
        mode=Mode.OFFICE,
        seats=SEATS,
        starts_at=starts_at,
        ends_at=ends_at,
        claimed_until=until,
    )
    await claims.take(session)
    return session
