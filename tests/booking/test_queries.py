"""A view of free times asks the database as often for one counsellor and a day as for many and weeks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tortoise import connections

from booking import availability
from booking.services import Wish
from tests.factories import NOW, WEDNESDAY, ZONE, make_appointment, make_office, make_staff

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement sent from now on."""
    client, sent = connections.get("default"), []
    for name in ("execute_query", "execute_query_dict"):
        real = getattr(client, name)

        def spy(query: str, *args: Any, real: Any = real, **kwargs: Any) -> Any:
            sent.append(query)
            return real(query, *args, **kwargs)

        monkeypatch.setattr(client, name, spy)
    return sent


async def test_questions_do_not_grow_with_counsellors_or_days(asked: list[str]) -> None:
    await make_staff()
    small, large = await make_office(counsellors=1), await make_office(counsellors=8)
    for _ in range(3):
        await make_appointment(large)
    counts = []
    for service, days in ((small, 0), (large, 25)):
        asked.clear()
        assert await availability.search(
            Wish(service.code), first=WEDNESDAY, last=WEDNESDAY + timedelta(days=days), now=NOW, zone=ZONE
        )
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20, counts
    assert counts[0] > 3
