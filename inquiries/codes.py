"""Short codes like K7M42: easy to say and read, good at the desk only, no key to anything on the web."""

from __future__ import annotations

import secrets

from tortoise.models import Model

LETTERS = "ABCDEFGHKLMNPRTUVWXY"
DIGITS = "23456789"
LONGEST = 8
PATTERN = (LETTERS, DIGITS, LETTERS, DIGITS, DIGITS)


def draw() -> str:
    """A random code; letters and digits that look alike are left out."""
    return "".join(secrets.choice(alphabet) for alphabet in PATTERN)


async def unused(among: type[Model]) -> str:
    """A code no row of this table has; the unique column decides should two draw the same at once."""
    while await among.filter(code=(code := draw())).exists():
        pass
    return code


def read(text: str) -> str:
    """A code as people type it: any case, spaces and dashes ignored; no more of it than a code's column holds."""
    return "".join(char for char in text.upper() if char.isalnum())[:LONGEST]
