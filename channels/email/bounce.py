"""A mail of ours that could not be delivered (RFC 3464): its message has failed, its address may be dead.

Invariant: only a report that names one of our Message-IDs, which nobody can guess, changes anything; a delay
is no failure; an address is given up only where the report says that nobody is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message as Part

from channels.email import decoding, reading
from channels.email.reading import Letter
from channels.email.transport import NO_SUCH_ADDRESS
from channels.models import Message, State
from inquiries import people

REPORT = "message/delivery-status"
ORIGINALS = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}
FAILED = "failed"
PERMANENT = re.compile(r"5\.\d{1,3}\.\d{1,3}\b")
STILL_OPEN = (State.SENT, State.DELIVERED, State.UNCERTAIN, State.SENDING)


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says: of which mail, and the status with which it failed for good; "" if it did not."""

    message_id: str
    status: str


def report(letter: Letter) -> Report | None:
    """The delivery report in this mail; None if it is none, or does not say of what. Pure."""
    fields = [part for part in letter.leaves if part.get_content_type() == REPORT]
    if not fields:
        return None
    message_id = _original(letter)
    return Report(message_id, _status(fields[0])) if message_id else None


async def take_in(told: Report, now: datetime) -> Message | None:
    """The message it is about, now failed if the report says so; None if it is none of ours. Idempotent."""
    found = await Message.get_or_none(message_id=told.message_id, channel="email")
    if found is None or not told.status:
        return found
    await Message.filter(id=found.id, state__in=STILL_OPEN).update(
        state=State.FAILED, reason=f"bounced {told.status}"
    )
    if found.address_id and NO_SUCH_ADDRESS.fullmatch(told.status):
        await people.bounced(found.address_id, now)
    return found


def _status(part: Part) -> str:
    """The permanent status of the first recipient it failed for."""
    for block in re.split(r"\n\s*\n", decoding.text(reading.content(part))):
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in block.split("\n"))
        }
        status = PERMANENT.match(fields.get("status", ""))
        if fields.get("action", "").lower() == FAILED and status:
            return status[0]
    return ""


def _original(letter: Letter) -> str:
    """The Message-ID of the mail that is reported on."""
    for part in letter.leaves:
        if part.get_content_type() in ORIGINALS:
            written = decoding.text(reading.content(part))
            found = re.search(r"^message-id:\s*(<[^<>\s]{3,250}>)", written, re.IGNORECASE | re.MULTILINE)
            if found:
                return found[1]
    return ""
