"""Houses to measure in: migrated, empty or busy, on SQLite or on PostgreSQL."""

from __future__ import annotations

import random
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from tortoise.backends.base.executor import EXECUTOR_CACHE

from booking.models import Appointment, Mode, Service
from channels.web import clock
from inquiries.models import Inquiry, Person
from office import catalogues, upgrade
from office import settings as office_settings
from office.models import Role, Staff
from office.settings import Settings
from sprechstunde import house
from tests.conftest import make_settings
from tests.factories import NOW, make_office
from tests.servers import Postgres

COUNSELLORS, WEEKS = 8, 6
TALK = timedelta(minutes=45)
_number = count(1)


@asynccontextmanager
async def opened(server: Postgres | None = None) -> AsyncIterator[Settings]:
    """An empty house with its catalogues, open; its pages believe it is `factories.NOW`."""
    async with built(server) as made, inside(made):
        yield made


@asynccontextmanager
async def built(server: Postgres | None = None) -> AsyncIterator[Settings]:
    """An empty house with its catalogues, closed; go `inside`."""
    with tempfile.TemporaryDirectory(prefix="sprechstunde-bench-") as folder:
        names = ("database_url", "statistics_url") if server else ()
        urls = {name: server.create_database(f"bench_{next(_number)}") for name in names if server}
        made = make_settings(Path(folder), **urls)
        await upgrade.upgrade(house.databases(made))
        async with inside(made):
            await catalogues.seed()
        yield made


@asynccontextmanager
async def inside(made: Settings) -> AsyncIterator[None]:
    """This house is the one that is open, and no other."""
    EXECUTOR_CACHE.clear()  # Tortoise keeps statements per model and alias, whatever engine was there before
    office_settings.use(made)
    clock.now = lambda: NOW
    async with house.opened(made):
        yield


async def make_busy_office(share: float = 0.5) -> Service:
    """Eight counsellors, weekdays 9 to 16, six weeks of which this share of the hours is booked."""
    service = await make_office(
        counsellors=COUNSELLORS, starts=9, ends=16, code="school", horizon_days=7 * WEEKS, per_person=1000
    )
    drawn = random.Random(1)
    hours = [hour for hour in _working_hours() if hour > NOW]
    members = await Staff.filter(role=Role.COUNSELLOR).order_by("id")
    times = [(member, hour) for member in members for hour in hours if drawn.random() < share]
    await book_all(service, times)
    return service


async def book_all(service: Service, times: list[tuple[Staff, datetime]]) -> None:
    """Rows of appointments at these times, each of its own person; without claims, for nothing is decided on them."""
    first = 1_000_000 + await Person.all().count()  # far from what the database gives out itself
    ids = range(first, first + len(times))
    await Person.bulk_create(
        [Person(id=id_, name=f"Person {id_}", language="de", created_at=NOW) for id_ in ids]
    )
    await Inquiry.bulk_create(
        [Inquiry(id=id_, person_id=id_, opened_at=NOW, channel="web_booking") for id_ in ids]
    )
    await Appointment.bulk_create(
        [
            Appointment(
                key=secrets.token_hex(8), code=f"{id_:x}", uid=f"{id_}@example.org", service=service, staff=member,
                person_id=id_, inquiry_id=id_, place="linden", mode=Mode.OFFICE, starts_at=starts_at,
                ends_at=starts_at + TALK, claimed_until=starts_at + timedelta(hours=1), booked_at=NOW,
                booked_by="person", channel="web_booking", changed_at=NOW,
            )
            for id_, (member, starts_at) in zip(ids, times, strict=True)
        ]
    )  # fmt: skip


def _working_hours() -> list[datetime]:
    """Full hours, 8:00 to 14:00 UTC, of the working days of six weeks."""
    begin = NOW.replace(hour=8)
    days = [begin + timedelta(days=number) for number in range(7 * WEEKS)]
    return [day + timedelta(hours=hour) for day in days if day.weekday() < 5 for hour in range(7)]
