"""How an SMS is counted: in which alphabet, how many units, how many segments the network bills. Pure.

Invariant: what is counted is what is sent. GSM 03.38 (3GPP TS 23.038 § 6.2.1) if every character is in it,
else UCS-2, counted in UTF-16 units; a segment of several loses seven septets (three units) to its header, and
neither an escape sequence nor a surrogate pair is cut in two.
"""

from __future__ import annotations

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./"
    "01234"
    "56789"
    ":;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each of these costs two septets."""
ALONE = {True: 160, False: 70}
JOINED = {True: 153, False: 67}
"""Units of the only segment, and of each of several; True: GSM 03.38, False: UCS-2."""

PLAIN = {
    **dict.fromkeys("„“”‟«»″", '"'),
    **dict.fromkeys("‚‘’‛‹›′", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
    "•": "-",
    **dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "
    ),
    **dict.fromkeys("\u2028\u2029", "\n"),
    **dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u061c", ""),
    **dict.fromkeys("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ""),
}
"""Typography → the sign every keypad has. No letter is here, and neither are the joiners Persian is written with."""
_PLAIN = str.maketrans(PLAIN)


def plain(text: str) -> str:
    """The same words with signs every phone has: typographic ones, hard spaces and invisible marks are gone.

    Letters stay as they are (in their composed form, which is the shorter one). Idempotent.
    """
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def is_gsm(text: str) -> bool:
    """Can it be sent in the alphabet of GSM 03.38?"""
    return all(char in BASIC or char in EXTENSION for char in text)


def units(text: str) -> int:
    """Septets if the text is GSM, else UTF-16 units."""
    gsm = is_gsm(text)
    return sum(_width(char, gsm) for char in text)


def count(text: str) -> int:
    """How many segments the network makes of it; an empty text is one, too."""
    gsm = is_gsm(text)
    widths = [_width(char, gsm) for char in text]
    return 1 if sum(widths) <= ALONE[gsm] else _joined(widths, JOINED[gsm])


def _joined(widths: list[int], room: int) -> int:
    made, left = 1, room
    for width in widths:
        if width > left:
            made, left = made + 1, room
        left -= width
    return made


def _width(char: str, gsm: bool) -> int:
    if gsm:
        return 2 if char in EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1
