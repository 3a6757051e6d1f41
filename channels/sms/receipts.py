"""The gateway's word on what became of an SMS of ours.

Invariant: a fate never goes backwards: what was delivered stays delivered, whatever arrives late.
"""

from __future__ import annotations

import re
from datetime import datetime

import structlog

from channels.models import Message, State
from channels.sms import opt_out
from inquiries import people

log = structlog.get_logger()

FAILURES = frozenset({"undelivered", "failed"})
UNREACHABLE = frozenset({"21211", "21614", "30005", "30006"})
"""No such number, or a landline. A phone that is off (30003) is none of them: prepaid phones often are."""
OPTED_OUT = "21610"


async def note(sid: str, status: str, error: str, now: datetime) -> None:
    """What became of the message with this id. One we do not know is nothing to us. Idempotent."""
    ours = Message.filter(provider_id=sid, state=State.SENT)
    if status == "delivered":
        await ours.update(state=State.DELIVERED, delivered_at=now)
    elif status in FAILURES:
        code = error if re.fullmatch("[0-9]{1,6}", error) else ""
        for message in await ours.prefetch_related("address", "incoming"):
            await _failed(message, code, now)


async def _failed(message: Message, code: str, now: datetime) -> None:
    reason = f"gateway {code}".strip()
    if not await Message.filter(id=message.id, state=State.SENT).update(state=State.FAILED, reason=reason):
        return
    log.warning("message_ended", message=message.id, state=State.FAILED.value, reason=reason)
    if code in UNREACHABLE and message.address_id:
        await people.bounced(message.address_id, now)
    if code == OPTED_OUT:
        await opt_out.stop(number(message), code, now)


def number(message: Message) -> str:
    """To which number this message goes: its address, or whom it replies to (both at hand)."""
    return str(message.address.value if message.address_id else message.incoming.sender)
