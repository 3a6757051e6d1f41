"""One SQL statement, on SQLite and PostgreSQL alike: where a question is asked often, or is no question of one table.

Invariant: values travel as parameters ($1, $2 …), never inside the text; instants travel in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.models import Model

from office import database

ROW = TypeVar("ROW", bound=Model)


async def rows(text: str, *values: Any, alias: str = database.MAIN) -> Sequence[Any]:
    """What the statement answers, rows by column name; inside a transaction block it belongs to the block.

    One statement sees one state of its database, also while others write.
    """
    connection = get_connection(alias)
    _, found = await connection.execute_query(*_as_spoken(connection, text, values))
    return found


async def instances(
    model: type[ROW], text: str, *values: Any, lock: bool = False, skip_locked: bool = False
) -> list[ROW]:
    """The rows of this table the statement names (SELECT * …); with `lock`, nobody else changes them until we end.

    Rows somebody else has locked are waited for, or left out (`skip_locked`). Faster than a query of the same
    words, which is put together anew each time.
    """
    connection = get_connection(database.MAIN)
    if lock and not _sqlite(connection):  # there whoever writes is alone
        text += " FOR UPDATE SKIP LOCKED" if skip_locked else " FOR UPDATE"
    text, given = _as_spoken(connection, text, values)
    executor = connection.executor_class(model=model, db=connection)
    return list(await executor.execute_select(text, given))


def _sqlite(connection: BaseDBAsyncClient) -> bool:
    return connection.capabilities.dialect == "sqlite"


def _as_spoken(connection: BaseDBAsyncClient, text: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    if not _sqlite(connection):
        return text, list(values)
    return re.sub(r"\$(\d+)", r"?\1", text), [_for_sqlite(value) for value in values]


def marks(values: Sequence[Any], first: int = 1) -> str:
    """`$1, $2, …`, one for each value, from number `first` on."""
    return ", ".join(f"${place}" for place in range(first, first + len(values)))


def day(value: Any) -> date:
    """A date column as a statement answers it: SQLite says text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def moment(value: Any) -> datetime:
    """An instant as a statement answers it, in UTC: SQLite says text."""
    read: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read if read.tzinfo is UTC else read.astimezone(UTC)


def _for_sqlite(value: Any) -> Any:
    # From Python 3.12 on sqlite3 no longer likes to do this by itself.
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
