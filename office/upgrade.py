"""Brings both databases to the newest tables without losing a row or a guard.

SQLite: a *copy* is migrated with foreign keys off (a rebuilt parent table would otherwise delete its
children's rows), then its row counts, foreign keys and guards are checked, and only then it takes the
place of the original. PostgreSQL: migrated in place under an advisory lock, then the guards are compared.
"""

from __future__ import annotations

import fcntl
import gc
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations import api
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.writer import MigrationWriter

from office import guards
from office.errors import Permanent

ADVISORY_LOCK = 0x5370_7265


class UpgradeFailed(Permanent):
    """The database could not be upgraded and was left as it was."""


class NotUpgraded(Permanent):
    """The database is older than this version; run `sprechstunde migrate`."""


async def upgrade(configuration: dict[str, Any]) -> list[str]:
    """Bring every database of the configuration up to date; returns the migrations that ran. Idempotent."""
    done: list[str] = []
    for alias in configuration["connections"]:
        part = _only(configuration, alias)
        file = _file(part, alias)
        steps = await pending(part)
        if not file:
            await _upgrade_server(part, alias)
        elif steps or await _guards_missing(part, alias):
            await _upgrade_file(part, alias, file)
        done += steps
    return done


async def pending(configuration: dict[str, Any]) -> list[str]:
    """Migrations that have not run yet, as "room.0001_name"."""
    for alias in configuration["connections"]:
        _readable(_file(configuration, alias))
    async with _initialised(configuration):
        steps = []
        for alias in configuration["connections"]:
            executor = MigrationExecutor(get_connection(alias), _only(configuration, alias)["apps"])
            steps += [
                f"{step.migration.app_label}.{step.migration.name}" for step in await executor.plan(None)
            ]
    return steps


async def verify(configuration: dict[str, Any]) -> None:
    """The check at every start. Raises `NotUpgraded` or `GuardMissing`, each one clear line."""
    steps = await pending(configuration)
    if steps:
        raise NotUpgraded(f"{len(steps)} migration(s) to run, first {steps[0]}; run `sprechstunde migrate`")
    async with _initialised(configuration):
        for alias in configuration["connections"]:
            await guards.verify(get_connection(alias))


async def _guards_missing(part: dict[str, Any], alias: str) -> bool:
    async with _initialised(part):
        try:
            await guards.verify(get_connection(alias))
        except guards.GuardMissing:
            return True
    return False


async def _upgrade_server(part: dict[str, Any], alias: str) -> None:
    import asyncpg

    credentials = part["connections"][alias]["credentials"]
    keys = ("host", "port", "user", "password", "database")
    lock = await asyncpg.connect(**{key: credentials.get(key) for key in keys})
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        await _migrate(part, alias)
    finally:
        await lock.close()


async def _migrate(part: dict[str, Any], alias: str) -> None:
    try:
        with _collecting_rarely():
            await api.migrate(config=part)
        await guards.restore(get_connection(alias))
        await guards.verify(get_connection(alias))
    finally:
        await Tortoise.close_connections()


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Every step makes all models anew, in circles of references: looking for those is a third of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 5, 5)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.collect()


async def _upgrade_file(part: dict[str, Any], alias: str, file: Path) -> None:
    copy = file.with_name(f"{file.name}.upgrading")
    with _alone(file):
        _forget(copy)
        before = _copied(file, copy)
        try:
            await _migrate(_on_copy(part, alias, copy), alias)
            _check(copy, before)
        except Exception as error:
            _forget(copy)
            raise UpgradeFailed(f"{file.name} was left as it was: {error}") from error
        os.replace(copy, file)  # noqa: PTH105 - the one atomic step
        _forget(file, only_beside=True)


def _readable(file: Path | None) -> None:
    """Raises `UpgradeFailed` at once for a file somebody has locked whole, or that is no database."""
    if file is None or not file.exists():
        return
    connection = sqlite3.connect(file, timeout=1)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.DatabaseError as error:
        raise UpgradeFailed(f"{file}: {error}; stop the process that uses it, or restore the file") from error
    finally:
        connection.close()


def _copied(file: Path, copy: Path) -> dict[str, int]:
    """Copy the database and count its rows. Raises `UpgradeFailed` while another process writes to it."""
    with sqlite3.connect(file, timeout=2, isolation_level=None) as source:
        try:
            source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            source.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise UpgradeFailed(f"{file} is in use; stop the other process first") from error
        counts = _counts(source)
        source.execute("COMMIT")
        source.execute("VACUUM INTO ?", (str(copy),))
    source.close()
    return counts


def _check(copy: Path, before: dict[str, int]) -> None:
    connection = sqlite3.connect(copy)
    try:
        after = _counts(connection)
        lost = [table for table, count in before.items() if after.get(table, 0) < count]
        if lost:
            raise UpgradeFailed(f"rows would be lost in {', '.join(sorted(lost))}")
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise UpgradeFailed("a row would point to nothing")
        connection.execute(
            "PRAGMA journal_mode=WAL"
        )  # kept in the file: nobody has to switch while others work
    finally:
        connection.close()


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in names.fetchall()
    }


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One upgrade of a file at a time, across processes."""
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget(file: Path, *, only_beside: bool = False) -> None:
    for name in ([] if only_beside else [file.name]) + [f"{file.name}-wal", f"{file.name}-shm"]:
        file.with_name(name).unlink(missing_ok=True)


def _only(configuration: dict[str, Any], alias: str) -> dict[str, Any]:
    """The part of the configuration that lives behind one connection."""
    return {
        **configuration,
        "connections": {alias: configuration["connections"][alias]},
        "apps": {k: app for k, app in configuration["apps"].items() if app["default_connection"] == alias},
    }


def _on_copy(part: dict[str, Any], alias: str, copy: Path) -> dict[str, Any]:
    credentials = {"file_path": str(copy), "journal_mode": "DELETE", "foreign_keys": "OFF"}
    return {**part, "connections": {alias: {"engine": "office.sqlite", "credentials": credentials}}}


def _file(part: dict[str, Any], alias: str) -> Path | None:
    path = part["connections"][alias]["credentials"].get("file_path")
    return Path(path) if path else None


@asynccontextmanager
async def _initialised(configuration: dict[str, Any]) -> AsyncIterator[None]:
    await Tortoise.init(config=configuration, init_connections=False)
    try:
        yield
    finally:
        await Tortoise.close_connections()


async def unwritten(configuration: dict[str, Any]) -> list[MigrationWriter]:
    """What the models say and no migration does yet; empty in every commit.

    Docstrings stay out of the tables: as comments they would make every reworded sentence a migration.
    """
    async with _initialised(configuration):
        for app in (Tortoise.apps or {}).values():
            for model in app.values():
                model._meta.table_description = ""
        assert Tortoise.apps is not None
        return list(await MigrationAutodetector(Tortoise.apps, configuration["apps"]).changes())
