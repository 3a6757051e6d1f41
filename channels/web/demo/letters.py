"""A mail as somebody's own mail program would have written it: new, as a reply, or to accept an invitation. Pure.

Invariant: nobody real is ever its sender; what cannot stand in a header is refused.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, make_msgid
from html import escape
from typing import Any

from icalendar import Calendar, Event

from inquiries import addresses

DOMAIN = "example.org"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""One pixel, as a photo of a school report would be attached."""
ANSWERS = {"accept": "ACCEPTED", "decline": "DECLINED"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed on the page; `message_id` and `references` are those of the mail it replies to."""

    sender: str
    to: str
    subject: str
    text: str
    message_id: str = ""
    references: str = ""
    html: bool = False
    picture: bool = False


def wrong(draft: Draft) -> dict[str, str]:
    """What must be put right first: field → code."""
    found = {}
    for name, address in (("sender", draft.sender), ("to", draft.to)):
        try:
            known = addresses.email(address)
        except ValueError:
            found[name] = "email"
        else:
            if known.rpartition("@")[2] != DOMAIN and name == "sender":
                found[name] = "foreign"
    if not draft.text.strip():
        found["text"] = "empty"
    return found


def written(draft: Draft, now: datetime) -> EmailMessage:
    """The mail. The draft has nothing wrong."""
    mail = _headers(draft, now)
    mail.set_content(draft.text)
    if draft.html:
        mail.add_alternative(_html(draft.text), subtype="html")
    if draft.picture:
        mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="Foto.png")
    return mail


def reply_to(letter: EmailMessage) -> Draft:
    """A reply to this mail by its reader, still without text."""
    subject = _line(letter["subject"])
    message_id = _line(letter["message-id"])
    return Draft(
        sender=_address(letter["to"]),
        to=_address(letter["reply-to"] or letter["from"]),
        subject=subject if subject.lower().startswith("re:") else f"Re: {subject}",
        text="",
        message_id=message_id,
        references=f"{_line(letter['references'])} {message_id}".strip(),
    )


def response(letter: EmailMessage, invited: bytes, answer: str, now: datetime) -> EmailMessage:
    """The answer of a calendar program to the invitation in this mail (RFC 5546 §3.2.3, RFC 6047)."""
    draft = reply_to(letter)
    asked: Any = next(iter(Calendar.from_ical(invited).walk("VEVENT")))
    word = ANSWERS[answer]
    mail = _headers(draft, now)
    mail.set_content(f"{word.capitalize()}: {_line(letter['subject'])}")
    text = _reply(asked, draft.sender, word, now).decode()
    mail.add_alternative(text, subtype="calendar", params={"method": "REPLY"})
    return mail


def _reply(asked: Any, sender: str, word: str, now: datetime) -> bytes:
    calendar, event = Calendar(), Event()
    for name, value in (("VERSION", "2.0"), ("PRODID", "-//mail program//EN"), ("METHOD", "REPLY")):
        calendar.add(name, value)
    for name in ("UID", "SEQUENCE", "DTSTART", "ORGANIZER", "RECURRENCE-ID"):
        if name in asked:
            event[name] = asked[name]
    event.add("dtstamp", now)
    event.add("attendee", f"mailto:{sender}", parameters={"PARTSTAT": word})
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _headers(draft: Draft, now: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = Address(addr_spec=addresses.email(draft.sender))
    mail["To"] = Address(addr_spec=addresses.email(draft.to))
    mail["Subject"] = _line(draft.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=DOMAIN)
    if draft.message_id:
        mail["In-Reply-To"] = _line(draft.message_id)
        mail["References"] = _line(draft.references or draft.message_id)
    return mail


def _html(text: str) -> str:
    lines = "<br>\n".join(escape(line) for line in text.splitlines())
    return f"<html><body><p dir=auto>{lines}</p></body></html>"


def _line(value: object) -> str:
    return " ".join(str(value or "").split())[:900]


def _address(value: object) -> str:
    return next((address for _name, address in getaddresses([_line(value)])), "")
