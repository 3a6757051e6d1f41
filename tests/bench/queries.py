"""How often a view of free times asks the database: as often for many counsellors and weeks as for one and a week."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tortoise import connections

from booking import availability
from booking.services import Wish
from tests.bench import offices
from tests.bench.measure import Row
from tests.factories import NOW, ZONE, make_office
from tests.servers import Postgres

COUNSELLORS, DAYS = (1, 10, 50), (7, 60)
FIRST = NOW.astimezone(ZONE).date()


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement sent inside the block."""
    client, sent = connections.get("default"), list[str]()
    real = {name: getattr(client, name) for name in ("execute_query", "execute_query_dict")}

    def spy(name: str) -> Any:
        def ask(query: str, *args: Any, **kwargs: Any) -> Any:
            sent.append(query)
            return real[name](query, *args, **kwargs)

        return ask

    for name in real:
        setattr(client, name, spy(name))
    try:
        yield sent
    finally:
        for name in real:
            delattr(client, name)


async def constant(server: Postgres) -> list[Row]:
    """One, ten and fifty counsellors; a week and sixty days."""
    rows: list[Row] = []
    for name, where in (("SQLite", None), ("PostgreSQL", server)):
        async with offices.opened(where):
            services = [await make_office(counsellors=many, horizon_days=max(DAYS)) for many in COUNSELLORS]
            counts = {
                (many, days): await asked(service.code, days)
                for many, service in zip(COUNSELLORS, services, strict=True)
                for days in DAYS
            }
        few = counts[COUNSELLORS[0], DAYS[0]]
        rows += [
            Row(
                f"queries, {many} × {days} days, {name}",
                0,
                count / few,
                f"{count} queries",
                at_most=1,
            )
            for (many, days), count in counts.items()
        ]
    return rows


async def asked(service: str, days: int) -> int:
    """How many statements one view takes."""
    with counted() as sent:
        last = FIRST + timedelta(days=days - 1)
        assert await availability.search(Wish(service), first=FIRST, last=last, now=NOW, zone=ZONE)
    return len(sent)
