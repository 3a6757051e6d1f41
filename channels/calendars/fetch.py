"""One file from elsewhere over HTTP: at most so many bytes, in so much time, from an address that was checked.

Invariant: every hop is checked again and reached at its checked address; a password goes to the origin it was
given for only. What goes wrong is a code, never an address or a server's own words.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from channels.calendars import guard
from channels.calendars.guard import Allowed
from office.settings import Settings

LARGEST = 5 * 1024 * 1024
"""Bytes, both as sent and unpacked."""
SECONDS = 10.0
"""For everything, redirects included."""
CONNECT = 3.0
HOPS = 3
TRIED = 3
"""Addresses of one name that are tried, one after the other."""
CHUNK = 64 * 1024
MOVED = frozenset({301, 302, 303, 307, 308})
GZIP = 31


class Unread(Exception):
    """The calendar could not be read now; the only argument is a code that says why."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lies there; `body` None when it is what it was at `etag`."""

    body: bytes | None
    etag: str


@dataclass(frozen=True, slots=True)
class Way:
    """How the office gets out: what it calls its own, through which proxy, and whom it trusts."""

    internal: Sequence[str] = ()
    proxy: str = ""
    ca: str = ""
    resolve: guard.LookUp = field(default=guard.look_up)
    seconds: float = SECONDS
    largest: int = LARGEST


def way(settings: Settings) -> Way:
    """As the settings say."""
    return Way(settings.internal_hosts, settings.https_proxy.get_secret_value(), settings.calendar_ca)


async def get(url: str, etag: str, out: Way) -> Fetched:
    """The file at this address, or that it has not changed since `etag`. Raises `Unread`."""
    try:
        async with asyncio.timeout(out.seconds):
            return await _follow(url, etag, out)
    except TimeoutError:
        raise Unread("too_slow") from None
    except guard.Refused as refused:
        raise Unread(str(refused)) from None
    except aiohttp.ClientSSLError:
        raise Unread("not_secure") from None
    except (aiohttp.ClientConnectionError, OSError):
        raise Unread("not_reachable") from None
    except (aiohttp.ClientError, ValueError):
        raise Unread("not_understood") from None


def session(ca: str) -> aiohttp.ClientSession:
    """Keeps no cookie, heeds no environment, unpacks nothing, and trusts the office's own authority too."""
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(ca)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
        auto_decompress=False,
        trust_env=False,
    )


async def _follow(url: str, etag: str, out: Way) -> Fetched:
    first: Allowed | None = None
    async with session(out.ca) as http:
        for _ in range(HOPS + 1):
            allowed = await guard.check(url, out.internal, out.resolve)
            first = first or allowed
            downgraded = first.scheme == "https" and allowed.scheme == "http"
            if downgraded or allowed.internal != first.internal:
                raise Unread("redirect_not_allowed")
            async with await _ask(http, allowed, _headers(allowed, first, etag), out) as answer:
                if answer.status not in MOVED:
                    return await _taken(answer, etag, out)
                url = urljoin(url, answer.headers.get("Location", ""))
    raise Unread("too_many_redirects")


def _headers(allowed: Allowed, first: Allowed, etag: str) -> dict[str, str]:
    own_port = allowed.port == guard.PORTS[allowed.scheme]
    name = f"[{allowed.host}]" if ":" in allowed.host else allowed.host
    headers = {
        "Host": name if own_port else f"{name}:{allowed.port}",
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "gzip",
        "User-Agent": "Sprechstunde",
    }
    if etag:
        headers["If-None-Match"] = etag
    if first.credentials != ("", "") and allowed.origin == first.origin:
        headers["Authorization"] = f"Basic {b64encode(':'.join(first.credentials).encode()).decode()}"
    return headers


async def _ask(
    http: aiohttp.ClientSession, allowed: Allowed, headers: dict[str, str], out: Way
) -> aiohttp.ClientResponse:
    """The answer of the first address that takes the call."""
    proxy = out.proxy if allowed.scheme == "https" and not allowed.internal else ""
    for number, address in enumerate(allowed.addresses[:TRIED], start=1):
        numeric = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        url = URL(f"{allowed.scheme}://{numeric}:{allowed.port}{allowed.target}", encoded=True)
        try:
            return await http.get(
                url,
                headers=headers,
                allow_redirects=False,
                proxy=proxy or None,
                server_hostname=allowed.host if allowed.scheme == "https" else None,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError) as error:
            if isinstance(error, aiohttp.ClientSSLError) or number == len(allowed.addresses[:TRIED]):
                raise
    raise AssertionError("unreachable")


async def _taken(answer: aiohttp.ClientResponse, etag: str, out: Way) -> Fetched:
    if answer.status == 304 and etag:
        return Fetched(None, etag)
    if answer.status != 200:
        raise Unread(_reason(answer.status))
    kept = answer.headers.get("ETag", "")
    return Fetched(await _body(answer, out.largest), kept if len(kept) <= 200 and kept.isascii() else "")


def _reason(status: int) -> str:
    if status in {401, 403, 407}:
        return "log_in_refused"
    return "no_longer_there" if status in {404, 410} else f"answered_{status}"


async def _body(answer: aiohttp.ClientResponse, largest: int) -> bytes:
    """Unpacked as it comes, and given up as soon as it is too large: a small file can unpack to any size."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip", ""}:
        raise Unread("not_understood")
    unpacker = zlib.decompressobj(GZIP) if "gzip" in encoding else None
    body, sent = bytearray(), 0
    async for chunk in answer.content.iter_chunked(CHUNK):
        sent += len(chunk)
        body += _unpacked(unpacker, chunk, largest + 1 - len(body)) if unpacker else chunk
        if max(sent, len(body)) > largest:
            raise Unread("too_large")
    if unpacker and (not unpacker.eof or unpacker.unused_data):
        raise Unread("not_understood")
    return bytes(body)


def _unpacked(unpacker: zlib._Decompress, chunk: bytes, at_most: int) -> bytes:
    try:
        return unpacker.decompress(chunk, at_most)
    except zlib.error:
        raise Unread("not_understood") from None
