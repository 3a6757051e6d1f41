"""After a talk: one form, most of it filled in, few keys, for who may read what it was about.

Invariant: what the form records is what a catalogue has; what was typed stays when something is amiss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request

from booking import talks
from booking.models import Appointment
from booking.talks import NextStep, Talk
from channels.web import clock
from channels.web.desk import choices, page
from channels.web.desk import inquiry as desk_inquiry
from inquiries.models import Inquiry
from office import catalogues
from office.catalogues import Value
from office.errors import Forbidden

CODES = ("topic", "audience", "school_type", "district", "outcome")
"""What is said of the inquiry: form field, column and catalogue have one name."""
DURATIONS = ("up_to_15", "16_30", "31_60", "over_60")
CHIPS = 6
"""So many topics are under the finger."""
CALLS_AHEAD = timedelta(days=180)
REFERRED = "referred"
USUAL_OUTCOME = "answered"


@dataclass(frozen=True, slots=True)
class Form:
    """Everything the form shows."""

    typed: dict[str, str]
    topics: list[Value]
    """Those this service is usually about, the one recorded first."""
    other_topics: list[choices.Group]
    choices: dict[str, list[Value]]
    durations: list[tuple[str, str]]
    steps: list[str]
    begun: bool
    first: date
    last: date
    focus: bool
    """It is to be filled in now."""


async def of(request: Request, appointment: Appointment) -> Inquiry | None:
    """The inquiry of this talk, by the rule that holds for its own page; None for who may not read it."""
    scope = {**request.scope, "path_params": {"id": appointment.inquiry_id}}
    try:
        return await desk_inquiry.of(Request(scope))
    except Forbidden:
        return None


async def form(
    appointment: Appointment, found: Inquiry, language: str, *, typed: Mapping[str, str] | None = None
) -> Form:
    """What is known of the talk, filled in; `typed` stays as it is."""
    now = clock.now()
    day = page.today(now)
    filled = {**(await _known(appointment, found, now)), **(typed or {})}
    every = await choices.of("topic", language, day, filled["topic"])
    likely = await _likely(appointment, filled["topic"], every)
    names = await catalogues.labels("duration", language)
    offered = {name: await choices.of(name, language, day, filled[name]) for name in CODES if name != "topic"}
    offered["referral"] = await choices.of("referral_target", language, day, filled["referral"])
    return Form(
        typed=filled,
        topics=likely,
        other_topics=_without(choices.grouped(every), {one.code for one in likely}),
        choices=offered,
        durations=[(code, names.get(code, code)) for code in _durations(filled["duration"])],
        steps=list(NextStep),
        begun=appointment.starts_at <= now,
        first=day,
        last=day + CALLS_AHEAD,
        focus=talks.held(appointment, now) and found.outcome == "open",
    )


async def read(typed: Mapping[str, str], day: date) -> tuple[Talk | None, dict[str, str]]:
    """The form as a talk; field → what is wrong, if it is not to be used."""
    wrong = await choices.unknown({name: typed[name] for name in CODES})
    if typed["duration"] not in await catalogues.labels("duration", "de"):
        wrong["duration"] = "unknown"
    if typed["next_step"] not in set(NextStep):
        wrong["next_step"] = "unknown"
    referral = await _referral(typed, wrong)
    call_on = _call_on(typed, day, wrong) if typed["next_step"] == NextStep.CALL else None
    if wrong:
        return None, wrong
    said = {name: typed[name] for name in CODES}
    step = NextStep(typed["next_step"])
    talk = Talk(**said, duration=typed["duration"], referral=referral, next_step=step, call_on=call_on)
    return talk, {}


async def complete(
    appointment: Appointment, found: Inquiry, fields: Mapping[str, Any], now: datetime
) -> dict[str, str]:
    """What was typed; a field the form did not have is what is known."""
    known = await _known(appointment, found, now)
    return {name: str(fields.get(name, value)).strip()[:48] for name, value in known.items()}


async def _known(appointment: Appointment, found: Inquiry, now: datetime) -> dict[str, str]:
    step, day = await talks.next_step(appointment, found, now)
    known = {name: str(getattr(found, name)) for name in CODES}
    if known["outcome"] == "open" and talks.held(appointment, now):
        known["outcome"] = USUAL_OUTCOME
    return {
        **known,
        "referral": found.referral,
        "duration": await talks.duration(appointment, found, now),
        "next_step": str(step),
        "call_on": day.isoformat() if day else "",
    }


async def _likely(appointment: Appointment, chosen: str, every: list[Value]) -> list[Value]:
    """At most `CHIPS` topics: the one chosen, what such talks are usually about, what belongs to the service."""
    by_code = {one.code: one for one in every}
    own = appointment.service.topic
    near = [one.code for one in every if own in {one.code, one.parent}]
    wanted = dict.fromkeys([chosen, *await talks.usual_topics(appointment.service_id), *near])
    silent = {catalogues.UNKNOWN, catalogues.NOT_STATED} - {chosen}
    return [by_code[code] for code in wanted if code in by_code and code not in silent][:CHIPS]


def _without(groups: list[choices.Group], shown: set[str]) -> list[choices.Group]:
    """The groups without what is shown elsewhere: one choice stands once."""
    left = [choices.Group(one.head, [low for low in one.below if low.code not in shown]) for one in groups]
    return [one for one in left if one.below or one.head.code not in shown]


def _durations(chosen: str) -> list[str]:
    return [*DURATIONS, *([chosen] if chosen not in DURATIONS else [])]


async def _referral(typed: Mapping[str, str], wrong: dict[str, str]) -> str:
    """Who refers somebody says where to."""
    if typed["outcome"] != REFERRED:
        return catalogues.UNKNOWN
    code = typed["referral"]
    if code in {"", catalogues.UNKNOWN} or await choices.unknown({"referral_target": code}):
        wrong["referral"] = "where_to"
    return code


def _call_on(typed: Mapping[str, str], today: date, wrong: dict[str, str]) -> date | None:
    try:
        day = clock.day(typed["call_on"])
    except ValueError:
        wrong["call_on"] = "which_day"
        return None
    if not today <= day <= today + CALLS_AHEAD:
        wrong["call_on"] = "which_day"
    return day
