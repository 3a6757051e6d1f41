"""A migrated statistics store, empty, once per engine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.migrations.api import migrate

from figures.models import Day, Line, Margin, Rollup
from office import database
from tests import servers


@pytest.fixture(scope="session")
def statistics_url(postgres_server: servers.Postgres) -> str:
    """A database of this test process on a real PostgreSQL."""
    return postgres_server.create_database(f"figures_{os.getpid()}")


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def statistics(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The store, open; says which engine."""
    sqlite = f"sqlite://{tmp_path / 'statistics.sqlite'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("statistics_url")
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
    # Tortoise keeps finished INSERT texts per connection name, placeholders of the last engine included.
    EXECUTOR_CACHE.clear()
    await migrate(config=config)
    await Tortoise.close_connections()
    async with database.opened(config):
        await empty()
        yield request.param


async def empty() -> None:
    """As after the first migration."""
    for model in (Line, Rollup, Margin, Day):
        await model.all().delete()
