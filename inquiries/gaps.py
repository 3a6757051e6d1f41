"""Offers that do not exist: noted where somebody could not be sent on, counted without anybody.

Invariant: a gap holds codes and a day; nothing in it, and nothing that points to it, leads to a person or an inquiry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inquiries import inquiry
from inquiries.models import Gap, Missing
from office import database, journal, links


@dataclass(frozen=True, slots=True)
class Line:
    """So many times nobody was there for this topic in this language, by why."""

    topic: str
    language: str
    full: int
    in_language: int
    nowhere: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.full + self.in_language + self.nowhere


@database.verb
async def note(inquiry_id: int, why: Missing, *, key: str, day: date, actor: str, now: datetime) -> None:
    """Nobody offers what this inquiry needs. Idempotent by `key`, which is kept as a hash. Raises `NotFound`."""
    found, hashed = await inquiry.locked(inquiry_id), links.fingerprint("gap", key)
    if await Gap.exists(key=hashed):
        return
    await Gap.create(
        key=hashed, day=day, topic=found.topic, language=found.language, district=found.district, why=why
    )
    await journal.write("inquiry.gap_noted", inquiry.subject(found), actor=actor, now=now)


async def between(first: date, last: date) -> list[Gap]:
    """Those of these days (both included)."""
    return await Gap.filter(day__gte=first, day__lte=last).order_by("id")


def lines(gaps: Sequence[Gap]) -> list[Line]:
    """By topic and language, the most frequent first. Pure."""
    counted = Counter((gap.topic, gap.language, gap.why) for gap in gaps)
    found = [
        Line(topic, language, *(counted[topic, language, why] for why in Missing))
        for topic, language in {(gap.topic, gap.language) for gap in gaps}
    ]
    return sorted(found, key=lambda line: (-line.total, line.topic, line.language))


def districts(gaps: Sequence[Gap]) -> list[tuple[str, int]]:
    """District → how many, the most frequent first. Pure."""
    return sorted(Counter(gap.district for gap in gaps).items(), key=lambda pair: (-pair[1], pair[0]))
