"""What a page costs the server: everything but the network."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from booking.models import Appointment, Service, Status
from channels.web import site
from office.models import Role, Staff
from office.settings import Settings
from sprechstunde import house
from tests.bench import offices
from tests.bench.measure import Row, typical
from tests.channels.web.staffroom import Browser, make_member
from tests.factories import NOW
from tests.servers import Postgres

START, TIMES = "/de/", "/de/book?service=school&mode=office&children=1"
A_DAY = 40


async def public(_server: Postgres) -> list[Row]:
    """The two pages every booking begins with, in an office half full for six weeks."""
    rows: list[Row] = []
    async with offices.opened() as settings:
        await offices.make_busy_office()
        browser = Browser(_site(settings))
        for name, path in (("start page", START), ("page of times", TIMES)):
            took = await typical(lambda path=path: browser.get(path))
            ratio, note = (took / rows[0].milliseconds, "to the start page") if rows else (None, "SQLite")
            rows.append(Row(name, took, ratio, note))
        await browser.http.aclose()
    return rows


async def desk(_server: Postgres) -> list[Row]:
    """The day at the desk: 40 appointments; the same after nine busy days; and a day ten times as full."""
    plain, later, full = await _today([0]), await _today(range(-9, 1)), await _today([0] * 10)
    return [
        Row("desk, today", plain, None, f"{A_DAY} appointments, everybody's"),
        Row("desk, today, after nine such days", later, later / plain, "to the first: should stay at 1"),
        Row("desk, today, 10 × as full", full, full / plain, "to the first: should stay below 10"),
    ]


async def _today(days: Iterable[int]) -> float:
    """The day page of today when these days from today have each been filled, the past ones with an outcome."""
    async with offices.opened() as settings:
        service = await offices.make_busy_office(share=0)
        browser = Browser(_site(settings), await make_member(Role.LEAD))
        for day in days:
            await _fill(service, day)
        await Appointment.filter(starts_at__lt=NOW - timedelta(hours=8)).update(status=Status.ATTENDED)
        took = await typical(lambda: browser.get("/desk/?who=all"))
        await browser.http.aclose()
    return took


async def _fill(service: Service, day: int) -> None:
    """Forty more appointments on that day from today."""
    members = await Staff.filter(role=Role.COUNSELLOR).order_by("id")
    begin = NOW.replace(hour=9) + timedelta(days=day)
    times = [(members[number % 8], begin + timedelta(hours=number // 8)) for number in range(A_DAY)]
    await offices.book_all(service, times)


def _site(settings: Settings) -> Any:
    return site.build(settings, house.opened(settings))
