"""`python -m tests.bench [WORD …]`: measure everything, or only what one of the words names (booking, desk …)."""

from __future__ import annotations

import asyncio
import platform
import sys
import time

from tests import servers
from tests.bench import booking, figures, messages, pages
from tests.bench.measure import Row, table

MEASURED = {
    "slots": booking.slot_search,
    "booking": booking.bookings,
    "messages": messages.sweep_and_deliver,
    "public": pages.public,
    "desk": pages.desk,
    "figures": figures.tables_and_rollups,
}


def main(words: list[str]) -> None:
    """Print the table when all is measured."""
    since, rows = time.monotonic(), list[Row]()
    with servers.postgres() as server:
        for name, measure in MEASURED.items():
            if not words or name in words:
                rows += asyncio.run(measure(server))
    print(table(rows))
    seconds = time.monotonic() - since
    print(f"\nPython {platform.python_version()}, {platform.machine()}, {seconds:.0f} s for everything")


if __name__ == "__main__":
    main(sys.argv[1:])
