"""What a mail says, as it stands in the thread; which language it is in; whether it calls a time off; pure."""

from __future__ import annotations

import re

from channels.email import quoting
from channels.email.reading import Letter

PREFIXES = re.compile(
    r"^\s*((re|aw|antw|wg|fwd?|fw|ynt|ilt|vs|sv|odp|rv|відп|пер|رد|إعادة توجيه|تحويل)(\[\d+\])?\s?[:：]\s*)+",
    re.IGNORECASE,
)
CANCELLING = {"nein", "absagen", "absage"}
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
LETTERS = re.compile(r"[^\W\d_]")
ENGLISH = {
    "the",
    "and",
    "is",
    "are",
    "you",
    "we",
    "my",
    "our",
    "have",
    "would",
    "for",
    "with",
    "please",
    "to",
    "of",
}
GERMAN = {
    "der",
    "die",
    "das",
    "und",
    "ist",
    "sind",
    "sie",
    "wir",
    "mein",
    "haben",
    "bitte",
    "für",
    "mit",
    "ich",
}
ENOUGH = 3
"""Words of a language that must be seen before it is believed."""


def told(letter: Letter, *, continued: bool) -> str:
    """The subject, if it says something, and the whole text below it, quotation included."""
    subject = letter.subject.strip()
    bare = PREFIXES.sub("", subject).strip()
    heads = bare and not (continued and bare != subject) and not letter.text.startswith(bare)
    return "\n\n".join(part for part in (bare if heads else "", letter.text) if part)


def calls_off(text: str) -> tuple[bool, str]:
    """Is the first thing they wrote NEIN or ABSAGEN, alone on its line; and what else they wrote."""
    new, _quoted = quoting.fold(text)
    first, _, rest = new.partition("\n")
    return first.strip(" .!*\t").casefold() in CANCELLING, rest.strip()


def language(text: str) -> str:
    """`ar`, `en` or `de` where the words say so, else ""."""
    new, _quoted = quoting.fold(text)
    letters = LETTERS.findall(new)
    if letters and len(ARABIC.findall(new)) * 2 > len(letters):
        return "ar"
    words = re.findall(r"[^\W\d_]+", new.casefold())
    english, german = (sum(word in known for word in words) for known in (ENGLISH, GERMAN))
    if max(english, german) < ENOUGH or english == german:
        return ""
    return "en" if english > german else "de"
