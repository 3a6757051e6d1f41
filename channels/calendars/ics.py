"""A calendar file (RFC 5545) becomes the stretches of time in which its owner is busy. Pure.

Invariant: only what the file marks as free, cancelled or ours leaves time free; what cannot be understood is an
error, never free time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

from booking import intervals
from booking.intervals import Interval

MOST = 5000
"""Instances in the time looked at."""
SECONDS = 10.0
SERIES = 20_000
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
FOREIGN = bytes.fromhex("040000008200e00074c5b7101a82e008")
"""How Outlook begins every UID it writes [MS-OXOCAL 2.2.1.27]; what came from outside stands inside as it was."""


class NotUnderstood(Exception):
    """The file is no calendar, or holds more than can be read; the only argument is a code that says why."""


def busy(
    body: bytes,
    begin: datetime,
    end: datetime,
    *,
    zone: ZoneInfo,
    ours: str,
    ignoring: Iterable[Interval] = (),
    watch: Callable[[], float] = time.monotonic,
) -> list[Interval]:
    """When the owner is busy from `begin` to `end`: sorted, disjoint, cut to these bounds. Raises `NotUnderstood`.

    Floating times and whole days are on the clock of `zone`. Events whose UID ends in the host `ours` are left
    out, as are those that are exactly one of `ignoring`. Tentative, away, and working elsewhere count as busy.
    """
    until = watch() + SECONDS
    known, found = frozenset(ignoring), []
    try:
        for one in _instances(_calendars(body), begin, end, zone, ours):
            if one not in known:
                found.append(one)
            if len(found) > MOST or watch() > until:
                raise NotUnderstood("too_much")
    except NotUnderstood:
        raise
    except Exception:  # the parsers raise whatever they come across; the text of it would tell what is inside
        raise NotUnderstood("not_a_calendar") from None
    return intervals.union(
        _cut(one, begin, end) for one in found if one.ends_at > begin and one.starts_at < end
    )


def _calendars(body: bytes) -> list[Component]:
    found: list[Component] = [
        one for one in Calendar.from_ical(body, multiple=True) if one.name == "VCALENDAR"
    ]
    if not found:
        raise NotUnderstood("not_a_calendar")
    return found


def _instances(
    calendars: Iterable[Component], begin: datetime, end: datetime, zone: ZoneInfo, ours: str
) -> Iterator[Interval]:
    for calendar in calendars:
        for series in _series(calendar, ours):
            for event in recurring_ical_events.of(series).between(begin, end):
                yield from _of_event(event, zone)
        for listed in calendar.walk("VFREEBUSY"):
            yield from _of_free_busy(listed, zone)


def _series(calendar: Component, ours: str) -> Iterator[Component]:
    """Each event with its exceptions in a calendar of its own, so that time runs out between them, not within."""
    together: dict[str, list[Component]] = {}
    for event in calendar.walk("VEVENT"):
        _demand_understood(event)
        together.setdefault(str(event.get("UID", id(event))), []).append(event)
    if len(together) > SERIES:
        raise NotUnderstood("too_much")
    for uid, events in together.items():
        if not is_ours(uid, ours):
            series = Calendar()
            for name in ("X-WR-TIMEZONE", "CALSCALE"):
                if name in calendar:
                    series[name] = calendar[name]
            series.subcomponents = list(events)
            yield series


def _demand_understood(event: Component) -> None:
    if event.errors or "DTSTART" not in event:
        raise NotUnderstood("not_a_calendar")
    for name in ("DTSTART", "DTEND"):
        value = event.get(name)
        if value is not None and _zone_is_lost(value):
            raise NotUnderstood("unknown_zone")
    for rule in _listed(event.get("RRULE")):
        if TOO_OFTEN & {str(one).upper() for one in rule.get("FREQ", [])}:
            raise NotUnderstood("too_much")


def _zone_is_lost(value: Any) -> bool:
    """A zone was named that neither the file nor anybody else explains."""
    named = value.params.get("TZID")
    return named is not None and isinstance(value.dt, datetime) and value.dt.utcoffset() is None


def is_ours(uid: str, host: str) -> bool:
    """Whether we made the event with this UID, even if Outlook wrapped it."""
    return uid.lower().endswith(f"@{host.lower()}") or _unwrapped(uid).lower().endswith(f"@{host.lower()}")


def _unwrapped(uid: str) -> str:
    if not re.fullmatch(f"{FOREIGN.hex()}([0-9a-f]{{2}})+", uid.lower()):
        return ""
    _, _, inside = bytes.fromhex(uid).partition(b"vCal-Uid")
    return inside[4:].rstrip(b"\0").decode("utf-8", "replace")


def _of_event(event: Any, zone: ZoneInfo) -> Iterator[Interval]:
    if is_free(event):
        return
    starts_at, ends_at = _moment(event.start, zone), _moment(event.end, zone)
    if starts_at < ends_at:
        yield Interval(starts_at, ends_at)


def is_free(event: Component) -> bool:
    """Cancelled, or marked as free. Outlook's own mark says more than TRANSP, so that it is asked first."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return True
    if outlook := str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).strip().upper():
        return outlook == "FREE"
    return str(event.get("TRANSP", "")).strip().upper() == "TRANSPARENT"


def _of_free_busy(listed: Component, zone: ZoneInfo) -> Iterator[Interval]:
    for value in _listed(listed.get("FREEBUSY")):
        if str(value.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        for one in getattr(value, "dts", None) or [value]:
            starts_at, ends_at = _moment(one.start, zone), _moment(one.end, zone)
            if starts_at < ends_at:
                yield Interval(starts_at, ends_at)


def _moment(value: date, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, clock_time(), zone).astimezone(UTC)
    return (value if value.utcoffset() is not None else value.replace(tzinfo=zone)).astimezone(UTC)


def _cut(one: Interval, begin: datetime, end: datetime) -> Interval:
    return Interval(max(one.starts_at, begin), min(one.ends_at, end))


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
