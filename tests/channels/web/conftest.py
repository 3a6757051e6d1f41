"""The desk of a small office, with one browser per role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx2
import pytest

from booking.models import Service
from channels.web import clock, rate, site
from office import catalogues
from office.models import Role, Staff
from office.settings import Settings
from sprechstunde import house
from tests.channels.web.staffroom import Browser, make_member
from tests.factories import NOW, make_office

Enter = Callable[..., Awaitable[Browser]]


class Clock:
    """A clock the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def fresh_tries() -> None:
    """Nobody has tried anything yet: the counts of `rate` outlive a house, and its numbers begin at one again."""
    for cached in (rate._shared, rate._memory, rate._limiter):
        cached.cache_clear()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the public pages."""
    made = Clock()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
async def web(database: Settings, time: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser without JavaScript: keeps cookies, follows no redirect by itself."""
    app = site.build(database, house.opened(database), surface="public")
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


@pytest.fixture
async def lists(web: httpx2.AsyncClient) -> None:
    """The catalogues, as a new office has them."""
    await catalogues.seed()


@pytest.fixture
async def school(lists: None) -> Service:
    """One counsellor, weekdays 9 to 12."""
    return await make_office(code="school", step_minutes=30, per_person=1)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Turns the clock of the pages; it begins at `factories.NOW`."""

    def turn(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    turn(NOW)
    return turn


@pytest.fixture
def app(database: Settings) -> Any:
    """The whole site."""
    return site.build(database, house.opened(database))


@pytest.fixture
async def enter(app: Any, at: Callable[[datetime], None]) -> Enter:
    """`await enter(Role.LEAD)`: a new member of staff of this role, logged in; or one `known`; or nobody."""
    await catalogues.seed()

    async def entered(role: Role | None = None, *, known: Staff | None = None, **member: Any) -> Browser:
        return Browser(app, await make_member(role, **member) if role else known)

    return entered
