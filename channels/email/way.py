"""E-mail as a way out: composed as MIME, handed to SMTP or to the demo mailbox."""

from __future__ import annotations

from datetime import datetime

from channels.email import message as email_message
from channels.email.transport import Transport
from channels.models import Message
from channels.ways import Sent


class Email:
    """See `channels.ways.Way`. A mail server cannot be asked afterwards: a repeat has the same Message-ID."""

    channel = "email"

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(self, message: Message, now: datetime) -> Sent:
        """Composed now, links included, and handed over."""
        await self._transport.send(await email_message.compose(message, now))
        return Sent()

    async def find(self, message: Message, now: datetime) -> Sent | None:
        """Nobody to ask."""
        return None
