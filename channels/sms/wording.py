"""What our SMS say: the facts they may tell, made as short as an SMS needs them.

Invariant: an SMS says a time, never what it is about; what does not fit loses the place, never the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from booking.models import Appointment, Mode
from channels import languages, texts
from channels.sms import segments
from inquiries.models import Inquiry
from office.models import Place
from office.settings import current

FULL_SEGMENTS = 6
"""An answer whose words alone need more than this goes as a link; the desk counts the same way."""
SPOKEN = {Mode.PHONE: "by_phone", Mode.VIDEO: "on_screen"}
"""Where one meets without a place."""


def fitted(text: str, language: str, facts: dict[str, Any]) -> str:
    """The SMS as it goes out. With its place if it is one segment then, two where the alphabet needs it."""
    said = segments.plain(texts.render_sms(text, language, **facts))
    if facts.get("place") and segments.count(said) > (1 if segments.is_gsm(said) else 2):
        return fitted(text, language, facts | {"place": ""})
    return said


def in_full(words: str, language: str, facts: dict[str, Any]) -> str | None:
    """The answer itself under one line that says whose it is, or None when it is too long for SMS.

    The line is in the alphabet of the words, for an Arabic one would make German words cost twice as much.
    """
    typed = segments.plain(words).strip()
    if segments.count(typed) > FULL_SEGMENTS:
        return None
    spoken = languages.DEFAULT if segments.is_gsm(typed) else language
    return fitted("answer_in_full", spoken, facts | {"words": typed})


def of_the_office(language: str) -> dict[str, Any]:
    """Who we are and how to reach us."""
    settings = current()
    root = settings.origin if language == languages.DEFAULT else f"{settings.origin}/{language}/"
    return {"city": settings.city_name, "phone": _dialled(settings.office_phone, language), "home": root}


async def of_an_appointment(appointment: Appointment, language: str) -> dict[str, Any]:
    """What may be said of an appointment; its link is made here, now."""
    return {
        **of_the_office(language),
        **when(appointment.starts_at, language),
        "place": await _place(appointment, language),
        "code": appointment.code,
        "link": texts.link(appointment),
    }


def of_an_inquiry(inquiry: Inquiry, language: str) -> dict[str, Any]:
    """What may be said of a question: its number, the day promised, and its link."""
    promised = inquiry.promised_on
    zone = current().zone
    return {
        **of_the_office(language),
        "number": inquiry.id,
        "promised": languages.say_day(promised, language, zone, short=True) if promised else "",
        "link": texts.question_link(inquiry),
    }


def times(moments: Sequence[datetime], language: str) -> str:
    """ "Di 04.11. um 14:00 Uhr, Mi 05.11. um 9:00 Uhr"."""
    comma = "، " if language == "ar" else ", "
    return comma.join(texts.render_sms("time", language, **when(moment, language)) for moment in moments)


def when(moment: datetime, language: str) -> dict[str, str]:
    """Day and time, short."""
    zone = current().zone
    return {
        "day": languages.say_day(moment, language, zone, short=True),
        "starts": languages.say_time(moment, language, zone),
    }


async def _place(appointment: Appointment, language: str) -> str:
    """Street and number, or how one meets without a place."""
    if Mode(appointment.mode) in SPOKEN:
        return texts.render_sms(SPOKEN[Mode(appointment.mode)], language)
    place = await Place.get_or_none(code=appointment.place)
    return (place.address if place and place.address else current().office_address).partition(",")[0].strip()


def _dialled(number: str, language: str) -> str:
    """Between right-to-left words a number with gaps is shown in the wrong order (UAX 9): there it has none."""
    if languages.direction(language) == "ltr":
        return number
    return "".join(char for char in number if char.isdigit() or char == "+")
