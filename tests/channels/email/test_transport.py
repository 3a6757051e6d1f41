"""Against a real server that refuses, hangs up and falls silent at every step."""

from __future__ import annotations

import asyncio
import ssl
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from channels.email import transport
from channels.email.mailbox import DemoMailbox
from channels.email.transport import AddressRefused, Smtp, Uncertain
from office.errors import Permanent, Transient
from office.settings import Settings, WrongSetting
from tests.servers import free_port

CERTIFICATE = Path(__file__).with_name("localhost.pem")
HANG_UP, SILENCE, TAKE_AND_HANG_UP = "hang up", "silence", "take and hang up"
TO = "family@example.org"


@dataclass
class Server:
    """Answers each step as told, once per entry, then takes everything."""

    port: int = 0
    mail: list[str] = field(default_factory=list)
    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str | None, str]] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    lines: list[Any] = field(default_factory=list)
    log_ins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    loop: Any = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        answer = await self._answer(self.mail, server)
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.smtp_utf8 = "SMTPUTF8" in options
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer(self.rcpt, server)
        if not (address.isascii() or envelope.smtp_utf8):
            return "553 5.6.7 say SMTPUTF8 first"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data[:1] == [TAKE_AND_HANG_UP] or not self.data or self.data[0].startswith("250"):
            self.taken.append(bytes(envelope.content or b""))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos[0]))
            self.encrypted.append(session.ssl is not None)
        return await self._answer(self.data, server)

    def authenticate(self, *facts: Any) -> AuthResult:
        self.log_ins.append(facts[4].login.decode())
        return AuthResult(success=facts[4].password == b"pass/word", handled=False)

    async def hang_up(self) -> None:
        """On everybody, as servers do after some idle minutes. Runs on the server's own loop."""
        for line in self.lines:
            if line.transport is not None:
                line.transport.abort()
        await asyncio.sleep(0.02)

    async def _answer(self, answers: list[str], server: SMTP) -> str:
        answer = answers.pop(0) if answers else "250 OK"
        if answer == SILENCE:
            await asyncio.sleep(1.5)
        if answer in {HANG_UP, TAKE_AND_HANG_UP}:
            server.transport.abort()
        return answer


@pytest.fixture
def server() -> Iterator[Server]:
    yield from _running(Server(free_port()))


@pytest.fixture
def old_server() -> Iterator[Server]:
    """Knows no address beyond ASCII."""
    yield from _running(Server(free_port()), enable_SMTPUTF8=False)


@pytest.fixture
def encrypted_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Speaks STARTTLS with a certificate we trust, and wants a log-in."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    made = Server(free_port())
    yield from _running(
        made, tls_context=context, require_starttls=True, auth_required=True, authenticator=made.authenticate
    )


class Listening(Controller):
    """Knows its lines, so that they can be cut."""

    def factory(self) -> SMTP:
        line = super().factory()
        self.handler.lines.append(line)
        return line


def _running(server: Server, **options: Any) -> Iterator[Server]:
    known = {"enable_SMTPUTF8": True, **options}
    controller = Listening(server, hostname="127.0.0.1", port=server.port, **known)
    controller.start()
    server.loop = controller.loop
    yield server
    asyncio.run_coroutine_threadsafe(server.hang_up(), controller.loop).result()
    controller.stop()


@pytest.fixture
async def smtp(server: Server) -> Any:
    made = Smtp(server.url, before_data=0.8, data=0.8)
    yield made
    await made.close()


def make_mail(to: Address | str = TO, **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = '"Stadt Musterstadt, Terminservice" <termin@example.org>'
    mail["To"] = to
    mail["Subject"] = "Ihr Termin"
    mail["Date"] = "Mon, 02 Mar 2026 08:00:00 +0000"
    mail["Message-ID"] = "<1@example.org>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Guten Tag,\n\n.eine Zeile mit Punkt\n")
    return mail


async def test_what_is_accepted_arrives_as_it_was_written(server: Server, smtp: Smtp) -> None:
    await smtp.send(mail := make_mail())
    assert server.envelopes == [("termin@example.org", TO)]
    read = message_from_bytes(server.taken[0], policy=policy.default)
    assert read.get_content().splitlines() == mail.get_content().splitlines()


async def test_the_connection_is_kept_for_the_next_message(server: Server, smtp: Smtp) -> None:
    for _ in range(3):
        await smtp.send(make_mail())
    assert (len(server.taken), len(server.sessions)) == (3, 1)


async def test_messages_sent_at_once_take_turns(server: Server, smtp: Smtp) -> None:
    await asyncio.gather(*(smtp.send(make_mail()) for _ in range(5)))
    assert (len(server.taken), len(server.sessions)) == (5, 1)


@pytest.mark.parametrize(
    ("step", "answer", "expected", "reason"),
    [
        ("mail", "451 4.3.0 later", Transient, "451 4.3.0 before the address"),
        ("mail", "550 5.7.1 who are you", Transient, "550 5.7.1 before the address"),
        ("mail", HANG_UP, Transient, "SMTPServerDisconnected before DATA"),
        ("mail", SILENCE, Transient, "TimeoutError before DATA"),
        ("rcpt", f"450 4.2.0 {TO} is greylisted", Transient, "450 4.2.0 before the address"),
        ("rcpt", f"550 5.1.1 {TO} unknown", AddressRefused, "550 5.1.1 to the address"),
        ("rcpt", "550 5.4.1 access denied", AddressRefused, "550 5.4.1 to the address"),
        ("rcpt", f"550 no such user {TO}", AddressRefused, "550 to the address"),
        ("rcpt", "554 5.7.1 relay access denied", Permanent, "554 5.7.1 to the address"),
        ("rcpt", "552 5.2.2 mailbox full", Permanent, "552 5.2.2 to the address"),
        ("rcpt", HANG_UP, Transient, "SMTPServerDisconnected before DATA"),
        ("rcpt", SILENCE, Transient, "TimeoutError before DATA"),
        ("data", "451 4.3.0 later", Transient, "451 4.3.0 to the content"),
        ("data", "421 4.3.2 closing", Transient, "421 4.3.2 to the content"),
        ("data", f"554 5.6.0 not from {TO}", Permanent, "554 5.6.0 to the content"),
        ("data", "252 perhaps", Uncertain, "252 to the content"),
        ("data", "what?", Uncertain, "SMTPResponseException after DATA"),
        ("data", HANG_UP, Uncertain, "SMTPServerDisconnected after DATA"),
        ("data", SILENCE, Uncertain, "TimeoutError after DATA"),
    ],
)
async def test_every_answer_has_its_meaning(
    server: Server, smtp: Smtp, step: str, answer: str, expected: type[Exception], reason: str
) -> None:
    getattr(server, step).append(answer)
    with pytest.raises(expected) as raised:
        await smtp.send(make_mail())
    assert type(raised.value) is expected
    assert str(raised.value) == reason
    assert TO not in "".join(traceback.format_exception(raised.value))
    assert server.taken == []
    await smtp.send(make_mail())  # nothing of the failure is left for the next one
    assert len(server.taken) == 1


async def test_taken_but_never_confirmed_is_uncertain_not_sent_again(server: Server, smtp: Smtp) -> None:
    server.data.append(TAKE_AND_HANG_UP)
    with pytest.raises(Uncertain):
        await smtp.send(make_mail())
    assert len(server.taken) == 1


async def test_a_refused_address_does_not_cost_the_connection(server: Server, smtp: Smtp) -> None:
    server.rcpt.append("550 5.1.1 unknown")
    with pytest.raises(AddressRefused):
        await smtp.send(make_mail())
    await smtp.send(make_mail())
    assert len(server.sessions) == 1


async def test_an_idle_connection_the_server_dropped_is_made_anew(server: Server, smtp: Smtp) -> None:
    await smtp.send(make_mail())
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(server.hang_up(), server.loop))
    await smtp.send(make_mail())
    assert (len(server.taken), len(server.sessions)) == (2, 2)


@pytest.mark.parametrize("goodbye", [HANG_UP, "421 4.4.2 idle for too long"])
async def test_a_drop_noticed_at_mail_is_tried_once_more(server: Server, smtp: Smtp, goodbye: str) -> None:
    await smtp.send(make_mail())
    server.mail.append(goodbye)
    await smtp.send(make_mail())
    assert len(server.taken) == 2
    server.mail += [goodbye, goodbye]
    with pytest.raises(Transient):
        await smtp.send(make_mail())


async def test_a_connection_idle_for_long_is_not_trusted(
    server: Server, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await smtp.send(make_mail())
    monkeypatch.setattr(transport, "IDLE", 0.0)
    await smtp.send(make_mail())
    assert len(server.sessions) == 2


async def test_nobody_there_is_transient() -> None:
    with pytest.raises(Transient, match="SMTPConnectError before DATA"):
        await Smtp(f"smtp://127.0.0.1:{free_port()}").send(make_mail())


async def test_a_server_that_never_greets_is_transient_in_time() -> None:
    async def say_nothing(reader: Any, writer: Any) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", port := free_port())
    async with silent:
        began = time.monotonic()
        with pytest.raises(Transient):
            await Smtp(f"smtp://127.0.0.1:{port}", before_data=0.3).send(make_mail())
        assert time.monotonic() - began < 0.8
        await asyncio.sleep(0.05)


def test_all_waiting_together_ends_before_the_lease_of_the_outbox() -> None:
    lease = Settings.model_fields["send_lease_seconds"].default
    assert lease > transport.BEFORE_DATA + transport.DATA
    assert max(transport.BEFORE_DATA, transport.DATA) <= 10


async def test_without_starttls_nothing_is_said_in_the_clear(server: Server) -> None:
    smtp = Smtp(server.url.replace("//", "//user:pass%2Fword@"), encrypted=True)
    with pytest.raises(Transient, match="SMTPException before DATA"):
        await smtp.send(make_mail())
    assert (server.taken, server.log_ins) == ([], [])


async def test_starttls_and_the_log_in_of_the_address(encrypted_server: Server) -> None:
    smtp = Smtp(f"smtp://user%40city:pass%2Fword@127.0.0.1:{encrypted_server.port}", encrypted=True)
    await smtp.send(make_mail())
    await smtp.close()
    assert (encrypted_server.log_ins, encrypted_server.encrypted) == (["user@city"], [True])


async def test_a_refused_log_in_keeps_the_message_for_later(encrypted_server: Server) -> None:
    smtp = Smtp(f"smtp://user:wrong@127.0.0.1:{encrypted_server.port}", encrypted=True)
    with pytest.raises(Transient, match=r"535 5\.7\.8 before the address"):
        await smtp.send(make_mail())


async def test_a_certificate_nobody_vouches_for_is_not_spoken_to(
    encrypted_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    smtp = Smtp(f"smtp://user:pass%2Fword@127.0.0.1:{encrypted_server.port}", encrypted=True)
    with pytest.raises(Transient, match="SSLCertVerificationError before DATA"):
        await smtp.send(make_mail())
    assert encrypted_server.log_ins == []


@pytest.mark.parametrize(
    ("url", "tls", "start_tls", "port"),
    [
        ("smtp://mail.city.example", False, True, 587),
        ("smtp://mail.city.example:25", False, True, 25),
        ("smtps://mail.city.example", True, False, 465),
        ("smtp://mail:1025?starttls=never", False, False, 1025),
        ("smtp://mail:1025?starttls=later", False, True, 1025),
        ("smtp://localhost:1025", False, False, 1025),
        ("smtp://127.0.0.1", False, False, 587),
        ("smtp://[::1]:25", False, False, 25),
    ],
)
async def test_only_this_machine_or_who_is_named_so_is_spoken_to_unencrypted(
    url: str, tls: bool, start_tls: bool, port: int
) -> None:
    client = Smtp(url)._client
    assert (client.use_tls, client._start_tls_on_connect, client.port) == (tls, start_tls, port)


def make_mail_beyond_ascii() -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP.clone(utf8=True))
    for name, value in make_mail().items():
        mail[name] = Address(username="müller", domain="example.org") if name == "To" else value
    mail.set_content("Guten Tag")
    return mail


async def test_a_mailbox_beyond_ascii_is_announced_as_such(server: Server, smtp: Smtp) -> None:
    await smtp.send(make_mail_beyond_ascii())
    assert server.envelopes == [("termin@example.org", "müller@example.org")]


async def test_a_server_that_knows_ascii_only_never_sees_such_a_mailbox(old_server: Server) -> None:
    smtp = Smtp(old_server.url)
    with pytest.raises(Permanent, match="beyond ASCII"):
        await smtp.send(make_mail_beyond_ascii())
    await smtp.send(make_mail())
    await smtp.close()
    assert old_server.envelopes == [("termin@example.org", TO)]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_the_demo_mailbox_keeps_a_file_and_a_repeat_is_a_second_one(tmp_path: Path) -> None:
    mailbox = DemoMailbox(tmp_path / "mailbox")
    for mail in (make_mail(), make_mail(), make_mail(X_Repeated="1")):
        await mailbox.send(mail)
    kept = names(tmp_path / "mailbox")
    assert kept == ["20260302T080000Z-c0723f335f036784-0.eml", "20260302T080000Z-c0723f335f036784-1.eml"]
    content = (tmp_path / "mailbox" / kept[0]).read_bytes()
    assert message_from_bytes(content, policy=policy.default)["To"] == TO


async def test_the_demo_mailbox_never_shows_half_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Transient, match="OSError in the demo mailbox"):
        await DemoMailbox(tmp_path).send(make_mail())
    assert [name for name in names(tmp_path) if name.endswith(".eml")] == []


def make_settings(**overrides: Any) -> Settings:
    return Settings(_env_file=None, **{"secret_key": "k" * 40, **overrides})  # type: ignore[call-arg]


def test_mail_leaves_by_smtp_or_in_the_demonstration_by_the_mailbox(tmp_path: Path) -> None:
    assert isinstance(transport.open_transport(make_settings(smtp_url="smtp://mail.example")), Smtp)
    demo = make_settings(demo=True, var_dir=tmp_path)
    assert isinstance(transport.open_transport(demo), DemoMailbox)


def test_without_a_server_mail_does_not_vanish() -> None:
    with pytest.raises(WrongSetting, match="SMTP_URL"):
        transport.open_transport(make_settings())
