"""One SQL statement for the statistics store, on SQLite and PostgreSQL alike.

Invariant: values travel as parameters ($1, $2 …), never inside the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from tortoise.connection import get_connection

from office import database


async def rows(statement: str, *values: Any) -> Sequence[Any]:
    """What `statement` answers, rows by column name; inside a transaction block it belongs to the block.

    One statement sees one state of the store, also while others write.
    """
    connection = get_connection(database.STATISTICS)
    if connection.capabilities.dialect == "sqlite":
        statement = re.sub(r"\$(\d+)", r"?\1", statement)
        values = tuple(_for_sqlite(value) for value in values)
    _, found = await connection.execute_query(statement, list(values))
    return found


def marks(values: Sequence[Any]) -> str:
    """`$1, $2, …`, one for each value."""
    return ", ".join(f"${place}" for place in range(1, len(values) + 1))


def day(value: Any) -> date:
    """A date column as a statement answers it: SQLite says text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _for_sqlite(value: Any) -> Any:
    # From Python 3.12 on sqlite3 no longer likes to do this by itself.
    return value.isoformat() if isinstance(value, date) else value
