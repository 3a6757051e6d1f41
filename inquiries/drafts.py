"""What one of us has begun to write about an inquiry, kept while it is typed.

Invariant: one per member of staff, inquiry and kind; nobody else is shown it, and once it is sent it is gone, in the
same transaction. Files that are to go with an answer lie with it. It is no event: the journal says nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inquiries import uploads
from inquiries.models import Draft, DraftKind, Upload, Writing
from inquiries.uploads import Picture
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
    staff_id: int,
    inquiry_id: int,
    kind: DraftKind,
    typed: Typed,
    *,
    key: str,
    now: datetime,
    files: Sequence[Picture] = (),
) -> list[int]:
    """These words, and `files` beside those kept before, are there when the page is opened again; the files' ids.

    Nothing of either, no draft. `key` is that of the writing they would become: what was sent already is not kept once
    more.
    """
    if await Writing.filter(key=key).exists():
        await forget(staff_id, inquiry_id, kind)
        return []
    mine: dict[str, Any] = {"staff_id": staff_id, "inquiry_id": inquiry_id, "kind": kind}
    what: dict[str, Any] = {
        "text": typed.text,
        "channel": typed.channel,
        "how": typed.how,
        "seen": typed.seen,
        "at": now,
    }
    begun = await Draft.get_or_none(**mine)
    if not (typed.text or files or (begun and await Upload.filter(draft_id=begun.id).exists())):
        await forget(staff_id, inquiry_id, kind)
        return []
    if begun is None:
        begun = await Draft.create(**mine, **what)
    else:
        await Draft.filter(id=begun.id).update(**what)
    return await uploads.enclose(begun, files, now)


@database.verb
async def take_out(staff_id: int, inquiry_id: int, upload_id: int) -> None:
    """This file of theirs does not go with their answer. Idempotent."""
    found = await Upload.get_or_none(id=upload_id, draft__staff_id=staff_id, draft__inquiry_id=inquiry_id)
    if found is None:
        return
    await found.delete()
    if not await Upload.filter(draft_id=found.draft_id).exists():
        await Draft.filter(id=found.draft_id, text="").delete()


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
            there.text = "\n\n".join(part for part in (there.text, one.text) if part)
            await there.save(update_fields=["text"])
            await uploads.go_along(one.id, there.id)
            await one.delete()


async def of(staff_id: int, inquiry_id: int) -> dict[DraftKind, Draft]:
    """What they have begun to write about this inquiry."""
    return {one.kind: one for one in await Draft.filter(staff_id=staff_id, inquiry_id=inquiry_id)}
