"""The narrow interface to an SMS gateway, and which one the settings ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from channels.sms import phone
from channels.sms.twilio import Twilio
from office.errors import Permanent
from office.settings import Settings


class Gateway(Protocol):
    """A way to the phone network."""

    async def send(self, to: str, body: str) -> str:
        """Accepted for this number (E.164); the gateway's id of the message.

        Raises `AddressRefused`, `twilio.OptedOut`, `Permanent`, `Transient` or `Uncertain`.
        """

    async def find(self, to: str, body: str, since: datetime) -> Sequence[str]:
        """The ids of the messages with this body to this number, taken at or after `since`.

        Raises `Transient` while it cannot be asked.
        """

    async def close(self) -> None:
        """Nothing is open afterwards. Idempotent."""


class NoGateway(Permanent):
    """There is no way to send an SMS."""


def open_gateway(settings: Settings) -> Gateway:
    """Twilio if there is an account, the phone page in the demonstration. Raises `NoGateway`.

    Nothing is connected yet.
    """
    if settings.twilio_account_sid:
        return Twilio(settings)
    if settings.demo:
        return phone.DemoPhone(settings.var_dir / "phone")
    raise NoGateway
