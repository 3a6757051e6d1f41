"""The unique indexes the promises rest on: what the models declare, held against what the database has.

Invariant: a database without one of its guards is not opened. Tortoise rebuilds a table on SQLite when a
column is altered and loses them silently; therefore they are restored and compared after every upgrade.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient

from office.errors import Permanent


class GuardMissing(Permanent):
    """A unique index is missing; run `sprechstunde migrate`."""


@dataclass(frozen=True, order=True, slots=True)
class Guard:
    """No two rows of `table` agree in all of `columns`."""

    table: str
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Index name, short enough for PostgreSQL's 63 characters."""
        digest = sha256(",".join(self.columns).encode()).hexdigest()[:8]
        return f"guard_{self.table[:40]}_{digest}"


def declared(connection_name: str) -> set[Guard]:
    """Every unique field and `unique_together` of the models that live behind this connection."""
    models = [
        model
        for app in (Tortoise.apps or {}).values()
        for model in app.values()
        if model._meta.default_connection == connection_name
    ]
    return {guard for model in models for guard in _of_model(model)}


def _of_model(model: Any) -> set[Guard]:
    meta = model._meta
    columns = meta.fields_db_projection
    single = {
        Guard(meta.db_table, (column,))
        for name, column in columns.items()
        if meta.fields_map[name].unique and not meta.fields_map[name].pk
    }
    together = {
        Guard(meta.db_table, tuple(_column(meta, name) for name in names)) for names in meta.unique_together
    }
    return single | together


def _column(meta: Any, name: str) -> str:
    field = meta.fields_map[name]
    return str(field.source_field or meta.fields_db_projection.get(name, name))


async def present(connection: BaseDBAsyncClient) -> set[Guard]:
    """Every unique index the database really has, partial ones left out."""
    found = await (
        _sqlite(connection) if connection.capabilities.dialect == "sqlite" else _postgres(connection)
    )
    return {Guard(table, tuple(columns)) for table, columns in found}


async def _sqlite(connection: BaseDBAsyncClient) -> list[tuple[str, list[str]]]:
    rows = await connection.execute_query_dict(
        """SELECT tables.name AS table_name, list.name AS index_name, columns.name AS column_name
           FROM sqlite_master AS tables
           JOIN pragma_index_list(tables.name) AS list ON list."unique" = 1 AND list.partial = 0
           JOIN pragma_index_info(list.name) AS columns
           WHERE tables.type = 'table' ORDER BY tables.name, list.name, columns.seqno"""
    )
    return _grouped(rows)


async def _postgres(connection: BaseDBAsyncClient) -> list[tuple[str, list[str]]]:
    rows = await connection.execute_query_dict(
        """SELECT t.relname AS table_name, i.relname AS index_name, a.attname AS column_name
           FROM pg_index x
           JOIN pg_class t ON t.oid = x.indrelid
           JOIN pg_class i ON i.oid = x.indexrelid
           JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema()
           CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(attnum, position)
           JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
           WHERE x.indisunique AND x.indisvalid AND x.indpred IS NULL ORDER BY 1, 2, k.position"""
    )
    return _grouped(rows)


def _grouped(rows: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    indexes: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        indexes.setdefault((row["table_name"], row["index_name"]), []).append(row["column_name"])
    return [(table, columns) for (table, _index), columns in indexes.items()]


async def restore(connection: BaseDBAsyncClient) -> list[Guard]:
    """Create the declared guards that are missing; returns them. Fails when rows already break one."""
    missing = sorted(declared(connection.connection_name) - await present(connection))
    for guard in missing:
        columns = ", ".join(f'"{column}"' for column in guard.columns)
        await connection.execute_script(f'CREATE UNIQUE INDEX "{guard.name}" ON "{guard.table}" ({columns})')
    return missing


async def verify(connection: BaseDBAsyncClient) -> None:
    """Raises `GuardMissing` unless every declared guard bites."""
    missing = sorted(declared(connection.connection_name) - await present(connection))
    if missing:
        names = ", ".join(f"{guard.table}({', '.join(guard.columns)})" for guard in missing)
        raise GuardMissing(f"unique index missing: {names}; run `sprechstunde migrate`")
