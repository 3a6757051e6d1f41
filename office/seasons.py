"""Dated times of the year with rules of their own: a longer promise, a word to everybody, hours of their own.

Invariant: outside its days a season changes nothing; where two overlap, the one that began last holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from office import database, history, journal
from office.errors import NotFound
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


async def every() -> list[Season]:
    """All of them, the latest first."""
    return await Season.all().order_by("-starts_on", "-id")


async def save(
    number: int | None,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    promise_days: int | None,
    actor: str,
    now: datetime,
) -> Season:
    """This season, or a new one, has these days; inside a verb that asked whom they touch. Raises `NotFound`."""
    season = await Season.get_or_none(id=number) if number is not None else Season()
    if season is None:
        raise NotFound
    season.name, season.promise_days = name, promise_days
    season.starts_on, season.ends_on = starts_on, ends_on
    await season.save()
    await journal.write("calendar.season", f"season:{season.id}", actor=actor, now=now)
    return season


@database.verb
async def say(number: int, banner: Mapping[str, str], *, actor: str, now: datetime) -> None:
    """In its days everybody is told this, per language; nothing ends it. Raises `NotFound`."""
    season = await Season.select_for_update().get_or_none(id=number)
    if season is None:
        raise NotFound
    before = history.by_language("banner", dict(season.banner))
    after = {**dict.fromkeys(before, ""), **history.by_language("banner", banner)}
    season.banner = dict(banner)
    await season.save(update_fields=["banner"])
    await history.note(f"season:{season.id}", before, after, actor=actor, now=now)
