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
LONGEST_TOKEN = 32
BLANK = "{token}"


def pattern() -> str:
    """The address with `{token}` in it; empty if answers simply go to the sender, or it would be too long."""
    settings = current()
    if settings.mail_reply_to == "off" or not (settings.mail_reply_to or settings.mail_in):
        return ""
    local, _, domain = settings.mail_from.partition("@")
    written = settings.mail_reply_to or f"{local}+{BLANK}@{domain}"
    longest = written.replace(BLANK, "x" * LONGEST_TOKEN).partition("@")[0]
    return written if len(longest.encode()) <= LONGEST_LOCAL_PART else ""


def of(inquiry: Inquiry) -> str:
    """Where answers about this inquiry go; empty if they go to the sender."""
    return pattern().replace(BLANK, links.address_token(thread.LINK, inquiry.id, inquiry.generation))
