"""What came in is stored as received before anybody parses it, then taken in by its channel.

Invariant: one key comes in once; what was stored ends as exactly one of: a contact, an act of a dialogue, a
response of a calendar, a repetition, something automatic, or a card at the desk.
"""

from __future__ import annotations

from datetime import datetime

from channels.models import Incoming, IncomingState
from office import database, journal

HEAD = ("id", "channel", "received_at", "state", "reason", "sender", "inquiry_id", "writing_id")
"""Everything but the bytes, which lists need not load."""


@database.verb
async def store(
    key: str, channel: str, content: bytes, *, sender: str = "", digest: str = "", now: datetime
) -> Incoming:
    """The bytes as they came, under their key, owed to be taken in. Idempotent by `key`."""
    known = await Incoming.get_or_none(key=key)
    if known:
        return known
    stored = await Incoming.create(
        key=key, channel=channel, content=content, sender=sender, digest=digest, received_at=now
    )
    await journal.write("incoming.stored", f"incoming:{stored.id}", actor=journal.SYSTEM, now=now)
    return stored


async def ended(
    stored: Incoming,
    state: IncomingState,
    *,
    reason: str = "",
    sender: str = "",
    inquiry_id: int | None = None,
    writing_id: int | None = None,
) -> None:
    """What became of it."""
    stored.state, stored.reason = state, reason[:200]
    stored.sender = sender or stored.sender
    stored.inquiry_id, stored.writing_id = inquiry_id, writing_id
    await stored.save()


async def to_look_at() -> list[Incoming]:
    """What nobody could read: cards at the desk."""
    return await Incoming.filter(state=IncomingState.UNREADABLE).order_by("id").only(*HEAD)


async def settled(incoming_id: int, was: IncomingState) -> None:
    """The desk has dealt with what was `was` (unreadable or automatic) another way. Idempotent."""
    await Incoming.filter(id=incoming_id, state=was).update(state=IncomingState.SETTLED)


@database.verb
async def again(incoming_id: int, *, actor: str, now: datetime) -> None:
    """The desk asks to read once more what nobody could read; a worker takes it. Idempotent."""
    unread = Incoming.filter(id=incoming_id, state=IncomingState.UNREADABLE)
    if await unread.update(state=IncomingState.STORED):
        await journal.write("incoming.stored", f"incoming:{incoming_id}", actor=actor, now=now)
