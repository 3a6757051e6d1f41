"""Sending somebody on: told where to go, or handed over to a partner who says by one click what became of it.

Invariant: a partner learns of a person only with their recorded consent, only what the counsellor wrote for them, and
only until the link ends; what is counted is the inquiry's own code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inquiries import inquiry
from inquiries.models import Consent, Feedback, Inquiry, Partner, Referral, ReferralKind
from office import database, journal, links
from office.errors import Invalid, NotFound

LINK = "referral"
LASTS = timedelta(days=28)
"""So long a partner may open the link and say what became of it; then what it told is gone, too."""
LED_NOWHERE = (Feedback.NOT_ARRIVED, Feedback.NO_PLACE)


@dataclass(frozen=True, slots=True)
class Handover:
    """What a partner is told: how to reach the person, and as little as they need to know."""

    consent: Consent
    contact: str
    note: str


@database.verb
async def refer(
    inquiry_id: int,
    partner_id: int,
    handover: Handover | None,
    *,
    key: str,
    actor: str,
    now: datetime,
    counted: bool = True,
) -> Referral:
    """The person was sent on; with a handover the partner is written to. Idempotent by `key`.

    `counted`: the inquiry is closed as referred, to what this partner counts as. Raises `NotFound`, and `Invalid`
    for a partner nobody refers to any more, that cannot be written to, or a handover without consent.
    """
    known = await Referral.get_or_none(key=key)
    if known:
        return known
    found, partner = await inquiry.locked(inquiry_id), await Partner.get_or_none(id=partner_id, active=True)
    if partner is None:
        raise Invalid(partner="choose")
    if handover and not partner.email:
        raise Invalid(kind="no_email")
    if handover and not handover.consent:
        raise Invalid(consent="consent")
    made = await Referral.create(
        inquiry_id=found.id,
        partner=partner,
        key=key,
        kind=ReferralKind.WARM if handover else ReferralKind.NAMED,
        at=now,
        author=actor,
        **(_told(handover, now) if handover else {}),
    )
    await _tell("inquiry.referred", made, actor, now, warm=handover is not None)
    if counted:
        await _count(found, partner, actor, now)
    return made


@database.verb
async def withdraw(referral_id: int, *, actor: str, now: datetime) -> Referral:
    """The link ends, and what it told is gone: the person changed their mind. Idempotent. Raises `NotFound`."""
    found = await _locked(referral_id)
    if found.withdrawn_at is None and found.kind == ReferralKind.WARM:
        found.withdrawn_at, found.contact, found.note = now, "", ""
        found.generation += 1
        await found.save()
        await _tell("inquiry.handover_ended", found, actor, now)
    return found


@database.verb
async def feed_back(referral_id: int, feedback: Feedback, now: datetime) -> Referral:
    """The partner says what became of it; the last word counts. Idempotent. Raises `NotFound` once it has ended."""
    found = await _locked(referral_id)
    if not is_open(found, now):
        raise NotFound
    if found.feedback != feedback:
        found.feedback, found.feedback_at, found.looked_at = feedback, now, None
        await found.save()
        partner = f"partner:{found.partner_id}"
        await _tell("inquiry.handover_answered", found, partner, now, feedback=feedback.value)
    return found


@database.verb
async def looked(referral_id: int, now: datetime) -> None:
    """Somebody at the desk saw that it led nowhere. Idempotent."""
    await Referral.filter(id=referral_id, looked_at=None).update(looked_at=now)


async def of(inquiry_id: int) -> list[Referral]:
    """Where this inquiry was sent on to, the latest first, with the partners."""
    return await Referral.filter(inquiry_id=inquiry_id).order_by("-id").prefetch_related("partner")


async def led_nowhere() -> list[Referral]:
    """Handovers the desk must look at, the oldest first, with partner and person."""
    missed = Referral.filter(feedback__in=list(LED_NOWHERE), looked_at=None)
    return await missed.order_by("id").prefetch_related("partner", "inquiry__person")


def is_open(referral: Referral, now: datetime) -> bool:
    """May its partner still read it and say something?"""
    return (
        referral.kind == ReferralKind.WARM
        and referral.withdrawn_at is None
        and referral.ends_at is not None
        and now < referral.ends_at
    )


def token(referral: Referral) -> str:
    """The secret part of its link /r/{token}; ends when it is withdrawn."""
    return links.token(LINK, referral.id, referral.generation)


async def by_token(token: str) -> Referral:
    """The referral this link was made for, with partner and person. Raises `NotFound`."""
    subject = links.subject(LINK, token)
    found = await Referral.get_or_none(id=subject).prefetch_related("partner", "inquiry__person")
    if found is None:
        raise NotFound
    links.verify(LINK, token, found.id, found.generation)
    return found


def _told(handover: Handover, now: datetime) -> dict[str, Any]:
    told = {"consent": handover.consent, "contact": handover.contact, "note": handover.note}
    return {**told, "ends_at": now + LASTS}


async def _count(found: Inquiry, partner: Partner, actor: str, now: datetime) -> None:
    await inquiry.record(
        found.id,
        actor=actor,
        now=now,
        topic=found.topic,
        audience=found.audience,
        outcome="referred",
        referral=partner.target,
    )


async def _locked(referral_id: int) -> Referral:
    found = await Referral.select_for_update().get_or_none(id=referral_id)
    if found is None:
        raise NotFound
    return found


async def _tell(kind: str, referral: Referral, actor: str, now: datetime, **more: str | bool) -> None:
    details = {"referral": referral.id, **more}
    await journal.write(kind, f"inquiry:{referral.inquiry_id}", actor=actor, now=now, details=details)
