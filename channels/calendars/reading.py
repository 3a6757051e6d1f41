"""One round through the counsellors' calendars elsewhere.

Invariant: each ends as read, unchanged or failed, with a code that says why; one that hangs or lies stops none
of the others, and no address gets into a log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache

import structlog

from booking import busy
from booking.intervals import Interval
from booking.models import BusySource, SourceKind
from channels.calendars import fetch, ics
from channels.calendars.fetch import Unread, Way
from channels.calendars.graph import Graph
from office.settings import Settings

log = structlog.get_logger()
AT_ONCE = 4
BEFORE, AHEAD = timedelta(days=1), timedelta(days=120)
"""How far around today busy time is read."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a calendar says; `times` None when that is what it said before."""

    times: Sequence[Interval] | None
    etag: str = ""


class Reader:
    """Reads every calendar once a round."""

    def __init__(self, settings: Settings, *, way: Way | None = None, graph: Graph | None = None) -> None:
        self._settings = settings
        self._way = way or fetch.way(settings)
        self._graph = graph or (Graph(settings) if settings.graph_tenant else None)

    async def round(self, now: datetime) -> int:
        """How many calendars were asked. Nothing is raised for one that could not be read."""
        sources = list(await busy.sources())
        for first in range(0, len(sources), AT_ONCE):
            some = sources[first : first + AT_ONCE]
            outcomes = await asyncio.gather(*(self._ask(one, now) for one in some), return_exceptions=True)
            for source, outcome in zip(some, outcomes, strict=True):
                await _note(source.id, outcome, now)
        return len(sources)

    async def _ask(self, source: BusySource, now: datetime) -> Known:
        midnight = datetime.combine(now.astimezone(self._settings.zone), time(), self._settings.zone)
        begin, end = midnight - BEFORE, midnight + AHEAD
        own = await busy.own_talks(source.staff_id, begin, end)
        if source.kind is SourceKind.GRAPH:
            if self._graph is None:
                raise Unread("not_set_up")
            return Known(await self._graph.busy(source.address, begin, end, ignoring=own))
        fetched = await fetch.get(source.address, self._etag(source, now), self._way)
        if fetched.body is None:
            return Known(None)
        return Known(
            await asyncio.to_thread(
                ics.busy,
                fetched.body,
                begin,
                end,
                zone=self._settings.zone,
                ours=self._settings.link_host,
                ignoring=own,
            ),
            fetched.etag,
        )

    def _etag(self, source: BusySource, now: datetime) -> str:
        """Each day begins with the whole file, for the days looked at have moved on although it has not changed."""
        zone = self._settings.zone
        today = source.tried_at and source.tried_at.astimezone(zone).date() == now.astimezone(zone).date()
        return source.etag if today else ""


@lru_cache(maxsize=1)
def reader(settings: Settings) -> Reader:
    """The one of this process, so that a token is fetched once, and a request to be quiet is not forgotten."""
    return Reader(settings)


async def _note(source_id: int, outcome: Known | BaseException, now: datetime) -> None:
    if isinstance(outcome, Known):
        if outcome.times is None:
            await busy.unchanged(source_id, now)
        else:
            await busy.replace(source_id, outcome.times, outcome.etag, now)
        return
    if not isinstance(outcome, Exception):
        raise outcome
    known = isinstance(outcome, (Unread, ics.NotUnderstood))
    problem = str(outcome) if known else "unexpected"
    log.warning(
        "calendar_unread", source=source_id, reason=problem, error=None if known else type(outcome).__name__
    )
    await busy.failed(source_id, problem, now)
