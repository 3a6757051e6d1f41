"""A stored SMS becomes an act of a dialogue, or a contact in its thread.

Invariant: a number is not a person: what is done or answered tells whoever holds the phone nothing about people
who do not want to be found there; what no word of the dialogue covers is read by people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from booking import appointments, errors
from channels import incoming, outbox
from channels.models import Incoming, IncomingState
from channels.sms import dialogue, numbers, opt_out, posted
from channels.sms.dialogue import Command
from inquiries import addresses, thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry, Person, Writing
from inquiries.people import Introduction
from inquiries.thread import From, Told
from office import journal
from office.settings import current

SMS = numbers.SMS
MOST_AN_HOUR = 20
"""Whoever writes more often is read and counted, but machines do not answer."""
E164 = re.compile(r"\+[1-9][0-9]{7,14}")


async def take_in(stored: Incoming, now: datetime) -> None:
    """Read this SMS; afterwards its state says what became of it."""
    try:
        fields = posted.form(bytes(stored.content))
        sender, text = posted.one(fields, "From"), _written(posted.one(fields, "Body"))
    except posted.Malformed:
        await incoming.ended(stored, IncomingState.UNREADABLE, reason="malformed")
        return
    number = _number(sender)
    if not number or number == current().gateway_number:
        await incoming.ended(stored, IncomingState.AUTOMATIC, reason="no_phone")
        return
    if not text:
        await incoming.ended(stored, IncomingState.UNREADABLE, reason="empty", sender=number)
        return
    await _one_after_the_other(stored)
    stored.sender = number
    await _obey(stored, dialogue.read(text), text, now)


async def _obey(stored: Incoming, command: Command | None, text: str, now: datetime) -> None:
    act = ACTS.get(command) if command else None
    if act is None or not await act(stored, text, now):
        reply = "not_understood" if command is Command.CANCEL else ""
        await _for_people(stored, text, now, reply=reply, silent=command is Command.NO)
    elif stored.state is IncomingState.STORED:
        await incoming.ended(stored, IncomingState.DIALOGUE, reason=str(command))


# Each act says whether the word was enough; if not, people read it.


async def _dates(stored: Incoming, _text: str, now: datetime) -> bool:
    await _reply("dates", stored, now)
    return True


async def _when(stored: Incoming, _text: str, now: datetime) -> bool:
    await _reply("when", stored, now)
    return True


async def _cancel(stored: Incoming, _text: str, now: datetime) -> bool:
    """ABSAGEN: the one appointment that may be spoken of at this number; what follows tells them."""
    return await _cancel_the_one(await numbers.open_about_it(stored.sender), now)


async def _no(stored: Incoming, _text: str, now: datetime) -> bool:
    """NEIN, as the barest texts ask for: the one appointment of whoever it is.

    It is the only word that reaches people who do not want to be found here; therefore it is never answered
    by itself: who tries it learns nothing from silence.
    """
    return await _cancel_the_one(await numbers.people_of(stored.sender), now)


async def _cancel_the_one(people: list[Person], now: datetime) -> bool:
    ahead = await numbers.appointments_of(people, now)
    if len(ahead) != 1:
        return False
    try:
        await appointments.cancel(ahead[0].id, actor=journal.PERSON, now=now)
    except errors.TooLate:
        return False
    return True


async def _stop(stored: Incoming, text: str, now: datetime) -> bool:
    """From now on silence; the word that may have meant the appointment is read by people, too."""
    word = dialogue.normal(text)
    await opt_out.stop(stored.sender, word, now)
    return word != dialogue.PROVIDERS_CANCEL


async def _start(stored: Incoming, text: str, now: datetime) -> bool:
    if not await opt_out.stands(stored.sender) and dialogue.normal(text) == "yes":
        return False
    await opt_out.start(stored.sender)
    await _reply("started", stored, now)
    return True


Act = Callable[[Incoming, str, datetime], Awaitable[bool]]
ACTS: dict[Command, Act] = {
    Command.DATES: _dates,
    Command.WHEN: _when,
    Command.CANCEL: _cancel,
    Command.NO: _no,
    Command.STOP: _stop,
    Command.START: _start,
}


async def _for_people(
    stored: Incoming, text: str, now: datetime, *, reply: str = "", silent: bool = False
) -> None:
    """A contact in its thread. The receipt follows by itself, unless there is a `reply`, or too many, or `silent`."""
    language = await numbers.language(stored.sender, text)
    found = await thread.receive(
        Told(key=stored.key, text=text, channel=SMS, at=stored.received_at),
        await _from(stored.sender, language),
        Concern(channel=SMS, language=language),
        actor=journal.PERSON,
        now=now,
        automatic=bool(reply) or silent or await _too_many(stored),
    )
    if reply:
        await _reply(reply, stored, now, found)
    written = await Writing.get(key=stored.key)
    await incoming.ended(stored, IncomingState.TAKEN, inquiry_id=found.id, writing_id=written.id)


async def _from(number: str, language: str) -> From:
    """The thread that began at this number; else the one person it can be; else somebody new to us."""
    begun = await numbers.thread_of(number)
    if begun:
        return From(inquiry=begun.id)
    known = await numbers.only_one(number)
    return From(person=known.id) if known else From(who=Introduction(language=language, phone=number))


async def _reply(text: str, stored: Incoming, now: datetime, found: Inquiry | None = None) -> None:
    if not await _too_many(stored):
        await outbox.put_reply(text, stored, now=now, inquiry_id=found.id if found else None)


async def _too_many(stored: Incoming) -> bool:
    within = stored.received_at - timedelta(hours=1)
    known = Incoming.filter(sender=stored.sender, received_at__gt=within, received_at__lte=stored.received_at)
    return await known.exclude(id=stored.id).count() >= MOST_AN_HOUR


async def _one_after_the_other(stored: Incoming) -> None:
    """Two SMS of one number never both find that nobody is known there: they wait for each other."""
    await Incoming.filter(sender=stored.sender).order_by("id").limit(1).select_for_update().first()


def _number(sender: str) -> str:
    """E.164 of whoever sent it; empty for a short code or a word, which no person writes from."""
    if not sender.startswith("+"):
        return ""
    try:
        return addresses.phone(sender)
    except ValueError:
        return sender if E164.fullmatch(sender) else ""


def _written(body: str) -> str:
    """What was written, without control characters no database or page can hold."""
    return "".join(char for char in body if char in "\n\t" or unicodedata.category(char) != "Cc").strip()
