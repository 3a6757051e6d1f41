"""Pictures and PDFs that came with something written or go with an answer, and what the virus scan said of each.

Invariant: whose content was not found clean (or, without a scanner, of a harmless form) is handed to nobody, to
families no more than to us; what was refused is not kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.queryset import QuerySet

from inquiries.models import Draft, Upload, UploadState, Writing, WritingKind
from office import database
from office.errors import NotFound

READY = (UploadState.CLEAN, UploadState.UNSCANNED)
"""May be looked at."""
HEAD = (
    "id", "writing_id", "draft_id", "name", "kind", "size", "state", "reason", "added_at", "checked_at"
)  # fmt: skip
"""Everything but the content."""
NAMES = {"image/jpeg": "photo-{}.jpg", "image/png": "photo-{}.png", "application/pdf": "document-{}.pdf"}
"""What it is called here; the name it came with may tell of a person and is not kept."""
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Picture:
    """A file as it may be kept: re-encoded if it is a picture, of one of the kinds in `NAMES`.

    `name` is for files of ours only, as `title` makes it.
    """

    kind: str
    content: bytes
    name: str = ""


async def add(writing: Writing, pictures: Sequence[Picture], at: datetime) -> None:
    """They belong to what was written, and wait for the scan. In a transaction."""
    for one in pictures:
        await Upload.create(
            writing=writing, kind=one.kind, content=one.content, size=len(one.content), added_at=at
        )


async def of(inquiry_id: int) -> dict[int, list[Upload]]:
    """Writing → what came with it, without the contents."""
    found: dict[int, list[Upload]] = {}
    for one in await Upload.filter(writing__inquiry_id=inquiry_id).order_by("id").only(*HEAD):
        found.setdefault(one.writing_id or 0, []).append(one)
    return found


async def enclose(draft: Draft, pictures: Sequence[Picture], at: datetime) -> list[int]:
    """They lie with what somebody has begun to write; their ids. What lies there already is not there twice."""
    ids = []
    for one in pictures:
        there = Upload.filter(draft_id=draft.id, kind=one.kind, size=len(one.content))
        known = next((file for file in await there if bytes(file.content) == one.content), None)
        known = known or await Upload.create(
            draft=draft, name=one.name, kind=one.kind, content=one.content, size=len(one.content), added_at=at
        )
        ids.append(known.id)
    return ids


async def enclosed(staff_id: int, inquiry_id: int) -> list[Upload]:
    """What lies with an answer they have begun, without the contents."""
    mine = Upload.filter(draft__staff_id=staff_id, draft__inquiry_id=inquiry_id)
    return await mine.order_by("id").only(*HEAD)


async def go_out(files: Sequence[Upload], written: Writing) -> None:
    """They are part of what was written from now on. In a transaction."""
    await Upload.filter(id__in=[one.id for one in files]).update(writing_id=written.id, draft_id=None)


async def go_along(draft_id: int, into_id: int) -> None:
    """What lay with one draft lies with another."""
    await Upload.filter(draft_id=draft_id).update(draft_id=into_id)


async def with_answer(writing_id: int) -> list[Upload]:
    """What goes with this answer, without the contents."""
    ours = Upload.filter(writing_id=writing_id, writing__kind=WritingKind.ANSWER)
    return await ours.order_by("id").only(*HEAD)


async def to_send(writing_id: int) -> list[Upload]:
    """What goes with this answer, with the contents. Raises `NotFound` if any of it may not be handed out."""
    files = await with_answer(writing_id)
    found = await Upload.filter(id__in=[one.id for one in files], state__in=READY).order_by("id")
    if len(found) < len(files):
        raise NotFound
    return found


async def ready(upload_id: int, **of: Any) -> Upload:
    """One with its content and what it belongs to at hand, if it may be looked at. Raises `NotFound`.

    `of` narrows it further.
    """
    found = await Upload.get_or_none(id=upload_id, state__in=READY, **of).prefetch_related(
        "writing__inquiry", "draft__inquiry"
    )
    if found is None:
        raise NotFound
    return found


async def to_check(limit: int) -> list[Upload]:
    """Those that wait for the scan, the oldest first."""
    return await Upload.filter(state=UploadState.STORED).order_by("id").limit(limit)


async def waiting() -> bool:
    """Is there anything to scan?"""
    return await Upload.filter(state=UploadState.STORED).exists()


async def left(since: datetime) -> bool:
    """Has anything waited for the scan since then or longer?"""
    return await _left(since).exists()


async def left_unchecked(since: datetime) -> list[Upload]:
    """What has waited for the scan since then or longer, the oldest first, without the contents."""
    return await _left(since).order_by("id").only(*HEAD)


def _left(since: datetime) -> QuerySet[Upload]:
    return Upload.filter(state=UploadState.STORED, added_at__lte=since)


@database.verb
async def checked(upload_id: int, state: UploadState, now: datetime, *, reason: str = "") -> int | None:
    """What the scan said; what is refused is emptied. Returns the writing it belongs to by now, if there is one.

    Idempotent: the first word stays.
    """
    found = Upload.filter(id=upload_id, state=UploadState.STORED)
    emptied: dict[str, Any] = {"content": b"", "size": 0} if state is UploadState.REFUSED else {}
    await found.update(state=state, checked_at=now, reason=reason[:80], **emptied)
    known = await Upload.get_or_none(id=upload_id).only("id", "writing_id")
    return known.writing_id if known else None


def name(upload: Upload) -> str:
    """Under which it is saved."""
    return upload.name or NAMES.get(upload.kind, "file-{}.bin").format(upload.id)


def title(given: str, kind: str) -> str:
    """A file's name as it may stand in a header and on a page, ending as its kind does; "" if nothing is left of it.

    No path, no character that is not seen or turns the direction of writing, no other ending. Pure.
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    plain = "".join(char if _harmless(char) else " " for char in last)
    stem = plain.rpartition(".")[0] if "." in plain else plain
    stem = " ".join(stem.split()).strip(". ")[:LONGEST_NAME].strip()
    return f"{stem}{NAMES[kind].rpartition('{}')[2]}" if stem else ""


def _harmless(char: str) -> bool:
    return char in "-_.()+&, " or unicodedata.category(char)[0] in "LNM"
