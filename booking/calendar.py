"""An appointment as iCalendar (RFC 5545, 5546): invite, cancel, and a feed to subscribe to.

Invariant: one appointment is one event for life: same UID, rising SEQUENCE; and the file says
nothing the caller did not put into the entry, who keeps the texts neutral.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText, vUri

from booking import timezone
from booking.intervals import Interval, utc

PRODID = "-//Sprechstunde//DE"
REFRESH = timedelta(hours=1)
NO_YEARS = (2000,)  # an empty feed still needs a component, so it names its zone
UNSPOKEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f-\x9f<>\",;:\\]+@[^\s\x00-\x1f\x7f-\x9f<>\",;:\\]+")
LINK = re.compile(r"https?://[^\s\x00-\x1f\x7f-\x9f<>\"\\]+")


class Method(StrEnum):
    """What the file asks of the calendar that reads it (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar may know of one appointment.

    `sequence` rises with every change and with the cancellation; `stamp` is when this revision
    came to be, not now, so that the same revision gives the same bytes. Times are aware; `zone` is
    the one they are shown in. `attendee_mail` and `url` may be empty; any other address or link
    that is not one raises ValueError, for it would be written unescaped.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    summary: str
    location: str
    description: str
    organizer_name: str
    organizer_mail: str
    attendee_name: str = ""
    attendee_mail: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        interval = Interval(self.starts_at, self.ends_at)
        object.__setattr__(self, "starts_at", interval.starts_at)
        object.__setattr__(self, "ends_at", interval.ends_at)
        object.__setattr__(self, "stamp", utc(self.stamp))
        _demand(ADDRESS, self.organizer_mail, "organizer_mail")
        if self.attendee_mail:
            _demand(ADDRESS, self.attendee_mail, "attendee_mail")
        if self.url:
            _demand(LINK, self.url, "url")


def uid(appointment: int | str, host: str, salt: str) -> str:
    """The same for one appointment (its number or key) for ever, different on another host, telling nobody the number.

    The salt must outlive every appointment: change it, and all events in all calendars are orphans.
    """
    digest = hmac.new(salt.encode(), f"appointment {appointment}".encode(), hashlib.sha256)
    return f"{digest.hexdigest()[:32]}@{host}"


def request(entry: Entry) -> bytes:
    """Invites, or moves what was invited before under the same UID with a lower sequence.

    ORGANIZER and RSVP are there although they bring answers by mail (RFC 5546, 3.2.2): somebody
    who declines in their calendar tells us, and Google only removes what it knows as a request.
    """
    asks = {"partstat": "NEEDS-ACTION", "rsvp": "TRUE"}
    return _invitation(Method.REQUEST, entry, "CONFIRMED", asks)


def cancel(entry: Entry) -> bytes:
    """Takes the event with this UID out of the calendar (RFC 5546, 3.2.5)."""
    return _invitation(Method.CANCEL, entry, "CANCELLED", {})


def feed(entries: Iterable[Entry], name: str, zone: ZoneInfo) -> bytes:
    """All entries, shown in `zone`, as a calendar to subscribe to or to download.

    Without attendees, as PUBLISH asks (RFC 5546, 3.2.1). The same entries in any order give the
    same bytes, so that an ETag works.
    """
    ordered = sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))
    events = [_event(entry, zone, "CONFIRMED") for entry in ordered]
    years = {moment.year for entry in ordered for moment in (entry.starts_at, entry.ends_at)}
    calendar = _calendar(Method.PUBLISH, zone, years or NO_YEARS)
    calendar.add("name", _spoken(name))  # RFC 7986; what follows are the older words, still read
    calendar.add("x-wr-calname", _spoken(name))
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return _written(calendar, events)


def method(content: bytes) -> str:
    """The METHOD of one of our files: MIME `text/calendar; method=` must equal it (RFC 6047, 2.4)."""
    return str(Calendar.from_ical(content)["METHOD"])


def _calendar(asked: Method, zone: ZoneInfo, years: Collection[int]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", asked)
    calendar.add_component(timezone.component(zone, min(years), max(years)))
    return calendar


def _written(calendar: Calendar, events: Iterable[Event]) -> bytes:
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _invitation(asked: Method, entry: Entry, status: str, answer: dict[str, str]) -> bytes:
    event = _event(entry, entry.zone, status)
    event.add("attendee", _attendee(entry, answer))
    years = {entry.starts_at.year, entry.ends_at.year}
    return _written(_calendar(asked, entry.zone, years), [event])


def _event(entry: Entry, zone: ZoneInfo, status: str) -> Event:
    event = Event()
    event.add("uid", _spoken(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", _shown(entry.starts_at, zone))
    event.add("dtend", _shown(entry.ends_at, zone))
    event.add("status", status)
    event.add("class", "PRIVATE")
    for field in ("summary", "location", "description"):
        event.add(field, _spoken(getattr(entry, field)))
    event.add("organizer", _address(entry.organizer_name, entry.organizer_mail))
    if entry.url:
        event.add("url", vUri(entry.url))
    return event


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    """Local time; UTC in the hour that comes twice, for calendar programs disagree which one it is.

    (RFC 5545, 3.3.5 says the first; ical.js, and with it Thunderbird, reads the second.)
    """
    local = moment.astimezone(zone)
    again = local.replace(fold=1 - local.fold)
    return local if local.utcoffset() == again.utcoffset() else moment


def _attendee(entry: Entry, answer: dict[str, str]) -> vCalAddress:
    if not entry.attendee_mail:
        raise ValueError("only who has a mail address can be invited; offer a feed instead")
    address = _address(entry.attendee_name, entry.attendee_mail)
    for name, value in {"cutype": "INDIVIDUAL", "role": "REQ-PARTICIPANT", **answer}.items():
        address.params[name] = vText(value)
    return address


def _address(name: str, mail: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{mail}")
    if quiet := " ".join(_spoken(name).replace('"', "'").split()):
        address.params["cn"] = vText(quiet)
    return address


def _spoken(text: str) -> str:
    """Without characters nobody speaks, some of which a reader takes for the end of a line."""
    return UNSPOKEN.sub(" ", text.replace("\r\n", "\n"))


def _demand(pattern: re.Pattern[str], text: str, field: str) -> None:
    if not pattern.fullmatch(text):
        raise ValueError(f"{field} is malformed")
