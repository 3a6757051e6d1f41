"""An answer as it will go out, shown before it does: the mail or SMS, or that nothing is sent.

Invariant: the words are made by what makes the message itself; only what is true at sending may differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels import languages, outbox, texts
from channels.sms import segments, wording
from inquiries.models import Inquiry, Person


@dataclass(frozen=True, slots=True)
class Preview:
    """`to` is empty and so is `text` where nothing is sent; `segments` counts SMS."""

    channel: str
    language: str
    to: str = ""
    subject: str = ""
    text: str = ""
    segments: int = 0


async def of(inquiry: Inquiry, words: str, *, channel: str, in_full: bool = False) -> Preview:
    """The answer `words` as this person gets it."""
    person = await Person.get(id=inquiry.person_id)
    language = languages.known(person.language)
    address = await outbox.answered_at(inquiry, channel)
    if address is None:
        return Preview(outbox.WEB, language)
    if channel == outbox.EMAIL:
        mail = texts.render("answer", language, words=words, **await texts.inquiry_facts(inquiry, language))
        return Preview(channel, language, address.value, mail.subject, mail.plain)
    facts = wording.of_an_inquiry(inquiry, language)
    said = (in_full and wording.in_full(words, language, facts)) or wording.fitted("answer", language, facts)
    return Preview(channel, language, address.value, text=said, segments=segments.count(said))
