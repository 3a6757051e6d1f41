"""SQLite as several writing processes need it: every transaction begins IMMEDIATE.

Tortoise begins deferred transactions; two processes that read and then write lose half of them to
"database is locked", and no busy time-out helps (the upgrade of a stale snapshot is refused at once).
"""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class _Transaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error


class _Block(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:  # also cancellation: an open transaction would swallow all later writes
            if self.connection._connection:
                await asyncio.shield(self.connection._connection.rollback())
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]


class Client(SqliteClient):
    """One connection per alias; reads outside a transaction wait for the alias's own writer only."""

    def __init__(self, file_path: str, **pragmas: Any) -> None:
        super().__init__(file_path, **pragmas)

    async def create_connection(self, with_db: bool) -> None:
        """Open the file; a connection that cannot be set up is closed, or its thread would outlive the process."""
        try:
            await super().create_connection(with_db)
        except sqlite3.OperationalError as error:
            await self.close()
            raise OperationalError(f"{error} ({self.filename})") from error

    def _in_transaction(self) -> TransactionContext:
        return _Block(_Transaction(self), self._lock)


client_class = Client
