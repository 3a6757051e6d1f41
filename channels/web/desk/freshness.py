"""Has anything happened since this page was shown? Asked every few seconds, so it costs two short queries.

Invariant: whatever a verb changes changes the tag, for every verb writes the journal. Ids become visible out of
order, so the tag is made of the last of them, not of the greatest.
"""

from __future__ import annotations

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from channels.models import Incoming, IncomingState
from channels.web import clock, log_in, pages
from office.models import JournalEntry

LOOKS_BACK = 50


async def tag(request: Request) -> str:
    """What this page shows this member of staff until something happens, or the minute is over. Ask before reading."""
    happened = await JournalEntry.all().order_by("-id").limit(LOOKS_BACK).values_list("id", flat=True)
    machines = await Incoming.filter(state=IncomingState.AUTOMATIC).count()
    member = log_in.staff_of(request)
    shown = (
        request.url.path,
        request.url.query,
        pages.language_of(request),
        pages.asset("site.css"),
        member.id,
        member.role,
        member.log_in_generation,
        f"{clock.now():%Y-%m-%d %H:%M}",
    )
    return f'"{sha256(repr((shown, list(happened), machines)).encode()).hexdigest()[:32]}"'


def unchanged(request: Request, now: str) -> Response | None:
    """304 for a browser that has just this; None for one that has not."""
    if request.headers.get("if-none-match") != now:
        return None
    return Response(status_code=304, headers={"etag": now})


def marked(response: Response, now: str) -> Response:
    """The page, with what to ask by whether it has changed."""
    response.headers["etag"] = now
    return response
