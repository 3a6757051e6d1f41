"""Hands one message to SMTP or to the demo mailbox; says permanent, transient or uncertain.

Invariant: once DATA has begun nothing is tried again here, for nobody knows whether it arrived; before
that, nothing has been accepted. No reason carries an address. Sending takes less than `SEND_LEASE_SECONDS`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from channels.email.mailbox import DemoMailbox
from channels.ways import AddressRefused, Uncertain
from office.errors import Permanent, Transient
from office.settings import Settings, WrongSetting

BEFORE_DATA = 10.0
"""Seconds for everything up to DATA, waiting for our turn and connecting included."""
DATA = 10.0
"""Seconds for the content and the server's answer; together they stay within the lease of the outbox."""
IDLE = 30.0
"""Seconds after which a connection is made anew: firewalls forget idle ones without a word."""
CLOSING = 421
PORTS = {"smtp": 587, "smtps": 465}
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
NO_SUCH_ADDRESS = re.compile(r"5\.(1\.\d+|2\.1|4\.1)")
"""Bad address, mailbox disabled, and how Exchange Online says "unknown" (RFC 3463); 5.7 is about us."""
NO_SUCH_ADDRESS_PLAIN = {550, 551, 553}


class Transport(Protocol):
    """A way out for mail."""

    async def send(self, mail: EmailMessage) -> None:
        """Accepted by the other side afterwards. Raises `Permanent`, `Transient` or `Uncertain`."""

    async def close(self) -> None:
        """Nothing is open afterwards. Idempotent."""


def open_transport(settings: Settings) -> Transport:
    """SMTP if there is a server, the mailbox page in the demonstration; elsewhere mail must not vanish."""
    if url := settings.smtp_url.get_secret_value():
        return Smtp(url, greets_as=settings.link_host)
    if settings.demo:
        return DemoMailbox(settings.var_dir / "mailbox")
    raise WrongSetting("SMTP_URL: missing; write it like smtp://HOST:587 or smtps://HOST:465")


class Smtp:
    """One connection, kept open; one message at a time.

    Encrypted unless the server is this machine, or the address ends in `?starttls=never`.
    """

    def __init__(
        self,
        url: str,
        *,
        greets_as: str = "localhost",
        encrypted: bool | None = None,
        before_data: float = BEFORE_DATA,
        data: float = DATA,
    ) -> None:
        parts = urlsplit(url)
        host = parts.hostname or "localhost"
        implicit = parts.scheme == "smtps"
        if parse_qs(parts.query).get("starttls") == [
            "never"
        ]:  # said in so many words: a mail catcher, no mail server
            encrypted = False
        self._client = SMTP(
            hostname=host,
            port=parts.port or PORTS[parts.scheme],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            local_hostname=greets_as,
            use_tls=implicit,
            start_tls=not implicit and (not _is_this_machine(host) if encrypted is None else encrypted),
            timeout=before_data,
        )
        self._before_data, self._data = before_data, data
        self._used = 0.0
        self._turn = asyncio.Lock()

    async def send(self, mail: EmailMessage) -> None:
        """See `Transport`. An idle connection that the server has dropped is made anew, once."""
        sender, recipient = (str(mail[header].addresses[0].addr_spec) for header in ("From", "To"))
        content = mail.as_bytes()
        deadline = asyncio.get_running_loop().time() + self._before_data
        async with self._our_turn(deadline):
            await self._announce(sender, recipient, deadline)
            await self._hand_over(content)

    async def close(self) -> None:
        """See `Transport`."""
        if self._client.is_connected:
            with suppress(SMTPException, OSError, TimeoutError):  # gone is what was wanted
                async with asyncio.timeout(1):
                    await self._client.quit()
        self._client.close()

    @asynccontextmanager
    async def _our_turn(self, deadline: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(deadline):
                await self._turn.acquire()
        except TimeoutError:
            raise Transient("other messages are in the way") from None
        try:
            yield
        except Permanent:
            raise
        except BaseException:
            self._client.close()  # what the server still wants to say must not answer the next message
            raise
        finally:
            self._used = asyncio.get_running_loop().time()
            self._turn.release()

    async def _announce(self, sender: str, recipient: str, deadline: float) -> None:
        """MAIL and RCPT. Refusals of our sender or log-in are about us: no message fails for good by them."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._begin(sender, utf8=not recipient.isascii())
                await self._name(recipient)
        except SMTPResponseException as error:
            raise Transient(f"{_codes(error)} before the address") from None
        except (SMTPException, OSError) as error:
            raise Transient(f"{type(error).__name__} before DATA") from None

    async def _begin(self, sender: str, *, utf8: bool) -> None:
        if asyncio.get_running_loop().time() - self._used > IDLE:
            self._client.close()
        if self._client.is_connected:
            try:
                return await self._mail(sender, utf8=utf8)
            except (SMTPServerDisconnected, SMTPSenderRefused) as error:
                if isinstance(error, SMTPSenderRefused) and error.code != CLOSING:
                    raise
                self._client.close()  # it was idle for too long; nothing has been accepted yet
        await self._client.connect()
        return await self._mail(sender, utf8=utf8)

    async def _mail(self, sender: str, *, utf8: bool) -> None:
        if utf8 and self._client.is_ehlo_or_helo_needed:
            await self._client.ehlo()
        if utf8 and not self._client.supports_extension("smtputf8"):
            raise Permanent("the server cannot write to addresses beyond ASCII")
        await self._client.mail(sender, options=["SMTPUTF8"] if utf8 else [], encoding="utf-8")

    async def _name(self, recipient: str) -> None:
        try:
            await self._client.rcpt(recipient, encoding="utf-8")
        except SMTPRecipientRefused as error:
            if error.code < 500:
                raise
            refusal = AddressRefused if _unknown(error) else Permanent
            reason = f"{_codes(error)} to the address"
        else:
            return
        await self._client.rset()
        raise refusal(reason)

    async def _hand_over(self, content: bytes) -> None:
        """DATA: from here on only the server's own answer tells what became of it."""
        try:
            async with asyncio.timeout(self._data):
                await self._client.data(content)
        except SMTPDataError as error:
            kind = {4: Transient, 5: Permanent}.get(error.code // 100, Uncertain)
            raise kind(f"{_codes(error)} to the content") from None
        except (SMTPException, OSError) as error:
            raise Uncertain(f"{type(error).__name__} after DATA") from None


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _codes(error: SMTPResponseException) -> str:
    """ "550 5.1.1": the codes without the server's words, which often name the address."""
    enhanced = ENHANCED.match(error.message)
    return f"{error.code} {enhanced[0]}" if enhanced else str(error.code)


def _unknown(error: SMTPRecipientRefused) -> bool:
    enhanced = ENHANCED.match(error.message)
    return bool(NO_SUCH_ADDRESS.fullmatch(enhanced[0])) if enhanced else error.code in NO_SUCH_ADDRESS_PLAIN
