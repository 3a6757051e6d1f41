"""A migrated statistics store, empty, once per engine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
from tortoise import Tortoise
from tortoise.migrations.api import migrate

from figures.models import Day, Line, Rollup
from office import database

try:
    from tests import servers
except ImportError:
    servers = None


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def statistics(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The store, open; says which engine."""
    url = await _postgres() if request.param == "postgres" else f"sqlite://{tmp_path / 'statistics.sqlite'}"
    config = {
        "connections": {
            database.MAIN: database.connection(f"sqlite://{tmp_path / 'main.sqlite'}"),
            database.STATISTICS: database.connection(url),
        },
        "apps": {
            "figures": {
                "models": ["figures.models"],
                "default_connection": database.STATISTICS,
                "migrations": "figures.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }
    await migrate(config=config)
    await Tortoise.close_connections()
    async with database.opened(config):
        await empty()
        yield request.param


async def empty() -> None:
    """As after the first migration."""
    for model in (Line, Rollup, Day):
        await model.all().delete()


async def _postgres() -> str:
    """A database of this test process on the PostgreSQL of the suite."""
    found: Any = servers.postgres() if servers else os.environ.get("DATABASE_URL", "")
    if not str(found).startswith("postgres"):
        pytest.skip("no PostgreSQL here")
    name = f"figures_{os.getpid()}"
    parts = urlsplit(str(found))
    admin = await asyncpg.connect(str(found).replace("asyncpg://", "postgresql://"))
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await admin.execute(f'CREATE DATABASE "{name}"')
    finally:
        await admin.close()
    return urlunsplit(parts._replace(path=f"/{name}"))
