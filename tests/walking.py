"""Walking through the house as people do: a browser without script, a phone, and somebody at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from channels.sms import posted, signature
from channels.web import log_in
from office import catalogues
from office import database as office_database
from office import settings as office_settings
from office.models import Staff
from office.settings import Settings
from sprechstunde import house
from tests.channels.sms import twilio_server
from tests.channels.sms.posts import ACCOUNT, FORM, fields
from tests.channels.sms.twilio_server import TwilioServer
from tests.channels.web.test_race import _answers, _hidden
from tests.conftest import make_settings
from tests.servers import Imap, Smtp, free_port
from tests.workers.processes import Process, running
from tests.workers.test_chaos import settled
from workers import celery


@dataclass
class House:
    """A house with real processes, a real mail server, a real mailbox and a gateway that keeps the provider's rules."""

    settings: Settings
    gateway: TwilioServer
    processes: list[Process]

    @property
    def origin(self) -> str:
        return self.settings.origin

    @property
    def logs(self) -> str:
        return "".join(process.log.read_text() for process in self.processes)


@asynccontextmanager
async def living(settings: Settings, folder: Path, smtp: Smtp, imap: Imap) -> AsyncIterator[House]:
    """Web, worker and beat run inside the block, on the databases of `settings`."""
    with twilio_server.twilio() as gateway:
        port = free_port()
        urls = settings.model_dump(include={"database_url", "statistics_url"})
        elsewhere = {"smtp_url": smtp.url, "imap_url": imap.url, "twilio_api_url": gateway.url, **ACCOUNT}
        mine = make_settings(folder, **urls, **elsewhere, port=port, base_url=f"http://127.0.0.1:{port}")
        office_settings.use(mine)
        celery.configure(mine)
        named = {name.upper(): value for name, value in elsewhere.items()}
        processes = [Process(name, mine, **named) for name in ("web", "worker", "beat")]
        async with office_database.opened(house.databases(mine)):
            await catalogues.seed()
            with running(*processes):
                async with httpx2.AsyncClient() as http:
                    await _answers(http, f"{mine.origin}/healthz")
                yield House(mine, gateway, processes)


class Browser:
    """Somebody at the web, who remembers everything that was shown and asked for."""

    def __init__(self, origin: str) -> None:
        self.http = httpx2.AsyncClient(base_url=origin, timeout=30)
        self.seen: list[str] = []

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def get(self, path: str, status: int = 200) -> httpx2.Response:
        return self._kept(await self.http.get(path), status)

    async def send(self, page: str, to: str, status: int = 303, **typed: str) -> httpx2.Response:
        """Fill in the form on `page` and send it `to`."""
        form = _hidden((await self.http.get(page)).text)
        return self._kept(await self.http.post(to, data={**form, **typed}), status)

    def log_in(self, member: Staff) -> None:
        """At the desk from now on."""
        signed = log_in._signer().dumps([member.id, member.log_in_generation])
        self.http.cookies.set(log_in.cookie_name(), signed)

    def _kept(self, answer: httpx2.Response, status: int) -> httpx2.Response:
        assert answer.status_code == status, (answer.url, answer.status_code, answer.text[:2000])
        self.seen.append(f"{answer.headers}\n{answer.text}")
        return answer


async def text(origin: str, number: str, body: str) -> None:
    """An SMS to us, as the gateway posts it."""
    form, signed = signature.signed(posted.SMS, fields(body, number=number))
    headers = {"content-type": FORM, signature.HEADER: signed}
    async with httpx2.AsyncClient(base_url=origin, timeout=30) as http:
        assert (await http.post(posted.SMS, content=form, headers=headers)).status_code == 200


async def answers_to(gateway: TwilioServer, origin: str, number: str, body: str) -> list[str]:
    """What this number gets for writing this."""
    before = len(gateway.sent)
    await text(origin, number, body)
    await settled(30)
    return [one.body for one in gateway.sent[before:] if one.to == number]
