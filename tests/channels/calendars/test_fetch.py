"""A file is fetched from where it was checked, whole, small and soon, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from aiohttp import web

from channels.calendars import fetch
from channels.calendars.fetch import Unread, Way
from tests.channels.calendars.servers import CERTIFICATE, PUBLIC, leading, proxying, serving

BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
WAY = Way(("cal.example.org",), resolve=leading(cal_example_org="127.0.0.1", other_example_org="127.0.0.1"))


def fixed(body: bytes = BODY, status: int = 200, **headers: str) -> Callable[[web.Request], object]:
    async def answer(_: web.Request) -> web.Response:
        written = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers=written)

    return answer


async def test_file_is_fetched_by_its_name_from_the_checked_address() -> None:
    async with serving(fixed(ETag='"1"')) as server:
        found = await fetch.get(f"webcal://cal.example.org:{server.port}/a%20b.ics?key=x%2Fy", "", WAY)
    assert found == fetch.Fetched(BODY, '"1"')
    assert server.asked[0].headers["Host"] == f"cal.example.org:{server.port}"
    assert server.asked[0].raw_path == "/a%20b.ics?key=x%2Fy"
    assert "Cookie" not in server.asked[0].headers and "Referer" not in server.asked[0].headers


async def test_unchanged_file_is_not_sent_again() -> None:
    async with serving(fixed(b"", 304)) as server:
        found = await fetch.get(f"http://cal.example.org:{server.port}/", '"1"', WAY)
    assert found == fetch.Fetched(None, '"1"')
    assert server.asked[0].headers["If-None-Match"] == '"1"'


async def test_packed_file_is_unpacked() -> None:
    async with serving(fixed(gzip.compress(BODY), Content_Encoding="gzip")) as server:
        assert (await fetch.get(f"http://cal.example.org:{server.port}/", "", WAY)).body == BODY


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (fixed(gzip.compress(b"a" * 50_000_000), Content_Encoding="gzip"), "too_large"),
        (fixed(b"a" * (fetch.LARGEST + 1)), "too_large"),
        (fixed(gzip.compress(BODY)[:-9], Content_Encoding="gzip"), "not_understood"),
        (fixed(gzip.compress(BODY) + gzip.compress(BODY), Content_Encoding="gzip"), "not_understood"),
        (fixed(BODY, Content_Encoding="gzip"), "not_understood"),
        (fixed(zlib.compress(BODY), Content_Encoding="br"), "not_understood"),
        (fixed(status=404), "no_longer_there"),
        (fixed(status=401), "log_in_refused"),
        (fixed(status=500), "answered_500"),
        (fixed(status=304), "answered_304"),
        (fixed(status=302, Location="/again"), "too_many_redirects"),
        (fixed(status=302, Location="http://127.0.0.1/"), "address_not_public"),
        (fixed(status=302, Location="http://other.example.org/"), "address_not_public"),
        (fixed(status=302, Location="http://169.254.169.254/latest"), "address_not_public"),
        (fixed(status=302, Location="file:///etc/passwd"), "scheme_not_allowed"),
        (fixed(status=302, Location="http://unknown.example.org/"), "name_not_found"),
    ],
)  # fmt: skip
async def test_what_cannot_be_taken_is_a_code(answer: Callable[[web.Request], object], reason: str) -> None:
    async with serving(answer) as server:
        with pytest.raises(Unread) as unread:
            await fetch.get(f"http://cal.example.org:{server.port}/secret.ics", "", WAY)
    assert unread.value.args == (reason,)
    assert len(server.asked) <= fetch.HOPS + 1


async def test_redirect_within_the_rule_is_followed() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/old":
            return web.Response(status=301, headers={"Location": "/new"})
        return web.Response(body=BODY)

    async with serving(answer) as server:
        found = await fetch.get(f"http://cal.example.org:{server.port}/old", "", WAY)
    assert found.body == BODY and [one.path for one in server.asked] == ["/old", "/new"]


async def test_password_is_told_to_its_own_origin_only() -> None:
    async with serving(fixed()) as other:
        onward = f"http://cal.example.org:{other.port}/"
        async with serving(fixed(status=302, Location=onward)) as server:
            await fetch.get(f"http://user:geheim@cal.example.org:{server.port}/", "", WAY)
    assert server.asked[0].headers["Authorization"] == "Basic dXNlcjpnZWhlaW0="
    assert "Authorization" not in other.asked[0].headers


async def test_small_file_that_unpacks_to_any_size_takes_no_room() -> None:
    bomb = gzip.compress(b"a" * 60_000_000)
    async with serving(fixed(bomb, Content_Encoding="gzip")) as server:
        tracemalloc.start()
        try:
            with pytest.raises(Unread, match="too_large"):
                await fetch.get(f"http://cal.example.org:{server.port}/", "", WAY)
            assert tracemalloc.get_traced_memory()[1] < 6 * fetch.LARGEST
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("onward", ["http://localhost/", "https://cal.example.org/"])
async def test_redirect_changes_neither_from_tls_nor_into_the_house(onward: str) -> None:
    resolve = leading(localhost=PUBLIC, cal_example_org="127.0.0.1")
    async with (
        serving(fixed(status=302, Location=onward), tls=True) as server,
        proxying(server.port) as proxy,
    ):
        out = Way(("cal.example.org",), f"http://127.0.0.1:{proxy.port}", str(CERTIFICATE), resolve)
        with pytest.raises(Unread, match="redirect_not_allowed"):
            await fetch.get("https://localhost/c.ics", "", out)


async def test_slow_server_is_given_up() -> None:
    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with serving(answer) as server:
        with pytest.raises(Unread, match="too_slow"):
            await fetch.get(
                f"http://cal.example.org:{server.port}/",
                "",
                Way(WAY.internal, resolve=WAY.resolve, seconds=0.2),
            )


async def test_server_that_is_gone_is_not_reachable() -> None:
    async with serving(fixed()) as server:
        port = server.port
    with pytest.raises(Unread, match="not_reachable"):
        await fetch.get(f"http://cal.example.org:{port}/", "", WAY)


async def test_certificate_must_be_trusted_and_of_that_name() -> None:
    resolve = leading(localhost="127.0.0.1", cal_example_org="127.0.0.1")
    internal = ("localhost", "cal.example.org")
    async with serving(fixed(), tls=True) as server:
        with pytest.raises(Unread, match="not_secure"):
            await fetch.get(f"https://localhost:{server.port}/", "", Way(internal, resolve=resolve))
        own = Way(internal, ca=str(CERTIFICATE), resolve=resolve)
        assert (await fetch.get(f"https://localhost:{server.port}/", "", own)).body == BODY
        with pytest.raises(Unread, match="not_secure"):
            await fetch.get(f"https://cal.example.org:{server.port}/", "", own)


async def test_proxy_is_told_the_checked_address_and_the_name_is_kept() -> None:
    async with serving(fixed(), tls=True) as server, proxying(server.port) as proxy:
        out = Way((), f"http://127.0.0.1:{proxy.port}", str(CERTIFICATE), leading(localhost=PUBLIC))
        assert (await fetch.get("https://localhost/c.ics", "", out)).body == BODY
    assert proxy.wanted == [f"{PUBLIC}:443"]
    assert server.asked[0].headers["Host"] == "localhost"


async def test_name_is_looked_up_once_a_hop() -> None:
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    async with serving(fixed()) as server:
        out = Way(("cal.example.org",), resolve=rebinding)
        assert (await fetch.get(f"http://cal.example.org:{server.port}/", "", out)).body == BODY
    assert asked == ["cal.example.org"]
