"""What becomes of an inquiry, said with one key: whose it is, what it was about, settled, nobody's matter."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import choices, page
from channels.web.desk import inquiry as desk_inquiry
from inquiries import inquiry
from inquiries.models import Inquiry
from office import staff
from office.errors import Invalid

REFERRED = "referred"


@log_in.for_roles(*log_in.SEES_TOPICS)
async def assign(request: Request) -> Response:
    """A colleague, oneself or nobody looks after it from now on."""
    fields = await csrf.form(request)
    found, code = await desk_inquiry.of(request), str(fields.get("staff", ""))
    members = {member.code: member.id for member in await staff.counsellors()}
    members |= {log_in.staff_of(request).code: log_in.staff_of(request).id}
    if code and code not in members:
        raise Invalid(staff="unknown")
    await inquiry.assign(found.id, members.get(code), actor=log_in.actor(request), now=clock.now())
    return _back(found, "saved")


@log_in.for_roles(*log_in.SEES_TOPICS)
async def record(request: Request) -> Response:
    """What it was about and what came of it; every outcome but `open` closes it."""
    fields = await csrf.form(request)
    found = await desk_inquiry.of(request)
    named = (*desk_inquiry.RECORDED, "referral")
    typed = {name: str(fields.get(name, getattr(found, name))) for name in named}
    wrong = await _wrong(typed)
    if wrong:
        return await desk_inquiry.render(request, found, typed=typed, wrong=wrong, status=422)
    if typed["outcome"] != REFERRED:
        typed["referral"] = "unknown"
    await inquiry.record(found.id, actor=log_in.actor(request), now=clock.now(), goes_on=False, **typed)
    return _back(found, "saved")


@log_in.for_roles(*log_in.SEES_TOPICS)
async def reopen(request: Request) -> Response:
    """The matter goes on."""
    await csrf.form(request)
    found = await desk_inquiry.of(request)
    await inquiry.record(
        found.id,
        actor=log_in.actor(request),
        now=clock.now(),
        topic=found.topic,
        audience=found.audience,
        outcome="open",
    )
    return _back(found, "saved")


@log_in.for_roles(*log_in.SEES_TOPICS)
async def settle(request: Request) -> Response:
    """What they wrote needs no answer: thanks, or dealt with on the phone."""
    await csrf.form(request)
    found = await desk_inquiry.of(request)
    await inquiry.settle(found.id, actor=log_in.actor(request), now=clock.now())
    return _back(found, "settled")


@log_in.for_roles(*log_in.SEES_TOPICS)
async def ask_void(request: Request) -> Response:
    """Really nobody's matter? It cannot be taken back."""
    return await page.render(request, "desk/void.html", found=await desk_inquiry.of(request))


@log_in.for_roles(*log_in.SEES_TOPICS)
async def void(request: Request) -> Response:
    """Advertising, or a slip: nobody turned to us, and nothing counts."""
    await csrf.form(request)
    found = await desk_inquiry.of(request)
    await inquiry.void(found.id, actor=log_in.actor(request), now=clock.now())
    return _back(found, "voided")


def _back(found: Inquiry, done: str) -> Response:
    return RedirectResponse(f"/desk/inquiries/{found.id}?{done}", 303)


async def _wrong(typed: dict[str, str]) -> dict[str, str]:
    """Field → what is wrong with it; who refers somebody says where to."""
    codes = {name: typed[name] for name in desk_inquiry.RECORDED}
    wrong = await choices.unknown(codes)
    if typed["outcome"] == REFERRED:
        known = await choices.unknown({"referral_target": typed["referral"]})
        wrong |= {"referral": "where_to"} if known or typed["referral"] in {"", "unknown"} else {}
    return wrong
