"""The day on paper, from the desk: the same as the file saved every morning."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from channels import day_sheets
from channels.web import clock, log_in, pages
from channels.web.desk import page
from office import audit


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """The sheet of a day, to be printed; that somebody did is noted."""
    now = clock.now()
    day = page.day_named(request.query_params.get("day", ""), page.today(now))
    await audit.note(log_in.actor(request), "printed", f"day:{day}", now)
    sheets = await day_sheets.of_day(day, pages.language_of(request), now)
    return await page.render(request, "desk/day_sheet.html", sheets=sheets, day=day, now=now)
