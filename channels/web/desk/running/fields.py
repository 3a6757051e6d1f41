"""The fields of a form, read one by one: strict, and what is wrong is remembered beside the field."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from starlette.datastructures import FormData

from channels import languages
from channels.web import clock

CODE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
HOURS = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")
NEW = "new"
"""In an address: the thing that is still to be made; no code."""
Typed = dict[str, str | list[str]]
"""A form as it was typed: lists where a field may come several times."""


class Reader:
    """What a form says; `wrong` collects field → what is wrong with it."""

    def __init__(self, fields: FormData) -> None:
        self.fields = fields
        self.wrong: dict[str, str] = {}

    def text(self, name: str, *, most: int = 200, needed: bool = False) -> str:
        """One text, its ends trimmed."""
        said = str(self.fields.get(name, "")).replace("\r\n", "\n").strip()
        if needed and not said:
            self.wrong[name] = "empty"
        if len(said) > most:
            self.wrong[name] = "too_long"
        return said[:most]

    def texts(self, name: str, *, most: int = 200, needed: bool = False) -> dict[str, str]:
        """The fields `name-de`, `name-en` …: a text per language, those left empty left out; German may be needed."""
        said = {
            language: self.text(
                f"{name}-{language}", most=most, needed=needed and language == languages.DEFAULT
            )
            for language in languages.NAMES
        }
        return {language: text for language, text in said.items() if text}

    def lines(self, name: str, *, most: int = 1000) -> dict[str, tuple[str, ...]]:
        """As `texts`, one thing a line."""
        said = self.texts(name, most=most)
        return {
            language: tuple(line.strip() for line in text.split("\n") if line.strip())
            for language, text in said.items()
        }

    def number(self, name: str, least: int, most: int, *, step: int = 1) -> int:
        """A whole number from `least` to `most`, a multiple of `step`."""
        said = str(self.fields.get(name, "")).strip()
        if not (said.isascii() and said.isdecimal() and len(said) < 7 and least <= int(said) <= most):
            self.wrong[name] = "number"
            return least
        if int(said) % step:
            self.wrong[name] = "fives"
        return int(said)

    def hours(self, name: str, most: int) -> int:
        """Hours, half ones too, as minutes."""
        said = str(self.fields.get(name, "")).strip()
        if not HOURS.fullmatch(said) or float(said.replace(",", ".")) > most:
            self.wrong[name] = "number"
            return 0
        return round(float(said.replace(",", ".")) * 60)

    def one(self, name: str, allowed: Collection[str]) -> str:
        """One of these."""
        said = str(self.fields.get(name, ""))
        if said not in allowed:
            self.wrong[name] = "choose"
        return said

    def many(self, name: str, allowed: Collection[str], *, needed: bool = False) -> tuple[str, ...]:
        """Some of these, each once, in their order."""
        said = {str(one) for one in self.fields.getlist(name)}
        if said - set(allowed) or (needed and not said):
            self.wrong[name] = "choose"
        return tuple(one for one in allowed if one in said)

    def code(self, name: str = "code", *, most: int = 32) -> str:
        """A code for something new: small letters, digits, - and _."""
        said = str(self.fields.get(name, "")).strip()
        if not CODE.fullmatch(said) or said == NEW or len(said) > most:
            self.wrong[name] = "code"
        return said

    def yes(self, name: str) -> bool:
        """Whether the box is ticked."""
        return bool(self.fields.get(name))

    def day(self, name: str, earliest: date) -> date:
        """A day, not before `earliest`."""
        try:
            said = clock.day(self.fields.get(name, ""))
        except ValueError:
            self.wrong[name] = "not_a_day"
            return earliest
        if said < earliest:
            self.wrong[name] = "past_day"
        return said


def typed(fields: FormData, lists: Collection[str] = ()) -> Typed:
    """The form as it was typed, to be shown again."""
    return {
        name: [str(one) for one in fields.getlist(name)] if name in lists else str(fields[name])
        for name in fields
    }


def spread(name: str, texts: dict[str, str]) -> Typed:
    """A text per language as the fields of a form."""
    return {f"{name}-{language}": text for language, text in texts.items()}


def in_hours(minutes: int) -> str:
    """Minutes as a field for hours wants them: 90 is 1.5."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
