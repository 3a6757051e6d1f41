"""The narrow interface to an SMS gateway, and which one the settings ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from office.settings import Settings


class Gateway(Protocol):
    """A way to the phone network."""

    async def send(self, to: str, body: str) -> str:
        """Accepted for this number (E.164); the gateway's id of the message.

        Raises `AddressRefused`, `Permanent`, `Transient` or `Uncertain`.
        """

    async def find(self, to: str, body: str, since: datetime) -> str | None:
        """The id of a message with this body to this number, taken at or after `since`; None if there is none."""

    async def close(self) -> None:
        """Nothing is open afterwards. Idempotent."""


def open_gateway(settings: Settings) -> Gateway:
    """Twilio if there is an account, the phone page in the demonstration."""
    raise NotImplementedError
