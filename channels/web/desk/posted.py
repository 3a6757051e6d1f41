"""What was posted when the log-in had ended: carried through the log-in by the form itself, and posted again.

Invariant: it stands in no cookie, address or table meanwhile, and nothing is done before somebody who may do it
presses once more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from channels.web import csrf
from channels.web.desk import enclosures, page

PATH, PREFIX = "posted_to", "posted."
FILES = "files_lost"
"""Stands for files that were chosen: a form cannot carry them."""
MOST = 200
"""So many fields a form may have."""
WRITING = re.compile(r"(/desk/inquiries/[0-9]{1,9})/(?:answer|note|draft)")
"""What is written goes back into its form first, for the thread may have moved on."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where it was to go, and the fields of the form but its token."""

    path: str
    fields: list[tuple[str, str]]

    @property
    def writing(self) -> bool:
        """Is it an answer or a note?"""
        return WRITING.fullmatch(self.path) is not None

    @property
    def words(self) -> str:
        """What was typed of an answer or note."""
        return next((value for name, value in self.fields if name in {"text", "note"} and value), "")

    @property
    def lost_files(self) -> bool:
        """Were files chosen, that have to be chosen once more?"""
        return any(name == FILES for name, _value in self.fields)

    @property
    def again(self) -> str:
        """Where it goes now."""
        found = WRITING.fullmatch(self.path)
        return f"{found[1]}/draft" if found else self.path


async def read(request: Request) -> Posted | None:
    """What this request wanted to post; None if it did not come from a page of ours."""
    try:
        fields = await csrf.form(request, most=MOST, files=enclosures.MOST_PARTS)
    except (csrf.ForeignForm, HTTPException):
        return None
    pairs = _pairs(fields)
    await fields.close()
    return Posted(request.url.path, pairs)


def carried(fields: FormData) -> Posted | None:
    """What the log-in form carries along."""
    path = page.local(fields.get(PATH), "")
    if not path:
        return None
    theirs = [(name.removeprefix(PREFIX), value) for name, value in _pairs(fields) if name.startswith(PREFIX)]
    return Posted(path, theirs)


def _pairs(fields: FormData) -> list[tuple[str, str]]:
    texts = [
        (name, value)
        for name, value in fields.multi_items()
        if isinstance(value, str) and name not in {csrf.FIELD, "quiet"}
    ]
    files = any(isinstance(value, UploadFile) and value.filename for value in fields.values())
    return [*texts, (FILES, "yes")] if files else texts
