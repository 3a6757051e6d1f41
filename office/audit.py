"""Who looked at what and why, kept apart from the journal and for its own, shorter period.

Invariant: it answers who looked at a case, not what a colleague did all day: nothing finds entries by who looked.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from office.models import AuditEntry

OPENED = "opened"
"""Somebody opened a case that is not theirs, with a reason; this entry is what opens it to them."""


async def note(
    actor: str, action: str, subject: str, now: datetime, *, purpose: str = "", reason: str = ""
) -> None:
    """`actor` ("staff:jb") did `action` to `subject`, being allowed to for `purpose`; codes and ids only.

    `reason` is what they wrote, where they had to say why.
    """
    await AuditEntry.create(
        at=now, actor=actor, action=action, subject=subject, purpose=purpose, reason=reason[:200]
    )


async def opened(actor: str, since: datetime) -> set[str]:
    """The subjects this member of staff opened with a reason since then."""
    found = AuditEntry.filter(actor=actor, action=OPENED, at__gte=since)
    return set(await found.values_list("subject", flat=True))  # type: ignore[arg-type]


async def saw(actor: str, subject: str, purpose: str, since: datetime) -> bool:
    """Whether this member of staff looked at it for this purpose since then."""
    return await AuditEntry.filter(actor=actor, subject=subject, purpose=purpose, at__gte=since).exists()


async def of(subjects: Collection[str], *, offset: int, limit: int) -> list[AuditEntry]:
    """All entries about these subjects, the latest first."""
    found = AuditEntry.filter(subject__in=list(subjects)).order_by("-at", "-id")
    return await found.offset(offset).limit(limit)


async def between(first: datetime, last: datetime, *, offset: int, limit: int) -> list[AuditEntry]:
    """What concerned a person or a case in this time, the latest first; who logged in when is not among it."""
    found = AuditEntry.filter(at__gte=first, at__lt=last).exclude(subject__startswith="staff:")
    return await found.exclude(subject="nobody").order_by("-at", "-id").offset(offset).limit(limit)
