"""One inquiry at the desk: the thread over all channels, who it is, and everything that can be done with it."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages, modules, outbox
from channels.models import State, TextModule
from channels.previews import Preview
from channels.web import clock, log_in, pages
from channels.web.desk import access, choices, enclosures, history, inbox, page, related, threads
from inquiries import drafts, participants, people, referrals, states, thread, uploads
from inquiries.models import Address, Draft, DraftKind, Inquiry, NoInformation
from office import catalogues, links, staff
from office.errors import NotFound

RECORDED = ("topic", "audience", "school_type", "outcome", "district")
DONE = ("answered", "noted", "drafted", "saved", "settled", "voided", "logged", "merged", "split")
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
    """The inquiry the address names, with its person, if it is open to who looks; the look is noted.

    Raises `NotFound`, and `access.Closed` for a case of somebody else.
    """
    found = await named(request)
    await access.enter(request, found)
    return found


async def to_finish(request: Request) -> Inquiry:
    """The inquiry the address names, for words that may have been begun before a colleague took it.

    Raises `NotFound`, and `access.Closed` for a case of somebody else.
    """
    found = await named(request)
    await access.finish(request, found)
    return found


async def named(request: Request) -> Inquiry:
    """The inquiry the address names, with its person, closed or not: nothing of it may be shown. Raises `NotFound`."""
    found = await Inquiry.get_or_none(id=request.path_params["id"]).prefetch_related("person", "assigned")
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
    unread: Sequence[int] = (),
    held: bool = False,
    written_in: TextModule | None = None,
    preview: Preview | None = None,
    status: int = 200,
) -> Response:
    """Its page; what was typed or begun stays, and what is wrong, or new since then, stands beside it.

    `unread` are writings the answer was written without; `held`: it was to be sent, and was not. `written_in` is the
    text module last inserted: it stands there in German, too, for whoever does not read the person's language.
    """
    now, language = clock.now(), pages.language_of(request)
    begun = await drafts.of(log_in.staff_of(request).id, found.id)
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
        way=preselected(ways, entries, found),
        overdue=found.promised_on is not None and found.promised_on < page.today(now),
        done=next((word for word in DONE if word in request.query_params), ""),
        colleagues=await staff.counsellors(),
        key=secrets.token_hex(16),
        typed=defaultdict(str, {**_begun(begun), **(typed or {})}),
        begun=begun,
        wrong=wrong or {},
        unread=[entry for entry in entries if entry.id in (unread or await _since(begun, found, typed))],
        held=held,
        now=now,
        preview=preview,
        attached=await uploads.enclosed(log_in.staff_of(request).id, found.id),
        most_files=enclosures.MOST,
        most_megabytes=enclosures.MOST_TOGETHER // 1024 // 1024,
        **await _modules(found, written_in, now),
        next=await inbox.next_waiting(found.id, log_in.staff_of(request)),
        choices=await _choices(found, language, page.today(now)),
        labels=await _labels(language),
        **await _around(request, found),
        **await _sent_on(found),
    )


def _presets(today: date) -> dict[str, date]:
    """The days on which one looks again most often, and the first and last that can be chosen."""
    ahead = {"tomorrow": 1, "week": 7, "last": 366}
    return {name: today + timedelta(days=days) for name, days in ahead.items()}


async def _modules(found: Inquiry, written_in: TextModule | None, now: datetime) -> dict[str, Any]:
    """What can be inserted, in which language it will be; and the last one inserted, in German."""
    spoken, german = languages.known(found.person.language), ""
    if written_in and spoken != languages.DEFAULT:
        values = await modules.values(found, languages.DEFAULT, now)
        german = modules.filled(str(written_in.texts[languages.DEFAULT]), values)
    return {
        "modules": await modules.offered(found.topic),
        "spoken": spoken,
        "german": german,
        "untranslated": written_in is not None and modules.text_for(written_in, spoken)[1] != spoken,
    }


def _begun(begun: Mapping[DraftKind, Draft]) -> dict[str, str]:
    """Drafts as the page's forms have them."""
    found: dict[str, str] = {}
    if one := begun.get(DraftKind.ANSWER):
        found |= {"text": one.text, "channel": one.channel, "how": one.how}
    if one := begun.get(DraftKind.NOTE):
        found["note"] = one.text
    return found


async def _since(
    begun: Mapping[DraftKind, Draft], found: Inquiry, typed: Mapping[str, str] | None
) -> set[int]:
    """What came in since the draft that is shown was written."""
    one = begun.get(DraftKind.ANSWER)
    if one is None or (typed and "text" in typed):
        return set()
    return {writing.id for writing in await thread.since(found.id, one.seen)}


def preselected(ways: list[str], entries: list[threads.Entry], found: Inquiry) -> str:
    """The channel the last message came by, if something can be sent there; else the surest to be noticed."""
    last = threads.last_channel(entries) or found.channel
    return last if last in ways and last != outbox.WEB else ways[0]


async def _around(request: Request, found: Inquiry) -> dict[str, Any]:
    known = await Address.filter(person_id=found.person_id).order_by("id")
    discreet = await people.discreet(found.person_id)
    others, same = await related.of_person(found), await related.of_address(found, known)
    return {
        "addresses": known,
        "discreet": discreet,
        "silence_reasons": list(NoInformation),
        "participants": await participants.of(found.id),
        "pin": links.four_digits("pin", found.person_id) if discreet else "",
        "automatic": await threads.automatic(found.id),
        "from_elsewhere": await threads.from_elsewhere(found.id),
        "appointments": await related.appointments(found),
        "others": others,
        "parts": await related.parts(found),
        "same_address": same,
        "opened": await access.purposes(log_in.staff_of(request), {one.id for one in [*others, *same]}),
        "history": await history.of_inquiry(found),
        "receipts": await history.receipts(found),
        "troubled": [State.FAILED, State.UNCERTAIN],
    }


async def _sent_on(found: Inquiry) -> dict[str, Any]:
    """Where to, and which handovers a partner can still read."""
    now, sent = clock.now(), await referrals.of(found.id)
    return {"referrals": sent, "open_handovers": [one.id for one in sent if referrals.is_open(one, now)]}


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
