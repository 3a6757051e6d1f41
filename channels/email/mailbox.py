"""The demonstration's way out for mail: a folder, one file per sending, shown on a page.

Invariant: a file is there in full or not at all, and a message that went out twice is there twice.
"""

from __future__ import annotations

import asyncio
from datetime import UTC
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

from office.errors import Transient


class DemoMailbox:
    """A `Transport` into `folder`, which is made when the first mail comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, mail: EmailMessage) -> None:
        """In the folder afterwards. Raises `Transient` when it cannot be written."""
        try:
            await asyncio.to_thread(self._keep, file_name(mail), mail.as_bytes())
        except OSError as error:
            raise Transient(f"{type(error).__name__} in the demo mailbox") from None

    async def close(self) -> None:
        """Nothing is ever open."""

    def _keep(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{name}.tmp"
        unfinished.write_bytes(content)
        unfinished.replace(self._folder / name)


def file_name(mail: EmailMessage) -> str:
    """ "20260302T080000Z-3f2a…-0.eml": when, a digest of the Message-ID, and which repetition it is."""
    sent_at = mail["Date"].datetime.astimezone(UTC)
    digest = sha256(str(mail["Message-ID"]).encode()).hexdigest()[:16]
    return f"{sent_at:%Y%m%dT%H%M%SZ}-{digest}-{mail.get('X-Repeated', '0')}.eml"
