"""The people of the demonstration: those with a story (`data/people.csv`), and as many more as are needed.

Invariant: addresses at example.org only, phone numbers from the ranges kept for fiction only (Bundesnetzagentur,
Mitteilung 148/2021): nobody is ever written to or called.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from inquiries import addresses
from inquiries.people import Introduction
from sprechstunde.demo import tables

FIRST_NUMBER, NUMBERS = 4_069_020, 70
"""Behind 0176; the twenty before them belong to people with a story, the ten after them to who only asks."""
CHANNELS = {"web_booking": 1016, "phone": 741, "walk_in": 298, "sms": 141, "email": 114}
DISTRICTS = {
    "innenstadt_nord": 18, "innenstadt_west": 10, "innenstadt_ost": 8, "eving": 8, "scharnhorst": 7, "brackel": 6,
    "aplerbeck": 5, "hoerde": 8, "hombruch": 5, "luetgendortmund": 6, "huckarde": 6, "mengede": 5, "outside": 2,
    "unknown": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invented: how they introduce themselves, how they came, and what is known of them in codes."""

    introduction: Introduction
    channel: str
    district: str
    audience: str
    children: int = 1
    no_information: str = ""
    """Why nobody else is told anything about them."""


def with_a_story() -> dict[str, Guest]:
    """Everybody of `data/people.csv` by key."""
    return {row["key"]: _guest(row) for row in tables.read("people")}


def _guest(row: dict[str, str]) -> Guest:
    introduction = Introduction(
        language=row["language"],
        name=addresses.name(row["name"]),
        call_name=row["call_name"],
        email=addresses.email(row["email"]) if row["email"] else "",
        phone=addresses.phone(row["phone"]) if row["phone"] else "",
        read_by_others=bool(row["discreet"]),
    )
    known = (row["channel"], row["district"], row["audience"], int(row["children"]))
    return Guest(introduction, *known, no_information=row["no_information"])


class Crowd:
    """Everybody else, in the order they are asked for; no two share an e-mail address."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._count = self._numbers = 0
        self._names: dict[tuple[str, str], list[str]] = {}
        for row in tables.read("names"):
            self._names.setdefault((row["language"], row["part"]), []).append(row["name"])

    def next(self, language: str, audience: str, children: int) -> Guest:
        """One more; `language` is one of `data/names.csv`."""
        self._count += 1
        channel = self._one(CHANNELS)
        by_phone = channel in {"phone", "sms"}
        if channel == "walk_in":
            by_phone = self._chance.random() < 0.5
        introduction = Introduction(
            language=language,
            name=self._name(language),
            email="" if by_phone else f"familie-{self._count:03}@example.org",
            phone=addresses.phone(self._number()) if by_phone else "",
        )
        return Guest(introduction, channel, self._one(DISTRICTS), audience, children)

    def _name(self, language: str) -> str:
        first, last = (self._chance.choice(self._names[language, part]) for part in ("first", "last"))
        return first if self._chance.random() < 0.25 else f"{first} {last}"

    def _number(self) -> str:
        self._numbers += 1
        return f"0176 {FIRST_NUMBER + self._numbers % NUMBERS:08}"

    def _one(self, shares: Mapping[str, int]) -> str:
        return self._chance.choices(list(shares), list(shares.values()))[0]
