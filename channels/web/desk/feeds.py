"""The private calendars to subscribe to: one's own, and those of the houses for caretakers and room planning.

Invariant: who renews an address ends the old one at once; a counsellor's is renewed by nobody but themselves.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, feed, log_in
from channels.web.desk import page
from office import places, staff
from office.models import Role

PAGE = "/desk/feeds"
RENEWS = (Role.LEAD, Role.ADMIN)
"""Who may end the address of a house: caretakers would have to be told the new one."""


@log_in.for_roles(*log_in.EVERYBODY)
async def show(request: Request) -> Response:
    """Every address this member may give away, to copy or to renew."""
    member = log_in.staff_of(request)
    return await page.render(
        request,
        "desk/feeds.html",
        own=feed.address(member) if member.role in log_in.SEES_TOPICS else "",
        houses=[(place, feed.address(place)) for place in (await places.all_places()).values()],
        renews=member.role in RENEWS,
        renewed="renewed" in request.query_params,
    )


@log_in.for_roles(*log_in.SEES_TOPICS)
async def renew_own(request: Request) -> Response:
    """Their own calendar has a new address."""
    await csrf.form(request)
    member = log_in.staff_of(request)
    await staff.renew_feed(member.id, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"{PAGE}?renewed", 303)


@log_in.for_roles(*RENEWS)
async def renew_house(request: Request) -> Response:
    """The calendar of a house has a new address."""
    await csrf.form(request)
    await places.renew_feed(request.path_params["id"], actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"{PAGE}?renewed", 303)
