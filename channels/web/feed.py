"""Private calendars to subscribe to: a counsellor's appointments, and when a place is in use.

A counsellor's entries are those they are mailed, so that both show one event under one UID. Invariant: times,
codes and places only, of a place not even codes; whoever reads over a shoulder learns no name and no topic.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from booking import calendar, occupancy
from booking.calendar import Entry
from booking.models import Appointment, Session, Status
from channels import languages
from channels.email import entry
from channels.web import clock, pages
from office import links, places, staff
from office.errors import NotFound
from office.models import Place, Staff
from office.settings import current

LOOKS_BACK = timedelta(days=30)
LANGUAGE = languages.DEFAULT
"""A calendar program asks for no language, and the file must not change with who asks."""
UNREVISED = datetime(2020, 1, 1, tzinfo=UTC)
"""A place's entries are new ones whenever they change, and a session only ends, so their stamp says nothing."""


async def show(request: Request) -> Response:
    """The feed, or 304 when nothing changed since the `ETag` they have (RFC 9110 §13.1.2)."""
    content = await _content(request.path_params["token"], clock.now())
    zipped = _takes_gzip(request.headers.get("accept-encoding", ""))
    # Two encodings are two representations, so each has a tag of its own (RFC 9110 §8.8.3.3).
    etag = f'"{sha256(content).hexdigest()}{"-gzip" if zipped else ""}"'
    headers = {"etag": etag, "cache-control": "private, no-cache", "vary": "Accept-Encoding"}
    if _known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    if zipped:
        content, headers["content-encoding"] = gzip.compress(content, mtime=0), "gzip"
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def address(of: Staff | Place) -> str:
    """Where the feed of this counsellor or place is; ends when their generation rises."""
    kind = staff.FEED if isinstance(of, Staff) else places.FEED
    return f"{current().origin}/calendar/{links.token(kind, of.id, of.feed_generation)}.ics"


async def _content(token: str, now: datetime) -> bytes:
    """The calendar this token proves itself for. Raises `NotFound`."""
    number, zone = links.subject(staff.FEED, token), current().zone
    member, place = await staff.by_id(number), await places.by_id(number)
    if member and _proves(staff.FEED, token, member):
        return calendar.feed(await _entries(member, now), _said("feed"), zone)
    if place and _proves(places.FEED, token, place):
        return calendar.feed(await _in_use(place, now), _said("feed", place=place.code), zone)
    raise NotFound


def _proves(kind: str, token: str, of: Staff | Place) -> bool:
    try:
        links.verify(kind, token, of.id, of.feed_generation)
    except NotFound:
        return False
    return True


async def _entries(member: Staff, now: datetime) -> list[Entry]:
    found = await Appointment.filter(
        staff_id=member.id, starts_at__gte=now - LOOKS_BACK, status__not=Status.CANCELLED, session_id=None
    ).order_by("starts_at")
    evenings = await Session.filter(
        staff_id=member.id, starts_at__gte=now - LOOKS_BACK, cancelled_at=None
    ).order_by("starts_at")
    known = await places.all_places()
    return [
        *(entry.staff_entry(appointment, known.get(appointment.place)) for appointment in found),
        *(entry.session_entry(one, known.get(one.place), UNREVISED) for one in evenings),
    ]


async def _in_use(place: Place, now: datetime) -> list[Entry]:
    return [_stretch(place, one) for one in await occupancy.of_place(place.code, now - LOOKS_BACK)]


def _stretch(place: Place, one: occupancy.InUse) -> Entry:
    what = f"{place.code} {one.room} {one.when.starts_at.isoformat()}"
    return Entry(
        uid=f"{links.fingerprint('in use', what)}@{current().link_host}",
        sequence=0,
        stamp=UNREVISED,
        starts_at=one.when.starts_at,
        ends_at=one.when.ends_at,
        zone=current().zone,
        summary=_said("in_use", room=one.room),
        location=place.address or current().office_address,
        description="",
        organizer_name=_said("feed", place=place.code),
        organizer_mail=current().mail_from,
    )


def _said(template: str, **facts: str) -> str:
    facts = {"place": "", "room": "", **facts}
    return pages.environment(LANGUAGE).get_template(f"desk/{template}.txt").render(**facts).strip()


def _takes_gzip(header: str) -> bool:
    """Whether gzip is among the codings they take; a weight of nothing is a refusal (RFC 9110 §12.5.3)."""
    for part in header.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def _known(header: str, etag: str) -> bool:
    """Weak comparison: a proxy may have marked ours as weak."""
    return header.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in header.split(",")}
