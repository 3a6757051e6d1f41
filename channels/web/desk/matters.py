"""What becomes of an inquiry, said with one key: whose it is, what it was about, settled, nobody's matter."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import choices, page
from channels.web.desk import inquiry as desk_inquiry
from inquiries import inquiry
from inquiries.models import Inquiry
from office import staff
from office.errors import Invalid
from office.models import Role

REFERRED = "referred"
NEVER = "never"
PRESETS = {"tomorrow": timedelta(days=1), "week": timedelta(days=7)}
FURTHEST = timedelta(days=366)
"""No follow-up lies further ahead."""


@log_in.for_roles(*log_in.SEES_TOPICS)
async def assign(request: Request) -> Response:
    """A colleague, oneself or nobody looks after it from now on; the lead gives a case to a colleague unseen."""
    fields = await csrf.form(request)
    code, member = str(fields.get("staff", "")), log_in.staff_of(request)
    members = {member.code: member.id for member in await staff.counsellors()}
    members |= {member.code: member.id}
    if code and code not in members:
        raise Invalid(staff="unknown")
    gives_away = member.role is Role.LEAD and code in members and code != member.code
    found = await (desk_inquiry.named(request) if gives_away else desk_inquiry.of(request))
    await inquiry.assign(found.id, members.get(code), actor=log_in.actor(request), now=clock.now())
    return _back(found, "saved", fields)


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
    fields = await csrf.form(request)
    found = await desk_inquiry.of(request)
    await inquiry.settle(found.id, actor=log_in.actor(request), now=clock.now())
    return _back(found, "settled", fields)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def follow_up(request: Request) -> Response:
    """We look at it again on a day: tomorrow, in a week, or the one that was typed; or no longer on any."""
    fields, today = await csrf.form(request), page.today(clock.now())
    found, wrong = await desk_inquiry.of(request), dict[str, str]()
    day = _day(fields, today, wrong)
    if wrong:
        typed = {"day": str(fields.get("day", ""))[:10]}
        return await desk_inquiry.render(request, found, typed=typed, wrong=wrong, status=422)
    await inquiry.follow_up(found.id, day, actor=log_in.actor(request), now=clock.now())
    return _back(found, "saved", fields)


def _day(fields: FormData, today: date, wrong: dict[str, str]) -> date | None:
    do = str(fields.get("do", ""))
    if do in PRESETS:
        return today + PRESETS[do]
    if do == NEVER:
        return None
    try:
        day = clock.day(fields.get("day", ""))
    except ValueError:
        wrong["day"] = "not_a_day"
        return None
    if not today < day <= today + FURTHEST:
        wrong["day"] = "not_ahead"
    return day


@log_in.for_roles(*log_in.SEES_TOPICS)
async def ask_void(request: Request) -> Response:
    """Really nobody's matter? It cannot be taken back."""
    found = await desk_inquiry.of(request)
    back = page.local(request.query_params.get("back"), f"/desk/inquiries/{found.id}")
    return await page.render(request, "desk/void.html", found=found, back=back)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def void(request: Request) -> Response:
    """Advertising, or a slip: nobody turned to us, and nothing counts."""
    fields = await csrf.form(request)
    found = await desk_inquiry.of(request)
    await inquiry.void(found.id, actor=log_in.actor(request), now=clock.now())
    return _back(found, "voided", fields)


def _back(found: Inquiry, done: str, fields: FormData | None = None) -> Response:
    """To the inquiry, or to the list they came from."""
    here = f"/desk/inquiries/{found.id}"
    back = page.local(fields.get("back") if fields else None, here)
    return RedirectResponse(back if back != here else f"{here}?{done}", 303)


async def _wrong(typed: dict[str, str]) -> dict[str, str]:
    """Field → what is wrong with it; who refers somebody says where to."""
    codes = {name: typed[name] for name in desk_inquiry.RECORDED}
    wrong = await choices.unknown(codes)
    if typed["outcome"] == REFERRED:
        known = await choices.unknown({"referral_target": typed["referral"]})
        wrong |= {"referral": "where_to"} if known or typed["referral"] in {"", "unknown"} else {}
    return wrong
