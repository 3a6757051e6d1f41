"""Four hundred families want twenty times at once: twenty get one, the others are told what is still free.

Two web processes serve one database; every family has its own address behind the trusted proxy, and the
limits are on.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import httpx2
import pytest

from booking import claims
from booking.models import Appointment, Service
from inquiries.models import Contact
from office import database as office_database
from office.settings import Settings
from sprechstunde import house
from tests.factories import ZONE, local, make_office
from tests.servers import free_port
from tests.workers.processes import Process, running

CLIENTS, COUNSELLORS, HOURS = 400, 5, (9, 10, 11, 12)
Order = Callable[[list[int]], list[int]]
TAKEN, FREE = "just taken", 'name="starts_at"'


def shuffled(hours: list[int]) -> list[int]:
    return random.sample(hours, len(hours))


def adjacent(hours: list[int]) -> list[int]:
    return sorted(hours)


def interleaved(hours: list[int]) -> list[int]:
    return [hour for _ in range(len(hours) // len(HOURS)) for hour in HOURS]


class Family:
    """One browser with its own address and its own cookies."""

    def __init__(self, number: int, port: int) -> None:
        address = f"198.18.{number // 250}.{number % 250 + 1}"
        self.number = number
        self.http = httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"X-Forwarded-For": address}, timeout=120
        )

    async def book(self, service: Service, day: date, hour: int, clicks: int = 1) -> list[httpx2.Response]:
        """From the list of times to the appointment; the last click `clicks` times at once."""
        start = f"/en/book?service={service.code}&children=1&mode=office&from={day}"
        form = _hidden((await self.http.get(start)).text)
        held = await self.http.post("/en/book/hold", data={**form, "starts_at": local(day, hour).isoformat()})
        if held.status_code != 303:
            return [held]
        page = held.headers["location"]
        form = _hidden((await self.http.get(page)).text)
        typed = {
            **form,
            "name": f"Familie {self.number}",
            "email": f"f{self.number}@example.org",
            "others": "no",
        }
        return await asyncio.gather(*(self.http.post(page, data=typed) for _ in range(clicks)))


def _hidden(html: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return dict(fields)


@asynccontextmanager
async def two_webs(settings: Settings) -> AsyncIterator[list[int]]:
    """Two web processes on one database."""
    ports = [free_port(), free_port()]
    webs = [Process("web", settings, PORT=str(port), RATE_LIMITS="true") for port in ports]
    with running(*webs):
        async with httpx2.AsyncClient() as http:
            for port in ports:
                await _answers(http, f"http://127.0.0.1:{port}/healthz")
        yield ports


async def _answers(http: httpx2.AsyncClient, url: str) -> None:
    for _ in range(1200):
        try:
            if (await http.get(url)).status_code == 200:
                return
        except httpx2.TransportError:
            await asyncio.sleep(0.1)
    pytest.fail(f"{url} does not answer")


def next_weekday() -> date:
    """A working day in about a week, after every notice and before every horizon."""
    day = datetime.now(ZONE).date() + timedelta(days=7)
    return day + timedelta(days=(7 - day.weekday()) % 7 + 1)


ORDERS = [
    shuffled,
    pytest.param(adjacent, marks=pytest.mark.long),
    pytest.param(interleaved, marks=pytest.mark.long),
]


@pytest.mark.parametrize(
    "engine", [pytest.param("sqlite", marks=pytest.mark.long), "postgres"], indirect=True
)
@pytest.mark.parametrize("order", ORDERS)
async def test_four_hundred_at_once_on_twenty_times(settings: Settings, order: Order) -> None:
    day = next_weekday()
    async with office_database.opened(house.databases(settings)):
        service = await make_office(counsellors=COUNSELLORS, starts=9, ends=13, step_minutes=60)
    async with two_webs(settings) as ports:
        hours = order([HOURS[number % len(HOURS)] for number in range(CLIENTS)])
        families = [Family(number, ports[number % 2]) for number in range(CLIENTS)]
        answers = await asyncio.gather(
            *(family.book(service, day, hour) for family, hour in zip(families, hours, strict=True))
        )
        answered = Counter(one.status_code for (one,) in answers)
        losers = [one.text for (one,) in answers if one.status_code == 409]
        for family in families:
            await family.http.aclose()
    assert answered == {303: len(HOURS) * COUNSELLORS, 409: CLIENTS - len(HOURS) * COUNSELLORS}
    assert all(TAKEN in page and FREE in page for page in losers)
    async with office_database.opened(house.databases(settings)):
        booked = await Appointment.all()
        assert (
            len(booked) == len({(one.staff_id, one.starts_at) for one in booked}) == len(HOURS) * COUNSELLORS
        )
        assert await claims.differences() == []


async def test_double_click_gives_one_appointment(settings: Settings) -> None:
    async with office_database.opened(house.databases(settings)):
        service = await make_office(counsellors=3, starts=9, ends=13)
    async with two_webs(settings) as ports:
        family = Family(1, ports[0])
        answers = await family.book(service, next_weekday(), 9, clicks=4)
        await family.http.aclose()
    assert {one.status_code for one in answers} == {303}
    assert len({one.headers["location"] for one in answers}) == 1
    async with office_database.opened(house.databases(settings)):
        assert await Appointment.all().count() == await Contact.all().count() == 1
