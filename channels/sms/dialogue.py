"""What somebody asks for in one word by SMS. Pure.

Invariant: only a whole short message is a command; a sentence with the word in it is a message for people.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from channels.sms import segments


class Command(StrEnum):
    """What can be asked for without anybody reading it."""

    DATES = "dates"
    WHEN = "when"
    CANCEL = "cancel"
    NO = "no"
    STOP = "stop"
    START = "start"


PROVIDERS_CANCEL = "cancel"
"""For the gateway this word is STOP; who writes it may well mean the appointment."""
PHRASES: dict[Command, frozenset[str]] = {
    Command.DATES: frozenset(
        {
            "termin", "termine", "neuer termin", "freie termine", "termin bitte", "appointment", "appointments",
            "dates", "موعد", "مواعيد", "موعد جديد", "programare", "cita", "термін", "запис", "randevu",
        }
    ),
    Command.WHEN: frozenset({"wann", "when", "متى", "wann ist mein termin", "mein termin", "متى موعدي"}),
    Command.CANCEL: frozenset(
        {"absagen", "absage", "bitte absagen", "termin absagen", "الغاء", "الغاء الموعد"}
    ),
    Command.NO: frozenset({"nein", "nein danke", "no", "no thanks", "no thank you", "لا", "لا شكرا"}),
    Command.STOP: frozenset(
        {"stop", "stopp", "stopall", "stop all", "unsubscribe", "quit", "end", "optout", "opt out", "revoke",
         PROVIDERS_CANCEL, "توقف"}
    ),
    Command.START: frozenset({"start", "unstop", "yes"}),
}  # fmt: skip
ENGLISH = frozenset({"appointment", "appointments", "dates", "when", "no", "no thanks", "no thank you"})
_COMMANDS = {phrase: command for command, phrases in PHRASES.items() for phrase in phrases}
_ARABIC_VARIANTS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ـ": ""})
LONGEST = 40


def read(text: str) -> Command | None:
    """The command this whole message is, or None."""
    return _COMMANDS.get(normal(text)) if len(text) <= 4 * LONGEST else None


def normal(text: str) -> str:
    """Words in one case with single spaces; punctuation, pictures, vowel signs and invisible marks are gone."""
    folded = unicodedata.normalize("NFKC", segments.plain(text)).casefold().translate(_ARABIC_VARIANTS)
    spaced = "".join(_kept(char) for char in folded)
    return " ".join(spaced.split())[: LONGEST + 1]


def language(text: str) -> str:
    """In which of our languages to answer somebody we do not know."""
    if re.search("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]", text):
        return "ar"
    return "en" if normal(text) in ENGLISH else "de"


def _kept(char: str) -> str:
    kind = unicodedata.category(char)
    if kind[0] in "LN":
        return char
    return "" if kind in {"Mn", "Me", "Cf"} else " "
