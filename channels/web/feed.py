"""A counsellor's appointments as a private calendar to subscribe to.

The entries are those the counsellor is mailed, so that both show one event under one UID. Invariant: times,
codes and places only; whoever reads over a shoulder learns no name and no topic.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from booking import calendar
from booking.calendar import Entry
from booking.models import Appointment, Status
from channels import languages
from channels.email import entry
from channels.web import clock, pages
from office import links, places, staff
from office.errors import NotFound
from office.models import Staff
from office.settings import current

LOOKS_BACK = timedelta(days=30)
LANGUAGE = languages.DEFAULT
"""A calendar program asks for no language, and the file must not change with who asks."""


async def show(request: Request) -> Response:
    """The feed, or 304 when nothing changed since the `ETag` they have (RFC 9110 §13.1.2)."""
    member = await _whose(request.path_params["token"])
    content = calendar.feed(await _entries(member, clock.now()), _name(), current().zone)
    etag = f'"{sha256(content).hexdigest()}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if _known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


async def _whose(token: str) -> Staff:
    member = await staff.by_id(links.subject(staff.FEED, token))
    if member is None:
        raise NotFound
    links.verify(staff.FEED, token, member.id, member.feed_generation)
    return member


async def _entries(member: Staff, now: datetime) -> list[Entry]:
    found = await Appointment.filter(
        staff_id=member.id, starts_at__gte=now - LOOKS_BACK, status__not=Status.CANCELLED
    ).order_by("starts_at")
    known = await places.all_places()
    return [entry.staff_entry(appointment, known.get(appointment.place)) for appointment in found]


def _name() -> str:
    return pages.environment(LANGUAGE).get_template("desk/feed.txt").render().strip()


def _known(header: str, etag: str) -> bool:
    """Weak comparison: a proxy may have marked ours as weak."""
    return header.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in header.split(",")}
