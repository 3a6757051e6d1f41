"""`python -m tests.bench [WORD …]`: measure everything, or only what one of the words names (booking, desk …)."""

from __future__ import annotations

import asyncio
import platform
import sys
import time

from tests import servers
from tests.bench import booking, figures, large, messages, over_http, pages, queries, slots
from tests.bench.measure import Row, table

MEASURED = {
    "engine": slots.engine,
    "linear": slots.linear,
    "queries": queries.constant,
    "slots": booking.slot_search,
    "booking": booking.bookings,
    "http": over_http.bookings,
    "messages": messages.sweep_and_deliver,
    "public": pages.public,
    "desk": pages.desk,
    "large": large.desk,
    "search": large.search,
    "figures": figures.tables_and_rollups,
}


def main(words: list[str]) -> int:
    """Print the table when all is measured; 1 when a bound is broken, and which."""
    since, rows = time.monotonic(), list[Row]()
    with servers.postgres() as server:
        for name, measure in MEASURED.items():
            if not words or name in words:
                rows += asyncio.run(measure(server))
    print(table(rows))
    seconds = time.monotonic() - since
    print(f"\nPython {platform.python_version()}, {platform.machine()}, {seconds:.0f} s for everything")
    broken = [row.broken for row in rows if row.broken]
    print("\n".join(broken), file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
