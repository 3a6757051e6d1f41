"""Each trick that leads to an address inside, by its name, and each is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from channels.calendars import guard
from channels.calendars.guard import Refused

PUBLIC, INSIDE = "93.184.215.14", "10.1.2.3"
TRICKS = [
    ("http://127.0.0.1/", "loopback"),
    ("http://localhost/", "the name of loopback"),
    ("http://127.1/", "loopback in two parts"),
    ("http://2130706433/", "loopback as one decimal number"),
    ("http://0x7f000001/", "loopback as one hexadecimal number"),
    ("http://0x7f.0.0.1/", "loopback with a hexadecimal part"),
    ("http://0177.0.0.1/", "loopback with an octal part"),
    ("http://017700000001/", "loopback as one octal number"),
    ("http://127.0.0.1./", "loopback with a final dot"),
    ("http://127。0。0。1/", "loopback with ideographic dots"),
    ("http://127\uff0e0\uff0e0\uff0e1/", "loopback with full-width dots"),
    ("http://①②⑦.⓪.⓪.①/", "loopback in circled digits"),
    ("http://127%2e0%2e0%2e1/", "loopback with escaped dots"),
    ("http://0.0.0.0/", "this machine, unspecified"),
    ("http://0/", "this machine, as a number"),
    ("http://10.0.0.1/", "private, class A"),
    ("http://172.16.0.1/", "private, class B"),
    ("http://192.168.0.1/", "private, class C"),
    ("http://100.64.0.1/", "carrier-grade NAT"),
    ("http://169.254.169.254/latest/meta-data/", "link-local, the cloud's own service"),
    ("http://192.0.0.192/", "IETF protocol assignments"),
    ("http://198.18.0.1/", "benchmarks"),
    ("http://203.0.113.9/", "documentation"),
    ("http://224.0.0.1/", "multicast"),
    ("http://240.0.0.1/", "reserved"),
    ("http://255.255.255.255/", "broadcast"),
    ("http://[::1]/", "loopback, IPv6"),
    ("http://[::]/", "unspecified, IPv6"),
    ("http://[::ffff:127.0.0.1]/", "IPv4-mapped loopback"),
    ("http://[::ffff:7f00:1]/", "IPv4-mapped loopback in hexadecimal"),
    ("http://[::ffff:a00:1]/", "IPv4-mapped private"),
    ("http://[::127.0.0.1]/", "IPv4-compatible loopback"),
    ("http://[64:ff9b::7f00:1]/", "NAT64 of loopback"),
    ("http://[64:ff9b:1::a00:1]/", "local NAT64"),
    ("http://[2002:7f00:1::]/", "6to4 of loopback"),
    ("http://[2001:0:1::1]/", "Teredo"),
    ("http://[fc00::1]/", "unique local"),
    ("http://[fd12:3456::1]/", "unique local"),
    ("http://[fe80::1]/", "link-local, IPv6"),
    ("http://[fe80::1%25eth0]/", "link-local with a zone"),
    ("http://[fec0::1]/", "site-local"),
    ("http://[ff02::1]/", "multicast, IPv6"),
    ("http://[2001:db8::1]/", "documentation, IPv6"),
    ("http://inside.example.org/", "a public name of a private address"),
    ("http://mixed.example.org/", "a name of a public and a private address"),
    ("http://public.example.org@127.0.0.1/", "a public name as user name"),
    ("http://127.0.0.1\\@public.example.org/", "a backslash two programs read differently"),
    ("http://public.example.org\t@127.0.0.1/", "a tab"),
    ("http://public.example.org\r\nHost: inside/", "a second header"),
    ("http://public.example.org:22/", "another service's port"),
    ("http://public.example.org:6379/", "Redis"),
    ("http://public.example.org:99999/", "no port at all"),
    ("http://public.example.org:0/", "port zero"),
    ("file:///etc/passwd", "a file"),
    ("ftp://public.example.org/", "FTP"),
    ("gopher://public.example.org/", "Gopher"),
    ("//public.example.org/", "no scheme"),
    ("http:///calendar.ics", "no host"),
    ("http://user:password@public.example.org/", "a password in the open"),
    ("http://unknown.example.org/", "a name nobody knows"),
    ("http://a..example.org/", "an empty label"),
    ("http://[::1", "half an address"),
    ("https://public.example.org/" + "a" * 1000, "too long"),
]


async def names(host: str, _port: int) -> Sequence[str]:
    known = {
        "localhost": ["127.0.0.1", "::1"],
        "public.example.org": [PUBLIC],
        "inside.example.org": [INSIDE],
        "mixed.example.org": [PUBLIC, INSIDE],
        "xn--bro-hoa.example.org": [PUBLIC],
        "meta.example.org": ["169.254.169.254"],
    }
    if host not in known:
        raise OSError
    return known[host]


@pytest.mark.parametrize(("url", "trick"), TRICKS)
async def test_address_is_refused(url: str, trick: str) -> None:
    with pytest.raises(Refused) as refused:
        await guard.check(url, (), names)
    assert "example" not in str(refused.value) and "127" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://public.example.org/c.ics?x=1", ("https", "public.example.org", 443, "/c.ics?x=1")),
        ("webcal://Public.Example.org./c.ics", ("http", "public.example.org", 80, "/c.ics")),
        ("http://public.example.org:8080", ("http", "public.example.org", 8080, "/")),
        ("https://büro.example.org/", ("https", "xn--bro-hoa.example.org", 443, "/")),
        ("https://1.1.1.1/", ("https", "1.1.1.1", 443, "/")),
        ("https://[2606:4700::1111]/", ("https", "2606:4700::1111", 443, "/")),
    ],
)
async def test_public_address_may_be_called(url: str, expected: tuple[str, str, int, str]) -> None:
    allowed = await guard.check(url, (), names)
    assert (allowed.scheme, allowed.host, allowed.port, allowed.target) == expected
    assert not allowed.internal


async def test_it_is_the_checked_address_that_is_called() -> None:
    allowed = await guard.check("https://public.example.org/", (), names)
    assert [str(one) for one in allowed.addresses] == [PUBLIC]


async def test_password_goes_over_tls_only() -> None:
    allowed = await guard.check("https://a%40b:p%3Aw@public.example.org/", (), names)
    assert allowed.credentials == ("a@b", "p:w")


@pytest.mark.parametrize("entry", ["inside.example.org", "Inside.Example.org", "10.1.0.0/16", "10.1.2.3"])
async def test_host_the_office_names_may_be_called_on_any_port(entry: str) -> None:
    allowed = await guard.check("http://inside.example.org:5232/", (entry,), names)
    assert (allowed.internal, allowed.port) == (True, 5232)


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("http://inside.example.org/", "example.org"),
        ("http://inside.example.org/", "10.2.0.0/16"),
        ("http://mixed.example.org/", "10.1.0.0/16"),
        ("http://localhost/", "127.0.0.1"),
        ("http://meta.example.org/", "meta.example.org"),
    ],
)
async def test_allowing_one_host_allows_no_other(url: str, entry: str) -> None:
    with pytest.raises(Refused):
        await guard.check(url, (entry,), names)
