"""Who stands in for somebody while they are away: one colleague, named by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import mine, page
from office import staff
from office.errors import Invalid
from office.models import Staff


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """My deputy, and for whom I stand in."""
    return await _page(request, {})


@log_in.for_roles(*log_in.SEES_TOPICS)
async def name(request: Request) -> Response:
    """From now on it is this colleague, or nobody."""
    fields, member = await csrf.form(request), log_in.staff_of(request)
    code = str(fields.get("deputy", ""))
    try:
        await staff.name_deputy(member.id, code, actor=log_in.actor(request), now=clock.now())
    except Invalid as refused:
        return await _page(request, refused.fields, status=422)
    return RedirectResponse("/desk/deputy?saved", 303)


async def _page(request: Request, wrong: Mapping[str, str], *, status: int = 200) -> Response:
    member = log_in.staff_of(request)
    theirs = await staff.deputies_for(member.id)
    return await page.render(
        request,
        "desk/deputy.html",
        status=status,
        wrong=wrong,
        saved="saved" in request.query_params,
        colleagues=[one for one in await staff.counsellors() if one.id != member.id],
        deputy_id=member.deputy_id,
        stands_in=await Staff.filter(id__in=theirs).order_by("name"),
        away=await mine.stands_in_for(member, page.today(clock.now())),
    )
