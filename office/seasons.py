"""Dated times of the year with rules of their own: a longer promise, a word to everybody, hours of their own.

Invariant: outside its days a season changes nothing; where two overlap, the one that began last holds.
"""

from __future__ import annotations

from datetime import date

from office.models import Season


async def on(day: date) -> Season | None:
    """The season this day lies in."""
    return await Season.filter(starts_on__lte=day, ends_on__gte=day).order_by("-starts_on", "-id").first()


async def promise_days(day: date, usual: int) -> int:
    """Working days within which what came in that day is answered."""
    season = await on(day)
    return season.promise_days if season and season.promise_days else usual


async def banner(day: date, language: str) -> str:
    """What everybody is told that day, in this language or else in German; empty for nothing."""
    season = await on(day)
    texts = season.banner if season else {}
    return str(texts.get(language) or texts.get("de") or "")
