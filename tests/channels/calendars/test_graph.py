"""Microsoft 365 is asked by its published rules, and only `free` leaves time free.

The server here keeps the rules of the service's reference: token by client credentials, 62 days a question,
times with seven digits and a zone beside them, an error for one mailbox within an answer of 200, 429 with Retry-After.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from booking.intervals import Interval
from channels.calendars.fetch import Unread
from channels.calendars.graph import Graph
from tests.channels.calendars.servers import serving
from tests.conftest import make_settings

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 10, 12, tzinfo=ZONE)
END = BEGIN + timedelta(days=121)
MAILBOX = "demir@example.org"


def item(status: str, starts: str, ends: str, zone: str = "UTC") -> dict[str, Any]:
    """A scheduleItem, with more in it than we want to know."""
    times = {
        name: {"dateTime": f"{moment}:00.{0:07}", "timeZone": zone}
        for name, moment in (("start", starts), ("end", ends))
    }
    return {"isPrivate": False, "status": status, "subject": "Geheim", "location": "Zimmer 3", **times}


NOWHERE = item("busy", "2026-10-20T14:00", "2026-10-20T15:00", "Nowhere")


@dataclass
class Microsoft:
    """As much of it as we use."""

    items: list[dict[str, Any]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    tokens: int = 0
    questions: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        if request.path == "/tenant/oauth2/v2.0/token":
            return await self._token(request)
        assert request.path == f"/v1.0/users/{MAILBOX}/calendar/getSchedule" and request.method == "POST"
        if self.answers:
            return self.answers.pop(0)
        if request.headers["Authorization"] != f"Bearer token{self.tokens}":
            return web.json_response({"error": {"code": "InvalidAuthenticationToken"}}, status=401)
        return self._schedule(await request.json())

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["grant_type"] == "client_credentials" and str(form["scope"]).endswith("/.default")
        if (form["client_id"], form["client_secret"]) != ("app", "geheim"):
            return web.json_response({"error": "invalid_client"}, status=401)
        self.tokens += 1
        return web.json_response({"access_token": f"token{self.tokens}", "expires_in": 3599})

    def _schedule(self, question: dict[str, Any]) -> web.Response:
        self.questions.append(question)
        begin, end = (datetime.fromisoformat(question[name]["dateTime"]) for name in ("startTime", "endTime"))
        assert {question[name]["timeZone"] for name in ("startTime", "endTime")} == {"UTC"}
        if end - begin > timedelta(days=62):
            return web.json_response({"error": {"code": "ErrorTimeIntervalTooBig"}}, status=400)
        items = [
            one
            for one in self.items
            if datetime.fromisoformat(one["start"]["dateTime"]) < end
            and datetime.fromisoformat(one["end"]["dateTime"]) > begin
        ]
        schedule = {"scheduleId": question["schedules"][0], "availabilityView": "0", "scheduleItems": items}
        return web.json_response({"value": [schedule]})


@pytest.fixture
def microsoft() -> Microsoft:
    return Microsoft()


class Watch:
    """A clock a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def graph(port: int, folder: Path, watch: Watch | None = None, **more: str) -> Graph:
    there = f"http://127.0.0.1:{port}"
    access = {"graph_tenant": "tenant", "graph_client_id": "app", "graph_client_secret": "geheim"}
    settings = make_settings(folder, graph_url=there, graph_login_url=there, **{**access, **more})
    return Graph(settings, watch or Watch())


def local(found: list[Interval]) -> list[str]:
    return [
        f"{one.starts_at.astimezone(ZONE):%d.%m. %H:%M} {one.ends_at.astimezone(ZONE):%H:%M}" for one in found
    ]


@pytest.mark.parametrize("status", ["busy", "oof", "tentative", "workingElsewhere", "unknown", "newWord"])
async def test_whatever_is_not_free_is_busy(microsoft: Microsoft, tmp_path: Path, status: str) -> None:
    microsoft.items = [
        item(status, "2026-10-20T12:00", "2026-10-20T13:00"),
        item("free", "2026-10-21T12:00", "2026-10-21T13:00"),
    ]
    async with serving(microsoft.take) as server:
        found = await graph(server.port, tmp_path).busy(MAILBOX, BEGIN, END)
    assert local(found) == ["20.10. 14:00 15:00"]


async def test_zone_by_its_windows_name_is_understood(microsoft: Microsoft, tmp_path: Path) -> None:
    microsoft.items = [
        item("busy", "2026-10-20T14:00", "2026-10-20T15:00", "W. Europe Standard Time"),
        item("busy", "2026-10-27T14:00", "2026-10-27T15:00", "Europe/Berlin"),
    ]
    async with serving(microsoft.take) as server:
        found = await graph(server.port, tmp_path).busy(MAILBOX, BEGIN, END)
    assert local(found) == ["20.10. 14:00 15:00", "27.10. 14:00 15:00"]


async def test_long_time_is_asked_in_pieces_with_one_token(microsoft: Microsoft, tmp_path: Path) -> None:
    microsoft.items = [item("busy", "2027-02-01T12:00", "2027-02-01T13:00")]
    async with serving(microsoft.take) as server:
        found = await graph(server.port, tmp_path).busy(MAILBOX, BEGIN, END)
    assert len(found) == 1
    assert (len(microsoft.questions), microsoft.tokens) == (2, 1)


async def test_own_talk_is_left_out(microsoft: Microsoft, tmp_path: Path) -> None:
    microsoft.items = [
        item("busy", "2026-10-20T12:00", "2026-10-20T13:00"),
        item("busy", "2026-10-20T12:30", "2026-10-20T13:30"),
    ]
    talk = Interval(datetime(2026, 10, 20, 14, tzinfo=ZONE), datetime(2026, 10, 20, 15, tzinfo=ZONE))
    async with serving(microsoft.take) as server:
        found = await graph(server.port, tmp_path).busy(MAILBOX, BEGIN, END, ignoring=[talk])
    assert local(found) == ["20.10. 14:30 15:30"]


async def test_token_is_renewed_when_it_ends_or_is_refused(microsoft: Microsoft, tmp_path: Path) -> None:
    watch = Watch()
    async with serving(microsoft.take) as server:
        asking = graph(server.port, tmp_path, watch)
        await asking.busy(MAILBOX, BEGIN, END)
        watch.now += 3600
        await asking.busy(MAILBOX, BEGIN, END)
        microsoft.answers = [web.Response(status=401)]
        await asking.busy(MAILBOX, BEGIN, END)
    assert microsoft.tokens == 3


async def test_who_is_asked_to_wait_waits(microsoft: Microsoft, tmp_path: Path) -> None:
    watch = Watch()
    async with serving(microsoft.take) as server:
        asking = graph(server.port, tmp_path, watch)
        microsoft.answers = [web.Response(status=429, headers={"Retry-After": "120"})]
        for _ in range(2):
            with pytest.raises(Unread, match="asked_to_wait"):
                await asking.busy(MAILBOX, BEGIN, END)
        assert len(server.asked) == 2  # one for the token, one for the schedule
        watch.now += 121
        await asking.busy(MAILBOX, BEGIN, END)


async def test_short_wait_is_waited_at_once(microsoft: Microsoft, tmp_path: Path) -> None:
    microsoft.answers = [web.Response(status=429, headers={"Retry-After": "0"})]
    async with serving(microsoft.take) as server:
        assert await graph(server.port, tmp_path).busy(MAILBOX, BEGIN, END) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (web.json_response({"value": [{"error": {"responseCode": "NotFound"}}]}), "mailbox_not_shown"),
        (web.json_response({"value": []}), "not_understood"),
        (web.json_response({"value": [{"scheduleId": MAILBOX}]}), "not_understood"),
        (web.json_response([]), "not_understood"),
        (web.Response(text="<html>"), "not_understood"),
        (web.json_response({"value": [{"scheduleItems": [NOWHERE]}]}), "not_understood"),
        (web.Response(status=403), "log_in_refused"),
        (web.Response(status=404), "no_longer_there"),
        (web.Response(status=500), "answered_500"),
        (web.Response(status=302, headers={"Location": "http://127.0.0.1/"}), "answered_302"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_a_code(
    microsoft: Microsoft, tmp_path: Path, answer: web.Response, reason: str
) -> None:
    microsoft.answers = [answer]
    async with serving(microsoft.take) as server:
        with pytest.raises(Unread) as unread:
            await graph(server.port, tmp_path).busy(MAILBOX, BEGIN, END)
    assert unread.value.args == (reason,)


async def test_wrong_secret_is_refused(microsoft: Microsoft, tmp_path: Path) -> None:
    async with serving(microsoft.take) as server:
        with pytest.raises(Unread, match="log_in_refused"):
            await graph(server.port, tmp_path, graph_client_secret="wrong").busy(MAILBOX, BEGIN, END)
