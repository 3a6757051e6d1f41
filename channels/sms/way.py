"""SMS as a way out: composed, counted in segments, handed to the gateway."""

from __future__ import annotations

from datetime import datetime

from channels.models import Message
from channels.sms.gateway import Gateway
from channels.ways import Sent


class Sms:
    """See `channels.ways.Way`."""

    channel = "sms"

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def send(self, message: Message, now: datetime) -> Sent:
        """Composed now, link included, and handed over."""
        raise NotImplementedError

    async def find(self, message: Message, now: datetime) -> Sent | None:
        """Asked at the provider: did it take this message before?"""
        raise NotImplementedError
