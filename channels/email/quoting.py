"""What somebody wrote now, and what their mail program quoted below; pure.

Invariant: nothing is deleted: the new part and the quoted part together are the text. When in doubt it is new.
"""

from __future__ import annotations

import re

MOST_LINES_OF_ATTRIBUTION = 3
ATTRIBUTIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(am|den)\b.{4,200}\bschrieb\b.{0,120}:$",  # Thunderbird, Gmail
        r"^.{2,120}\bschrieb am\b.{4,120}:$",  # GMX, web.de
        r"^on\b.{4,200}\bwrote\s?:$",
        r"^.{2,160}\bwrote\s?:$",
        r"^.{4,200}\b(şunu yazdı|tarihinde.{0,120}yazdı)\s?:$",
        r"^.{4,200}\b(пише|написав|написала|пишет|написал|написала)\b.{0,120}:$",
        r"^(في|بتاريخ|يوم).{4,200}(كتب|كتبت).{0,120}[:：]$",
        r"^.{0,160}(كتب|كتبت)\s?[:：]$",
        r"^(el|le|il|em|op|w dniu|în)\b.{4,200}\b(escribió|a écrit|ha scritto|escreveu|schreef|napisał\(?a?\)?|a scris)\b.{0,60}:$",  # noqa: E501
    )
)
RULES = re.compile(
    r"^(-{2,}|_{2,})\s*(ursprüngliche nachricht|original message|originalnachricht|weitergeleitete nachricht|"
    r"forwarded message|orijinal mesaj|iletilen ileti|оригінальне повідомлення|пересилане повідомлення|"
    r"الرسالة الأصلية|رسالة معاد توجيهها)\s*(-{2,}|_{2,})?$|^_{20,}$",
    re.IGNORECASE,
)
FROM = re.compile(r"^\*?(von|from|gönderen|kimden|від|от|من|de|da)\*?\s?:\*?\s?\S", re.IGNORECASE)
HEADER = re.compile(
    r"^\*?(gesendet|an|cc|betreff|datum|sent|to|subject|date|gönderildi|gönderilme|kime|konu|tarih|"
    r"надіслано|відправлено|кому|тема|дата|отправлено|"
    r"تاريخ الإرسال|أُرسلت|تم الإرسال|إلى|الموضوع|التاريخ|enviado|para|asunto|envoyé|à|objet)[^:\n]{0,20}:",
    re.IGNORECASE,
)
HEADERS_WANTED = 2
QUOTED = re.compile(r"^\s*>")
INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u00a0]")


def fold(text: str) -> tuple[str, str]:
    """The text cut in two where the quotation begins; `quoted` is "" when none was found.

    A quotation with new words below it is no reason to cut: answers between the lines stay whole.
    """
    lines = text.split("\n")
    start = _start(lines)
    if start is None or _goes_on(lines[start:]):
        return text.strip(), ""
    return "\n".join(lines[:start]).strip(), "\n".join(lines[start:]).strip()


def _start(lines: list[str]) -> int | None:
    """The first line of what is quoted."""
    for number, line in enumerate(lines):
        seen = _seen(line)
        if RULES.match(seen) or (FROM.match(seen) and _header_block(lines[number + 1 :])):
            return number
        if QUOTED.match(line) and _rest_is_quoted(lines[number:]):
            return number
        if _attributed(lines[number:]):
            return number
    return None


def _attributed(lines: list[str]) -> bool:
    """Does an attribution begin here? Programs break it over up to three lines."""
    said = ""
    for line in lines[:MOST_LINES_OF_ATTRIBUTION]:
        if not line.strip():
            return False
        said = f"{said} {_seen(line)}".strip()
        if said.endswith((":", "：", "كتب", "كتبت")) and any(one.match(said) for one in ATTRIBUTIONS):
            return True
    return False


def _header_block(lines: list[str]) -> bool:
    """Do at least two of Outlook's header lines follow?"""
    following = [line for line in map(_seen, lines[:8]) if line][:5]
    return sum(bool(HEADER.match(line)) for line in following) >= HEADERS_WANTED


def _rest_is_quoted(lines: list[str]) -> bool:
    return all(QUOTED.match(line) or not line.strip() for line in lines)


def _goes_on(lines: list[str]) -> bool:
    """Are there new words below a quotation whose lines are all marked? Then they answer between the lines."""
    marked = [number for number, line in enumerate(lines) if QUOTED.match(line)]
    if not marked:
        return False
    return any(line.strip() and line.strip() != "--" for line in lines[marked[-1] + 1 :])


def _seen(line: str) -> str:
    return INVISIBLE.sub("", line).strip()
