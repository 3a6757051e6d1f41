"""What a message to somebody on the waiting list, or to somebody we will call back, may say; its link is made here.

Invariant: an offer that stands no more is not told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking import waiting as waiting_list
from booking.models import CallBack, Waiting
from channels import languages, texts
from channels.models import Message
from channels.sms import wording
from inquiries.models import Person
from office.settings import current

OFFER = "offer"


async def stands(message: Message, now: datetime) -> bool:
    """Is what it tells still so?"""
    if message.call_back_id:
        return await CallBack.exists(id=message.call_back_id, done_at=None)
    family = await Waiting.get(id=message.waiting_id)
    if message.text != OFFER:
        return True
    offered = await waiting_list.standing_offer(family, now + waiting_list.GRACE)
    return offered is not None and family.offers == message.revision


async def facts(message: Message, language: str, now: datetime) -> dict[str, Any]:
    """For the mail: the time that is kept, until when, and the page to answer on."""
    settings, zone = current(), current().zone
    family = await Waiting.get(id=message.waiting_id)
    person = await Person.get(id=family.person_id)
    offered = await waiting_list.standing_offer(family, now)
    starts = offered.starts_at if offered else now
    return {
        "name": texts.sayable(person.name),
        "day": languages.say_day(starts, language, zone),
        "date": languages.say_day(starts, language, zone, year=False),
        "starts": languages.say_time(starts, language, zone),
        "until": languages.say_time(waiting_list.told_until(offered), language, zone) if offered else "",
        "phone": settings.office_phone,
        "city": settings.city_name,
        "link": link(family),
        "home": f"{settings.origin}/{language}/",
        "desk": "",
    }


async def sms_facts(message: Message, language: str, now: datetime) -> dict[str, Any]:
    """For the SMS: the same, short; or when we call."""
    if message.call_back_id:
        return {
            **wording.of_the_office(language),
            **_call(await CallBack.get(id=message.call_back_id), language),
        }
    family = await Waiting.get(id=message.waiting_id)
    offered = await waiting_list.standing_offer(family, now)
    when = wording.when(offered.starts_at, language) if offered else {}
    until = waiting_list.told_until(offered).astimezone(current().zone) if offered else now
    return {
        **wording.of_the_office(language),
        **when,
        "until": _clock(until.hour * 60 + until.minute),
        "link": link(family),
    }


def _call(asked: CallBack, language: str) -> dict[str, str]:
    zone, day = current().zone, asked.day
    return {
        "day": languages.say_day(day, language, zone, short=True) if day else "",
        "begins": _clock(asked.from_minute or 0),
        "until": _clock(asked.to_minute or 0),
    }


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    return f"{hour}:{rest:02}" if rest else f"{hour}"


def link(family: Waiting) -> str:
    """Address of the page "my place on the waiting list"."""
    return f"{current().origin}/w/{waiting_list.token(family)}"
