"""A worker that kills itself (SIGKILL) before the N-th thing it asks of a database or of the world outside.

`python -m tests.workers.dying email|sms STRIDE` runs one mail or SMS through the whole intake for N = 1, 1 + STRIDE
… until a worker lives to the end; after each death another worker finishes what is left. Prints one JSON line
with how many died and every message that did not end as exactly one contact. The house is named by the
environment, like for every other process; mails lie on the IMAP server it names, each of them twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiosqlite
import asyncpg
import imap_tools

from channels import incoming, sending
from channels.email import fetch, source
from channels.email.mailbox import DemoMailbox
from channels.email.way import Email
from channels.models import Incoming
from channels.sms import gateway
from channels.sms.way import Sms
from figures.models import Line, Unit
from inquiries.models import Contact
from office import database, journal, settings
from office.settings import Settings
from sprechstunde import house
from workers import sweep

NUMBER = "+4917604069077"
COUNTED = (
    (aiosqlite.Connection, ("_execute",)),
    (asyncpg.Connection, ("execute", "_do_execute", "_executemany")),
    (source.Imap, ("uidvalidity", "after", "newest", "since", "size", "fetch", "seen")),
    (Email, ("send",)),
    (Sms, ("send",)),
)
Work = Callable[[Settings, int], Awaitable[object]]


class Countdown:
    """Dies before the step on which it reaches nought; a negative one never does."""

    def __init__(self, left: int) -> None:
        self.left = left

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for owner, names in COUNTED:
            for name in names:
                setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, method: Any) -> Any:
        @wraps(method)
        async def counted(*args: Any, **kwargs: Any) -> Any:
            self.step()
            return await method(*args, **kwargs)

        return counted


def mail(number: int) -> bytes:
    """The N-th family writes."""
    made = EmailMessage()
    made["From"], made["To"] = f"family{number}@example.org", "termin@example.org"
    made["Message-ID"], made["Subject"] = f"<family{number}@example.org>", "Frage"
    made.set_content(f"Guten Tag, unsere Frage Nummer {number}.")
    return made.as_bytes()


def sms(number: int) -> tuple[str, bytes]:
    """The N-th SMS as the gateway posts it: its id, and the form."""
    sid = f"SM{number:032x}"
    fields = {
        "MessageSid": sid,
        "From": NUMBER,
        "To": "+491713920000",
        "Body": f"Unsere Frage Nummer {number}",
    }
    return sid, urlencode(fields).encode()


async def take_mail(read: Settings, number: int) -> None:
    """What a worker does: fetch, react, send."""
    opened = source.open_source(read)
    assert opened is not None
    try:
        await fetch.run(opened, lambda: datetime.now(UTC))
    finally:
        await opened.close()
    await work_off(read)


async def take_sms(read: Settings, number: int) -> None:
    """What the web and a worker do; the gateway posts again until it is told that we have it."""
    sid, form = sms(number)
    await incoming.store(f"sms:{sid}", "sms", form, sender=NUMBER, now=datetime.now(UTC))
    await work_off(read)


async def work_off(read: Settings) -> None:
    """React to everything, and send what is owed."""
    while await sweep.run(datetime.now(UTC)):
        pass
    await sending.deliver(Email(DemoMailbox(read.var_dir / "mailbox")), lambda: datetime.now(UTC))
    if read.sms:
        phone = gateway.open_gateway(read)
        await sending.deliver(Sms(phone), lambda: datetime.now(UTC))
        await phone.close()


def child(read: Settings, work: Work, number: int, dies_at: int) -> bool:
    """A process of its own does the work; True when it lived to the end."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.exit(f"the worker failed instead of dying at step {dies_at}")
        return os.WIFEXITED(status)
    try:
        countdown = Countdown(dies_at)
        countdown.watch()
        asyncio.run(inside(read, lambda: work(read, number)))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


async def inside(read: Settings, work: Callable[[], Awaitable[object]]) -> object:
    async with database.opened(house.databases(read)):
        return await work()


async def odd(channel: str, came: int) -> list[str]:
    """What did not end as exactly one contact, counted once."""
    found = []
    states = Counter(str(row.state) for row in await Incoming.all())
    expected = {"taken": came, **({"repeated": came} if channel == "email" else {})}
    if states != expected:
        found.append(f"{came} came: {dict(states)}")
    contacts = await Contact.filter(void=False).count()
    counted = sum(line.sign for line in await Line.filter(unit=Unit.CONTACT))
    if not contacts == counted == came:
        found.append(f"{came} came, {contacts} contacts, {counted} counted")
    if owed := await journal.backlog():
        found.append(f"{owed} reactions still owed")
    return found


def main(channel: str, stride: int, offset: int) -> None:
    """See the module."""
    read = settings.read()
    settings.use(read)
    work, died, number = (take_mail if channel == "email" else take_sms), 0, 0
    for number, dies_at in enumerate(range(1 + offset, 100_000, stride), 1):
        if channel == "email":
            append(read, number)
        lived = child(read, work, number, dies_at)
        died += not lived
        child(read, work, number, -1)
        if lived:
            break
    problems = asyncio.run(inside(read, lambda: odd(channel, number)))
    print(json.dumps({"died": died, "odd": problems}))


def append(read: Settings, number: int) -> None:
    """The mail lies in the mailbox twice, as a careless server or a moved mailbox would have it."""
    place = urlsplit(read.imap_url.get_secret_value())
    box = imap_tools.MailBoxUnencrypted(place.hostname or "", place.port or 0)
    with box.login(place.username or "", place.password or "") as opened:
        for _ in range(2):
            opened.append(mail(number), "INBOX")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
