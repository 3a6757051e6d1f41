"""Two questions that are one matter, side by side; and one question that is two.

Invariant: it asks before it acts, and two people become one only if somebody says so on the page that shows both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import merging
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import finding, page, related, threads
from channels.web.desk import inquiry as desk_inquiry
from inquiries import merging as matters
from inquiries import people
from inquiries.models import Address, Inquiry
from office import audit, catalogues
from office.errors import Invalid, NotFound

SAID = "same_person"


@log_in.for_roles(*log_in.SEES_TOPICS)
async def ask(request: Request) -> Response:
    """Which question it belongs to; once that is said, both side by side."""
    found, into = await _open(request), request.query_params.get("into", "")[:12]
    wrong: dict[str, str] = {}
    whole = await _whole(request, found, into, wrong) if "into" in request.query_params else None
    return await _page(request, found, whole, {"into": into}, wrong)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def merge(request: Request) -> Response:
    """They are one matter from now on; what was written in the first stands in the second. Idempotent."""
    fields = await csrf.form(request)
    found, typed = await desk_inquiry.of(request), {"into": str(fields.get("into", ""))[:12]}
    wrong: dict[str, str] = {}
    whole = await _whole(request, found, typed["into"], wrong)
    if whole is None:
        return await _page(request, found, None, typed, wrong)
    said = bool(fields.get(SAID))
    if found.person_id != whole.person_id and not said:
        return await _page(request, found, whole, typed, {SAID: "choose"})
    await merging.merge(found.id, whole.id, same_person=said, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"/desk/inquiries/{whole.id}?merged", 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def ask_split(request: Request) -> Response:
    """What would be a question of its own from here on."""
    found = await _open(request)
    return await _split_page(request, found)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def split(request: Request) -> Response:
    """From this writing on it is a question of its own. Idempotent."""
    await csrf.form(request)
    found = await desk_inquiry.of(request)
    number = request.path_params["n"]
    try:
        opened = await merging.split(found.id, number, actor=log_in.actor(request), now=clock.now())
    except Invalid:
        return await _split_page(request, found)
    return RedirectResponse(f"/desk/inquiries/{opened.id}?split", 303)


async def _open(request: Request) -> Inquiry:
    found = await desk_inquiry.of(request)
    if found.void or found.merged_into_id:
        raise NotFound
    return found


async def _whole(request: Request, found: Inquiry, said: str, wrong: dict[str, str]) -> Inquiry | None:
    """The inquiry that was named, as this member of staff may see it; or what is wrong with it."""
    try:
        named = await finding.inquiry(said)
        whole = await desk_inquiry.other(request, named.merged_into_id or named.id)
    except NotFound:
        wrong["into"] = "no_such"
        return None
    if whole.void or whole.id == found.id:
        wrong["into"] = "itself" if whole.id == found.id else "no_such"
        return None
    return whole


async def _page(
    request: Request,
    found: Inquiry,
    whole: Inquiry | None,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
) -> Response:
    language, known = pages.language_of(request), await Address.filter(person_id=found.person_id)
    if whole:
        await audit.note(log_in.actor(request), "looked", f"inquiry:{whole.id}", clock.now())
    return await page.render(
        request,
        "desk/merge.html",
        status=422 if wrong else 200,
        found=found,
        sides=[await _side(one) for one in (found, whole)] if whole else [],
        whole=whole,
        two_people=whole is not None and whole.person_id != found.person_id,
        suggested=[*await related.of_person(found), *await related.of_address(found, known)],
        typed=typed,
        wrong=wrong,
        labels={name: await catalogues.labels(name, language) for name in ("channel", "topic", "outcome")},
    )


async def _side(one: Inquiry) -> dict[str, Any]:
    return {
        "inquiry": one,
        "entries": await threads.of(one.id),
        "addresses": await Address.filter(person_id=one.person_id).order_by("id"),
        "discreet": await people.discreet(one.person_id),
    }


async def _split_page(request: Request, found: Inquiry) -> Response:
    number, refused = request.path_params["n"], False
    try:
        moved = {one.id for one in await matters.from_on(found, number)}
    except Invalid:
        moved, refused = {number}, True
    if not moved:
        raise NotFound
    return await page.render(
        request,
        "desk/split.html",
        status=409 if refused else 200,
        found=found,
        writing=number,
        refused=refused,
        entries=[one for one in await threads.of(found.id) if one.id in moved],
        labels={"channel": await catalogues.labels("channel", pages.language_of(request))},
    )
