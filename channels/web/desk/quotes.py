"""What of a mail is new, and what is only quoted from before. Pure.

Invariant: nothing is left out; both parts together are the whole text.
"""

from __future__ import annotations

import re

INTRODUCES = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original|Ursprüngliche|Weitergeleitete)|_{10,}\s*$|(?:Am|On)\b.{0,200}\b(?:schrieb|wrote)\b.{0,120}:\s*$)",
    re.IGNORECASE,
)
"""A line after which mail programs put the letter they answer."""


def fold(text: str) -> tuple[str, str]:
    """(what is new, what is quoted below it); a text that only quotes, or quotes above its answer, stays whole."""
    lines = text.splitlines()
    first = next((place for place, line in enumerate(lines) if INTRODUCES.match(line)), None)
    if first is None:
        first = _quoted_end(lines)
    new = "\n".join(lines[:first]).rstrip()
    return (new, "\n".join(lines[first:])) if new.strip() and first < len(lines) else (text, "")


def _quoted_end(lines: list[str]) -> int:
    """Where the lines marked with > begin that the text ends with."""
    place = len(lines)
    while place and (lines[place - 1].startswith(">") or not lines[place - 1].strip()):
        place -= 1
    return place
