"""The address answers to our mail go to: it names the thread, and proves it.

Invariant: whoever writes there was written to by us, for nobody else can make the token.
"""

from __future__ import annotations

from inquiries import thread
from inquiries.models import Inquiry
from office import links
from office.settings import current

LONGEST_LOCAL_PART = 64
"""Octets (RFC 5321 §4.5.3.1.1)."""
TOKEN = "{token}"


def pattern() -> str:
    """The address with `{token}` in it; empty if answers simply go to the sender."""
    settings = current()
    if settings.mail_reply_to == "off" or not (settings.mail_reply_to or settings.mail_in):
        return ""
    local, _, domain = settings.mail_from.partition("@")
    return settings.mail_reply_to or f"{local}+{TOKEN}@{domain}"


def of(inquiry: Inquiry) -> str:
    """Where answers about this inquiry go; empty if they go to the sender, or the address would be too long."""
    token = links.address_token(thread.LINK, inquiry.id, inquiry.generation)
    address = pattern().replace(TOKEN, token)
    return address if len(address.partition("@")[0].encode()) <= LONGEST_LOCAL_PART else ""
