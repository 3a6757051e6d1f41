"""Fans out pending entries and runs what is due, in bounded batches.

Invariant: whatever was committed is reacted to, however often a process dies and whatever the broker forgets.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from office import journal
from workers import reactions

log = structlog.get_logger()


async def run(now: datetime, batch: int = 50) -> int:
    """One bounded round; returns how much was done, so that the caller knows whether to go on."""
    done = await journal.fan_out(reactions.follows, now)
    for due_id in await journal.next_due(now, batch):
        done += await _one(due_id, now)
    return done


async def _one(due_id: int, now: datetime) -> bool:
    name = await journal.reaction_of(due_id)
    if name is None:
        return False
    try:
        done = await journal.react(due_id, reactions.BY_NAME[name], now)
        if done and name in reactions.AFTERWARDS:
            await reactions.AFTERWARDS[name]()
        return done
    except Exception as error:  # a poison reaction must not stop the others: it becomes a card
        log.warning("reaction_failed", due=due_id, reaction=name, error=type(error).__name__)
        await journal.failed(due_id, type(error).__name__, now)
        return False
