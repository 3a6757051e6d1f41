"""The bytes in which an invented question came in: a mail, or the form the SMS gateway posts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import urlencode

from inquiries.people import Introduction
from office.settings import current
from sprechstunde.demo import visits

MAILBOX = "imap:demo:0"
"""A numbering of its own: the mailbox of the running demonstration counts from one in another."""
UNREADABLE = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n\xff\xfe\x00\x01"
"""What a scanner left in the mailbox: a page and no mail around it, cut off."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in: its key and bytes, from whom, and the key of the contact it became."""

    key: str
    content: bytes
    digest: str
    sender: str
    contact_key: str


def arrival(
    channel: str, who: Introduction, text: str, at: datetime, chance: random.Random
) -> Arrival | None:
    """The bytes of an e-mail or SMS; None for what came another way."""
    if channel == "email":
        return _mail(who, text, at, chance)
    return _sms(who, text, chance) if channel == "sms" else None


def _mail(who: Introduction, text: str, at: datetime, chance: random.Random) -> Arrival:
    mail = EmailMessage()
    mail["From"] = Address(who.name, addr_spec=who.email)
    mail["To"] = current().mail_from
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{visits.key(chance)}@example.org>"
    mail.set_content(text + "\n")
    content = mail.as_bytes()
    digest = sha256(content).hexdigest()
    return Arrival(f"{MAILBOX}:{digest[:16]}", content, digest, who.email, f"mail:{digest[:48]}")


def _sms(who: Introduction, text: str, chance: random.Random) -> Arrival:
    sid = f"SM{visits.key(chance)}"
    fields = {
        "MessageSid": sid,
        "AccountSid": current().gateway_account,
        "From": who.phone,
        "To": current().gateway_number,
        "Body": text,
        "NumMedia": "0",
    }
    return Arrival(f"sms:{sid}", urlencode(fields).encode(), "", who.phone, f"sms:{sid}")
