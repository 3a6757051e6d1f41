"""Databases of PostgreSQL that are emptied after a test instead of made anew, which takes twenty times as long.

Invariant: who is lent a house finds the tables as the migrations left them, numbers beginning at one. Where a
test changed more than rows (a table, a guard, a right), its database is dropped and copied from the template.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import asyncpg

from tests.servers import Postgres, apart

KINDS = {"database_url": "main", "statistics_url": "statistics"}
"""Setting → which of the two databases."""

OURS = "NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
LOOK = f"""
SELECT md5(string_agg(part, E'\\n' ORDER BY part)) FROM (
    SELECT concat_ws(' ', c.oid, c.relname, c.relkind, c.relacl, c.reloptions, c.relrowsecurity, a.attname, a.atttypid,
                     a.atttypmod, a.attnotnull, a.atthasdef, a.attisdropped, a.attacl) AS part
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE n.nspname {OURS}
    UNION ALL SELECT concat_ws(' ', oid, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', oid, conname, convalidated) FROM pg_constraint
    UNION ALL SELECT concat_ws(' ', p.oid, md5(p.prosrc)) FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname {OURS}
    UNION ALL SELECT concat_ws(' ', oid, extname) FROM pg_extension
    UNION ALL SELECT concat_ws(' ', oid, nspname, nspacl) FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'
    UNION ALL SELECT concat_ws(' ', id, app, name) FROM tortoise_migrations
) parts"""
"""A short mark of everything but rows, and of the migrations that ran; the `oid`s tell a thing made anew."""
EMPTY = f"""
DO $$
DECLARE name regclass; filled boolean;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND n.nspname {OURS} AND c.relname <> 'tortoise_migrations'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', name) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %s', name); END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE last_value IS NOT NULL AND sequencename <> 'tortoise_migrations_id_seq';
END $$"""


@dataclass
class _House:
    urls: dict[str, str]
    looks: dict[str, str]


@dataclass
class Houses:
    """Lends pairs of empty, migrated databases of `server`; `template_main` and `template_statistics` are there."""

    server: Postgres
    made: int = 0
    idle: list[_House] = field(default_factory=list)

    @contextmanager
    def lent(self) -> Iterator[dict[str, str]]:
        """DATABASE_URL and STATISTICS_URL of a house nobody else has meanwhile."""
        house = self.idle.pop() if self.idle else self._make()
        try:
            yield house.urls
        finally:
            if self._emptied(house):
                self.idle.append(house)
            else:
                self._drop(house)

    def _make(self) -> _House:
        self.made += 1
        urls = {
            name: self.server.create_database(f"{kind}_{self.made}", f"template_{kind}")
            for name, kind in KINDS.items()
        }
        return _House(urls, {name: _run(url, LOOK) for name, url in urls.items()})

    def _emptied(self, house: _House) -> bool:
        try:
            return {name: _run(url, EMPTY, LOOK) for name, url in house.urls.items()} == house.looks
        except asyncpg.PostgresError:  # no such database, no such table: the test went that far
            return False

    def _drop(self, house: _House) -> None:
        for url in house.urls.values():
            self.server.drop_database(url.rsplit("/", 1)[1])


def _run(url: str, *statements: str) -> str:
    """What the last statement says, all of them in one transaction."""

    async def run() -> str:
        connection = await asyncpg.connect(url)
        try:
            async with connection.transaction():
                for statement in statements[:-1]:
                    await connection.execute(statement)
                return str(await connection.fetchval(statements[-1]))
        finally:
            await connection.close()

    return apart(lambda: asyncio.run(run()))
