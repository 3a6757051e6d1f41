"""A stored mail becomes a contact in its thread, a response of a calendar, something automatic, or a card.

Invariant: each way of ending is tried in one order, and the first that fits is the end; what a human wrote is
never lost to a machine's rule without a trace at the desk, and a machine's mail is never answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import appointments, errors
from channels import incoming, languages
from channels.email import automatic, belonging, bounce, fetch, reading, responses, wording
from channels.email.belonging import Proof
from channels.email.reading import Letter, Unreadable
from channels.models import Incoming, IncomingState, Message
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry, Writing
from inquiries.thread import Told
from office import database, journal
from office.errors import Invalid
from office.models import Staff
from office.settings import current

MOST_AN_HOUR = 20
"""Mails of one sender that get a receipt; more may be a machine that does not say so."""
CHANNEL = "email"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that is being taken in, and what is known of it so far."""

    stored: Incoming
    letter: Letter
    proof: Proof
    now: datetime

    @property
    def key(self) -> str:
        """Under which its contact counts once, however often it comes."""
        return f"mail:{self.letter.digest[:48]}"


async def take_in(stored: Incoming, now: datetime) -> None:
    """Read this mail; afterwards its state says what became of it."""
    if stored.reason in (fetch.TOO_LARGE, fetch.WITHHELD):
        await _as_card(stored, stored.reason)
        return
    try:
        letter = reading.read(bytes(stored.content))
    except Unreadable:
        await _as_card(stored, "no_mail")
        return
    stored.digest = letter.digest
    if first := await _read_before(stored):
        await _ended(stored, letter, IncomingState.REPEATED, inquiry_id=first.inquiry_id)
        return
    arrival = Arrival(stored, letter, await belonging.proof(letter), now)
    for ending in (_bounced, _responded, _automatic, _nameless, _colleague, _called_off):
        if await ending(arrival):
            return
    await _taken(arrival)


@database.verb
async def take_anyway(incoming_id: int, now: datetime) -> Inquiry:
    """What was set aside as automatic or unreadable is an inquiry after all. Idempotent.

    Raises `Invalid` for bytes in which nothing can be read, or that wait for nobody's decision.
    """
    stored = await Incoming.select_for_update().get(id=incoming_id)
    if stored.state is IncomingState.TAKEN and stored.inquiry_id:
        return await Inquiry.get(id=stored.inquiry_id)
    if stored.channel != CHANNEL or stored.state not in (IncomingState.AUTOMATIC, IncomingState.UNREADABLE):
        raise Invalid(mail="decided_already")
    try:
        letter = reading.read(bytes(stored.content))
    except Unreadable as error:
        raise Invalid(mail="unreadable") from error
    stored.digest = letter.digest
    arrival = Arrival(stored, letter, await belonging.proof(letter), now)
    return await _taken(arrival, quietly=True)


async def _read_before(stored: Incoming) -> Incoming | None:
    """The same mail, read before in another copy or under another number; itself no repetition."""
    unread = [IncomingState.STORED, IncomingState.REPEATED]
    read = Incoming.filter(channel=CHANNEL, digest=stored.digest).exclude(state__in=unread)
    return await read.exclude(id=stored.id).order_by("id").only(*incoming.HEAD).first()


async def _bounced(arrival: Arrival) -> bool:
    told = bounce.report(arrival.letter)
    message = await bounce.take_in(told, arrival.now) if told else None
    if message is None:
        return False
    await message.fetch_related("appointment")
    about = message.inquiry_id or (message.appointment.inquiry_id if message.appointment else None)
    reason = "bounce" if told and told.status else "delayed"
    await _ended(arrival.stored, arrival.letter, IncomingState.AUTOMATIC, reason, about)
    return True


async def _responded(arrival: Arrival) -> bool:
    """A comment somebody wrote into the response is for humans: it goes on as their message."""
    response = responses.read(arrival.letter)
    if response is None:
        return False
    invited = await responses.invited(response, arrival.letter.sender)
    if invited is None:
        await _ended(
            arrival.stored,
            arrival.letter,
            IncomingState.AUTOMATIC,
            "response_unproven",
            arrival.proof.inquiry,
        )
        return True
    appointment, actor = invited
    await responses.note(appointment.id, response, actor=actor, now=arrival.now)
    if response.comment and actor == journal.PERSON:
        await _receive(arrival, appointment.inquiry_id, response.comment)
    else:
        state = IncomingState.RESPONSE
        await _ended(arrival.stored, arrival.letter, state, response.answer, appointment.inquiry_id)
    return True


async def _automatic(arrival: Arrival) -> bool:
    settings = current()
    reason = automatic.reason(arrival.letter, our_address=settings.mail_from, our_host=settings.link_host)
    if reason:
        state = IncomingState.AUTOMATIC
        await _ended(arrival.stored, arrival.letter, state, reason, arrival.proof.inquiry)
    return bool(reason)


async def _nameless(arrival: Arrival) -> bool:
    """Nobody could be answered: the desk looks."""
    if arrival.letter.sender:
        return False
    await _as_card(arrival.stored, "no_sender")
    return True


async def _colleague(arrival: Arrival) -> bool:
    """A colleague answered what was meant for their calendar: they are nobody who turns to us."""
    references = arrival.letter.references
    written = (
        references
        and await Message.filter(
            message_id__in=references, staff__email__iexact=arrival.letter.sender
        ).exists()
    )
    if not written or not await Staff.filter(email__iexact=arrival.letter.sender).exists():
        return False
    await _ended(arrival.stored, arrival.letter, IncomingState.UNREADABLE, "from_colleague")
    return True


async def _called_off(arrival: Arrival) -> bool:
    """NEIN or ABSAGEN in answer to a message about an appointment; more words are a message beside it."""
    appointment_id = arrival.proof.appointment
    said_so, rest = wording.calls_off(arrival.letter.text)
    if appointment_id is None or not said_so:
        return False
    try:
        cancelled = await appointments.cancel(appointment_id, actor=journal.PERSON, now=arrival.now)
    except errors.TooLate:
        return False
    if rest:
        return False
    state = IncomingState.DIALOGUE
    await _ended(arrival.stored, arrival.letter, state, "cancelled", cancelled.inquiry_id)
    return True


async def _taken(arrival: Arrival, *, quietly: bool = False) -> Inquiry:
    continued = arrival.proof.inquiry is not None
    text = wording.told(arrival.letter, continued=continued)
    return await _receive(arrival, arrival.proof.inquiry, text, quietly=quietly)


async def _receive(arrival: Arrival, inquiry_id: int | None, text: str, *, quietly: bool = False) -> Inquiry:
    """It is a contact in its thread."""
    letter, stored, proof = arrival.letter, arrival.stored, arrival.proof
    concern = Concern(channel=CHANNEL, language=await _language(letter, text))
    sender = await belonging.sender_of(letter, Proof(inquiry_id, proof.appointment), concern)
    told = Told(key=arrival.key, text=text, channel=CHANNEL, at=letter.said_at(stored.received_at))
    found = await thread.receive(
        told,
        sender,
        concern,
        actor=journal.PERSON,
        now=arrival.now,
        automatic=quietly or await _too_many(letter.sender, arrival.now),
        participant_id=proof.participant,
    )
    written = await Writing.get(key=told.key)
    await incoming.ended(
        stored,
        IncomingState.TAKEN,
        reason=proof.doubt,
        sender=letter.sender,
        inquiry_id=found.id,
        writing_id=written.id,
    )
    return found


async def _language(letter: Letter, text: str) -> str:
    guessed = wording.language(text)
    if guessed == "ar":
        return guessed
    return await belonging.language_of(letter) or guessed or languages.DEFAULT


async def _too_many(sender: str, now: datetime) -> bool:
    if not sender:
        return True
    lately = Incoming.filter(channel=CHANNEL, sender=sender, received_at__gt=now - timedelta(hours=1))
    return await lately.count() >= MOST_AN_HOUR


async def _as_card(stored: Incoming, reason: str) -> None:
    await incoming.ended(stored, IncomingState.UNREADABLE, reason=reason, sender=_sender(stored))


def _sender(stored: Incoming) -> str:
    try:
        return reading.read(bytes(stored.content)).sender
    except Unreadable:
        return ""


async def _ended(
    stored: Incoming,
    letter: Letter,
    state: IncomingState,
    reason: str = "",
    inquiry_id: int | None = None,
) -> None:
    await incoming.ended(stored, state, reason=reason, sender=letter.sender, inquiry_id=inquiry_id)
