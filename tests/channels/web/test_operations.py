"""Alive, ready, measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from tortoise.connection import get_connection

from booking import appointments
from channels.web import operations
from office import database as office_database
from office.settings import Settings
from tests.channels.web.staffroom import Browser
from tests.factories import introduction, make_appointment


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    """A process that has just started."""
    operations._migrated.clear()
    yield
    operations._migrated.clear()


@pytest.fixture
async def probe(enter: Any) -> httpx2.AsyncClient:
    """Whoever keeps it running; not logged in."""
    browser: Browser = await enter()
    return browser.http


async def test_alive_needs_nothing(probe: httpx2.AsyncClient) -> None:
    answer = await probe.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_ready_names_every_part(probe: httpx2.AsyncClient) -> None:
    answer = await probe.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "statistics": "ok", "broker": "filesystem"}


@pytest.mark.parametrize(
    ("alias", "part"), [(office_database.MAIN, "database"), (office_database.STATISTICS, "statistics")]
)
async def test_with_a_migration_to_run_it_is_not_ready(
    probe: httpx2.AsyncClient, alias: str, part: str
) -> None:
    await get_connection(alias).execute_script("DELETE FROM tortoise_migrations")
    answer = await probe.get("/readyz")
    assert (answer.status_code, answer.json()[part]) == (503, "migrations pending")


async def test_without_the_broker_it_says_so(
    probe: httpx2.AsyncClient, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = database.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})
    monkeypatch.setattr(operations, "current", lambda: away)
    answer = await probe.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, "unreachable")


async def test_without_a_database_it_says_so(
    probe: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(alias: str) -> Any:
        raise OSError(alias)

    monkeypatch.setattr(operations, "get_connection", gone)
    answer = await probe.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


async def test_metrics_count_by_template_and_name_nobody(probe: httpx2.AsyncClient) -> None:
    appointment = await make_appointment(who=introduction(name="Amira Haddad", email="amira@example.org"))
    token = appointments.token(appointment)
    for path in (f"/a/{token}", f"/de/{token}", "/desk/find?code=K7M42"):
        await probe.get(path)
    text = (await probe.get("/metrics")).text
    assert 'sprechstunde_http_requests_total{method="GET",route="/a/{token}",status="200"}' in text
    assert 'route="none",status="404"' in text
    assert "sprechstunde_journal_backlog 1.0" in text
    assert 'sprechstunde_messages{state="queued"} 0.0' in text
    for secret in (token, "Amira", "amira", "K7M42", appointment.code):
        assert secret not in text


async def test_a_method_of_somebody_s_own_is_no_label(probe: httpx2.AsyncClient) -> None:
    await probe.request("AMIRA", "/healthz")
    text = (await probe.get("/metrics")).text
    assert "AMIRA" not in text
    assert 'method="other"' in text


async def test_robots_find_the_start_pages_only(probe: httpx2.AsyncClient) -> None:
    lines = (await probe.get("/robots.txt")).text.splitlines()
    assert "Allow: /de/$" in lines
    assert lines[-1] == "Disallow: /"
