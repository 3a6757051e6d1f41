"""A scanner that speaks clamd's INSTREAM as the real one does: pieces with their length before them, an end, one word.

It finds the EICAR test string, refuses what is longer than `most`, and keeps what it was sent.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""Harmless; every scanner takes it for a virus (eicar.org). In two pieces, so that none takes this file for one."""


@dataclass
class Clamd:
    """What it was asked, and how it behaves."""

    port: int = 0
    most: int = 25_000_000
    silent: bool = False
    scanned: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one command."""
        try:
            command = await reader.readuntil(b"\0")
            if not self.silent:
                writer.write(await self._said(command, reader) + b"\0")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _said(self, command: bytes, reader: asyncio.StreamReader) -> bytes:
        if command == b"zPING\0":
            return b"PONG"
        if command != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND"
        content = b""
        while length := struct.unpack("!L", await reader.readexactly(4))[0]:
            content += await reader.readexactly(length)
            if len(content) > self.most:
                return b"INSTREAM size limit exceeded. ERROR"
        self.scanned.append(content)
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"


@asynccontextmanager
async def running(**how: object) -> AsyncIterator[Clamd]:
    """A scanner on a port of its own."""
    scanner = Clamd(**how)  # type: ignore[arg-type]
    server = await asyncio.start_server(scanner.answer, "127.0.0.1", 0)
    scanner.port = server.sockets[0].getsockname()[1]
    try:
        yield scanner
    finally:
        server.close()
        await server.wait_closed()
