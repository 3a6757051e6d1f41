"""One SQL statement for the statistics store.

Invariant: it never reaches the other database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from office import database, statement


async def rows(text: str, *values: Any) -> Sequence[Any]:
    """What `text` answers, rows by column name; as `office.statement.rows`."""
    return await statement.rows(text, *values, alias=database.STATISTICS)
