"""Where mail comes in: an IMAP folder, or a folder of files in the demonstration.

Invariant: reading changes nothing there; a mail is marked as seen only when we are told that it is stored.
What goes wrong is a code, never an address or a server's own words.
"""

from __future__ import annotations

import asyncio
import imaplib
import ipaddress
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from imap_tools.consts import SHORT_MONTH_NAMES
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from office import links
from office.settings import Settings

T = TypeVar("T")
CONNECT = 5.0
"""Seconds to reach the server: a worker waits that long, so that it is short."""
READ = 30.0
"""Seconds for each answer of the server."""
PORTS = {"imap": 143, "imaps": 993}
FOLDER = "INBOX"


class Away(Exception):
    """The mailbox cannot be read now; the only argument is a code that says why."""


class Withheld(Exception):
    """The server lists this mail and does not give it out."""


class Source(Protocol):
    """A mailbox to read from; `name` tells it from others and says nothing of whose it is."""

    name: str

    async def uidvalidity(self) -> int:
        """While it stays the same, a UID means the same mail (RFC 9051 §2.3.1.1). All of these raise `Away`."""

    async def newest(self) -> int:
        """No mail that is there now has a higher UID."""

    async def after(self, uid: int) -> list[int]:
        """UIDs above this one, rising."""

    async def since(self, day: date) -> list[int]:
        """UIDs of what arrived on this day or later, rising."""

    async def size(self, uid: int) -> int | None:
        """In bytes; None when it is gone. Raises `Withheld`, too."""

    async def fetch(self, uid: int, at_most: int) -> bytes | None:
        """The first `at_most` bytes as they came; None when it is gone. Raises `Withheld`, too."""

    async def seen(self, uid: int) -> None:
        """Marked as seen, for those who look into the mailbox with another program."""

    async def close(self) -> None:
        """Nothing is open afterwards. Idempotent."""


def open_source(settings: Settings) -> Source | None:
    """The mailbox these settings name, not yet connected; None if no mail comes in."""
    if url := settings.imap_url.get_secret_value():
        return Imap(url)
    return DemoInbox(settings.var_dir / "mail-in") if settings.demo else None


class Imap:
    """One folder on a server, by a synchronous library in a thread; connected when first asked.

    Encrypted unless the server is this machine, or the address ends in `?starttls=never`.
    """

    def __init__(self, url: str, *, connect: float = CONNECT, read: float = READ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._port = parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._folder = unquote(parts.path.strip("/")) or FOLDER
        self._kind = _kind(parts.scheme, self._host, parse_qs(parts.query).get("starttls", []))
        self._connect, self._read = connect, read
        self._box: BaseMailBox | None = None
        self.name = links.fingerprint("mailbox", f"{self._user}@{self._host}/{self._folder}")

    async def uidvalidity(self) -> int:
        """See `Source`."""
        return (await self._status("UIDVALIDITY"))["UIDVALIDITY"]

    async def newest(self) -> int:
        """See `Source`."""
        return (await self._status("UIDNEXT"))["UIDNEXT"] - 1

    async def after(self, uid: int) -> list[int]:
        """See `Source`. "N:*" names the last mail even if its UID is below N."""
        found = await self._search(f"UID {uid + 1}:*")
        return [one for one in found if one > uid]

    async def since(self, day: date) -> list[int]:
        """See `Source`."""
        return await self._search(f"SINCE {day.day}-{SHORT_MONTH_NAMES[day.month - 1]}-{day.year}")

    async def size(self, uid: int) -> int | None:
        """See `Source`."""
        answer = await self._uid("FETCH", uid, "(RFC822.SIZE)")
        found = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(_flat(answer)))
        return int(found[1]) if found else None

    async def fetch(self, uid: int, at_most: int) -> bytes | None:
        """See `Source`. PEEK leaves the mail unread."""
        answer = await self._uid("FETCH", uid, f"(BODY.PEEK[]<0.{at_most}>)")
        return next((bytes(part[1]) for part in answer if isinstance(part, tuple)), None)

    async def seen(self, uid: int) -> None:
        """See `Source`. A folder we may only read stays as it is."""
        with suppress(Withheld):
            await self._uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")

    async def close(self) -> None:
        """See `Source`."""
        box, self._box = self._box, None
        if box is not None:
            await asyncio.to_thread(_leave, box)

    async def _status(self, item: str) -> dict[str, int]:
        return await self._ask(lambda box: box.folder.status(self._folder, [item]))

    async def _search(self, criteria: str) -> list[int]:
        found = await self._ask(lambda box: box.uids(criteria, charset=None))
        return sorted(int(uid) for uid in found)

    async def _uid(self, command: str, uid: int, *arguments: str) -> list[Any]:
        status, answer = await self._ask(lambda box: box.client.uid(command, str(uid), *arguments))
        if status != "OK":
            raise Withheld
        return [part for part in answer if part is not None]

    async def _ask(self, question: Callable[[BaseMailBox], T]) -> T:
        try:
            return await asyncio.to_thread(lambda: question(self._opened()))
        except Withheld:
            raise
        except Exception as error:
            raise Away(_reason(error)) from None

    def _opened(self) -> BaseMailBox:
        if self._box is None:
            box = self._kind(self._host, self._port, self._connect)
            try:
                box.client.socket().settimeout(self._read)
                box.login(self._user, self._password, self._folder)
            except BaseException:
                _leave(box)
                raise
            self._box = box
        return self._box


class DemoInbox:
    """A folder of files, NNNNNN.eml, whose numbers are the UIDs."""

    name = "demo"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, mail: bytes) -> int:
        """In the folder afterwards, in full, under the next number, which is returned."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = max(self._numbers(), default=0) + 1
        unfinished = self._folder / f".{number:06}.{id(mail)}.tmp"
        unfinished.write_bytes(mail)
        while True:
            try:
                self._path(number).hardlink_to(unfinished)  # unlike a rename, takes no number twice
                break
            except FileExistsError:
                number += 1
        unfinished.unlink()
        return number

    async def uidvalidity(self) -> int:
        """See `Source`."""
        return 1

    async def newest(self) -> int:
        """See `Source`."""
        return max(self._numbers(), default=0)

    async def after(self, uid: int) -> list[int]:
        """See `Source`."""
        return [number for number in self._numbers() if number > uid]

    async def since(self, day: date) -> list[int]:
        """See `Source`."""
        return [number for number in self._numbers() if self._came(number) >= day]

    async def size(self, uid: int) -> int | None:
        """See `Source`."""
        path = self._path(uid)
        return path.stat().st_size if path.exists() else None

    async def fetch(self, uid: int, at_most: int) -> bytes | None:
        """See `Source`."""
        path = self._path(uid)
        return path.read_bytes()[:at_most] if path.exists() else None

    async def seen(self, uid: int) -> None:
        """Nobody else looks."""

    async def close(self) -> None:
        """Nothing is ever open."""

    def _numbers(self) -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob("*.eml") if path.stem.isdecimal())

    def _came(self, number: int) -> date:
        return datetime.fromtimestamp(self._path(number).stat().st_mtime, UTC).date()

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.eml"


def _kind(scheme: str, host: str, starttls: list[str]) -> Callable[[str, int, float], BaseMailBox]:
    if scheme == "imaps":
        return _encrypted
    if starttls == ["never"] or _is_this_machine(host):
        return MailBoxUnencrypted
    return _starting_encryption


def _encrypted(host: str, port: int, timeout: float) -> BaseMailBox:
    return MailBox(host, port, timeout, ssl_context=ssl.create_default_context())


def _starting_encryption(host: str, port: int, timeout: float) -> BaseMailBox:
    return MailBoxStartTls(host, port, timeout, ssl_context=ssl.create_default_context())


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _leave(box: BaseMailBox) -> None:
    with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):  # gone is what was wanted
        box.client.socket().settimeout(1)
        box.logout()
    with suppress(OSError):
        box.client.shutdown()


def _reason(error: Exception) -> str:
    if isinstance(error, MailboxLoginError):
        return "log_in_refused"
    if isinstance(error, MailboxFolderSelectError):
        return "no_such_folder"
    if isinstance(error, ssl.SSLError):
        return "not_secure"
    if isinstance(error, OSError):
        return "not_reachable"
    return "not_understood"


def _flat(answer: list[Any]) -> list[bytes]:
    return [piece for part in answer for piece in (part if isinstance(part, tuple) else (part,))]
