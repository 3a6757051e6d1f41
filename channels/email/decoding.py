"""Bytes of a mail as text, whatever was declared; pure.

Invariant: nothing here raises, and nothing is dropped because it was declared wrongly: what is declared is tried
first, then UTF-8, then windows-1252, in which every mail can be read somehow.
"""

from __future__ import annotations

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

NOT_OF_MAIL = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
"""Encodings of Python that no mail is written in, some of them slow."""
AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "utf-8", "gb2312": "gb18030", "iso8859-9": "cp1254"}
"""What is meant when this is declared (WHATWG Encoding Standard §4.2)."""
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
LONGEST_HEADER = 20_000


def text(content: bytes, declared: str = "") -> str:
    """The text with plain line ends, without NUL and other characters nobody sees."""
    return clean(_decoded(content, declared))


def header(raw: str) -> str:
    """One line: encoded words (RFC 2047) decoded, raw bytes in a header, too."""
    plain = raw_text(raw[:LONGEST_HEADER])
    try:
        pieces = decode_header(plain)
        said = "".join(
            piece if isinstance(piece, str) else _piece(piece, charset) for piece, charset in pieces
        )
    except (HeaderParseError, ValueError):
        said = plain
    return " ".join(clean(said).split())


def raw_text(value: str) -> str:
    """A header as the library keeps it, its bytes beyond ASCII as the characters they were meant to be."""
    return _decoded(value.encode("utf-8", "surrogateescape"), "utf-8")


def clean(written: str) -> str:
    """Without what a database or a page cannot hold; every line end is a line feed."""
    return UNSEEN.sub("", written.replace("\r\n", "\n").replace("\r", "\n"))


def _piece(piece: bytes, charset: str | None) -> str:
    if charset is None:  # `decode_header` writes what was not encoded in this way
        return piece.decode("raw-unicode-escape", "replace")
    return _decoded(piece, charset)


def _decoded(content: bytes, declared: str) -> str:
    for charset in (_known(declared), "utf-8"):
        if charset:
            try:
                return content.decode(charset)
            except (UnicodeError, LookupError, ValueError):
                continue
    return content.decode("cp1252", "replace")


def _known(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip("\"' ").partition("*")[0]).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    return "" if name in NOT_OF_MAIL else AS_BROWSERS_DO.get(name, name)
