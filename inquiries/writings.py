"""Finding what was written, by words that stand in it.

Invariant: only the newest `NEWEST` writings are looked at, so that it takes no longer in a large office; no index of
words is kept, for it would be one more place where what people told us stands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.connection import get_connection

from inquiries.models import Writing, WritingKind
from office import database, statement

NEWEST = 6_000
SHORTEST = 3
"""Words of fewer letters are in every text."""
MOST = 8
"""More words are not looked for."""
AROUND = 60
"""So many letters are shown before and after the first word that was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """One writing with all the words in it; `pieces` is its part around the first of them, as in `name_keys.marked`."""

    inquiry_id: int
    at: datetime
    pieces: list[tuple[str, bool]]


def words(text: str) -> list[str]:
    """The words to look for, small; short ones are left out."""
    found = (word.strip(".,;:!?\"'()„“«»") for word in unicodedata.normalize("NFC", text).lower().split())
    return [word for word in found if len(word) >= SHORTEST]


async def find(text: str, limit: int) -> list[Found]:
    """What people wrote to us or we answered, with all of these words in it, the newest first."""
    sought = words(text)[:MOST]
    if not sought:
        return []
    rows = await Writing.filter(id__in=await _likely(sought, limit)).order_by("-id")
    plain = [_folded(word) for word in sought]
    return [_found(row, plain) for row in rows if all(word in _folded(row.text) for word in plain)][:limit]


async def _likely(sought: Sequence[str], limit: int) -> list[int]:
    """The database looks through the texts; the caller looks again, for it is less strict."""
    like = 'COLLATE "C" ILIKE' if get_connection(database.MAIN).capabilities.dialect == "postgres" else "LIKE"
    asked = " AND ".join(f"text {like} ${number}" for number in range(1, len(sought) + 1))
    rows = await statement.rows(
        f"""SELECT id FROM (SELECT id, kind, text FROM writing ORDER BY id DESC LIMIT {NEWEST}) AS newest
            WHERE kind <> '{WritingKind.NOTE.value}' AND {asked} ORDER BY id DESC LIMIT {4 * limit}""",
        *map(_pattern, sought),
    )
    return [row["id"] for row in rows]


def _pattern(word: str) -> str:
    """Databases differ in what they hold for one letter, small and large; where they may, any letter will do."""
    return "%" + "".join("_" if char in "%_\\" or _differs(char) else char for char in word) + "%"


def _differs(char: str) -> bool:
    return not char.isascii() and char.lower() != char.upper()


def _found(row: Writing, sought: Sequence[str]) -> Found:
    return Found(row.inquiry_id, row.at, _around(" ".join(row.text.split()), sought))


def _around(text: str, sought: Sequence[str]) -> list[tuple[str, bool]]:
    """The piece of the text around its first sought word, the sought words in it marked."""
    places = sorted(place for word in sought if (place := _place(text, word)))
    if not places:
        return []
    begin, end = max(0, places[0][0] - AROUND), min(len(text), places[0][1] + AROUND)
    pieces, at = [("… " if begin else "", False)], begin
    for start, stop in places:
        if at <= start and stop <= end:
            pieces += [(text[at:start], False), (text[start:stop], True)]
            at = stop
    pieces.append((text[at:end] + (" …" if end < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]


def _place(text: str, word: str) -> tuple[int, int] | None:
    """Where the word stands first, in letters of the text as it is written."""
    folded, origin = "", list[int]()
    for place, char in enumerate(text):
        part = _folded(char)
        folded += part
        origin += [place] * len(part)
    found = folded.find(word)
    return (origin[found], origin[found + len(word) - 1] + 1) if found >= 0 else None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))
