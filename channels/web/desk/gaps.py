"""What is missing in the city, for the lead: counts by topic, language and district, without anybody."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from channels.web import clock, log_in, pages
from channels.web.desk import page
from inquiries import gaps
from office import catalogues
from office.models import Role

YEAR = timedelta(days=365)


@log_in.for_roles(Role.LEAD)
async def show(request: Request) -> Response:
    """The last year, or the days asked for."""
    asked, today = request.query_params, page.today(clock.now())
    last = page.day_named(asked.get("until", ""), today)
    first = page.day_named(asked.get("from", ""), last - YEAR)
    found = await gaps.between(first, last)
    language = pages.language_of(request)
    return await page.render(
        request,
        "desk/gaps.html",
        first=first,
        last=last,
        lines=gaps.lines(found),
        districts=gaps.districts(found),
        labels={name: await catalogues.labels(name, language) for name in ("topic", "language", "district")},
    )
