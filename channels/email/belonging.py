"""Where a mail belongs: what proves its thread, and whom its sender's address names.

Invariant: a thread is proven by a token only we can make, or by a Message-ID of ours answered from the address
it went to, or by a mail of theirs answered from the same address; an address alone proves no thread, and no
address joins two people. In a proven thread an address says who of those that take part wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tortoise.expressions import Q

from channels import texts
from channels.email import fetch, reading, reply_address
from channels.email.reading import Letter
from channels.models import Incoming, Message
from inquiries import participants, people, thread
from inquiries.inquiry import Concern
from inquiries.models import Address, AddressKind, Inquiry
from inquiries.people import Introduction
from inquiries.thread import From
from office import links
from office.errors import NotFound

MARK = r"([a-z2-7]{20,64})"
OTHER_ADDRESS = "other_address"
LOOKED_THROUGH = 20
"""So many earlier mails of a sender are looked through, the latest first."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The inquiry a mail belongs to, the appointment whose message it answers, and a code of doubt.

    `participant` is who of those that take part wrote it; None: the person.
    """

    inquiry: int | None = None
    appointment: int | None = None
    doubt: str = ""
    participant: int | None = None


async def proof(letter: Letter) -> Proof:
    """What this mail proves; nothing, for most first mails."""
    answered = await _answered(letter)
    appointment = answered.appointment_id if answered else None
    named = await _by_token(letter.recipients)
    if named is not None:
        return await _within(named, letter.sender, appointment)
    if answered is not None:
        return Proof(_inquiry_of(answered), appointment, participant=answered.participant_id)
    return await _by_their_own_mail(letter)


async def _within(named: Inquiry, sender: str, appointment: int | None) -> Proof:
    """Whose word it is in this thread: the person's, of somebody who takes part, or of an address nobody gave."""
    if await _knows(named.person_id, sender):
        return Proof(named.id, appointment)
    other = await participants.writing_from(named.id, sender)
    if other is not None:
        return Proof(named.id, appointment, participant=other.id)
    return Proof(named.id, appointment, OTHER_ADDRESS)


async def sender_of(letter: Letter, found: Proof, concern: Concern) -> From:
    """Who it is from, for `thread.receive`."""
    if found.inquiry is not None:
        return From(inquiry=found.inquiry)
    known = await _people(letter.sender)
    if len(known) == 1 and not await _discreet(known):
        return From(person=next(iter(known)))
    # Where others read, no receipt may go: the address keeps that mark, whoever writes from it.
    return From(who=_introduction(letter, concern.language, read_by_others=await _discreet(known)))


async def language_of(letter: Letter) -> str:
    """The language of the only person known by this address, or ""."""
    ids = await _people(letter.sender)
    if len(ids) != 1:
        return ""
    known = await Address.filter(person_id__in=ids).prefetch_related("person").first()
    return str(known.person.language) if known else ""


def _introduction(letter: Letter, language: str, *, read_by_others: bool) -> Introduction:
    name = texts.sayable(letter.sender_name)
    return Introduction(language=language, name=name, email=letter.sender, read_by_others=read_by_others)


async def _by_token(recipients: tuple[str, ...]) -> Inquiry | None:
    before, _, after = reply_address.pattern().casefold().partition("{token}")
    if not before + after:
        return None
    for address in recipients:
        found = re.fullmatch(f"{re.escape(before)}{MARK}{re.escape(after)}", address)
        if found:
            try:
                return await thread.by_token(links.from_address(found[1]))
            except NotFound:
                continue
    return None


async def _answered(letter: Letter) -> Message | None:
    """The message of ours this answers, if it went to the address this comes from."""
    if not letter.references or not letter.sender:
        return None
    theirs = Q(address__value__iexact=letter.sender), Q(participant__email__iexact=letter.sender)
    sent = Message.filter(Q(*theirs, join_type="OR"), message_id__in=letter.references)
    found = {message.message_id: message for message in await sent.prefetch_related("appointment")}
    return next((found[one] for one in letter.references if one in found), None)


def _inquiry_of(message: Message) -> int | None:
    return message.inquiry_id or (message.appointment.inquiry_id if message.appointment else None)


async def _by_their_own_mail(letter: Letter) -> Proof:
    """The inquiry of an earlier mail of the same sender that this one answers, and as whom they wrote it."""
    if not letter.references or not letter.sender:
        return Proof()
    earlier = Incoming.filter(channel="email", sender=letter.sender, inquiry_id__not_isnull=True)
    for number in await earlier.order_by("-id").limit(LOOKED_THROUGH).values_list("id", flat=True):
        found = await Incoming.get(id=number).prefetch_related("writing")
        if _message_id(bytes(found.content)) in letter.references:
            as_whom = found.writing.participant_id if found.writing else None
            return Proof(found.inquiry_id, participant=as_whom)
    return Proof()


def _message_id(content: bytes) -> str:
    try:
        return reading.read(fetch.head(content)).message_id
    except reading.Unreadable:
        return ""


async def _knows(person_id: int, sender: str) -> bool:
    return await Address.filter(person_id=person_id, kind=AddressKind.EMAIL, value__iexact=sender).exists()


async def _people(sender: str) -> set[int]:
    if not sender:
        return set()
    known = Address.filter(kind=AddressKind.EMAIL, value__iexact=sender)
    return set(await known.values_list("person_id", flat=True))  # type: ignore[arg-type]


async def _discreet(some: set[int]) -> bool:
    return bool(await people.discreet_among(some))
