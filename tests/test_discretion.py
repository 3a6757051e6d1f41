"""That somebody uses counselling is itself a secret (§ 203 StGB): it leaves the house nowhere but where it must.

A family books, moves and cancels over the real pages of a real process, and everything that comes out is
searched for their name, address and topic: logs, metrics, addresses of pages, subjects and headers of mail,
calendar entries, the journal, the broker's files and the figures.
"""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx2
from tortoise.models import Model

from booking.models import Appointment
from channels.models import Message, State
from figures.models import Line
from office import database as office_database
from office.models import AuditEntry, JournalEntry
from office.settings import Settings
from sprechstunde import house
from tests.channels.web.test_race import _answers, _hidden, next_weekday
from tests.conftest import make_settings
from tests.factories import local, make_office
from tests.servers import Smtp, free_port
from tests.workers.processes import Process, running
from tests.workers.test_chaos import settled

NAME, MAIL, PHONE = "Zenobia Quittenbaum", "zenobia.quittenbaum@example.org", "0176 04069077"
TOPIC = "Schulverweigerung"
SECRETS = [*NAME.lower().split(), "4069077", TOPIC.lower()]


def found(text: str) -> list[str]:
    """Which of the secrets the text gives away."""
    return [secret for secret in SECRETS if secret in text.lower()]


async def rows(*models: type[Model]) -> str:
    """Every row of these tables as text."""
    return json.dumps([await model.all().values() for model in models], default=str, ensure_ascii=False)


async def walk(web: httpx2.AsyncClient, service: str) -> list[str]:
    """Book, look, move, look again, cancel; returns every address that was asked for or sent to."""
    day = next_weekday()
    start = await web.get(f"/de/book?service={service}&children=1&mode=office&from={day}")
    held = await web.post(
        "/de/book/hold", data={**_hidden(start.text), "starts_at": local(day, 9).isoformat()}
    )
    form = await web.get(held.headers["location"])
    typed = {"name": NAME, "email": MAIL, "phone": PHONE, "others": "no", "calendar": "yes"}
    booked = await web.post(held.headers["location"], data={**_hidden(form.text), **typed})
    page = re.sub(r"\?.*", "", booked.headers["location"])
    await settled(30)
    times = await web.get(f"{page}/move?from={day}")
    moved = await web.post(
        f"{page}/move", data={**_hidden(times.text), "starts_at": local(day, 11).isoformat()}
    )
    await settled(30)
    ask = await web.get(f"{page}/cancel")
    cancelled = await web.post(f"{page}/cancel", data=_hidden(ask.text))
    await settled(30)
    answers = [start, held, form, booked, times, moved, ask, cancelled]
    assert [answer.status_code for answer in answers] == [200, 303, 200, 303, 200, 303, 200, 303]
    return [str(answer.url) for answer in answers] + [
        answer.headers.get("location", "") for answer in answers
    ]


def outside(mail: EmailMessage) -> str:
    """What a stranger sees of a mail: every header but To, and the calendar parts but for whom they invite."""
    headers = [f"{name}: {value}" for name, value in mail.items() if name != "To"]
    parts = [part for part in mail.walk() if part.get_content_type() in {"text/calendar", "application/ics"}]
    calendars = [part.get_payload(decode=True).decode().replace("\r\n ", "") for part in parts]
    return "\n".join([*headers, *calendars]).replace(MAIL, "")


async def test_nobody_learns_who_came_and_what_for(
    settings: Settings, smtp_server: Smtp, tmp_path: Path
) -> None:
    urls = settings.model_dump(include={"database_url", "statistics_url"})
    mine = make_settings(tmp_path, **urls, smtp_url=smtp_server.url, port=free_port())
    async with office_database.opened(house.databases(mine)):
        service = await make_office(titles={"de": TOPIC, "en": TOPIC, "ar": TOPIC}, counsellors=2)
        origin = f"http://127.0.0.1:{mine.port}"
        processes = [Process(name, mine) for name in ("web", "worker", "beat")]
        with running(*processes):
            async with httpx2.AsyncClient(base_url=origin, timeout=30) as web:
                await _answers(web, f"{origin}/healthz")
                addresses = await walk(web, service.code)
                metrics = (await web.get("/metrics")).text
        inside = await rows(JournalEntry, AuditEntry, Line, Message)
        booked = await Appointment.get()
        assert {row.state for row in await Message.all()} == {State.SENT}
    token = next(address for address in addresses if address.startswith("/a/"))[3:25]
    logs = "".join(process.log.read_text() for process in processes)
    mails = [message_from_bytes(one.content, policy=policy.default) for one in smtp_server.deliveries]
    assert len(mails) == 6
    assert any("text/calendar" in mail.as_string() for mail in mails)
    for mail in mails:
        assert found(outside(mail)) == []
        assert TOPIC not in mail.as_string()
    for text in (logs, metrics, inside, *(address.replace(MAIL, "") for address in addresses)):
        assert found(text) == []
    assert token not in logs + metrics
    assert booked.code not in logs + metrics
    broker = [path.read_text(errors="ignore") for path in (tmp_path / "broker").rglob("*") if path.is_file()]
    assert found("".join(broker)) == []


def test_the_search_would_find_them() -> None:
    assert found(f"…{NAME}…{TOPIC}…") == ["zenobia", "quittenbaum", TOPIC.lower()]
