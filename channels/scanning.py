"""The virus scan: a file goes to clamd and comes back as clean or not (clamd(8), INSTREAM).

Invariant: only the scanner's own word makes a file clean; what it does not answer waits.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from channels import outbox
from inquiries import uploads
from inquiries.models import UploadState
from office.errors import Transient
from office.settings import current

log = structlog.get_logger()
PIECE = 64 * 1024
PATIENCE = 60.0
"""Seconds for one file."""
BATCH = 10
OVERDUE = timedelta(minutes=5)
"""What was not checked by then is a card at the desk: the scanner is away."""


class ScannerAway(Transient):
    """The virus scanner does not answer; what was uploaded waits."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file; `reason` is the name of what was found, or why it could not be scanned."""

    state: UploadState
    reason: str = ""


async def check(now: datetime) -> int:
    """A round over what waits; returns how many were decided. A scanner that is away ends it, and nothing is lost."""
    found = await uploads.to_check(BATCH)
    for done, upload in enumerate(found):
        try:
            verdict = await scan(bytes(upload.content))
        except ScannerAway:
            log.warning("scanner_away", waiting=len(found) - done)
            return done
        writing_id = await uploads.checked(upload.id, verdict.state, now, reason=verdict.reason)
        if writing_id is not None:
            await outbox.scanned(writing_id, now)
        if verdict.state is UploadState.REFUSED:
            log.warning("upload_refused", upload=upload.id)
    return len(found)


async def scan(content: bytes) -> Verdict:
    """What the scanner of the settings says; without one only the form was checked. Raises `ScannerAway`."""
    address = current().scan_url
    if not address:
        return Verdict(UploadState.UNSCANNED)
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await _ask(address, content)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise ScannerAway from error
    return _read(answer)


async def answers() -> bool:
    """Is the scanner of the settings there (clamd(8), PING)?"""
    try:
        async with asyncio.timeout(5):
            reader, writer = await _connect(current().scan_url)
            try:
                writer.write(b"zPING\0")
                return await reader.readuntil(b"\0") == b"PONG\0"
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False


async def _ask(address: str, content: bytes) -> str:
    reader, writer = await _connect(address)
    try:
        writer.write(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            writer.write(struct.pack("!L", len(piece)) + piece)
            await writer.drain()
        writer.write(struct.pack("!L", 0))
        await writer.drain()
        return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace")
    finally:
        writer.close()


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return await asyncio.open_unix_connection(parts.path)
    return await asyncio.open_connection(parts.hostname, parts.port)


def _read(answer: str) -> Verdict:
    """`stream: OK`, `stream: NAME FOUND`, or `… ERROR`."""
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Verdict(UploadState.CLEAN)
    if said.endswith(" FOUND"):
        return Verdict(UploadState.REFUSED, said.removesuffix(" FOUND"))
    if "size limit" in said:
        return Verdict(UploadState.REFUSED, "size_limit")
    raise ScannerAway(said)
