"""docs/data-protection.md is gathered from each room's `personal.py`.

`python -m tests.privacy_table > docs/data-protection.md` writes it; a test holds it against the code.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from office.personal import Personal

ROOMS = {
    "inquiries": "Who turns to us, and with what",
    "booking": "When we meet",
    "channels": "What we told whom",
    "office": "Who works here, and what happened",
}
HEAD = """# What we keep about people, why, and how long

Every column of every table is declared, in the room it lives in, as personal (with purpose, period and what starts the
period; DIN 66398: deletion rule = start + period) or as plain. A test fails for a column nobody declared. This page is
written from those declarations: `python -m tests.privacy_table`. The city's data protection officer decides on them.

What already runs: times held while a form is filled in are removed by themselves; the text of a message is never kept,
only that it was sent. **What is not there yet:** the run that deletes by these periods, erasure, correction and export
on request, and the deletion log. Until then an office has to delete by hand.

The fact that somebody turns to counselling is a secret in itself (§ 203 StGB). So host name, sender, subject, calendar
entries and logs are neutral, and what it is about stands behind a link or at the desk only. Nothing is loaded from
other hosts, and the only cookies are those a page cannot do without: the form token, the log-in and the language of
the desk.
"""
TAIL = """## The statistics

No column of the statistics store is about a person. It holds codes (topic, channel, district, …), days and bands of
hours, in a database of its own, and it stays. Until a day is sealed, 35 days later, an entry can be traced to what it
counts, so that it can be corrected; then no more. [counting.md](counting.md) says what is counted.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_room(room, title) for room, title in ROOMS.items()), TAIL])


def _room(room: str, title: str) -> str:
    declared: dict[str, Personal] = importlib.import_module(f"{room}.personal").PERSONAL
    reasons = list(dict.fromkeys(declared.values()))
    rows = [
        f"| {reason.purpose} | {_said(reason.period)} | {reason.since} | {_columns(declared, reason)} |\n"
        for reason in reasons
    ]
    head = "| purpose | period | since | columns |\n| --- | --- | --- | --- |\n"
    return f"## {title} (`{room}`)\n\n{head}{''.join(rows)}"


def _columns(declared: dict[str, Personal], reason: Personal) -> str:
    names = (name.split(".") for name, why in declared.items() if why == reason)
    return "; ".join(f"{table}: {columns}" for table, columns in _by_table(names))


def _by_table(names: Iterator[list[str]]) -> Iterator[tuple[str, str]]:
    for table, found in groupby(names, key=lambda name: name[0]):
        yield table, ", ".join(column for _, column in found)


def _said(period: timedelta) -> str:
    return f"{period.days} days" if period.days else f"{period.seconds // 60} minutes"


if __name__ == "__main__":
    print(page(), end="")
