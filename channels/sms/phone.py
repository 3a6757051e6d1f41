"""The demonstration's phones: a folder with one file per SMS, in both directions, shown on a page.

Invariant: a file is there in full or not at all; what is typed there comes in by the same door, with the same
signature, as what the gateway posts.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from channels.sms import posted, segments, signature
from inquiries import addresses
from office.errors import Transient
from office.settings import current

SHOWN = 1000
"""Older SMS are not looked for."""


@dataclass(frozen=True, slots=True)
class Text:
    """One SMS; `number` is the family's (E.164), `way` is seen from us, `at` is aware."""

    sid: str
    number: str
    way: Literal["out", "in"]
    body: str
    at: datetime

    @property
    def segments(self) -> int:
        """How many segments the network would have made of it."""
        return segments.count(self.body)


class DemoPhone:
    """A `Gateway` into `folder`, which is made when the first SMS comes."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder, self._clock = folder, clock

    async def send(self, to: str, body: str) -> str:
        """In the folder afterwards. Raises `Transient` when it cannot be written."""
        text = Text(_new_sid(), to, "out", body, self._clock())
        try:
            await self.keep(text)
        except OSError as error:
            raise Transient(f"{type(error).__name__} on the demo phone") from None
        return text.sid

    async def find(self, to: str, body: str, since: datetime) -> list[str]:
        """See `Gateway`."""
        sent = [text for text in await self.conversation(to) if text.way == "out"]
        return [text.sid for text in sent if text.body == body and text.at >= since]

    async def keep(self, text: Text) -> None:
        """In the folder afterwards."""
        await asyncio.to_thread(self._write, text)

    async def conversation(self, number: str) -> list[Text]:
        """Everything to and from this number, the oldest first."""
        return [text for text in await asyncio.to_thread(self._read) if text.number == number]

    async def numbers(self) -> list[str]:
        """Every number that wrote or was written to, the latest first."""
        found = await asyncio.to_thread(self._read)
        return list(dict.fromkeys(text.number for text in reversed(found)))

    async def close(self) -> None:
        """Nothing is ever open."""

    def _write(self, text: Text) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{text.at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{text.sid}.json"
        unfinished = self._folder / f".{name}.tmp"
        unfinished.write_text(json.dumps({**asdict(text), "at": text.at.isoformat()}))
        unfinished.replace(self._folder / name)

    def _read(self) -> list[Text]:
        names = sorted(path.name for path in self._folder.glob("*.json") if path.name[0] != ".")
        written = [json.loads((self._folder / name).read_bytes()) for name in names[-SHOWN:]]
        return [Text(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in written]


def of_the_demonstration() -> DemoPhone:
    """The phones of this house."""
    return DemoPhone(current().var_dir / "phone")


async def ring(number: str, body: str, now: datetime | None = None) -> str:
    """Somebody with this number sends us an SMS: signed and taken as if the gateway had posted it; its id.

    Raises `ValueError` when nobody can have this number.
    """
    at = now or datetime.now(UTC)
    text = Text(_new_sid(), addresses.phone(number), "in", body, at)
    form, signed = signature.signed(posted.SMS, _fields(text))
    await posted.sms(form, signed, at)
    await of_the_demonstration().keep(text)
    return text.sid


def _fields(text: Text) -> dict[str, str]:
    """What the gateway posts for an incoming SMS."""
    return {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "AccountSid": current().gateway_account,
        "From": text.number,
        "To": current().gateway_number,
        "Body": text.body,
        "NumMedia": "0",
        "NumSegments": str(text.segments),
        "ApiVersion": "2010-04-01",
    }


def _new_sid() -> str:
    return f"SM{secrets.token_hex(16)}"
