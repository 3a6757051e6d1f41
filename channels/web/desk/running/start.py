"""Running the office: what can be run here, and what was changed lately.

Invariant: who keeps the system running sees the team and nothing of what is offered, to whom, where.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from channels.web import log_in, pages
from channels.web.desk import page
from channels.web.desk.running import changes
from office.models import Role

SUBJECTS = ("service:", "place:", "room:", "closing:", "catalogue:", "staff:", "interpreter:", "season:")


@log_in.for_roles(*log_in.RUNS_OFFICE)
async def show(request: Request) -> Response:
    """The list, and the latest changes of what this role may run."""
    leads = log_in.staff_of(request).role is Role.LEAD
    subjects = SUBJECTS if leads else ("staff:",)
    return await page.render(
        request,
        "desk/running/start.html",
        leads=leads,
        lately=await changes.lately(pages.language_of(request), *subjects),
    )
