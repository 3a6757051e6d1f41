"""What happened, append-only; each entry becomes one due row per reaction, and only workers know which.

Invariant: an entry is written in the transaction of the verb it tells of. Identifiers and codes only:
no names, addresses or texts. There is no high-water mark: ids become visible out of order.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from tortoise.expressions import F, RawSQL
from tortoise.transactions import in_transaction

from office import database, statement
from office.models import Due, JournalEntry

FAILURES_UNTIL_CARD = 5
EARLIER = (
    "EXISTS (SELECT 1 FROM due earlier WHERE earlier.subject = due.subject"
    " AND earlier.reaction = due.reaction AND earlier.id < due.id)"
)
_ENTRY = "INSERT INTO journal (at, kind, actor, subject, details, pending) VALUES ($1, $2, $3, $4, $5, $6)"
PERSON = "person"
SYSTEM = "system"


async def write(
    kind: str,
    subject: str,
    *,
    actor: str,
    now: datetime,
    details: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """Tell that `kind` happened to `subject` ("appointment:17"), inside the verb that made it happen."""
    database.tell()
    said = json.dumps(dict(details or {}), separators=(",", ":"))
    await statement.rows(_ENTRY, now, kind, actor, subject, said, True)


async def fan_out(follows: Callable[[str], Sequence[str]], now: datetime, batch: int = 200) -> int:
    """Turn up to `batch` pending entries into due rows, one per reaction; returns how many entries.

    Idempotent: an entry and its due rows change together, and (entry, reaction) is unique.
    """
    async with in_transaction(database.MAIN):
        entries = (
            await JournalEntry.filter(pending=True)
            .order_by("id")
            .limit(batch)
            .select_for_update(skip_locked=True)
        )
        due = [
            Due(entry_id=entry.id, reaction=reaction, subject=entry.subject, not_before=now)
            for entry in entries
            for reaction in follows(entry.kind)
        ]
        await Due.bulk_create(due)
        await JournalEntry.filter(id__in=[entry.id for entry in entries]).update(pending=False)
    return len(entries)


async def next_due(now: datetime, batch: int = 50) -> list[int]:
    """Ids of due rows that may run now, oldest first: only the first of each (subject, reaction), no cards."""
    rows = Due.filter(card=False, not_before__lte=now).annotate(waits=RawSQL(EARLIER)).filter(waits=False)
    return await rows.order_by("id").limit(batch).values_list("id", flat=True)  # type: ignore[return-value]


async def react(
    due_id: int, reaction: Callable[[JournalEntry, datetime], Awaitable[None]], now: datetime
) -> bool:
    """Run the reaction and remove its row in one transaction; False when another worker has it or it must wait.

    A row waits for every earlier row of its subject and reaction, so that reactions on one subject run in order.
    """

    async with in_transaction(database.MAIN):
        row = await Due.filter(id=due_id, card=False).select_for_update(skip_locked=True).first()
        if (
            row is None
            or await Due.filter(subject=row.subject, reaction=row.reaction, id__lt=row.id).exists()
        ):
            return False
        await reaction(await JournalEntry.get(id=row.entry_id), now)
        await row.delete()
    return True


async def reaction_of(due_id: int) -> str | None:
    """Which reaction this row owes."""
    row = await Due.get_or_none(id=due_id)
    return row.reaction if row else None


async def failed(due_id: int, reason: str, now: datetime) -> None:
    """Note a failure: later tries wait longer; after five the row is a card and other subjects go on."""
    await Due.filter(id=due_id).update(attempts=F("attempts") + 1, reason=reason[:200])
    row = await Due.get_or_none(id=due_id)
    if row:
        row.card = row.attempts >= FAILURES_UNTIL_CARD
        row.not_before = now + timedelta(seconds=2**row.attempts)
        await row.save(update_fields=["card", "not_before"])


async def forget_due(subjects: Collection[str]) -> None:
    """Nothing more follows from what happened to these; a reaction that runs now ends first. Inside a verb."""
    await JournalEntry.filter(subject__in=list(subjects), pending=True).update(pending=False)
    await Due.filter(subject__in=list(subjects)).delete()


async def backlog() -> int:
    """How many reactions are still owed, cards excluded."""
    return await Due.filter(card=False).count() + await JournalEntry.filter(pending=True).count()


async def cards() -> list[Due]:
    """Reactions that failed five times and need a look."""
    return await Due.filter(card=True).order_by("id").prefetch_related("entry")


async def retry(due_id: int, now: datetime) -> None:
    """Take a card back into the queue."""
    await Due.filter(id=due_id, card=True).update(card=False, attempts=0, not_before=now, reason="")
