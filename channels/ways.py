"""A way out for messages, whatever carries them; what may become of one handed over.

Invariant: a way says permanent, transient or uncertain, and never puts an address into the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from channels.models import Message
from office.errors import Permanent


class AddressRefused(Permanent):
    """The other side knows that nobody can be reached at this address."""


class Uncertain(Exception):
    """Nobody knows whether the message arrived."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the other side said when it took the message; mail servers say nothing we keep."""

    provider_id: str = ""
    segments: int = 0


class Way(Protocol):
    """Composes a row of the outbox and hands it over."""

    channel: str
    """Which rows it carries: `email` or `sms`."""

    async def send(self, message: Message, now: datetime) -> Sent:
        """Accepted by the other side afterwards. Raises `Permanent`, `Transient` or `Uncertain`."""

    async def find(self, message: Message, now: datetime) -> Sent | None:
        """What the other side knows of a message whose fate we do not know; None if it cannot tell."""
