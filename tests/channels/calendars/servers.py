"""Small servers elsewhere, on this machine, that the tests' own names lead to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

CERTIFICATE = Path(__file__).parents[1] / "email" / "localhost.pem"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
PUBLIC = "93.184.215.14"


@dataclass
class Elsewhere:
    """A server whose answers a test gives, and what it was asked."""

    answer: Answer
    port: int = 0
    asked: list[web.Request] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        await request.read()
        return await self.answer(request)


@asynccontextmanager
async def serving(answer: Answer, *, tls: bool = False) -> AsyncIterator[Elsewhere]:
    """Listening on a free port of this machine."""
    server = Elsewhere(answer)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
    if context:
        context.load_cert_chain(CERTIFICATE)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


@dataclass
class Proxy:
    """Joins whoever asks to one port of this machine, wherever they wanted to go."""

    port: int = 0
    wanted: list[str] = field(default_factory=list)


@asynccontextmanager
async def proxying(to: int) -> AsyncIterator[Proxy]:
    """A proxy that knows CONNECT (RFC 9110 §9.3.6)."""
    proxy = Proxy()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        proxy.wanted.append(head.decode().split()[1])
        onward = await asyncio.open_connection("127.0.0.1", to)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(copy(reader, onward[1]), copy(onward[0], writer))

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await asyncio.sleep(0.05)


def leading(**hosts: str) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """A look-up that knows these hosts only, underscores standing for dots."""
    known = {name.replace("_", "."): address for name, address in hosts.items()}

    async def look_up(host: str, _port: int) -> Sequence[str]:
        if host not in known:
            raise OSError
        return [known[host]]

    return look_up
