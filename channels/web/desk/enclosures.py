"""Files that go with an answer: read from the form, bounded in number, size and kind, kept with what was begun.

Invariant: what is wrong with one file loses neither the others nor a word; what a file is called stands in no log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from channels import pictures
from channels.pictures import Unfit
from inquiries import uploads
from inquiries.models import Upload
from inquiries.uploads import Picture

FIELD, LISTED = "files", "attached"
MOST = 4
"""Files of one answer."""
MOST_TOGETHER = 10 * 1024 * 1024
"""Bytes of all of them; a mail is a third longer, and many servers take no more than 20 MB."""
HARD_LIMIT = MOST * pictures.LARGEST + 1024 * 1024
"""Beyond it the connection is cut; up to it somebody is told what was too much."""
MOST_PARTS = 20
Sent = tuple[str, bytes]
"""What a file is called, and what is in it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen in a form and may be kept; `wrong` is a code for the first that may not."""

    files: Sequence[Picture] = ()
    wrong: str = ""


async def sent(fields: FormData) -> list[Sent]:
    """The files a form came with, read and let go; of one that is too large a byte too many."""
    try:
        files = [one for one in fields.getlist(FIELD) if isinstance(one, UploadFile) and one.filename]
        return [(one.filename or "", await one.read(pictures.LARGEST + 1)) for one in files]
    finally:
        await fields.close()


async def fit(files: Sequence[Sent], there: Sequence[Upload]) -> Chosen:
    """Those of the files that may be kept, beside those that are `there` already."""
    kept: list[Picture] = []
    wrong = ""
    for name, content in files:
        try:
            file = await run_in_threadpool(pictures.kept, content)
            _bound(there, [*kept, file])
        except Unfit as unfit:
            wrong = wrong or f"file_{unfit.code}"
        else:
            kept.append(replace(file, name=uploads.title(name, file.kind)))
    return Chosen(kept, wrong)


def listed(fields: FormData) -> list[int]:
    """The numbers of the files that stood on the page."""
    said = [str(value) for value in fields.getlist(LISTED)]
    return [int(one) for one in said if one.isascii() and one.isdigit() and len(one) <= 9]


def named(fields: FormData, files: Sequence[Picture]) -> str:
    """What the form said of files, as part of its key: the same form sent twice says the same."""
    digests = [sha256(one.content).hexdigest() for one in files]
    return " ".join([*(f"#{number}" for number in listed(fields)), *digests])


def _bound(there: Sequence[Upload], files: Sequence[Picture]) -> None:
    if len(there) + len(files) > MOST:
        raise Unfit("many")
    if sum(one.size for one in there) + sum(len(one.content) for one in files) > MOST_TOGETHER:
        raise Unfit("heavy")
