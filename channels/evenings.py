"""What counsellors are told of their group evenings: one invitation each, and one word when it is called off.

Invariant: of these messages `revision` is the number of the session, for they are about nobody's appointment; nobody
who comes is named in them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking import sessions
from booking.models import Mode, Session
from channels import languages, texts
from channels.models import Message
from office.models import Place
from office.settings import current

PLANNED, OFF = "staff_session", "staff_session_off"
TEXTS = (PLANNED, OFF)


async def stands(message: Message, now: datetime) -> bool:
    """Is what this message tells still so, and still of use?"""
    session = await sessions.by_id(message.revision)
    return session.starts_at > now and (session.cancelled_at is not None) == (message.text == OFF)


async def facts(session: Session) -> dict[str, Any]:
    """For the mail, in the language of the office."""
    settings, zone, language = current(), current().zone, texts.STAFF_LANGUAGE
    place = await Place.get_or_none(code=session.place)
    return {
        "mode": Mode(session.mode).value,
        "name": "",
        "seats": session.seats,
        "day": languages.say_day(session.starts_at, language, zone),
        "starts": languages.say_time(session.starts_at, language, zone),
        "ends": languages.say_time(session.ends_at, language, zone),
        "address": place.address if place and place.address else settings.office_address,
        "phone": settings.office_phone,
        "city": settings.city_name,
        "link": "",
        "home": "",
        "desk": desk_link(session),
    }


def desk_link(session: Session) -> str:
    """Address of the session on the desk, for who can log in there."""
    return f"{current().origin}/desk/sessions/{session.id}"
