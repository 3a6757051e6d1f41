"""Two inquiries were one matter, or one was two: threads are joined and parted, and nothing that was told is lost.

Invariant: writings and contacts move, none is made and none ends. What was merged is closed, counts nowhere and
points to where it goes on; only what belongs to one person is merged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from inquiries import codes, drafts, inquiry
from inquiries.models import CaseNote, Contact, Inquiry, Participant, Referral, Writing, WritingKind
from office import database, journal
from office.errors import Invalid, NotFound, Refused

When = TypeVar("When", date, datetime)
TAKEN_OVER = ("topic", "audience", "school_type", "language", "district", "referral")
"""What the whole takes from the part where it knows nothing better."""


class OtherPerson(Refused):
    """These questions are of two people; merge them only if it is the same person."""


async def pair(inquiry_id: int, into_id: int) -> tuple[Inquiry, Inquiry]:
    """The part and the whole, both locked. Raises `NotFound`, `inquiry.Merged`, and `Invalid` for a part of itself."""
    if inquiry_id == into_id:
        raise Invalid(into="itself")
    both = Inquiry.filter(id__in=[inquiry_id, into_id], void=False).select_for_update().order_by("id")
    found = {one.id: one for one in await both}
    if len(found) < 2:
        raise NotFound
    part, whole = found[inquiry_id], found[into_id]
    if whole.merged_into_id or part.merged_into_id not in {None, into_id}:
        raise inquiry.Merged
    return part, whole


@database.verb
async def join(inquiry_id: int, into_id: int, *, actor: str, now: datetime) -> Inquiry:
    """All of the first is in the thread of the second, which is returned. Idempotent.

    What either of them owes is owed by the whole; a whole that was closed is open again if the part was open. Who
    takes part, where they were sent on, notes and what somebody has begun to write go along.
    Raises `OtherPerson` and what `pair` raises.
    """
    part, whole = await pair(inquiry_id, into_id)
    if part.person_id != whole.person_id:
        raise OtherPerson
    if part.merged_into_id == whole.id:
        return whole
    await Writing.filter(inquiry_id=part.id).update(inquiry_id=whole.id)
    await Contact.filter(inquiry_id=part.id).update(inquiry_id=whole.id)
    await Inquiry.filter(merged_into_id=part.id).update(merged_into_id=whole.id)
    for belonging in (CaseNote, Participant, Referral):
        await belonging.filter(inquiry_id=part.id).update(inquiry_id=whole.id)
    await drafts.go_along(part.id, whole.id)
    _take_over(whole, part)
    await whole.save()
    part.merged_into_id, part.new_case = whole.id, False
    part.closed_at = part.closed_at or now
    part.waiting_since = part.promised_on = part.follow_up_on = None
    await part.save()
    what: dict[str, Any] = {"actor": actor, "now": now}
    await journal.write("inquiry.merged", inquiry.subject(part), details={"with": whole.id}, **what)
    await journal.write("inquiry.joined", inquiry.subject(whole), details={"with": part.id}, **what)
    return whole


@database.verb
async def split(inquiry_id: int, writing_id: int, *, actor: str, now: datetime) -> tuple[Inquiry, list[int]]:
    """From this writing on it is a matter of its own, of the same person: the new inquiry, and the ids of what moved.

    Idempotent. Raises `NotFound`, and `Invalid` if one of the two would be left without anything told.
    """
    found = await inquiry.locked(inquiry_id)
    moved = await from_on(found, writing_id)
    if not moved:
        return await _split_before(found, writing_id), []
    opened = await _opened(found, moved)
    ids, keys = [one.id for one in moved], [one.key for one in moved]
    await Writing.filter(id__in=ids).update(inquiry_id=opened.id)
    await Contact.filter(inquiry_id=found.id, key__in=keys).update(inquiry_id=opened.id)
    found.answered_at = await _answered(found.id)
    if found.waiting_since and found.waiting_since >= moved[0].at:
        found.waiting_since = found.promised_on = None
    await found.save()
    what: dict[str, Any] = {"actor": actor, "now": now}
    await journal.write("inquiry.split", inquiry.subject(found), details={"with": opened.id}, **what)
    await journal.write("inquiry.split_off", inquiry.subject(opened), details={"with": found.id}, **what)
    return opened, ids


async def from_on(found: Inquiry, writing_id: int) -> list[Writing]:
    """This writing and all after it; nothing if it is not in this thread.

    Raises `Invalid` if one of the two would be left without anything told.
    """
    thread = await Writing.filter(inquiry_id=found.id).order_by("at", "id")
    places = [place for place, one in enumerate(thread) if one.id == writing_id]
    moved = thread[places[0] :] if places else []
    told = Contact.filter(inquiry_id=found.id, void=False)
    keys = [one.key for one in moved]
    if moved and not (await told.filter(key__in=keys).exists() and await told.exclude(key__in=keys).exists()):
        raise Invalid(writing="nothing_left")
    return moved


async def _split_before(found: Inquiry, writing_id: int) -> Inquiry:
    """Where a writing of this person is that was parted from this thread before."""
    written = await Writing.get_or_none(id=writing_id).prefetch_related("inquiry")
    if written is None or written.inquiry.person_id != found.person_id:
        raise NotFound
    one: Inquiry = written.inquiry
    return one


async def _opened(found: Inquiry, moved: list[Writing]) -> Inquiry:
    first = moved[0]
    told = [one.at for one in moved if one.kind is not WritingKind.ANSWER]
    since = found.waiting_since if told else None
    return await Inquiry.create(
        person_id=found.person_id,
        opened_at=first.at,
        channel=first.channel,
        audience=found.audience,
        language=found.language,
        district=found.district,
        new_case=False,
        code=await codes.unused(Inquiry),
        waiting_since=max(since, told[0]) if since else None,
        promised_on=found.promised_on if since else None,
        answered_at=max((one.at for one in moved if one.kind is WritingKind.ANSWER), default=None),
        assigned_id=found.assigned_id,
    )


async def _answered(inquiry_id: int) -> datetime | None:
    last = await Writing.filter(inquiry_id=inquiry_id, kind=WritingKind.ANSWER).order_by("-at").first()
    return last.at if last else None


def _take_over(whole: Inquiry, part: Inquiry) -> None:
    if part.closed_at is None and whole.closed_at:
        whole.closed_at, whole.outcome = None, "open"
    for name in TAKEN_OVER:
        if getattr(whole, name) == "unknown":
            setattr(whole, name, getattr(part, name))
    if part.opened_at < whole.opened_at:
        whole.opened_at, whole.channel = part.opened_at, part.channel
    whole.new_case = whole.new_case or part.new_case
    whole.assigned_id = whole.assigned_id or part.assigned_id
    whole.answered_at = max(_known(whole.answered_at, part.answered_at), default=None)
    if whole.closed_at is None:
        whole.waiting_since = min(_known(whole.waiting_since, part.waiting_since), default=None)
        whole.promised_on = min(_known(whole.promised_on, part.promised_on), default=None)
        whole.follow_up_on = min(_known(whole.follow_up_on, part.follow_up_on), default=None)


def _known(*dates: When | None) -> Iterable[When]:
    return [one for one in dates if one is not None]
