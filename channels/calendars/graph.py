"""Free and busy of Microsoft 365 mailboxes, by Graph's getSchedule (POST /users/{mailbox}/calendar/getSchedule).

Invariant: only the word `free` leaves time free. We ask for times, and keep nothing of what else is answered.
The rules of the service: at most 62 days a question, a token for about an hour, 429 with Retry-After.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import aiohttp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from booking import intervals
from booking.intervals import Interval
from channels.calendars.fetch import Unread, session
from office.settings import Settings

LONGEST = timedelta(days=62)
SECONDS = 10.0
"""For each question."""
PATIENCE = 5.0
"""Seconds we wait at once when asked to; if it is longer, until a later round."""
LARGEST = 5 * 1024 * 1024
EARLY = 60.0
"""Seconds before its end at which a token is renewed."""


class Graph:
    """One office's access to the mailboxes; keeps its token, and how long it was asked to be quiet."""

    def __init__(self, settings: Settings, watch: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._watch = settings, watch
        self._token, self._token_until, self._quiet_until = "", 0.0, 0.0

    async def busy(
        self, mailbox: str, begin: datetime, end: datetime, *, ignoring: Iterable[Interval] = ()
    ) -> list[Interval]:
        """When the mailbox's owner is busy: sorted, disjoint, cut to these bounds. Raises `Unread`.

        What is exactly one of `ignoring` is left out: the service names no UID that would tell our own events.
        """
        if self._watch() < self._quiet_until:
            raise Unread("asked_to_wait")
        try:
            found = await self._all(mailbox, begin, end)
        except (TimeoutError, aiohttp.ClientSSLError) as error:
            raise Unread("too_slow" if isinstance(error, TimeoutError) else "not_secure") from None
        except (aiohttp.ClientError, OSError):
            raise Unread("not_reachable") from None
        except (ValueError, KeyError, TypeError, AttributeError, LookupError):
            raise Unread("not_understood") from None
        known = frozenset(ignoring)
        cut = (_cut(one, begin, end) for one in found if one not in known)
        return intervals.union(one for one in cut if one is not None)

    async def _all(self, mailbox: str, begin: datetime, end: datetime) -> list[Interval]:
        found: list[Interval] = []
        async with session(self._settings.calendar_ca) as http:
            for starts_at, ends_at in _pieces(begin, end):
                found += _items(await self._schedule(http, mailbox, starts_at, ends_at))
        return found

    async def _schedule(
        self, http: aiohttp.ClientSession, mailbox: str, begin: datetime, end: datetime
    ) -> dict[str, Any]:
        url = f"{self._settings.graph_url}/v1.0/users/{quote(mailbox, safe='@')}/calendar/getSchedule"
        question = {
            "schedules": [mailbox],
            "startTime": _written(begin),
            "endTime": _written(end),
            "availabilityViewInterval": 30,
        }
        for _ in range(2):
            headers = {
                "Authorization": f"Bearer {await self._access(http)}",
                "Prefer": 'outlook.timezone="UTC"',
            }
            status, wait, answer = await self._post(http, url, headers=headers, json=question)
            if status == 200:
                return _only(answer)
            if status == 401:
                self._token = ""
            elif status in {429, 503, 504}:
                await self._be_quiet(wait)
            else:
                break
        raise Unread(_reason(status))

    async def _access(self, http: aiohttp.ClientSession) -> str:
        """A token by client credentials (RFC 6749 §4.4)."""
        if self._token and self._watch() < self._token_until:
            return self._token
        settings = self._settings
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.graph_client_id,
            "client_secret": settings.graph_client_secret.get_secret_value(),
            "scope": f"{settings.graph_url}/.default",
        }
        url = f"{settings.graph_login_url}/{quote(settings.graph_tenant, safe='')}/oauth2/v2.0/token"
        status, wait, answer = await self._post(http, url, data=form)
        if status in {429, 503}:
            self._quiet_until = self._watch() + wait
            raise Unread("asked_to_wait")
        if status != 200:
            raise Unread("log_in_refused" if status in {400, 401, 403} else _reason(status))
        self._token = str(answer["access_token"])
        self._token_until = self._watch() + float(answer["expires_in"]) - EARLY
        return self._token

    async def _be_quiet(self, wait: float) -> None:
        if wait > PATIENCE:
            self._quiet_until = self._watch() + wait
            raise Unread("asked_to_wait")
        await asyncio.sleep(wait)

    async def _post(self, http: aiohttp.ClientSession, url: str, **more: Any) -> tuple[int, float, Any]:
        proxy = self._settings.https_proxy.get_secret_value() if urlsplit(url).scheme == "https" else ""
        async with (
            asyncio.timeout(SECONDS),
            http.post(url, proxy=proxy or None, allow_redirects=False, **more) as answer,
        ):
            body = await answer.content.read(LARGEST + 1) if answer.status == 200 else b""
            while answer.status == 200 and not answer.content.at_eof() and len(body) <= LARGEST:
                body += await answer.content.read(LARGEST + 1 - len(body))
            if len(body) > LARGEST:
                raise Unread("too_large")
            wait = answer.headers.get("Retry-After", "")
            return answer.status, float(wait) if wait.isdecimal() else 30.0, json.loads(body) if body else {}


def _pieces(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    begin, end = begin.astimezone(UTC), end.astimezone(UTC)  # 62 days on the wall may be an hour too long
    while begin < end:
        yield begin, min(begin + LONGEST, end)
        begin += LONGEST


def _written(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}


def _reason(status: int) -> str:
    if status in {401, 403}:
        return "log_in_refused"
    if status in {429, 503, 504}:
        return "asked_to_wait"
    return "no_longer_there" if status == 404 else f"answered_{status}"


def _only(answer: Any) -> dict[str, Any]:
    """What is said of the one mailbox asked for; an error may be told for it alone, within an answer of 200."""
    (schedule,) = answer["value"]
    if schedule.get("error"):
        raise Unread("mailbox_not_shown")
    return dict(schedule)


def _items(schedule: dict[str, Any]) -> Iterator[Interval]:
    """Everything but `free`: busy, oof, tentative, workingElsewhere, unknown, and words we do not know."""
    for item in schedule["scheduleItems"]:
        if str(item["status"]).lower() == "free":
            continue
        starts_at, ends_at = _moment(item["start"]), _moment(item["end"])
        if starts_at < ends_at:
            yield Interval(starts_at, ends_at)


def _moment(written: dict[str, str]) -> datetime:
    """Seven digits of a second, and a zone by its IANA or its Windows name. ValueError, KeyError."""
    name = written["timeZone"]
    moment = datetime.fromisoformat(written["dateTime"])
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if name == "UTC" else ZoneInfo(WINDOWS_TO_OLSON.get(name, name)))
    return moment.astimezone(UTC)


def _cut(one: Interval, begin: datetime, end: datetime) -> Interval | None:
    starts_at, ends_at = max(one.starts_at, begin), min(one.ends_at, end)
    return Interval(starts_at, ends_at) if starts_at < ends_at else None
