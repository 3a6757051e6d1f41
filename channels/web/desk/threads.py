"""A thread as the desk shows it: what was written on all channels, with what became of each answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels import incoming
from channels.email import quoting
from channels.models import Incoming, IncomingState, Message
from inquiries import participants, thread, uploads
from inquiries.models import Participant, Upload, Writing, WritingKind
from office.models import Staff

RECEIVED, ANSWER, NOTE, LOGGED, LETTER = "received", "answer", "note", "logged", "letter"
"""What an entry is; `logged` is a call or a visit somebody wrote down, a letter went to one who takes part."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing written. `author` is a colleague's name, empty for the person."""

    id: int
    kind: str
    at: datetime
    author: str
    channel: str
    text: str
    quoted: str
    messages: list[Message]
    """What was sent of an answer; nothing if it is only read on their page."""
    mail: Incoming | None
    """The mail or SMS it came in, its content not loaded."""
    other: Participant | None
    """Who takes part: whom a letter went to, or who wrote what came in, if not the person."""
    uploads: list[Upload]
    """Photos and PDFs that came with it, their contents not loaded."""


async def of(inquiry_id: int) -> list[Entry]:
    """The whole thread, the oldest first, in a constant number of queries."""
    written = await thread.of(inquiry_id)
    files = await uploads.of(inquiry_id)
    involved = await participants.by_id({one.participant_id for one in written if one.participant_id})
    sent: defaultdict[int, list[Message]] = defaultdict(list)
    for message in await Message.filter(inquiry_id=inquiry_id, writing_id__isnull=False).order_by("id"):
        sent[message.writing_id or 0].append(message)
    came = {one.writing_id: one for one in await _incoming(inquiry_id) if one.writing_id}
    names = dict(await Staff.all().values_list("code", "name"))
    return [
        _entry(
            one,
            names,
            messages=sent[one.id],
            mail=came.get(one.id),
            other=involved.get(one.participant_id or 0),
            uploads=files.get(one.id, []),
        )
        for one in written
    ]


async def automatic(inquiry_id: int) -> list[Incoming]:
    """Automatic mails that came for this inquiry: notices of absence and the like."""
    return [one for one in await _incoming(inquiry_id) if one.state is IncomingState.AUTOMATIC]


def last_channel(entries: Iterable[Entry]) -> str:
    """The channel of the last thing the person said; empty if they said nothing."""
    said = [entry for entry in entries if entry.kind in {RECEIVED, LOGGED} and entry.other is None]
    return said[-1].channel if said else ""


async def from_elsewhere(inquiry_id: int) -> bool:
    """Did something come in from an address this person never gave?"""
    return await Incoming.filter(inquiry_id=inquiry_id, reason="other_address").exists()


async def _incoming(inquiry_id: int) -> list[Incoming]:
    return await Incoming.filter(inquiry_id=inquiry_id).order_by("id").only(*incoming.HEAD)


def _entry(one: Writing, names: Mapping[str, str], **more: Any) -> Entry:
    """`more`: what was sent of it, what it came in, what came with it, and who else it concerns."""
    shown, quoted = quoting.fold(one.text) if one.channel == "email" else (one.text, "")
    by, _, code = one.author.partition(":")
    return Entry(
        id=one.id,
        kind=_kind(one),
        at=one.at,
        author=names.get(code, code) if by == "staff" else "",
        channel=one.channel,
        text=shown,
        quoted=quoted,
        **more,
    )


def _kind(one: Writing) -> str:
    if one.kind is WritingKind.NOTE:
        if one.participant_id is not None:
            return LETTER
        return NOTE if one.channel == "note" else LOGGED
    return RECEIVED if one.kind is WritingKind.RECEIVED else ANSWER
