"""Fetching from a real IMAP server, from one that misbehaves, and from the folder of the demonstration."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from channels.email import fetch, source
from channels.email.source import Away, DemoInbox, Imap, Withheld
from channels.models import Incoming, Mailbox
from office.models import JournalEntry
from office.settings import Settings
from tests import servers
from tests.factories import NOW

MAIL = b"From: family@example.org\r\nTo: termin@example.org\r\nSubject: Frage %d\r\n\r\nGuten Tag.\r\n"


class Fake:
    """A mailbox in memory: UID → (day it came, bytes); bytes may be an error to raise."""

    name = "fake"

    def __init__(self, validity: int = 1) -> None:
        self.validity = validity
        self.mails: dict[int, tuple[date, bytes | Exception]] = {}
        self.marked: list[int] = []
        self.fetched: list[int] = []
        self.trouble: str = ""

    def put(self, uid: int, content: bytes | Exception, days: int = 0) -> None:
        self.mails[uid] = ((NOW - timedelta(days=days)).date(), content)

    async def uidvalidity(self) -> int:
        if self.trouble:
            raise Away(self.trouble)
        return self.validity

    async def newest(self) -> int:
        return max(self.mails, default=0)

    async def after(self, uid: int) -> list[int]:
        return sorted(one for one in self.mails if one > uid)

    async def since(self, day: date) -> list[int]:
        return sorted(uid for uid, (came, _) in self.mails.items() if came >= day)

    async def size(self, uid: int) -> int | None:
        content = self.mails[uid][1]
        return None if content == b"" else 0 if isinstance(content, Exception) else len(content)

    async def fetch(self, uid: int, at_most: int) -> bytes | None:
        self.fetched.append(uid)
        content = self.mails[uid][1]
        if isinstance(content, Exception):
            raise content
        return content[:at_most]

    async def seen(self, uid: int) -> None:
        self.marked.append(uid)

    async def close(self) -> None:
        """Nothing is open."""


def clock() -> datetime:
    return NOW


async def contents() -> list[bytes]:
    return [bytes(row.content) for row in await Incoming.all().order_by("id")]


@pytest.mark.usefixtures("database")
async def test_mail_on_a_real_server_is_stored_as_it_came(imap_server: servers.Imap) -> None:
    imap_server.append(MAIL % 1, MAIL % 2)
    opened = Imap(imap_server.url)
    assert await fetch.run(opened, lambda: datetime.now(UTC)) == 2
    assert await fetch.run(opened, lambda: datetime.now(UTC)) == 0
    imap_server.append(MAIL % 3)
    assert await fetch.run(opened, lambda: datetime.now(UTC)) == 1
    await opened.close()
    assert await contents() == [MAIL % 1, MAIL % 2, MAIL % 3]
    assert imap_server.seen() == 3
    assert await JournalEntry.filter(kind="incoming.stored").count() == 3


@pytest.mark.usefixtures("database")
async def test_name_of_a_mailbox_says_nothing_of_whose_it_is(imap_server: servers.Imap) -> None:
    opened = Imap(imap_server.url)
    await fetch.run(opened, clock)
    await opened.close()
    [box] = await Mailbox.all()
    assert "beratung" not in box.name
    assert box.trouble == ""


@pytest.mark.usefixtures("database")
async def test_server_that_is_away_is_trouble_until_it_is_back(imap_server: servers.Imap) -> None:
    imap_server.stop()
    opened = Imap(imap_server.url)
    assert await fetch.run(opened, clock) == 0
    assert (await Mailbox.get(name=opened.name)).trouble == "not_reachable"
    imap_server.start()
    imap_server.append(MAIL % 1)
    assert await fetch.run(opened, lambda: datetime.now(UTC)) == 1
    await opened.close()
    assert (await Mailbox.get(name=opened.name)).trouble == ""


@pytest.mark.usefixtures("database")
async def test_refused_log_in_is_trouble_with_a_name(imap_server: servers.Imap) -> None:
    opened = Imap(imap_server.url.replace("geheim", "falsch"))
    await fetch.run(opened, clock)
    await opened.close()
    assert (await Mailbox.get(name=opened.name)).trouble == "log_in_refused"


@pytest.mark.usefixtures("database")
async def test_folder_that_is_not_there_is_trouble_with_a_name(imap_server: servers.Imap) -> None:
    opened = Imap(imap_server.url.replace("INBOX", "Anfragen"))
    await fetch.run(opened, clock)
    await opened.close()
    assert (await Mailbox.get(name=opened.name)).trouble == "no_such_folder"


@pytest.mark.usefixtures("database")
async def test_new_mailbox_gives_only_what_came_lately() -> None:
    box = Fake()
    box.put(1, MAIL % 1, days=400)
    box.put(2, MAIL % 2, days=3)
    box.put(3, MAIL % 3, days=400)  # moved here by somebody, out of order
    assert await fetch.run(box, clock) == 1
    box.put(4, MAIL % 4)
    assert await fetch.run(box, clock) == 1
    assert await contents() == [MAIL % 2, MAIL % 4]


@pytest.mark.usefixtures("database")
async def test_catching_up_is_bounded_and_goes_on_where_it_stopped() -> None:
    box = Fake()
    for uid in range(1, 8):
        box.put(uid, MAIL % uid)
    assert [await fetch.run(box, clock, batch=3) for _ in range(4)] == [3, 3, 1, 0]
    assert box.fetched == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.usefixtures("database")
async def test_mailbox_numbered_anew_is_read_again_as_far_as_two_weeks() -> None:
    box = Fake()
    box.put(7, MAIL % 1, days=1)
    await fetch.run(box, clock)
    box.validity, box.mails = 2, {}
    box.put(1, MAIL % 9, days=90)
    box.put(2, MAIL % 1, days=1)
    assert await fetch.run(box, clock) == 1
    found = await Mailbox.get(name="fake")
    assert (found.uidvalidity, found.uid) == (2, 2)


@pytest.mark.usefixtures("database")
async def test_mail_the_server_withholds_is_noted_and_stops_no_other() -> None:
    box = Fake()
    await fetch.run(box, clock)
    box.put(1, Withheld())
    box.put(2, MAIL % 2)
    assert await fetch.run(box, clock) == 2
    assert [(bytes(row.content), row.reason) for row in await Incoming.all().order_by("id")] == [
        (b"", "withheld_by_server"),
        (MAIL % 2, ""),
    ]


@pytest.mark.usefixtures("database")
async def test_mail_that_is_gone_when_asked_for_is_passed_over() -> None:
    box = Fake()
    await fetch.run(box, clock)
    box.put(1, b"")
    box.put(2, MAIL % 2)
    await fetch.run(box, clock)
    assert await contents() == [MAIL % 2]
    assert (await Mailbox.get(name="fake")).uid == 2


@pytest.mark.usefixtures("database")
async def test_connection_lost_on_the_way_loses_no_mail() -> None:
    box = Fake()
    await fetch.run(box, clock)
    box.put(1, MAIL % 1)
    box.put(2, Away("not_reachable"))
    await fetch.run(box, clock)
    box.put(2, MAIL % 2)
    await fetch.run(box, clock)
    assert await contents() == [MAIL % 1, MAIL % 2]
    assert box.marked == [1, 2]


@pytest.mark.usefixtures("database")
async def test_of_a_mail_too_large_only_the_header_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 200)
    box = Fake()
    box.put(1, MAIL % 1 + b"x" * 200)
    await fetch.run(box, clock)
    [row] = await Incoming.all()
    assert (row.reason, bytes(row.content)) == ("too_large", fetch.head(MAIL % 1))
    assert b"Guten Tag" not in bytes(row.content)


@pytest.mark.usefixtures("database")
async def test_mark_never_goes_back_while_the_numbers_mean_the_same() -> None:
    await fetch._mark("fake", 1, 9)
    await fetch._mark("fake", 1, 5)
    assert (await Mailbox.get(name="fake")).uid == 9


async def test_demo_inbox_gives_each_mail_its_own_number(tmp_path: Path) -> None:
    box = DemoInbox(tmp_path / "mail-in")
    assert await box.newest() == 0
    assert [box.deliver(MAIL % 1), box.deliver(MAIL % 2)] == [1, 2]
    os.utime(tmp_path / "mail-in" / "000001.eml", (0, 0))
    assert await box.since(date(2020, 1, 1)) == [2]
    assert await box.after(1) == [2]
    assert await box.fetch(2, 6) == b"From: "
    assert await box.size(3) is None


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("imaps://u:p@mail.example.org", "_encrypted"),
        ("imap://u:p@mail.example.org", "_starting_encryption"),
        ("imap://u:p@mail.example.org?starttls=never", "MailBoxUnencrypted"),
        ("imap://u:p@127.0.0.1", "MailBoxUnencrypted"),
    ],
)
def test_whatever_leaves_this_machine_is_encrypted(url: str, kind: str, tmp_path: Path) -> None:
    from office import settings
    from tests.conftest import make_settings

    settings.use(make_settings(tmp_path))
    assert Imap(url)._kind.__name__ == kind


def test_no_mailbox_is_opened_where_none_is_named(tmp_path: Path) -> None:
    from tests.conftest import make_settings

    made: Settings = make_settings(tmp_path)
    assert source.open_source(made) is None
