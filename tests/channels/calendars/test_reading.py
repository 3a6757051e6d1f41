"""A round through the calendars, from a real calendar server to what is offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from structlog.testing import capture_logs

from booking import busy
from booking.models import BusySource, BusyTime, SourceKind
from channels.calendars.fetch import Way
from channels.calendars.graph import Graph
from channels.calendars.reading import Reader
from office.settings import Settings
from tests.channels.calendars.files import BERLIN, calendar
from tests.channels.calendars.servers import leading, serving
from tests.conftest import make_settings
from tests.factories import NOW, make_appointment, make_staff

LATER = NOW + timedelta(minutes=5)
WAY = Way(("cal.example.org",), resolve=leading(cal_example_org="127.0.0.1"))
LOG_IN = {"Authorization": "Basic ZGVtaXI6Z2VoZWlt"}
"""demir:geheim"""
TALK = calendar("DTSTART:20260304T120000Z\nDURATION:PT1H")


async def source(address: str, kind: SourceKind = SourceKind.ICS) -> BusySource:
    return await busy.add((await make_staff()).id, kind, address, actor="s1", now=NOW)


async def known() -> list[datetime]:
    return sorted(row.starts_at for row in await BusyTime.all())


async def test_one_broken_calendar_stops_no_other(database: Settings) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/gone":
            return web.Response(status=404)
        return web.Response(body=TALK if request.path == "/good" else b"<html>geheim</html>")

    async with serving(answer) as server:
        for path in ("gone", "html", "good"):
            await source(f"http://cal.example.org:{server.port}/{path}")
        with capture_logs() as logs:
            assert await Reader(database, way=WAY).round(NOW) == 3
    assert await known() == [datetime(2026, 3, 4, 12, tzinfo=UTC)]
    assert [one.problem for one in await BusySource.all().order_by("id")] == [
        "no_longer_there",
        "not_a_calendar",
        "",
    ]
    assert len(logs) == 2 and "cal.example" not in str(logs) and "geheim" not in str(logs)


async def test_last_known_busy_time_stays_while_the_server_is_away(database: Settings) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=TALK, headers={"ETag": '"1"'})

    async with serving(answer) as server:
        await source(f"http://cal.example.org:{server.port}/")
        await Reader(database, way=WAY).round(NOW)
    await Reader(database, way=WAY).round(LATER)
    assert len(await known()) == 1
    (trouble,) = await busy.troubled()
    assert (trouble.problem, trouble.since, trouble.read_at) == ("not_reachable", LATER, NOW)


async def test_unchanged_file_is_asked_for_once_a_day_in_full(database: Settings) -> None:
    async def answer(request: web.Request) -> web.Response:
        same = request.headers.get("If-None-Match") == '"1"'
        return web.Response(status=304) if same else web.Response(body=TALK, headers={"ETag": '"1"'})

    async with serving(answer) as server:
        await source(f"http://cal.example.org:{server.port}/")
        for now in (NOW, LATER, NOW + timedelta(days=1)):
            await Reader(database, way=WAY).round(now)
    assert ["If-None-Match" in one.headers for one in server.asked] == [False, True, False]
    assert len(await known()) == 1


async def test_own_talk_does_not_come_back_as_busy_time(database: Settings) -> None:
    talk = await make_appointment()
    times = f"DTSTART:{talk.starts_at:%Y%m%dT%H%M%SZ}\nDTEND:{talk.ends_at:%Y%m%dT%H%M%SZ}"

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=calendar(f"UID:{talk.uid}\n{times}", times))

    async with serving(answer) as server:
        await busy.add(
            talk.staff_id, SourceKind.ICS, f"http://cal.example.org:{server.port}/", actor="s1", now=NOW
        )
        await Reader(database, way=WAY).round(NOW)
    assert await known() == []


async def test_private_address_is_not_called(database: Settings) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=TALK)

    async with serving(answer) as server:
        await source(f"http://127.0.0.1:{server.port}/")
        await Reader(database).round(NOW)
        assert server.asked == []
    assert [one.problem for one in await busy.troubled()] == ["address_not_public"]


async def test_mailbox_is_read_from_graph(database: Settings, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/token"):
            return web.json_response({"access_token": "token", "expires_in": 3599})
        times = {"start": f"2026-03-04T12:00:00.{0:07}", "end": f"2026-03-04T13:00:00.{0:07}"}
        written = {name: {"dateTime": value, "timeZone": "UTC"} for name, value in times.items()}
        return web.json_response({"value": [{"scheduleItems": [{"status": "busy", **written}]}]})

    async with serving(answer) as server:
        there = f"http://127.0.0.1:{server.port}"
        access = {"graph_tenant": "t", "graph_client_id": "a", "graph_client_secret": "s"}
        settings = make_settings(tmp_path, graph_url=there, graph_login_url=there, **access)
        await source("demir@example.org", SourceKind.GRAPH)
        await Reader(database, graph=Graph(settings)).round(NOW)
    assert await known() == [datetime(2026, 3, 4, 12, tzinfo=UTC)]


async def test_mailbox_without_access_is_trouble(database: Settings) -> None:
    await source("demir@example.org", SourceKind.GRAPH)
    await Reader(database).round(NOW)
    assert [one.problem for one in await busy.troubled()] == ["not_set_up"]


async def test_calendar_of_a_real_server_is_read(database: Settings, radicale_port: int) -> None:
    address = f"http://cal.example.org:{radicale_port}/demir/diary/"
    series = calendar(
        """UID:series
        DTSTART;TZID=W. Europe Standard Time:20260304T140000
        DTEND;TZID=W. Europe Standard Time:20260304T150000
        RRULE:FREQ=WEEKLY;COUNT=4
        EXDATE;TZID=W. Europe Standard Time:20260311T140000""",
        head=BERLIN.format(name="W. Europe Standard Time"),
    )
    async with aiohttp.ClientSession(f"http://127.0.0.1:{radicale_port}", headers=LOG_IN) as http:
        async with http.request("MKCALENDAR", "/demir/diary/") as made:
            assert made.status == 201
        async with http.put("/demir/diary/series.ics", data=series) as put:
            assert put.status == 201
        await source(address.replace("//", "//demir:geheim@", 1))
        await Reader(database, way=WAY).round(NOW)
        assert [f"{one:%d.%m. %H:%M}" for one in await known()] == [
            "04.03. 13:00",
            "18.03. 13:00",
            "25.03. 13:00",
        ]
        async with http.delete("/demir/diary/series.ics") as deleted:
            assert deleted.status == 200
    await Reader(database, way=WAY).round(LATER)
    assert await known() == []
    assert await busy.troubled() == []
