"""A row of the outbox as an SMS.

Invariant: where others read, the barest text goes and nothing else; a reply to a number says nothing of people who
do not want to be found there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from booking.models import Appointment, Mode
from channels import confirmations, interpreters, languages, offers, texts
from channels.email.message import ReadByOthers
from channels.models import Message
from channels.sms import earliest, numbers, posted, wording
from inquiries import people
from inquiries.models import Address, Person
from office.errors import Permanent

MOST_TIMES = 3


@dataclass(frozen=True, slots=True)
class Written:
    """To which number (E.164), and what it says."""

    number: str
    body: str


class Homeless(Permanent):
    """There is nobody to send this to."""


async def compose(message: Message, now: datetime) -> Written:
    """The SMS for this row, links made now. Raises `ReadByOthers` rather than tell too much."""
    await message.fetch_related("appointment", "inquiry", "writing", "address", "incoming")
    if message.address_id:
        return Written(message.address.value, await _to_person(message, now))
    if message.incoming_id:
        return Written(message.incoming.sender, await _reply(message, now))
    if message.request_id and (number := (await interpreters.recipient(message))[1]):
        facts = await interpreters.sms_facts(message)
        return Written(number, wording.fitted(message.text, texts.STAFF_LANGUAGE, facts))
    raise Homeless


async def _to_person(message: Message, now: datetime) -> str:
    address: Address = message.address
    person = await Person.get(id=address.person_id)
    language = languages.known(person.language)
    if message.text not in texts.BAREST and await _read_by_others(message, address):
        raise ReadByOthers
    if message.appointment_id:
        facts = await wording.of_an_appointment(message.appointment, language)
        return wording.fitted(_for_mode(message.text, message.appointment), language, facts)
    if message.confirmation_id:
        return wording.fitted(message.text, language, await confirmations.sms_facts(message, language))
    if message.waiting_id or message.call_back_id:
        return wording.fitted(message.text, language, await offers.sms_facts(message, language, now))
    facts = wording.of_an_inquiry(message.inquiry, language)
    if message.text == "answer_in_full":
        return wording.in_full(message.writing.text, language, facts) or wording.fitted(
            "answer", language, facts
        )
    return wording.fitted(message.text, language, facts)


async def _read_by_others(message: Message, address: Address) -> bool:
    """Do others read this address; or, for a question, any address of this person?"""
    if message.appointment_id:
        return address.read_by_others
    return await people.discreet(address.person_id)


def _for_mode(text: str, appointment: Appointment) -> str:
    return "confirm_phone" if text == "confirm" and appointment.mode == Mode.PHONE else text


async def _reply(message: Message, now: datetime) -> str:
    number = message.incoming.sender
    asked = posted.one(posted.form(bytes(message.incoming.content)), "Body")
    language = await numbers.language(number, asked)
    said = REPLIES.get(message.text)
    text, facts = await said(number, language, now) if said else (message.text, {})
    about = wording.of_an_inquiry(message.inquiry, language) if message.inquiry_id else {}
    return wording.fitted(text, language, {**wording.of_the_office(language), **about, **facts})


async def _when(number: str, language: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """The times of those we may speak of; one and the same text if there are none, for whatever reason."""
    ahead = await numbers.appointments_of(await numbers.open_about_it(number), now)
    if not ahead:
        return "no_appointment", {}
    said = wording.times([one.starts_at for one in ahead[:MOST_TIMES]], language)
    return "when", {"times": said, "link": texts.link(ahead[0]) if len(ahead) == 1 else ""}


async def _dates(number: str, language: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """The next free times, of different days; asked for again at sending, they may be gone."""
    free = await earliest.times(now)
    return ("dates", {"times": wording.times(free, language)}) if free else ("no_dates", {})


Reply = Callable[[str, str, datetime], Awaitable[tuple[str, dict[str, Any]]]]
REPLIES: dict[str, Reply] = {"when": _when, "dates": _dates}
"""Replies whose text depends on what is true when they go out."""
