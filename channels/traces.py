"""What deleted rows leave behind: bytes in database files, and files of the demonstration.

Invariant: after `wipe` no file of a database holds what was deleted from it before. (What a PostgreSQL server
keeps in its write-ahead log and its backups ends by their own periods.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from datetime import datetime
from email import message_from_bytes
from email.utils import getaddresses
from hashlib import sha256
from pathlib import Path

import structlog
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError

from channels.belongings import Belongings
from office import database
from office.settings import current

log = structlog.get_logger()
MAILED, MAIL_IN, PHONE, SHEETS = "mailbox", "mail-in", "phone", "day-sheets"
HEADERS = ("From", "Reply-To", "Sender", "To", "Cc")
TRIES, PAUSE = 20, 0.25
"""Readers keep old pages in use for as long as their statement runs."""


async def wipe() -> bool:
    """Deleted bytes are gone from the files of the main database; False if readers stood in the way.

    Rewrites the file on SQLite: `secure_delete` misses copies that a table left while it grew. Never call it in
    a transaction.
    """
    connection = get_connection(database.MAIN)
    if connection.capabilities.dialect != "sqlite":
        for table in _tables():
            await connection.execute_script(f'VACUUM "{table}"')
        return True
    for _ in range(TRIES):
        if await _rewritten(connection):
            return True
        await asyncio.sleep(PAUSE)
    log.warning("bytes_not_wiped", reason="database_busy")
    return False


async def _rewritten(connection: BaseDBAsyncClient) -> bool:
    try:
        await connection.execute_script("VACUUM")
        checkpoint = await connection.execute_query_dict("PRAGMA wal_checkpoint(TRUNCATE)")
    except OperationalError:
        return False
    return not checkpoint[0]["busy"]


def _tables() -> list[str]:
    models = [model for room in (Tortoise.apps or {}).values() for model in room.values()]
    return sorted(model._meta.db_table for model in models if model._meta.default_connection == database.MAIN)


def remove_files(held: Belongings) -> int:
    """The demonstration's mails and SMS from and to them are gone, and the day sheet they stand on (it is written
    anew within the hour); how many files. Idempotent."""
    values = {address.value.casefold() for address in held.addresses}
    digests = {sha256(message.message_id.encode()).hexdigest()[:16] for message in held.messages}
    found = [path for path in _files(MAILED) if _digest(path) in digests or _is_theirs(path, values)]
    found += [path for path in _files(PHONE) if _names(path, values)]
    codes = {appointment.code for appointment in held.appointments}
    found += [path for path in _files(SHEETS) if _names(path, codes)]
    found += [path for path in _files(MAIL_IN) if _is_theirs(path, values)]
    for path in found:
        remove(path)
    return len(found)


def _files(folder: str) -> Iterator[Path]:
    """Unfinished ones, too."""
    return (path for path in (current().var_dir / folder).glob("**/*") if path.is_file())


def _digest(path: Path) -> str:
    """See `channels.email.mailbox.file_name`."""
    return path.name.lstrip(".").split("-")[1] if path.name.count("-") > 1 else ""


def _is_theirs(path: Path, values: Collection[str]) -> bool:
    mail = message_from_bytes(path.read_bytes())
    headers = [str(value) for name in HEADERS for value in mail.get_all(name, [])]
    return any(address.casefold() in values for _name, address in getaddresses(headers))


def _names(path: Path, values: Collection[str]) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace")
    return any(value in text or value in path.name for value in values)


def older(folder: str, before: datetime) -> list[Path]:
    """Files of this folder under `var/` with something in them, last written before then."""
    found = ((path, path.stat()) for path in _files(folder))
    return [path for path, stat in found if stat.st_size and stat.st_mtime < before.timestamp()]


def remove(path: Path) -> None:
    """Nothing that stood in this file is there any more. Idempotent."""
    if path.parent.name == MAIL_IN:
        path.write_bytes(b"")  # its name is a number that must not be given twice
    else:
        path.unlink(missing_ok=True)
