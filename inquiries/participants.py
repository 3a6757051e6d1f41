"""Who else takes part in an inquiry: a parent, a teacher, a social worker, each with an address of their own.

Invariant: a letter goes to exactly one of them, and only if they may be told; nobody reads what was written to another,
and never the thread.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from inquiries import inquiry
from inquiries.models import Part, Participant, Writing, WritingKind
from office import database, journal
from office.errors import NotFound, Refused

MAIL = "email"


class MayNotBeTold(Refused):
    """The person has not agreed that they are told anything."""


class WrittenTo(Refused):
    """They were written to, and that stays on record; say that they may not be told any more."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Who it is; addresses in their normal form. `may_be_told` is what the person said."""

    part: Part
    name: str = ""
    email: str = ""
    phone: str = ""
    may_be_told: bool = False


async def of(inquiry_id: int) -> list[Participant]:
    """In the order they were added."""
    return await Participant.filter(inquiry_id=inquiry_id).order_by("id")


async def named(inquiry_id: int, participant_id: int) -> Participant:
    """This one of this inquiry. Raises `NotFound`."""
    found = await Participant.get_or_none(id=participant_id, inquiry_id=inquiry_id)
    if found is None:
        raise NotFound
    return found


async def by_id(numbers: Collection[int]) -> dict[int, Participant]:
    """These, by their number, of whatever inquiry."""
    return {one.id: one for one in await Participant.filter(id__in=list(numbers))} if numbers else {}


async def writing_from(inquiry_id: int, email: str) -> Participant | None:
    """Who takes part in this inquiry and has this mail address; None if nobody, or not one alone."""
    found = await Participant.filter(inquiry_id=inquiry_id, email__iexact=email) if email else []
    return found[0] if len(found) == 1 else None


@database.verb
async def add(inquiry_id: int, who: Joining, *, actor: str, now: datetime) -> Participant:
    """They take part from now on. Raises `NotFound`."""
    found = await inquiry.locked(inquiry_id)
    made = await Participant.create(
        inquiry_id=found.id,
        part=who.part,
        name=who.name,
        email=who.email,
        phone=who.phone,
        may_be_told=who.may_be_told,
        added_at=now,
    )
    await _tell("inquiry.participant_added", made, actor, now)
    return made


@database.verb
async def allow(inquiry_id: int, participant_id: int, told: bool, *, actor: str, now: datetime) -> None:
    """The person said that they may, or may not, be told. Raises `NotFound`."""
    await inquiry.locked(inquiry_id)
    found = await named(inquiry_id, participant_id)
    found.may_be_told = told
    await found.save(update_fields=["may_be_told"])
    await _tell("inquiry.participant_may" if told else "inquiry.participant_may_not", found, actor, now)


@database.verb
async def remove(inquiry_id: int, participant_id: int, *, actor: str, now: datetime) -> None:
    """They were added by mistake. Raises `NotFound`, `WrittenTo`."""
    await inquiry.locked(inquiry_id)
    found = await named(inquiry_id, participant_id)
    if await Writing.exists(participant_id=found.id):
        raise WrittenTo
    await _tell("inquiry.participant_removed", found, actor, now)
    await found.delete()


@database.verb
async def write(
    inquiry_id: int, participant_id: int, text: str, *, key: str, actor: str, now: datetime
) -> Writing:
    """A letter to this one alone; it answers nothing the person asked. Idempotent by `key`.

    Raises `MayNotBeTold` also for who has no mail address, `NotFound`.
    """
    written = await Writing.get_or_none(key=key)
    if written:
        return written
    await inquiry.locked(inquiry_id)
    found = await named(inquiry_id, participant_id)
    if not found.may_be_told or not found.email:
        raise MayNotBeTold
    written = await Writing.create(
        inquiry_id=inquiry_id,
        key=key,
        kind=WritingKind.NOTE,
        at=now,
        author=actor,
        channel=MAIL,
        text=text,
        participant_id=found.id,
    )
    details = {"writing": written.id}
    await journal.write("inquiry.letter", f"inquiry:{inquiry_id}", actor=actor, now=now, details=details)
    return written


async def _tell(kind: str, who: Participant, actor: str, now: datetime) -> None:
    await journal.write(
        kind, f"inquiry:{who.inquiry_id}", actor=actor, now=now, details={"part": str(who.part)}
    )
