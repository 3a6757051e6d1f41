"""How somebody proves that an address is theirs, and what the message that asks for it may say.

Invariant: the message carries a link or digits and no more than the time; where others read, digits only; an
address nobody has confirmed gets `UNPROVEN_CAP` of them a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from booking import confirming
from booking.confirming import Way
from booking.models import Confirmation, Hold
from channels import languages
from channels.models import Message, State
from channels.sms import opt_out, wording
from inquiries import addresses
from inquiries.people import Introduction
from office.settings import current

UNPROVEN_CAP = 3
"""Messages an address nobody confirmed gets in 24 hours."""
IN_TIME = timedelta(minutes=5)
"""A message not sent so long before the end of the hold comes too late."""
LOST = (State.FAILED, State.UNCERTAIN, State.WITHHELD)


async def way(who: Introduction) -> Way | None:
    """How this address is to be proven; None where the office does not ask.

    Who can be written neither to nor texted is called.
    """
    asked = current().confirm_address
    if asked in ("email", "both") and who.email:
        return Way.MAILED_CODE if who.read_by_others else Way.LINK
    if asked in ("sms", "both") and who.phone:
        return Way.CODE if await _reads_sms(who.phone) else Way.CALL
    return None


def needed(who: Introduction) -> bool:
    """Must they give an address, because none can be proven otherwise?"""
    return current().confirm_address != "off" and not who.reach


async def stands(message: Message, now: datetime) -> bool:
    """Is this the latest message about a time that is still kept?"""
    asked = await Confirmation.get(id=message.confirmation_id).prefetch_related("hold")
    return (
        asked.confirmed_at is None
        and asked.generation == message.revision
        and asked.hold is not None
        and asked.hold.expires_at > now
    )


async def sent_unproven(message: Message, now: datetime) -> int:
    """How many of these messages this address got within 24 hours without anybody confirming it."""
    await message.fetch_related("address")
    return await Message.filter(
        state__in=[State.SENT, State.DELIVERED],
        sent_at__gt=now - timedelta(hours=24),
        address__value=message.address.value,
        confirmation__confirmed_at=None,
        confirmation_id__not_isnull=True,
    ).count()


async def pass_on(now: datetime) -> None:
    """Who could not be asked in time is called, their time stays kept. Idempotent."""
    for asked in await confirming.open_ones():
        if await _lost(asked, now):
            await confirming.not_reached(asked.id, now)


async def facts(message: Message, language: str) -> dict[str, Any]:
    """For the mail: the time, and the link or the digits."""
    settings, zone = current(), current().zone
    asked = await Confirmation.get(id=message.confirmation_id)
    starts = (await Hold.get(id=asked.hold_id)).starts_at
    return {
        "name": "",
        "day": languages.say_day(starts, language, zone),
        "date": languages.say_day(starts, language, zone, year=False),
        "starts": languages.say_time(starts, language, zone),
        "until": languages.say_time(asked.expires_at, language, zone),
        "pin": confirming.code_of(asked),
        "phone": settings.office_phone,
        "city": settings.city_name,
        "link": f"{settings.origin}/c/{confirming.token(asked)}",
        "home": f"{settings.origin}/{language}/",
        "desk": "",
    }


async def sms_facts(message: Message, language: str) -> dict[str, Any]:
    """For the SMS: the digits."""
    asked = await Confirmation.get(id=message.confirmation_id)
    hold = await Hold.get(id=asked.hold_id)
    return {
        **wording.of_the_office(language),
        **wording.when(hold.starts_at, language),
        "pin": confirming.code_of(asked),
    }


async def _lost(asked: Confirmation, now: datetime) -> bool:
    late = asked.expires_at - now < IN_TIME
    latest = await Message.filter(confirmation_id=asked.id).order_by("-id").first()
    if latest is None:
        return late
    return latest.state in LOST or (late and latest.state in (State.QUEUED, State.SENDING))


async def _reads_sms(number: str) -> bool:
    return current().sms and addresses.reads_sms(number) and not await opt_out.stands(number)
