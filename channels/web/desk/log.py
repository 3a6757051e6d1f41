"""The quick log: a call or a visit written down in a few keys, for everybody at the desk.

Invariant: a form sent twice is one contact; what was typed stays when something is amiss, and the page shows
nothing of what others wrote.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in, pages
from channels.web.desk import choices, counter, finding, page, parked, wishes
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry
from inquiries.people import Introduction
from inquiries.thread import From, Told
from office import catalogues
from office.errors import NotFound
from office.settings import current

CHANNELS = ("phone", "walk_in", "letter", "third_party", "event")
"""How they came, the commonest first."""
DURATIONS = ("up_to_15", "16_30", "31_60", "over_60")
USUAL = {
    "channel": "phone",
    "topic": "unknown",
    "audience": "parent",
    "language": "de",
    "duration": "up_to_15",
    "outcome": "answered",
}
"""What stands in the form before anybody touches it."""
LOOKS_BACK = timedelta(days=366)
NOON = time(12)
MAX_LETTERS = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What the form says, once nothing is wrong with it."""

    told: Told
    sender: From
    concern: Concern
    outcome: str
    referral: str


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def form(request: Request) -> Response:
    """The empty form, or one that was put aside; and the number of what was saved before."""
    if draft := await parked.opened(request, "log"):
        return await _render(request, draft)
    query = request.query_params
    known = await counter.prefilled(query.get(counter.FIELD, ""))
    return await _render(request, {"inquiry": query.get("inquiry", "")[:12], **known})


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def save(request: Request) -> Response:
    """Written down and counted; the same form, empty, for the next one."""
    fields = await csrf.form(request)
    typed = {name: str(value).strip()[: MAX_LETTERS + 1] for name, value in fields.items()}
    wrong: dict[str, str] = {}
    entry = await _read(typed, wrong, clock.now())
    if wrong or entry is None:
        return await _render(request, typed, wrong, status=422)
    saved = await thread.log(
        entry.told,
        entry.sender,
        entry.concern,
        outcome=entry.outcome,
        referral=entry.referral,
        actor=log_in.actor(request),
        now=clock.now(),
    )
    await counter.seen_to(request, typed.get(counter.FIELD, ""))
    await parked.finished(request, typed)
    return RedirectResponse(f"/desk/log?saved={saved.id}", 303)


async def _render(
    request: Request, typed: Mapping[str, str], wrong: Mapping[str, str] | None = None, *, status: int = 200
) -> Response:
    language, today = pages.language_of(request), page.today(clock.now())
    saved = request.query_params.get("saved", "")
    offered: dict[str, Any] = {
        name: await choices.of(name, language, today)
        for name in ("audience", "language", "outcome", "referral_target")
    }
    offered["language"] = [one for one in offered["language"] if one.code != catalogues.NOT_STATED]
    offered["topic"] = choices.grouped(await choices.of("topic", language, today))
    return await page.render(
        request,
        "desk/log.html",
        status=status,
        typed=defaultdict(str, {**USUAL, **typed}),
        wrong=wrong or {},
        choices=offered,
        channels=CHANNELS,
        durations=DURATIONS,
        labels={name: await catalogues.labels(name, language) for name in ("channel", "duration")},
        saved=int(saved) if saved.isascii() and saved.isdigit() and len(saved) <= 9 else None,
        today=today,
        first=today - LOOKS_BACK,
        key=secrets.token_hex(16),
    )


async def _read(typed: Mapping[str, str], wrong: dict[str, str], now: datetime) -> Entry | None:
    """The form as an entry; None, and field → what is wrong, if it is not to be used."""
    chosen = {name: typed.get(name, "") or usual for name, usual in USUAL.items()}
    wrong |= await choices.unknown(chosen)
    if chosen["language"] == catalogues.NOT_STATED:  # a call in no language is one in an unknown one
        wrong["language"] = "unknown"
    if chosen["channel"] not in CHANNELS:
        wrong["channel"] = "unknown"
    referral = await _referral(chosen["outcome"], typed.get("referral", ""), wrong)
    at, who = _at(typed, wrong, now), _who(typed, chosen["language"], wrong)
    matter = await _matter(typed.get("inquiry", ""), wrong)
    if len(typed.get("note", "")) > MAX_LETTERS:
        wrong["note"] = "too_long"
    if wrong or at is None:
        return None
    key = typed.get("key", "")[:48] or secrets.token_hex(16)
    return Entry(
        told=Told(f"log:{key}", typed.get("note", ""), chosen["channel"], at, chosen["duration"]),
        sender=From(who=who, inquiry=matter.id if matter else None),
        concern=Concern(
            channel=chosen["channel"],
            topic=chosen["topic"],
            audience=chosen["audience"],
            language=chosen["language"],
        ),
        outcome=chosen["outcome"],
        referral=referral,
    )


async def _referral(outcome: str, code: str, wrong: dict[str, str]) -> str:
    if outcome != "referred":
        return "unknown"
    if code in {"", "unknown"} or await choices.unknown({"referral_target": code}):
        wrong["referral"] = "where_to"
    return code


def _who(typed: Mapping[str, str], language: str, wrong: dict[str, str]) -> Introduction | None:
    """Nobody, if they left neither a name nor an address."""
    spoken = language if language not in {"unknown", "other"} else "de"
    who, amiss = wishes.introduction({**typed, "talk": spoken})
    wrong |= amiss
    return who if who.name or who.reach else None


async def _matter(text: str, wrong: dict[str, str]) -> Inquiry | None:
    """The inquiry whose number or code was typed."""
    if not text:
        return None
    try:
        found = await finding.inquiry(text)
    except NotFound:
        wrong["inquiry"] = "no_such"
        return None
    if found.void:
        wrong["inquiry"] = "no_such"
    return found


def _at(typed: Mapping[str, str], wrong: dict[str, str], now: datetime) -> datetime | None:
    """When it was: now, unless a day or a time was typed; a day of the past without a time means noon."""
    day_text, time_text = typed.get("day", ""), typed.get("time", "")
    today = page.today(now)
    try:
        day = clock.day(day_text) if day_text else today
        said = time.fromisoformat(time_text) if time_text else None
    except ValueError:
        wrong["day"] = "unreadable"
        return None
    at = _moment(day, said or NOON) if said or day != today else now
    if not now - LOOKS_BACK <= at <= now + timedelta(minutes=1):
        wrong["day"] = "not_then"
    return at


def _moment(day: date, said: time) -> datetime:
    return datetime.combine(day, said.replace(tzinfo=None), current().zone).astimezone(UTC)
