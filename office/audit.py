"""Who looked at what, kept apart from the journal and for its own, shorter period."""

from __future__ import annotations

from datetime import datetime

from office.models import AuditEntry


async def note(actor: str, action: str, subject: str, now: datetime) -> None:
    """`actor` ("staff:jb") did `action` to `subject`; codes and ids only."""
    await AuditEntry.create(at=now, actor=actor, action=action, subject=subject)
