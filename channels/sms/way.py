"""SMS as a way out: composed, counted in segments, handed to the gateway."""

from __future__ import annotations

from datetime import datetime

from channels.models import Message
from channels.sms import message as sms_message
from channels.sms import opt_out, segments
from channels.sms.gateway import Gateway
from channels.sms.twilio import OPTED_OUT, OptedOut
from channels.ways import Sent


class Sms:
    """See `channels.ways.Way`."""

    channel = "sms"

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def send(self, message: Message, now: datetime) -> Sent:
        """Composed now, link included, and handed over. Raises `OptedOut` when they want none."""
        written = await sms_message.compose(message, now)
        if await opt_out.stands(written.number):
            raise OptedOut("opted_out")
        try:
            sid = await self._gateway.send(written.number, written.body)
        except OptedOut:
            await opt_out.stop(written.number, str(OPTED_OUT), now)
            raise
        return Sent(sid, segments.count(written.body))

    async def find(self, message: Message, now: datetime) -> Sent | None:
        """Asked at the provider: did it take this message before? Not one that is already known as another's."""
        written = await sms_message.compose(message, now)
        for sid in await self._gateway.find(written.number, written.body, message.created_at):
            if not await Message.filter(provider_id=sid).exclude(id=message.id).exists():
                return Sent(sid, segments.count(written.body))
        return None
