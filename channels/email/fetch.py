"""Mail is fetched from its mailbox and stored as it came, each under its UIDVALIDITY and UID.

Invariant: a mail is stored before anything is parsed, in one transaction with the mark that says how far the
mailbox was read; nothing is moved or deleted there. A mailbox that is away costs time, never a mail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from channels import incoming
from channels.email.source import Away, Source, Withheld
from channels.models import Incoming, Mailbox
from office import database

log = structlog.get_logger()
BATCH = 50
LARGEST = 10 * 1024 * 1024
"""Bytes; of anything larger only the beginning is kept, and somebody looks into the mailbox."""
BEGINNING = 64 * 1024
LOOK_BACK = timedelta(days=14)
"""How far back a mailbox is read that we see for the first time, or that was numbered anew."""
TOO_LARGE, WITHHELD = "too_large", "withheld_by_server"


async def run(source: Source, clock: Callable[[], datetime], batch: int = BATCH) -> int:
    """One bounded round; how many mails were dealt with, so that the caller knows whether to go on.

    A mailbox that cannot be read is noted as trouble, and nothing is raised.
    """
    try:
        done = await _round(source, clock, batch)
        await _note(source.name, clock(), trouble="")
    except Away as away:
        log.warning("mailbox_away", reason=str(away))
        await _note(source.name, clock(), trouble=str(away))
        return 0
    return done


async def _round(source: Source, clock: Callable[[], datetime], batch: int) -> int:
    validity = await source.uidvalidity()
    box = await Mailbox.get_or_none(name=source.name)
    if box is None or box.uidvalidity != validity:
        return await _begin(source, validity, clock, batch)
    waiting = (await source.after(box.uid))[:batch]
    for uid in waiting:
        await _one(source, validity, uid, clock, mark=True)
    return len(waiting)


async def _begin(source: Source, validity: int, clock: Callable[[], datetime], batch: int) -> int:
    """What came lately is stored; only then the mark is set, so that nothing older ever comes in."""
    newest = await source.newest()
    recent = [uid for uid in await source.since((clock() - LOOK_BACK).date()) if uid <= newest]
    known = await _known(source.name, validity)
    waiting = [uid for uid in recent if _key(source.name, validity, uid) not in known]
    for uid in waiting[:batch]:
        await _one(source, validity, uid, clock, mark=False)
    if len(waiting) <= batch:
        await _mark(source.name, validity, newest)
    return min(len(waiting), batch)


async def _one(source: Source, validity: int, uid: int, clock: Callable[[], datetime], *, mark: bool) -> None:
    content, reason = await _content(source, uid)
    if content is not None:
        await _store(source.name, validity, uid, content, reason=reason, mark=mark, now=clock())
        await source.seen(uid)
    elif mark:
        await _mark(source.name, validity, uid)


async def _content(source: Source, uid: int) -> tuple[bytes | None, str]:
    """What to store and why it is not all of it; None for a mail that is gone."""
    try:
        size = await source.size(uid)
        if size is None:
            return None, ""
        if size <= LARGEST:
            return await source.fetch(uid, LARGEST), ""
        return head(await source.fetch(uid, BEGINNING) or b""), TOO_LARGE
    except Withheld:
        return b"", WITHHELD


def head(content: bytes) -> bytes:
    """The header of a mail, with the empty line that ends it."""
    lines = content.replace(b"\r\n", b"\n")
    return lines.partition(b"\n\n")[0] + b"\n\n"


@database.verb
async def _store(
    name: str, validity: int, uid: int, content: bytes, *, reason: str, mark: bool, now: datetime
) -> Incoming:
    stored = await incoming.store(_key(name, validity, uid), "email", content, now=now)
    if reason:
        await Incoming.filter(id=stored.id).update(reason=reason)
    if mark:
        await _move(name, validity, uid)
    return stored


@database.verb
async def _mark(name: str, validity: int, uid: int) -> None:
    await _move(name, validity, uid)


async def _move(name: str, validity: int, uid: int) -> None:
    """Never backwards while the numbers mean the same: another worker may be further."""
    box, _new = await Mailbox.get_or_create(defaults={"uidvalidity": validity}, name=name)
    box = await Mailbox.select_for_update().get(name=box.name)
    box.uid = max(box.uid, uid) if box.uidvalidity == validity else uid
    box.uidvalidity = validity
    await box.save(update_fields=["uid", "uidvalidity"])


async def _note(name: str, now: datetime, *, trouble: str) -> None:
    box, _new = await Mailbox.get_or_create(defaults={"uidvalidity": 0}, name=name)
    seen = {"trouble": trouble} if trouble else {"trouble": "", "read_at": now}
    await Mailbox.filter(name=box.name).update(**seen)


async def _known(name: str, validity: int) -> set[str]:
    stored = Incoming.filter(key__startswith=f"imap:{name}:{validity}:")
    return set(await stored.values_list("key", flat=True))  # type: ignore[arg-type]


def _key(name: str, validity: int, uid: int) -> str:
    return f"imap:{name}:{validity}:{uid}"
