"""The bytes of a mail as a value: from whom, to whom, what it says, what is attached; pure.

Invariant: bytes that are a mail at all can be read, however broken they are, in bounded time; what had to be
guessed or left out is listed as an oddity, and the bytes as received are kept elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from functools import cached_property
from hashlib import sha256

from channels.email import decoding, plain
from inquiries import addresses

MOST_LINES = 200_000
"""More than ten megabytes have as base64; what follows is not read."""
MOST_BOUNDARIES = 100
"""Each level of nesting is asked about every line, so that deep nesting takes very long."""
MOST_PARTS = 200
MOST_ATTACHMENTS = 50
MOST_RECIPIENTS = 100
MOST_REFERENCES = 50
LONGEST_TEXT = 50_000
LONGEST_NAME = 120
EARLIEST = timedelta(days=14)
MARKS_OF_MAIL = {"from", "to", "date", "subject", "message-id", "received", "return-path", "sender"}
MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
CALENDARS = {"text/calendar", "application/ics"}
RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


class Unreadable(Exception):
    """These bytes are no mail."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part that is not the text; `number` finds it again, `size` is in bytes."""

    number: int
    name: str
    kind: str
    size: int


class Letter:
    """A mail, read as far as asked for. Texts are clean; an address is "" when no mail can go there."""

    def __init__(self, message: Message, oddities: Sequence[str]) -> None:
        self._message = message
        self._oddities = list(oddities)

    @cached_property
    def sender(self) -> str:
        """Its address in normal form; the first, for there should be only one."""
        return _address(self._from[1])

    @cached_property
    def sender_name(self) -> str:
        """The name beside it, as they call themselves."""
        return addresses.name(decoding.header(self._from[0]))

    @cached_property
    def recipients(self) -> tuple[str, ...]:
        """Every address it was sent to or delivered for, in lower case; not checked."""
        raw = [value for name in RECIPIENTS for value in self.headers(name)]
        found = [address.casefold() for _name, address in _addresses(raw) if "@" in address]
        return tuple(dict.fromkeys(found))[:MOST_RECIPIENTS]

    @cached_property
    def message_id(self) -> str:
        """With its angle brackets, or ""."""
        found = MESSAGE_ID.search(self.header("message-id"))
        return found[0] if found else ""

    @cached_property
    def references(self) -> tuple[str, ...]:
        """What it answers: In-Reply-To first, then References, the latest first."""
        latest_first = reversed(MESSAGE_ID.findall(self.header("references")))
        found = [*MESSAGE_ID.findall(self.header("in-reply-to")), *latest_first]
        return tuple(dict.fromkeys(found))[:MOST_REFERENCES]

    @cached_property
    def subject(self) -> str:
        """One line."""
        return self.header("subject")[:300]

    @cached_property
    def text(self) -> str:
        """What it says, quotations included: its plain text, else its HTML as text."""
        written = "\n\n".join(part for part in map(self._text_of, self._texts) if part.strip())
        written = written or plain.from_html(self.html)
        return written.strip()[:LONGEST_TEXT]

    @cached_property
    def html(self) -> str:
        """Its HTML as sent, dangerous as it may be, or ""."""
        return "\n".join(map(self._text_of, self._htmls))

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """What else is in it; at most `MOST_ATTACHMENTS`."""
        shown = {id(part) for part in (*self._texts, *self._htmls)}
        rest = [(number, part) for number, part in enumerate(self.leaves) if id(part) not in shown]
        return tuple(_attachment(number, part) for number, part in rest[:MOST_ATTACHMENTS])

    @cached_property
    def calendar(self) -> bytes:
        """Its calendar object, or b""."""
        found = (part for part in self.leaves if part.get_content_type() in CALENDARS)
        return next((content(part) for part in found), b"")

    @cached_property
    def leaves(self) -> tuple[Message, ...]:
        """Its parts, in order; a mail inside a mail is one of them."""
        return tuple(_leaves(self._message))

    @cached_property
    def kind(self) -> str:
        """Its content type."""
        return self._message.get_content_type()

    @cached_property
    def digest(self) -> str:
        """The same when it comes in twice, through whatever folders it went (64 hex digits)."""
        named = "\n".join(self.header(name) for name in ("message-id", "from", "date", "subject"))
        return sha256(f"{named}\n{self._body_digest}".encode()).hexdigest()

    @property
    def oddities(self) -> tuple[str, ...]:
        """Codes of what is wrong with it."""
        wrong = [*self._oddities]
        wrong += ["no_sender"] * (not self.sender)
        wrong += ["no_text"] * (not self.text)
        return tuple(wrong)

    def header(self, name: str) -> str:
        """The first header of this name as one line, or ""."""
        return next((decoding.header(value) for value in self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        """All headers of this name, undecoded."""
        return [str(value) for key, value in self._message.raw_items() if key.lower() == name]

    def header_names(self) -> set[str]:
        """Which headers it has, in lower case."""
        return {key.lower() for key, _value in self._message.raw_items()}

    def said_at(self, received_at: datetime) -> datetime:
        """When it was written, if that can be true: not after it came, and not long before."""
        try:
            dated = parsedate_to_datetime(self.header("date"))
            written = (dated if dated.tzinfo else dated.replace(tzinfo=UTC)).astimezone(UTC)
        except (TypeError, ValueError, IndexError, OverflowError):
            return received_at
        return written if received_at - EARLIEST <= written <= received_at else received_at

    @cached_property
    def _from(self) -> tuple[str, str]:
        found = _addresses(self.headers("from")) or _addresses(self.headers("sender"))
        return next((one for one in found if one[1]), ("", ""))

    @cached_property
    def _texts(self) -> list[Message]:
        return [part for part in self.leaves if _is_text(part, "text/plain")]

    @cached_property
    def _htmls(self) -> list[Message]:
        return [part for part in self.leaves if _is_text(part, "text/html")]

    @cached_property
    def _body_digest(self) -> str:
        bodies = sha256()
        for part in self.leaves:
            bodies.update(sha256(content(part).replace(b"\r\n", b"\n").strip()).digest())
        return bodies.hexdigest()

    def _text_of(self, part: Message) -> str:
        return decoding.text(content(part), _parameter(part, "charset"))


def read(raw: bytes) -> Letter:
    """The mail in these bytes. Raises `Unreadable` when they are none."""
    lines = raw.replace(b"\r\n", b"\n").split(b"\n", MOST_LINES)
    oddities = ["cut"] * (len(lines) > MOST_LINES)
    kept = b"\n".join(lines[:MOST_LINES])
    message = _parsed(kept)
    if message is None:
        oddities.append("structure")
        message = _header_only(kept)
    found = Letter(message, oddities)
    if not found.header_names() & MARKS_OF_MAIL:
        raise Unreadable
    return found


def content(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone; of a mail inside the mail, its own bytes."""
    try:
        if part.is_multipart():
            return b"\n".join(inner.as_bytes() for inner in part.get_payload() if isinstance(inner, Message))
        payload = part.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""
    except Exception:  # the library raises many things over broken mail; what it cannot undo stays as it is
        return str(part.get_payload()).encode("utf-8", "surrogateescape")


def _parsed(raw: bytes) -> Message | None:
    """None for what would take too long or too deep."""
    if raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        return None
    try:
        return message_from_bytes(raw, policy=policy.compat32)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        return None


def _header_only(raw: bytes) -> Message:
    """The header, and everything else as one text; the declared type could not be kept to."""
    head, _, body = raw.partition(b"\n\n")
    fields = [line for line in re.split(rb"\n(?![ \t])", head) if not line.lower().startswith(b"content-")]
    return message_from_bytes(b"\n".join(fields) + b"\n\n" + body, policy=policy.compat32)


def _leaves(message: Message) -> Iterator[Message]:
    waiting, given = [message], 0
    while waiting and given < MOST_PARTS:
        part = waiting.pop()
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting += [one for one in reversed(inside) if isinstance(one, Message)]
        else:
            given += 1
            _decode_parameters(part)
            yield part


def _decode_parameters(part: Message) -> None:
    """File names in raw bytes: against RFC 2231, and common."""
    for name, value in part.raw_items():
        if name.lower() in ("content-type", "content-disposition") and not str(value).isascii():
            part.replace_header(name, decoding.raw_text(str(value)))


def _is_text(part: Message, kind: str) -> bool:
    attached = str(part.get("content-disposition", "")).lower().startswith("attachment")
    given = part.get_content_type()
    if given.startswith("multipart/"):  # said to have parts, and has none
        given = "text/plain"
    return given == kind and not attached and not _file_name(part)


def _attachment(number: int, part: Message) -> Attachment:
    kind = part.get_content_type()
    return Attachment(number, _file_name(part) or "", kind, len(content(part)))


def _file_name(part: Message) -> str:
    """Without folders and without what a file system or a header would choke on."""
    try:
        named = part.get_filename() or ""
    except Exception:  # RFC 2231 parameters can be broken in many ways
        named = _parameter(part, "name")
    last = re.split(r"[/\\]", decoding.header(named))[-1]
    return re.sub(r'[<>:"|?*\x00-\x1f\u202a-\u202e\u2066-\u2069]', "_", last).strip(". ")[:LONGEST_NAME]


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except Exception:  # as above
        return ""
    if isinstance(value, tuple):
        value = value[2]
    return str(value or "")


def _addresses(raw: Sequence[str]) -> list[tuple[str, str]]:
    """(name, address) of each; the names still encoded."""
    bounded = [value[: decoding.LONGEST_HEADER] for value in raw[:MOST_RECIPIENTS]]
    try:
        found = getaddresses([re.sub(r"\s+", " ", value) for value in bounded])
    except Exception:  # groups and routes nobody wrote on purpose
        return [("", match) for match in re.findall(r"[^\s<>,;\"]+@[^\s<>,;\"]+", " ".join(bounded))]
    return found[:MOST_RECIPIENTS]


def _address(written: str) -> str:
    try:
        found = addresses.email(decoding.header(written).strip("<>"))
    except ValueError:
        return ""
    return found if len(found) <= 254 else ""
