"""Which addresses elsewhere may be called: the public internet, and the internal hosts the office names.

Invariant: whoever calls gets the numeric addresses that were checked and connects to nothing else, so that a
name cannot change its meaning between check and call. What is refused is told by a code, never by the address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import unquote, urlsplit

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
SCHEMES = {"http": "http", "https": "https", "webcal": "http", "webcals": "https"}
PORTS = {"http": 80, "https": 443}
PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})
LONGEST = 1000
"""Characters of an address."""
NOT_PUBLIC = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
"""IANA's special-purpose registries; 2002::/16 (6to4) and 2001::/32 (Teredo) carry an IPv4 address inside."""
GLOBAL_V6 = ip_network("2000::/3")
"""All there is of the public IPv6 internet: mapped IPv4, NAT64, loopback, local and multicast lie outside."""
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")


class Refused(Exception):
    """This address is not called; the only argument is a code that says why."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Where to connect: one of `addresses`, as `host` on `port`; `target` is path and query.

    `credentials` are user and password of the address, both empty if it has none.
    """

    scheme: str
    host: str
    port: int
    target: str
    addresses: tuple[Address, ...]
    internal: bool
    credentials: tuple[str, str] = ("", "")

    @property
    def origin(self) -> tuple[str, str, int]:
        """What has to stay the same for credentials to be sent again (RFC 6454)."""
        return self.scheme, self.host, self.port


async def look_up(host: str, port: int) -> Sequence[str]:
    """The numeric addresses of a name, as the system knows them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def check(url: str, internal: Sequence[str], resolve: LookUp = look_up) -> Allowed:
    """Where this address may be called. Raises `Refused`.

    `internal` are names of hosts, and networks, that may be called although they are not public. One
    address out of bounds refuses all of a name: who mixes them wants the second try to hit the wrong one.
    """
    scheme, host, port, target, credentials = _parts(url)
    literal = _literal(host)
    texts = [str(literal)] if literal else await _resolved(host, port, resolve)
    addresses = tuple(_numeric(text) for text in texts)
    inside = all(_inside(host, address, internal) for address in addresses)
    if not inside and not all(is_public(address) for address in addresses):
        raise Refused("address_not_public")
    if not inside and port not in PUBLIC_PORTS:
        raise Refused("port_not_allowed")
    if credentials != ("", "") and scheme != "https" and not inside:
        raise Refused("password_in_the_open")
    return Allowed(scheme, host, port, target, addresses, inside, credentials)


def is_public(address: Address) -> bool:
    """Whether this is an address of the public internet, and carries no other inside."""
    if isinstance(address, IPv6Address) and address not in GLOBAL_V6:
        return False
    return not any(address in network for network in NOT_PUBLIC if network.version == address.version)


def _parts(url: str) -> tuple[str, str, int, str, tuple[str, str]]:
    if len(url) > LONGEST or "\\" in url or any(char.isspace() or not char.isprintable() for char in url):
        raise Refused("address_not_understood")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("address_not_understood") from None
    if parts.scheme not in SCHEMES:
        raise Refused("scheme_not_allowed")
    scheme = SCHEMES[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    credentials = (unquote(parts.username or ""), unquote(parts.password or ""))
    return scheme, _host(host), PORTS[scheme] if port is None else port, target, credentials


def _host(host: str) -> str:
    """Lower case, without a final dot, IDN as ASCII. Other dots than "." and IPv4 but in four parts are refused."""
    if ":" in host and "%" not in host:
        return host
    try:
        encoded = host.removesuffix(".").encode("idna").decode().lower()
    except UnicodeError:
        raise Refused("address_not_understood") from None
    labels = encoded.split(".")
    disguised = encoded.count(".") != host.removesuffix(".").count(".")
    if disguised or not all(LABEL.fullmatch(label) for label in labels):
        raise Refused("address_not_understood")
    if NUMBER.fullmatch(labels[-1]) and _literal(encoded) is None:
        raise Refused("address_not_understood")
    return encoded


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


async def _resolved(host: str, port: int, resolve: LookUp) -> Sequence[str]:
    try:
        found = await resolve(host, port)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise Refused("name_not_found")
    return found


def _numeric(text: str) -> Address:
    try:
        return ip_address(text)
    except ValueError:
        raise Refused("address_not_understood") from None


def _inside(host: str, address: Address, internal: Sequence[str]) -> bool:
    """Named by the office. This network segment and groups are nobody's calendar server, whatever their name."""
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return any(_names(entry, host, address) for entry in internal)


def _names(entry: str, host: str, address: Address) -> bool:
    try:
        network = ipaddress.ip_network(entry)
    except ValueError:
        return entry.lower() == host
    return address.version == network.version and address in network
