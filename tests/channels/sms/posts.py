"""What the gateway posts, for tests."""

from __future__ import annotations

import secrets
from datetime import datetime

from channels import sending
from channels.models import Incoming
from channels.sms import posted, signature
from channels.sms.phone import DemoPhone
from channels.sms.way import Sms
from tests.channels.sms import twilio_server
from tests.factories import NOW
from workers import sweep

FAMILY = "+4917604069012"
FORM = "application/x-www-form-urlencoded"
ACCOUNT = {
    "twilio_account_sid": twilio_server.ACCOUNT,
    "twilio_auth_token": twilio_server.TOKEN,
    "twilio_from": twilio_server.NUMBER,
}


def sid() -> str:
    return f"SM{secrets.token_hex(16)}"


def fields(body: str, *, number: str = FAMILY, **overrides: str) -> dict[str, str]:
    """The form of one SMS."""
    made = {
        "ToCountry": "DE", "SmsMessageSid": "", "NumMedia": "0", "ToCity": "", "MessageSid": sid(),
        "AccountSid": twilio_server.ACCOUNT, "From": number, "To": twilio_server.NUMBER, "Body": body,
        "NumSegments": "1", "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return {**made, **overrides}


async def receive(body: str, *, number: str = FAMILY, now: datetime = NOW, **overrides: str) -> Incoming:
    """Somebody writes to us, and everything that follows at once has followed."""
    form = fields(body, number=number, **overrides)
    await posted.sms(*signature.signed(posted.SMS, form), now)
    while await sweep.run(now):
        pass
    return await Incoming.get(key=f"sms:{form['MessageSid']}")


async def answers(phone: DemoPhone, now: datetime = NOW, number: str = FAMILY) -> list[str]:
    """Deliver what is owed; everything this number got so far."""
    await sending.deliver(Sms(phone), lambda: now)
    return [text.body for text in await phone.conversation(number) if text.way == "out"]
