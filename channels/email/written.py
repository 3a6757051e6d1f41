"""What the person's own mail is called, so that their mail program shows our answer below it.

Invariant: of what strangers wrote only well-formed Message-IDs get into our headers (RFC 5322 §3.6.4).
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.policy import Policy

from channels.models import Incoming, IncomingState

IDENTIFIER = re.compile(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>", re.ASCII)
"""Printable ASCII but the angle brackets; longer ones would not fit on one line."""
REMEMBERED = 10
"""So many ancestors are named; the oldest is always among them."""
LARGEST_HEAD = 65_536


class Identifiers(UnstructuredHeader):
    """Message-IDs, one a line; Python would encode those longer than a line, and no mail program reads that."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        """As it goes over the wire."""
        return (
            policy.linesep.join([f"{self.name}:", *(f" {one}" for one in str(self).split())]) + policy.linesep
        )


def registry() -> HeaderRegistry:
    """Python's headers, but Message-IDs of others whole."""
    made = HeaderRegistry()
    for name in ("in-reply-to", "references"):
        made.map_to_type(name, Identifiers)  # type: ignore[arg-type]  # made a BaseHeader there
    return made


async def before(inquiry_id: int) -> dict[str, str]:
    """In-Reply-To and References for a mail in this thread; empty if the person wrote none."""
    taken = Incoming.filter(inquiry_id=inquiry_id, channel="email", state=IncomingState.TAKEN)
    last = await taken.filter(writing__participant_id=None).order_by("-id").first()
    return ancestors(last.content) if last else {}


def ancestors(raw: bytes) -> dict[str, str]:
    """The headers of an answer to this mail; empty if it has no usable name."""
    mail = message_from_bytes(raw[:LARGEST_HEAD])
    own = IDENTIFIER.findall(str(mail.get("Message-ID", "")))[:1]
    if not own:
        return {}
    earlier = [one for one in IDENTIFIER.findall(str(mail.get("References", ""))) if one != own[0]]
    named = dict.fromkeys(earlier[:1] + earlier[-REMEMBERED:])
    return {"In-Reply-To": own[0], "References": " ".join([*named, own[0]])}
