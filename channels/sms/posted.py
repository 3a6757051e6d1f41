"""What the SMS gateway posts to us: an SMS somebody sent, or the fate of one of ours.

Invariant: nothing is believed that is not signed; an SMS is stored as received, under its id, before anything
else is done with it, and however often it is posted.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import parse_qsl

from channels import incoming
from channels.sms import receipts, signature
from channels.sms.signature import Fields
from office.settings import current

SMS, STATUS = "/webhooks/twilio/sms", "/webhooks/twilio/status"
MOST_BYTES = 16 * 1024
MOST_FIELDS = 100
SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
LONGEST_SENDER = 64


class Malformed(Exception):
    """This is no form the gateway would post."""


class Forged(Exception):
    """Nobody with our token signed this."""


async def sms(body: bytes, signed: str | None, now: datetime, target: str = SMS) -> None:
    """The SMS is stored as it came. Idempotent by its id. Raises `Malformed` or `Forged`."""
    fields = _believed(body, signed, target)
    sid, sender = _sid(fields), one(fields, "From")
    one(fields, "Body")
    if not 0 < len(sender) <= LONGEST_SENDER or not sender.isprintable():
        raise Malformed
    await incoming.store(f"sms:{sid}", "sms", body, sender=sender, now=now)


async def status(body: bytes, signed: str | None, now: datetime, target: str = STATUS) -> None:
    """What became of a message of ours is noted. Idempotent. Raises `Malformed` or `Forged`."""
    fields = _believed(body, signed, target)
    await receipts.note(_sid(fields), one(fields, "MessageStatus"), _optional(fields, "ErrorCode"), now)


def form(body: bytes) -> Fields:
    """The fields of a posted form, blank ones kept. Raises `Malformed`."""
    try:
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise Malformed from error


def one(fields: Fields, name: str) -> str:
    """The value of a field that stands there exactly once. Raises `Malformed`."""
    found = [value for known, value in fields if known == name]
    if len(found) != 1:
        raise Malformed
    return found[0]


def _believed(body: bytes, signed: str | None, target: str) -> Fields:
    """The form, proven to come from our account at the gateway."""
    fields = form(body)
    if not signature.stands(target, fields, signed):
        raise Forged
    if _optional(fields, "AccountSid") not in {"", current().gateway_account}:
        raise Malformed
    return fields


def _sid(fields: Fields) -> str:
    sid = one(fields, "MessageSid")
    if not SID.fullmatch(sid):
        raise Malformed
    return sid


def _optional(fields: Fields, name: str) -> str:
    return one(fields, name) if any(known == name for known, _ in fields) else ""
