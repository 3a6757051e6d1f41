"""The desk of a small office, with one browser per role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from channels.web import clock, site
from office import catalogues
from office.models import Role
from office.settings import Settings
from sprechstunde import house
from tests.channels.web.staffroom import Browser, make_member
from tests.factories import NOW

Enter = Callable[..., Awaitable[Browser]]


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
    """`await enter(Role.LEAD)`: a new member of staff of this role, logged in; without a role nobody."""
    await catalogues.seed()

    async def entered(role: Role | None = None, **member: Any) -> Browser:
        return Browser(app, await make_member(role, **member) if role else None)

    return entered
