"""Nothing lost, nothing twice: workers are killed, the broker goes away, and every promise is kept.

The processes, the mail server, the broker and both databases are real.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from tortoise.functions import Sum

from booking import appointments, availability
from booking.appointments import Booking
from booking.models import Service
from booking.services import Wish
from channels.models import Message, State
from figures import check
from figures.models import Line, Unit
from office import database as office_database
from office import settings as office_settings
from office.models import Due, JournalEntry
from office.settings import Settings
from sprechstunde import house
from tests.conftest import make_settings
from tests.factories import ZONE, introduction, make_office
from tests.servers import Redis, Smtp
from tests.workers.processes import Process, running
from workers import celery, counting, nudge

LEASE = {"SEND_LEASE_SECONDS": "4"}


async def book(service: Service, count: int) -> None:
    """`count` families book, each its own time, as fast as they can."""
    now = datetime.now(UTC)
    first = now.astimezone(ZONE).date()
    slots = await availability.search(
        Wish(service.code), first=first, last=first + timedelta(28), now=now, zone=ZONE
    )
    times = [(slot.starts_at, number) for slot in slots for number in range(len(slot.candidates))]
    for starts_at, number in times[:count]:
        booking = Booking(introduction(name=f"N{number}"), channel="web_booking")
        await appointments.book_slot(
            Wish(service.code),
            starts_at,
            booking,
            key=f"{starts_at}-{number}",
            now=datetime.now(UTC),
            zone=ZONE,
        )
        await asyncio.sleep(0.01)


async def settled(seconds: float) -> None:
    """Wait until nothing is owed any more; fails with what is left."""
    for _ in range(int(seconds * 5)):
        owed = {
            "pending": await JournalEntry.filter(pending=True).count(),
            "due": await Due.all().count(),
            "messages": await Message.filter(state__in=[State.QUEUED, State.SENDING]).count(),
        }
        if not any(owed.values()):
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"still owed: {owed}, {await Message.all().values_list('state', 'reason')}")


async def assert_counted_once(count: int) -> None:
    """Inquiries, contacts, cases and appointments are `count` each, every key exactly once."""
    for unit in set(Unit) - {Unit.UNMET}:
        keys = (
            await Line.filter(unit=unit)
            .annotate(balance=Sum("sign"))
            .group_by("key")
            .values("key", "balance")
        )
        assert [row["balance"] for row in keys] == [1] * count, unit
    assert (await check.balance()).ok
    today = datetime.now(UTC).date()
    recount = await counting.recount(today - timedelta(40), today + timedelta(60))
    assert (await check.compare(recount)).ok


def confirmations(server: Smtp) -> Counter[str]:
    """Recipient → how many confirmations the mail server accepted for them."""
    people = [one for one in server.deliveries if one.recipients[0].startswith("person")]
    for one in people:
        assert message_from_bytes(one.content, policy=policy.default)["Message-ID"]
    return Counter(one.recipients[0] for one in people)


@pytest.fixture
def with_mail(settings: Settings, smtp_server: Smtp, request: pytest.FixtureRequest) -> Settings:
    """The house under test, sending to a real server; on PostgreSQL its broker is a real Redis."""
    more = {"smtp_url": smtp_server.url, "send_lease_seconds": 4}
    if not settings.database.startswith("sqlite"):
        more["redis_url"] = request.getfixturevalue("redis_server").url
    values = settings.model_dump(include={"database_url", "statistics_url"})
    made = make_settings(settings.var_dir, **values, **more)
    office_settings.use(made)
    celery.configure(made)
    return made


@pytest.mark.parametrize(
    "engine", [pytest.param("sqlite", marks=pytest.mark.long), "postgres"], indirect=True
)
async def test_worker_killed_at_random_moments_loses_and_repeats_nothing(
    with_mail: Settings, smtp_server: Smtp
) -> None:
    worker, beat = Process("worker", with_mail, **LEASE), Process("beat", with_mail)
    kills = 0
    async with office_database.opened(house.databases(with_mail)):
        service = await make_office(counsellors=10, step_minutes=60)
        wake = nudge.Nudger()
        with running(worker, beat):
            booking = asyncio.create_task(book(service, 200))
            for _ in range(6):
                await asyncio.sleep(random.uniform(1.5, 4))
                wake()
                worker.kill()
                kills += 1
                worker.start()
            await booking
            await settled(60)
        await assert_counted_once(200)
        caught_sending = sum(row.repeats for row in await Message.filter(address_id__not_isnull=True))
    sent = confirmations(smtp_server)
    assert len(sent) == 200
    assert sum(sent.values()) - 200 <= caught_sending <= kills


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_broker_away_for_a_while_loses_nothing(
    with_mail: Settings, smtp_server: Smtp, redis_server: Redis
) -> None:
    broker = redis_server
    async with office_database.opened(house.databases(with_mail)):
        service = await make_office(counsellors=10, step_minutes=60)
        with running(Process("worker", with_mail, **LEASE), Process("beat", with_mail)):
            await book(service, 50)
            broker.stop()
            await book(service, 50)
            await asyncio.sleep(3)
            broker.start()
            await book(service, 100)
            await settled(60)
        await assert_counted_once(200)
    sent = confirmations(smtp_server)
    assert (len(sent), sum(sent.values())) == (200, 200)
