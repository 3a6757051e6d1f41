"""docs/data-protection.md is gathered from each room's `personal.py`.

`python -m tests.privacy_table > docs/data-protection.md` writes it; a test holds it against the code.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from office.personal import Personal
from workers import retention

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

Every night at 03:05 UTC `workers/retention.py` deletes what is due, in batches; `sprechstunde retention --dry-run` says
what that would be. **The proof:** per rule and night an audit entry `retention`, `rule:count`, kept for a year, and a
log line; neither says whose it was. The column *rule* names what ends each period.

**On request** (Art. 15, 17, 20 GDPR): `sprechstunde export WHO` and `sprechstunde erase WHO`, or the page of the
person at the desk (export: counselling and lead; erasing: lead only, who is asked first). How, and what to do by hand:
[production](production/README.md).

* The export is one file to read, with the same once more as JSON. Internal notes are in it: they are about the person.
  Who looked is told by day and role, not by name (CJEU C-579/21: staff are no recipients); the audit knows the name.
* Erasing takes every row and file of the person at once, cancels what is still to come without telling anybody, and
  overwrites the bytes. What stays: the figures, which lead to nobody any more; journal and audit entries, which hold
  numbers only (and the reason a head of office gave for opening a case) and end after a year; that a number wants no
  SMS, as a keyed hash. Where two people share an address, what came in from there and belongs to no inquiry ends by its
  own period.
* Out of reach: the mailbox mail is fetched from, backups, the write-ahead log of a PostgreSQL server (and free space in
  its files until it is used again), what the SMS gateway keeps, paper. An office needs periods of its own for these.

The text of a message is never kept, only that it was sent.

**Inside the office**, need to know (`channels/web/desk/access.py`): a case is open to the counsellor who looks after it
or meets the person, to their deputy, and to all who counsel while it is nobody's (who
began an answer then may finish it). The head of office opens another one with a reason, until the end of the day.
Reception sees times and names, who looks after the technology sees nobody. Every look is noted with its purpose; the
list of looks is found by case or by day, never by colleague.

The fact that somebody turns to counselling is a secret in itself (§ 203 StGB). So host name, sender, subject, calendar
entries and logs are neutral, and what it is about stands behind a link or at the desk only. Nothing is loaded from
other hosts, and the only cookies are those a page cannot do without: the form token, the log-in and the language of
the desk.
"""
TAIL = """## Files

`broker_files`: what the file broker left for more than a day (it wakes, and carries nothing about anybody).
`day_sheets`: the day sheet under `VAR_DIR/day-sheets` (time, code, name, language, phone; no topic, no name where
others read along), written every hour from the early morning, readable for the system's own user only, gone with the
day. Whoever erases a person takes the sheet with their code away; it is written anew within the hour. Paper printed
from it is the office's to shred.
`demo_files`: mails and SMS of the demonstration, after two weeks.

## The statistics

No column of the statistics store is about a person. It holds codes (topic, channel, district, …), days and bands of
hours, in a database of its own, and it stays. Until a day is sealed, 35 days later, an entry can be traced to what it
counts, so that it can be corrected; then no more. [counting.md](counting.md) says what is counted.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_room(room, title) for room, title in ROOMS.items()), TAIL])


def _room(room: str, title: str) -> str:
    all_of = declared(room)
    reasons = list(dict.fromkeys(all_of.values()))
    rows = [
        f"| {reason.purpose} | {_said(reason.period)} | {reason.since} | {_rules(reason)} |"
        f" {_columns(all_of, reason)} |\n"
        for reason in reasons
    ]
    head = "| purpose | period | since | rule | columns |\n| --- | --- | --- | --- | --- |\n"
    return f"## {title} (`{room}`)\n\n{head}{''.join(rows)}"


def declared(room: str) -> dict[str, Personal]:
    """The personal columns of a room, each with its reason."""
    return dict(importlib.import_module(f"{room}.personal").PERSONAL)


def _rules(reason: Personal) -> str:
    """What ends it: rules of the nightly run, or somebody."""
    named = [f"`{rule.name}`" for rule in retention.RULES if reason in rule.reasons]
    return ", ".join(named) or f"by hand: {retention.BY_HAND[reason]}"


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
