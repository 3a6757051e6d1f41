"""What every test may ask for: settings, both databases on SQLite and on PostgreSQL, real servers."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from office import database as office_database
from office import settings as office_settings
from office import upgrade, wake
from office.settings import Settings
from sprechstunde import house
from tests.browser import demo_server
from tests.houses import KINDS, Houses
from tests.servers import Postgres

KEY = "a key of the tests, long enough to be one"


SLOW = ("browser", "sprechstunde", "workers", "office/test_upgrade.py", "test_discretion", "test_readme.py")
"""Below `tests`: few tests to a file, each of which starts programs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no process is left alone with it at the end."""
    slow = tuple(str(Path(__file__).parent / name) for name in SLOW)
    items.sort(key=lambda item: not str(item.path).startswith(slow))


def make_settings(folder: Path, **overrides: object) -> Settings:
    """Settings of a small house in `folder`, made for tests."""
    elsewhere = dict.fromkeys(("database_url", "statistics_url", "redis_url", "smtp_url", "https_proxy"), "")
    values = {
        **elsewhere,  # never those the environment names for the servers of the tests
        "var_dir": folder,
        "secret_key": KEY,
        "base_url": "http://localhost:8000",
        "rate_limits": False,
        "form_seconds": 0,
    }
    return Settings(_env_file=None, **{**values, **overrides})


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each test that uses a database runs on both."""
    return str(request.param)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is made once for all processes of a test run; whoever uses it copies it."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, unfinished = base / name, base / f"{name}.unfinished"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)  # of a process that failed here
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both files, migrated once."""

    def migrated(folder: Path) -> None:
        asyncio.run(upgrade.upgrade(house.databases(make_settings(folder))))

    return once(tmp_path_factory, "template", migrated)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Callable[[str], Path]:
    """`migrated("small-office")`: a fresh folder with both files."""

    def copied(name: str) -> Path:
        return Path(shutil.copytree(sqlite_template, tmp_path_factory.mktemp(name), dirs_exist_ok=True))

    return copied


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """VAR_DIR of the demonstration after its first start, which began with nothing, and its stop."""

    def started(folder: Path) -> None:
        with demo_server.running(folder):
            pass

    return once(tmp_path_factory, "demonstrated", started)


@pytest.fixture(scope="session")
def postgres_houses(postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Houses:
    """Two databases, migrated once, and copies of them for tests."""
    folder = tmp_path_factory.mktemp("postgres")
    urls = {name: postgres_server.create_database(f"template_{kind}") for name, kind in KINDS.items()}
    asyncio.run(upgrade.upgrade(house.databases(make_settings(folder, **urls))))
    return Houses(postgres_server)


@pytest.fixture
def settings(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of an empty, migrated house of its own."""
    with _house(engine, tmp_path, request) as urls:
        made = make_settings(tmp_path, **urls)
        EXECUTOR_CACHE.clear()  # Tortoise keeps statements per model and alias, whatever engine was there before
        office_settings.use(made)
        wake.listen(lambda: None)
        yield made


@contextmanager
def _house(engine: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    if engine == "sqlite":
        for file in request.getfixturevalue("sqlite_template").glob("*.sqlite3"):
            shutil.copy(file, folder / file.name)
        yield {}
        return
    with request.getfixturevalue("postgres_houses").lent() as urls:
        yield urls


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Settings]:
    """Both databases open."""
    async with office_database.opened(house.databases(settings)):
        yield settings
