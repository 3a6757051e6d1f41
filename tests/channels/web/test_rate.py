"""How often one client may do something: in Redis, and in memory while Redis is away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.requests import Request

from channels.web import rate
from office import settings
from office.errors import TooMany
from tests.conftest import make_settings
from tests.servers import Redis

TWENTY = 20


def request(address: str) -> Request:
    return Request({"type": "http", "client": (address, 1), "headers": []})


@pytest.fixture(params=["memory", "redis"])
async def limits(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    url = request.getfixturevalue("redis_server").url if request.param == "redis" else ""
    _use(tmp_path, url)
    yield request.param
    await _forget()


def _use(folder: Path, url: str) -> None:
    settings.use(make_settings(folder, redis_url=url, rate_limits=True))


async def _forget() -> None:
    bridge = getattr(rate._shared(), "bridge", None)
    if bridge is not None:
        await bridge.storage.aclose()
    for cached in (rate._shared, rate._memory, rate._limiter):
        cached.cache_clear()


async def often(address: str, times: int = TWENTY) -> None:
    for _ in range(times):
        await rate.keep(request(address), "hold")


@pytest.mark.usefixtures("limits")
async def test_one_client_is_stopped_and_another_is_not() -> None:
    await often("198.51.100.1")
    with pytest.raises(TooMany):
        await often("198.51.100.1", 1)
    await often("198.51.100.2", 1)


@pytest.mark.usefixtures("limits")
async def test_a_household_of_many_addresses_is_one_client() -> None:
    await often("2001:db8:1:2::1")
    with pytest.raises(TooMany):
        await often("2001:db8:1:2:ffff::9", 1)
    await often("2001:db8:1:3::1", 1)


@pytest.mark.usefixtures("limits")
async def test_second_secret_of_one_person_is_tried_five_times_an_hour() -> None:
    for _ in range(5):
        await rate.keep_tries("7")
    with pytest.raises(TooMany):
        await rate.keep_tries("7")
    await rate.keep_tries("8")


async def test_second_secret_is_kept_also_without_limits(tmp_path: Path) -> None:
    settings.use(make_settings(tmp_path, rate_limits=False))
    await _forget()
    for _ in range(5):
        await rate.keep_tries("7")
    with pytest.raises(TooMany):
        await rate.keep_tries("7")
    await _forget()


async def test_limits_are_kept_in_memory_while_redis_is_away(redis_server: Redis, tmp_path: Path) -> None:
    _use(tmp_path, redis_server.url)
    redis_server.stop()
    try:
        await often("198.51.100.3")
        with pytest.raises(TooMany):
            await often("198.51.100.3", 1)
    finally:
        redis_server.start()
        await _forget()


@pytest.mark.parametrize(
    ("host", "known_as"),
    [("::ffff:198.51.100.7", "198.51.100.7"), ("2001:db8:1:2:3::4", "2001:0db8:0001:0002")],
)
def test_mapped_address_is_one_client_and_a_household_another(host: str, known_as: str) -> None:
    scope = {"type": "http", "client": (host, 1), "headers": []}
    assert rate.client(Request(scope)) == known_as
