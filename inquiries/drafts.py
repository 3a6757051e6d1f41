"""What one of us has begun to write about an inquiry, kept while it is typed.

Invariant: one per member of staff, inquiry and kind; nobody else is shown it, and once it is sent it is gone, in the
same transaction. It is no event: the journal says nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inquiries.models import Draft, DraftKind, Writing
from office import database


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form: the words, for an answer how it is to go, and the last writing on that page."""

    text: str
    channel: str = ""
    how: str = ""
    seen: int = 0


@database.verb
async def keep(
    staff_id: int, inquiry_id: int, kind: DraftKind, typed: Typed, *, key: str, now: datetime
) -> None:
    """These words are there when the page is opened again; no words, no draft.

    `key` is that of the writing they would become: what was sent already is not kept once more.
    """
    if not typed.text or await Writing.filter(key=key).exists():
        await forget(staff_id, inquiry_id, kind)
        return
    mine: dict[str, Any] = {"staff_id": staff_id, "inquiry_id": inquiry_id, "kind": kind}
    what: dict[str, Any] = {
        "text": typed.text,
        "channel": typed.channel,
        "how": typed.how,
        "seen": typed.seen,
        "at": now,
    }
    if not await Draft.filter(**mine).update(**what):
        await Draft.create(**mine, **what)


async def forget(staff_id: int | None, inquiry_id: int, kind: DraftKind) -> None:
    """They have nothing begun here. Idempotent."""
    await Draft.filter(staff_id=staff_id, inquiry_id=inquiry_id, kind=kind).delete()


async def go_along(inquiry_id: int, into_id: int) -> None:
    """What anybody has begun to write about the first goes on about the second, below what they began there."""
    for one in await Draft.filter(inquiry_id=inquiry_id):
        there = await Draft.get_or_none(staff_id=one.staff_id, inquiry_id=into_id, kind=one.kind)
        if there is None:
            one.inquiry_id = into_id
            await one.save(update_fields=["inquiry_id"])
        else:
            there.text = f"{there.text}\n\n{one.text}"
            await there.save(update_fields=["text"])
            await one.delete()


async def of(staff_id: int, inquiry_id: int) -> dict[DraftKind, Draft]:
    """What they have begun to write about this inquiry."""
    return {one.kind: one for one in await Draft.filter(staff_id=staff_id, inquiry_id=inquiry_id)}
