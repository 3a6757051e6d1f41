"""Pictures and PDFs that came with something written, and what the virus scan said of each.

Invariant: whose content was not found clean (or, without a scanner, of a harmless form) is handed to nobody; what was
refused is not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inquiries.models import Upload, UploadState, Writing
from office import database
from office.errors import NotFound

READY = (UploadState.CLEAN, UploadState.UNSCANNED)
"""May be looked at."""
HEAD = ("id", "writing_id", "kind", "size", "state", "reason", "added_at", "checked_at")
"""Everything but the content."""
NAMES = {"image/jpeg": "photo-{}.jpg", "image/png": "photo-{}.png", "application/pdf": "document-{}.pdf"}
"""What it is called here; the name it came with may tell of a person and is not kept."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file as it may be kept: re-encoded if it is a picture, of one of the kinds in `NAMES`."""

    kind: str
    content: bytes


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
        found.setdefault(one.writing_id, []).append(one)
    return found


async def ready(upload_id: int) -> Upload:
    """One with its content and its writing at hand, if it may be looked at. Raises `NotFound`."""
    found = await Upload.get_or_none(id=upload_id, state__in=READY).prefetch_related("writing__inquiry")
    if found is None:
        raise NotFound
    return found


async def to_check(limit: int) -> list[Upload]:
    """Those that wait for the scan, the oldest first."""
    return await Upload.filter(state=UploadState.STORED).order_by("id").limit(limit)


async def waiting() -> bool:
    """Is there anything to scan?"""
    return await Upload.filter(state=UploadState.STORED).exists()


@database.verb
async def checked(upload_id: int, state: UploadState, now: datetime, *, reason: str = "") -> None:
    """What the scan said; what is refused is emptied. Idempotent: the first word stays."""
    found = Upload.filter(id=upload_id, state=UploadState.STORED)
    if state is UploadState.REFUSED:
        await found.update(state=state, checked_at=now, reason=reason[:80], content=b"", size=0)
        return
    await found.update(state=state, checked_at=now, reason=reason[:80])


def name(upload: Upload) -> str:
    """Under which it is saved."""
    return NAMES.get(upload.kind, "file-{}.bin").format(upload.id)
