"""One SQL statement, on SQLite and PostgreSQL alike: where a question is asked often, or is no question of one table.

Invariant: values travel as parameters ($1, $2 …), never inside the text; instants travel in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from tortoise.connection import get_connection

from office import database


async def rows(text: str, *values: Any, alias: str = database.MAIN) -> Sequence[Any]:
    """What the statement answers, rows by column name; inside a transaction block it belongs to the block.

    One statement sees one state of its database, also while others write.
    """
    connection = get_connection(alias)
    if connection.capabilities.dialect == "sqlite":
        text = re.sub(r"\$(\d+)", r"?\1", text)
        values = tuple(_for_sqlite(value) for value in values)
    _, found = await connection.execute_query(text, list(values))
    return found


def marks(values: Sequence[Any], first: int = 1) -> str:
    """`$1, $2, …`, one for each value, from number `first` on."""
    return ", ".join(f"${place}" for place in range(first, first + len(values)))


def day(value: Any) -> date:
    """A date column as a statement answers it: SQLite says text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def moment(value: Any) -> datetime:
    """An instant as a statement answers it, in UTC: SQLite says text."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def _for_sqlite(value: Any) -> Any:
    # From Python 3.12 on sqlite3 no longer likes to do this by itself.
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
