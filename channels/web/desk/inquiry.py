"""One inquiry at the desk: the thread over all channels, who it is, and everything that can be done with it."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import outbox
from channels.models import State
from channels.web import clock, log_in, pages
from channels.web.desk import choices, history, inbox, page, related, threads
from inquiries import people, states
from inquiries.models import Address, Inquiry
from office import audit, catalogues, links, staff
from office.errors import NotFound

RECORDED = ("topic", "audience", "outcome", "district")
DONE = ("answered", "noted", "saved", "settled", "voided", "logged", "merged", "split")
"""What the page may say was just done."""


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """Everything there is about one inquiry; that somebody looked is noted. What was merged is shown where it is."""
    found = await of(request)
    if found.merged_into_id:
        said = request.url.query or "merged"
        return RedirectResponse(f"/desk/inquiries/{found.merged_into_id}?{said}", 303)
    return await render(request, found)


async def of(request: Request) -> Inquiry:
    """The inquiry the address names, with its person. Raises `NotFound`."""
    number = request.path_params["id"]
    found = await Inquiry.get_or_none(id=number).prefetch_related("person", "assigned")
    if found is None:
        raise NotFound
    return found


async def other(request: Request, number: int) -> Inquiry:
    """Another inquiry than the one the address names, seen by the same rules. Raises `NotFound`."""
    scope = {**request.scope, "path_params": {**request.path_params, "id": number}}
    return await of(Request(scope))


async def render(
    request: Request,
    found: Inquiry,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    segments: int = 0,
    status: int = 200,
) -> Response:
    """Its page; what was typed stays, and what is wrong stands beside it."""
    now, language = clock.now(), pages.language_of(request)
    await audit.note(log_in.actor(request), "looked", f"inquiry:{found.id}", now)
    entries, ways = await threads.of(found.id), await outbox.ways_to_answer(found)
    return await page.render(
        request,
        "desk/inquiry.html",
        status=status,
        found=found,
        state=states.of(found, page.today(now)),
        presets=_presets(page.today(now)),
        entries=entries,
        ways=ways,
        way=_preselected(ways, entries, found),
        overdue=found.promised_on is not None and found.promised_on < page.today(now),
        done=next((word for word in DONE if word in request.query_params), ""),
        colleagues=await staff.counsellors(),
        key=secrets.token_hex(16),
        typed=defaultdict(str, typed or {}),
        wrong=wrong or {},
        segments=segments,
        next=await inbox.next_waiting(found.id),
        choices=await _choices(found, language, page.today(now)),
        labels=await _labels(language),
        **await _around(found),
    )


def _presets(today: date) -> dict[str, date]:
    """The days on which one looks again most often, and the first and last that can be chosen."""
    ahead = {"tomorrow": 1, "week": 7, "last": 366}
    return {name: today + timedelta(days=days) for name, days in ahead.items()}


def _preselected(ways: list[str], entries: list[threads.Entry], found: Inquiry) -> str:
    """The channel the last message came by, if something can be sent there; else the surest to be noticed."""
    last = threads.last_channel(entries) or found.channel
    return last if last in ways and last != outbox.WEB else ways[0]


async def _around(found: Inquiry) -> dict[str, Any]:
    known = await Address.filter(person_id=found.person_id).order_by("id")
    discreet = await people.discreet(found.person_id)
    return {
        "addresses": known,
        "discreet": discreet,
        "pin": links.four_digits("pin", found.person_id) if discreet else "",
        "automatic": await threads.automatic(found.id),
        "from_elsewhere": await threads.from_elsewhere(found.id),
        "appointments": await related.appointments(found),
        "others": await related.of_person(found),
        "parts": await related.parts(found),
        "same_address": await related.of_address(found, known),
        "history": await history.of_inquiry(found),
        "receipts": await history.receipts(found),
        "troubled": [State.FAILED, State.UNCERTAIN],
    }


async def _choices(found: Inquiry, language: str, day: date) -> dict[str, Any]:
    """Per figure its choices; topics in their two levels."""
    offered: dict[str, Any] = {
        name: await choices.of(name, language, day, str(getattr(found, name))) for name in RECORDED
    }
    offered["topic"] = choices.grouped(offered["topic"])
    offered["referral_target"] = await choices.of("referral_target", language, day, found.referral)
    return offered


async def _labels(language: str) -> dict[str, dict[str, str]]:
    return {
        name: await catalogues.labels(name, language) for name in ("channel", "topic", "outcome", "language")
    }
