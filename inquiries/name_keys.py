"""A name as keys by which it is found again, however somebody writes it. Pure.

A word of a name has two kinds of keys. Its *letters*: in Latin, small, without accents, with ä = ae = a, w = v and no
double letter, so that "Öztürk", "OEZTUERK" and "ozturk" are one; what is typed may be the beginning of one. And its
*sounds*: the consonants as they are heard ("أحمد", "Ahmad", "Ahmed" and "Achmed" are one), a word read in two ways
having two of them. Keys are a-z only, those of sounds begin with 0, so that plain byte order puts beginnings together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise, product
from string import ascii_lowercase

LONGEST = 40
WORDS = 8
"""More words of one name are not looked at."""
READINGS = 4
"""So many readings of one word are kept at most."""
SPELT = 4
"""Words of so many letters may have a typing mistake."""
ENOUGH = 3
"""So many consonants say something; fewer only when the word ends with them."""

_SPELLINGS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("w", "v"))
_LEADING = str.maketrans({"\u0627": "a", "\u0639": "a"})
"""Alif and ain carry the vowel a word begins with, and have no letter of their own in Latin."""
_ARTICLE = "\u0627\u0644"
_WRITTEN_TOGETHER = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")
_WORD = re.compile(r"[^\W\d_]+")
_HEARD = re.compile(r"schtsch|shch|dsch|tsch|sch|tch|dzh|dj|ch|kh|gh|ph|th|dh|sh|zh|ts|tz|ck|qu|[a-z]")
_SOUNDS: dict[str, tuple[str, ...]] = {
    "schtsch": ("s",), "shch": ("s",), "dsch": ("j",), "dzh": ("j",), "dj": ("j",), "tsch": ("k",), "tch": ("k",),
    "sch": ("s",), "sh": ("s",), "zh": ("s",), "ts": ("s",), "tz": ("s",), "z": ("s",), "x": ("ks",),
    "ch": ("h", "k", "s"), "kh": ("h",), "gh": ("g",), "ph": ("f",), "th": ("t",), "dh": ("d",),
    "ck": ("k",), "qu": ("k",), "q": ("k",), "c": ("k", "j"), "j": ("", "j"), "y": ("",), "w": ("", "v"),
    **dict.fromkeys("aeiou", ("",)),
}  # fmt: skip
"""What is heard inside a word; two where languages differ. Other letters stand for themselves."""
_FIRST: dict[str, tuple[str, ...]] = {**dict.fromkeys("aeiou", ("a",)), "y": ("j",), "j": ("j",), "w": ("v",)}


@dataclass(frozen=True, slots=True)
class Word:
    """One word as keys; `letters` is never empty."""

    letters: str
    sounds: frozenset[str]

    @property
    def keys(self) -> frozenset[str]:
        """All keys under which it is kept."""
        return self.sounds | {self.letters}

    def begins(self, other: Word) -> bool:
        """Is this the beginning of the other one's letters, or does it sound like it or like its beginning?"""
        heard = other.letters.startswith(self.letters) or bool(self.sounds & other.sounds)
        return heard or any(sound.startswith(begun) for sound in other.sounds for begun in self.beginnings)

    @property
    def beginnings(self) -> list[str]:
        """Those of its sounds that say enough to be the beginning of a longer word."""
        return sorted(sound for sound in self.sounds if len(sound) > ENOUGH)


def words(text: str) -> list[Word]:
    """The words of a name or of what somebody typed, in their order, joined ones not among them."""
    return [_word(_latin(written)) for written in _written(text)]


def together(text: str) -> list[tuple[Word, list[Word]]]:
    """Each two neighbours of what was typed as one word, either of them first, and the other words.

    The mere beginning of a word, one letter, is only the end of such a pair.
    """
    found = [_latin(written) for written in _written(text)]
    pairs = [(at, at + 1) for at in range(len(found) - 1)][:READINGS]
    return [
        (_pair(found[first], found[second]), [_word(one) for at, one in enumerate(found) if at not in pair])
        for pair in pairs
        for first, second in (pair, pair[::-1])
        if len(found[first]) > 1 and len(found[second]) > 1
    ]


def keys(*names: str) -> set[str]:
    """Everything these names of one person are found by: each word, and each two neighbours as one."""
    return {key for name in names for word in _all_words(name) for key in word.keys}


def misspelt(letters: str) -> set[str]:
    """All keys one typing mistake away: a letter too many, too few, wrong, or two that changed places."""
    cuts = [(letters[:at], letters[at:]) for at in range(len(letters) + 1)]
    fewer = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    wrong = {head + other + tail[1:] for head, tail in cuts if tail for other in ascii_lowercase}
    more = {head + other + tail for head, tail in cuts for other in ascii_lowercase}
    return {_once(one) for one in fewer | swapped | wrong | more} - {letters, ""}


def marked(name: str, sought: Iterable[Word]) -> list[tuple[str, bool]]:
    """The name as it is written, in pieces: those that were sought, and those between them."""
    wanted, pieces, end = list(sought), list[tuple[str, bool]](), 0
    for found in _WORD_AS_WRITTEN.finditer(name):
        read = words(found[0])
        if any(one.begins(word) or _near(one.letters, word.letters) for one in wanted for word in read):
            pieces += [(name[end : found.start()], False), (found[0], True)]
            end = found.end()
    return [piece for piece in [*pieces, (name[end:], False)] if piece[0]]


_WORD_AS_WRITTEN = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0670])*")


def _near(one: str, other: str) -> bool:
    """Is the other at most one typing mistake away? The same as `misspelt`, for two words that are there."""
    if min(len(one), len(other)) < SPELT - 1:
        return False
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) < 2 or (len(one) == 2 and one == other[::-1])


def _all_words(name: str) -> Iterator[Word]:
    written = _written(name)
    latin = [_latin(word) for word in written]
    yield from (_word(word) for word in latin)
    yield from (_pair(before, after) for before, after in pairwise(latin))
    for word in written:
        if word.startswith(_ARTICLE) and len(word) > len(_ARTICLE) + 1:
            yield _word(_latin(word[len(_ARTICLE) :]))


def _written(text: str) -> list[str]:
    """Words as they stand there, without marks; signs of scripts written without spaces are words."""
    spaced = _WRITTEN_TOGETHER.sub(r" \1 ", unicodedata.normalize("NFC", text))
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", spaced) if unicodedata.category(char)[0] not in "MC"
    )
    return [word for word in _WORD.findall(plain) if _latin(word)][:WORDS]


def _word(latin: str) -> Word:
    letters = latin
    for before, after in _SPELLINGS:
        letters = letters.replace(before, after)
    return Word(_once(letters)[:LONGEST], _kept(_skeletons(latin)))


def _latin(written: str) -> str:
    from anyascii import anyascii

    begun = written[:1].translate(_LEADING) + written[1:]
    return "".join(char for char in anyascii(begun).lower() if char in ascii_lowercase)


def _pair(first: str, second: str) -> Word:
    """Two words as one; a vowel between them is not heard, what two letters would be one sound is two."""
    heard = (
        before + (after[1:] if second[0] in "aeiou" else after)
        for before, after in product(_skeletons(first), _skeletons(second))
    )
    return Word(_word(first + second).letters, _kept(islice(heard, READINGS)))


def _kept(skeletons: Iterable[str]) -> frozenset[str]:
    """Skeletons as keys; one consonant alone says nothing."""
    once = {_once(skeleton) for skeleton in skeletons}
    return frozenset(f"0{skeleton}"[:LONGEST] for skeleton in once if len(skeleton) > 1)


def _skeletons(latin: str) -> Iterator[str]:
    heard = _HEARD.findall(latin)
    if heard[1:] and heard[-1] == "h":
        heard.pop()  # nobody hears it there: Sarah, Fatimah
    told = [_FIRST.get(heard[0], _sounds(heard[0])), *map(_sounds, heard[1:])]
    return islice(map("".join, product(*told)), READINGS)


def _sounds(sound: str) -> tuple[str, ...]:
    return _SOUNDS.get(sound, (sound,))


def _once(text: str) -> str:
    """Every letter that stands twice in a row, once."""
    return re.sub(r"(.)\1+", r"\1", text)
