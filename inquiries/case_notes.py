"""Protected notes on a case: apart from the thread, for few eyes, and with an end.

Invariant: a note is shown until its day of expiry and not a day longer; it never leaves the desk.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from inquiries import inquiry
from inquiries.models import CaseNote
from office import database, journal
from office.errors import Invalid, NotFound
from office.settings import current


def latest(today: date) -> date:
    """The last day a note written today may be kept."""
    return today + timedelta(days=current().case_note_days)


@database.verb
async def write(
    inquiry_id: int, text: str, expires_on: date, *, key: str, actor: str, now: datetime
) -> CaseNote:
    """The note stands until the end of `expires_on`. Idempotent by `key`.

    Raises `NotFound`, and `Invalid` for a day that is over or later than the office keeps notes.
    """
    written = await CaseNote.get_or_none(key=key)
    if written:
        return written
    today = now.astimezone(current().zone).date()
    if not today <= expires_on <= latest(today):
        raise Invalid(expires_on="note_day")
    found = await inquiry.locked(inquiry_id)
    written = await CaseNote.create(
        inquiry_id=found.id, key=key, at=now, author=actor, text=text, expires_on=expires_on
    )
    await journal.write("inquiry.case_noted", inquiry.subject(found), actor=actor, now=now)
    return written


@database.verb
async def remove(inquiry_id: int, note_id: int, *, actor: str, now: datetime) -> None:
    """The note is gone. Raises `NotFound`."""
    found = await inquiry.locked(inquiry_id)
    if not await CaseNote.filter(id=note_id, inquiry_id=inquiry_id).delete():
        raise NotFound
    await journal.write("inquiry.case_note_removed", inquiry.subject(found), actor=actor, now=now)


async def of(inquiry_id: int, today: date) -> list[CaseNote]:
    """Those still to be kept, the oldest first."""
    return await CaseNote.filter(inquiry_id=inquiry_id, expires_on__gte=today).order_by("at", "id")


async def count(inquiry_id: int, today: date) -> int:
    """How many there are, for who must not read them yet."""
    return await CaseNote.filter(inquiry_id=inquiry_id, expires_on__gte=today).count()
