"""Booking over HTTP on PostgreSQL, against the barest endpoint there is, on the same server in the same run."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx2

from booking.models import Service
from tests.bench import offices
from tests.bench.measure import Row
from tests.factories import make_office
from tests.servers import Postgres, free_port
from tests.workers.processes import ROOT, Process, running

AT_LEAST = 0.15
BOOKINGS, CLIENTS, ROUNDS = 80, 4, 3
KEY = "a-key-of-the-measurement"
Ask = tuple[dict[str, Any], dict[str, str]]
"""The body and the headers of one request."""


async def bookings(server: Postgres) -> list[Row]:
    """How many bookings a second each of the two takes; rounds in turns, the best of each counts."""
    async with _bare(server) as bare, _ours(server) as (ours, service):
        best = {"bare": 0.0, "ours": 0.0}
        slots = await _slots(ours, service)
        for number in range(ROUNDS):
            asked = _bare_asks(number)
            best["bare"] = max(best["bare"], await _a_second(bare, "/book", asked))
            asked = _asks(service, slots[number * BOOKINGS :][:BOOKINGS])
            best["ours"] = max(best["ours"], await _a_second(ours, "/api/v1/appointments", asked))
    return [
        Row("book over HTTP, bare", 1000 / best["bare"], None, f"{best['bare']:.0f} a second, {CLIENTS} at a time"),
        Row(
            "book over HTTP, ours",
            1000 / best["ours"],
            best["ours"] / best["bare"],
            f"{best['ours']:.0f} a second, to the bare one",
            at_least=AT_LEAST,
        ),
    ]  # fmt: skip


async def _a_second(http: httpx2.AsyncClient, path: str, asked: Iterable[Ask]) -> float:
    """All of these, `CLIENTS` at a time."""
    left, done = iter(asked), itertools.count()

    async def client() -> None:
        for body, headers in left:
            answer = await http.post(path, json=body, headers=headers)
            assert answer.status_code == 201, answer.text
            next(done)

    since = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return next(done) / (time.perf_counter() - since)


def _bare_asks(turn: int) -> list[Ask]:
    return [
        ({"counsellor": turn, "cell": 20 * n, "starts_at": str(n), "email": f"p{n}@example.org"}, {})
        for n in range(BOOKINGS)
    ]


def _asks(service: Service, slots: list[str]) -> list[Ask]:
    return [
        (
            {
                "service": service.code,
                "starts_at": starts_at,
                "mode": "office",
                "language": "de",
                "email": f"p{starts_at[:16].replace(':', '')}@example.org",
            },
            {"Idempotency-Key": starts_at},
        )
        for starts_at in slots
    ]


async def _slots(http: httpx2.AsyncClient, service: Service) -> list[str]:
    answer = await http.get("/api/v1/slots", params={"service": service.code, "days": 42})
    return [slot["starts_at"] for slot in answer.json()["slots"]]


@asynccontextmanager
async def _bare(server: Postgres) -> AsyncIterator[httpx2.AsyncClient]:
    port, url = free_port(), server.create_database("bench_bare")
    with _child("tests.bench.bare", url, str(port)):
        async with _client(port) as http:
            yield http


@asynccontextmanager
async def _ours(server: Postgres) -> AsyncIterator[tuple[httpx2.AsyncClient, Service]]:
    """One web process, as in production, in front of an office of eight."""
    async with offices.opened(server) as settings:
        service = await make_office(
            counsellors=8, starts=9, ends=16, horizon_days=42, minutes_per_child=0, per_person=1000
        )
        port = free_port()
        web = Process("web", settings, PORT=str(port), RATE_LIMITS="false", API_KEYS=f"bench:{KEY}")
        with running(web):
            async with _client(port, {"authorization": f"Bearer {KEY}"}) as http:
                yield http, service


@asynccontextmanager
async def _client(port: int, headers: dict[str, str] | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the process that will answer at this port."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as http:
        for _ in range(300):
            try:
                if (await http.get("/healthz")).status_code == 200:
                    break
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
        yield http


@contextmanager
def _child(*module: str) -> Any:
    process = subprocess.Popen([sys.executable, "-m", *module], cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
