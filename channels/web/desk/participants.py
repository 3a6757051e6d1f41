"""Who else takes part in an inquiry, at the desk: added, allowed or forbidden to be told, written to one by one.

Invariant: a letter has one recipient; nothing here writes to two people at once.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import inquiry as desk_inquiry
from channels.web.desk import page, wishes
from inquiries import participants, people
from inquiries.models import Inquiry, Part, Participant
from inquiries.participants import Joining
from office import wake
from office.errors import NotFound

MAX_LETTERS = 6_000
ALLOW, FORBID, REMOVE = "allow", "forbid", "remove"


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """Everybody, and the form for one more."""
    return await _page(request, await desk_inquiry.of(request))


@log_in.for_roles(*log_in.SEES_TOPICS)
async def add(request: Request) -> Response:
    """One more takes part, or the form says what is amiss."""
    fields = await csrf.form(request)
    found, typed = await desk_inquiry.of(request), {name: str(value) for name, value in fields.items()}
    who, wrong = wishes.introduction(fields)
    if typed.get("part", "") not in set(Part):
        wrong["part"] = "choose"
    if wrong:
        return await _page(request, found, typed, wrong)
    joining = Joining(Part(typed["part"]), who.name, who.email, who.phone, "may_be_told" in fields)
    await participants.add(found.id, joining, actor=log_in.actor(request), now=clock.now())
    return _back(found, "saved")


@log_in.for_roles(*log_in.SEES_TOPICS)
async def change(request: Request) -> Response:
    """They may be told, may not, or were added by mistake."""
    fields = await csrf.form(request)
    found, number, do = await desk_inquiry.of(request), request.path_params["n"], str(fields.get("do", ""))
    actor, now = log_in.actor(request), clock.now()
    if do in (ALLOW, FORBID):
        await participants.allow(found.id, number, do == ALLOW, actor=actor, now=now)
    elif do == REMOVE:
        await participants.remove(found.id, number, actor=actor, now=now)
    else:
        raise NotFound
    return _back(found, "saved")


@log_in.for_roles(*log_in.SEES_TOPICS)
async def letter(request: Request) -> Response:
    """The form of a letter to this one."""
    found = await desk_inquiry.of(request)
    return await _letter(request, found, await participants.named(found.id, request.path_params["n"]), {}, {})


@log_in.for_roles(*log_in.SEES_TOPICS)
async def write(request: Request) -> Response:
    """The letter goes to this one alone."""
    fields = await csrf.form(request)
    found = await desk_inquiry.of(request)
    to = await participants.named(found.id, request.path_params["n"])
    text = str(fields.get("text", "")).replace("\r\n", "\n").strip()
    key = str(fields.get("key", ""))[:40] or secrets.token_hex(16)
    wrong = "empty" if not text else "too_long" if len(text) > MAX_LETTERS else ""
    if wrong:
        return await _letter(request, found, to, {"text": text, "key": key}, {"text": wrong})
    await participants.write(
        found.id, to.id, text, key=f"letter:{key}", actor=log_in.actor(request), now=clock.now()
    )
    wake.nudge()
    return _back(found, "written")


def _back(found: Inquiry, done: str) -> Response:
    return RedirectResponse(f"/desk/inquiries/{found.id}/participants?{done}", 303)


async def _page(
    request: Request,
    found: Inquiry,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    silent = await people.silent_among([found.person_id])
    return await page.render(
        request,
        "desk/participants.html",
        status=422 if wrong else 200,
        found=found,
        participants=await participants.of(found.id),
        parts=list(Part),
        silence=silent.get(found.person_id),
        done=next((word for word in ("saved", "written") if word in request.query_params), ""),
        typed=defaultdict(str, typed or {}),
        wrong=wrong or {},
    )


async def _letter(
    request: Request, found: Inquiry, to: Participant, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> Response:
    return await page.render(
        request,
        "desk/letter.html",
        status=422 if wrong else 200,
        found=found,
        to=to,
        key=typed.get("key") or secrets.token_hex(16),
        typed=defaultdict(str, typed),
        wrong=wrong,
    )
