"""What a message to a family whose talk we called off, or gave to a colleague, may say besides the talk itself.

Invariant: a time is told only while it is kept for them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking import instead
from booking.models import Appointment
from channels import languages, texts
from office.settings import current


async def facts(appointment: Appointment, language: str, now: datetime) -> dict[str, Any]:
    """The times kept instead, with their end, and who meets them now."""
    offered, zone = await instead.offered(appointment.id, now), current().zone
    until = offered[0].expires_at if offered else now
    return {
        "kept": said([hold.starts_at for hold in offered], language, zone),
        **ends(until, language, now, zone),
        "counsellor": texts.sayable(appointment.staff.name),
    }


def said(moments: list[datetime], language: str, zone: ZoneInfo) -> list[dict[str, str]]:
    """Day and time of each, as the templates take them."""
    return [
        {
            "date": languages.say_day(moment, language, zone, year=False),
            "starts": languages.say_time(moment, language, zone),
        }
        for moment in moments
    ]


def ends(until: datetime, language: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The end: is it tomorrow, which day is it, and the time: a German says "12 Uhr" of a full hour."""
    last, today = until.astimezone(zone), now.astimezone(zone).date()
    full = language == "de" and last.minute == 0
    return {
        "tomorrow": last.date() == today + timedelta(days=1),
        "last_day": languages.say_day(until, language, zone, year=False),
        "until": str(last.hour) if full else languages.say_time(until, language, zone),
    }
