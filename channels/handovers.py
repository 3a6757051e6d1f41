"""What we tell a partner to whom somebody is handed over: that there is something to read, and where.

Invariant: the mail names nobody and no topic; both stand behind its link only, and none goes out once it has ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from channels import languages, texts
from channels.models import Message
from inquiries import referrals
from inquiries.models import Referral
from office.settings import current


async def stands(message: Message, now: datetime) -> bool:
    """May the partner still read it, and have they not done so already?"""
    found = await _referral(message)
    return referrals.is_open(found, now) and not found.feedback


async def recipient(message: Message) -> str:
    """The partner's mail address; empty when they have none any more."""
    return str((await _referral(message)).partner.email)


async def facts(message: Message) -> dict[str, Any]:
    """For the mail, in the language of the office."""
    settings, found = current(), await _referral(message)
    assert found.ends_at is not None
    return {
        "name": "",
        "until": languages.say_day(found.ends_at, texts.STAFF_LANGUAGE, settings.zone),
        "phone": settings.office_phone,
        "city": settings.city_name,
        "link": f"{settings.origin}/r/{referrals.token(found)}",
        "home": "",
        "desk": "",
    }


async def _referral(message: Message) -> Referral:
    return await Referral.get(id=message.referral_id).prefetch_related("partner")
