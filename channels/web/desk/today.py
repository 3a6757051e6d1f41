"""The day at the desk."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from booking import busy
from channels.web import clock, feed, log_in, pages
from channels.web.desk import choices, freshness, mine, page, plan
from inquiries import counter
from office import staff
from office.errors import NotFound
from office.models import Role, Staff

DAY = timedelta(days=1)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """The plan of a day: by default today's, a counsellor's own, everybody's for reception and lead."""
    fresh = await freshness.tag(request)
    return freshness.unchanged(request, fresh) or freshness.marked(await _day(request), fresh)


async def _day(request: Request) -> Response:
    now, member = clock.now(), log_in.staff_of(request)
    day = page.day_named(request.query_params.get("day", ""), page.today(now))
    counsellor = await _counsellor(request.query_params.get("who", ""), member)
    language = pages.language_of(request)
    found = await plan.of_day(day, counsellor, member, language, now)
    return await page.render(
        request,
        "desk/today.html",
        plan=found,
        day=day,
        is_today=day == page.today(now),
        before=day - DAY,
        after=day + DAY,
        who=counsellor.code if counsellor else plan.ALL,
        counsellors=await staff.counsellors(),
        walk_ins=await counter.waiting(page.bounds(page.today(now))[0]),
        languages=await choices.of("language", language, day),
        follow_ups=await mine.follow_ups(member, page.today(now)),
        feed=_feed(member),
        calendars=await busy.of_counsellor(member.id),
        unread=[one for one in await busy.troubled() if counsellor is None or one.staff_id == counsellor.id],
        onward=request.query_params.get("next"),
        back=f"/desk/?day={day}&who={counsellor.code if counsellor else plan.ALL}",
    )


async def _counsellor(who: str, member: Staff) -> Staff | None:
    """Whose day; None for everybody's. Raises `NotFound` for a code nobody has."""
    if not who and member.role is Role.COUNSELLOR:
        return member
    if who in {"", plan.ALL}:
        return None
    found = await Staff.get_or_none(code=who)
    if found is None:
        raise NotFound
    return found


def _feed(member: Staff) -> str:
    """The private address of their own calendar; reception has none."""
    if member.role not in log_in.SEES_TOPICS:
        return ""
    return feed.address(member)
