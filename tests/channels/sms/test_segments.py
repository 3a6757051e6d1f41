"""Alphabets, units and segments: a truth table, and what holds for every text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms import segments

GSM = "".join(sorted(segments.BASIC))


@pytest.mark.parametrize(
    ("text", "gsm", "units", "count"),
    [
        ("", True, 0, 1),
        ("a" * 160, True, 160, 1),
        ("a" * 161, True, 161, 2),
        ("a" * 306, True, 306, 2),
        ("a" * 307, True, 307, 3),
        ("äöüÄÖÜß§ñ¿" * 16, True, 160, 1),
        ("€" * 80, True, 160, 1),
        ("€" * 81, True, 162, 2),
        ("a" * 152 + "€" + "a" * 10, True, 164, 2),
        ("a" * 152 + "€" * 77, True, 306, 3),  # an escape sequence is not cut in two
        ("ş" + "a" * 69, False, 70, 1),
        ("ş" + "a" * 70, False, 71, 2),
        ("ş" + "a" * 133, False, 134, 2),
        ("ş" + "a" * 134, False, 135, 3),
        ("😀" * 35, False, 70, 1),
        ("😀" * 36, False, 72, 2),
        ("😀" * 67, False, 134, 3),  # 33 pairs to a segment: a surrogate pair is not cut in two
        ("مرحبا", False, 5, 1),
        ("Привіт", False, 6, 1),
        ("`", False, 1, 1),
        ("[]{}~^|\\", True, 16, 1),
    ],
)
def test_texts_cost_what_the_standard_says(text: str, gsm: bool, units: int, count: int) -> None:
    assert (segments.is_gsm(text), segments.units(text), segments.count(text)) == (gsm, units, count)


def test_alphabet_is_the_one_of_the_standard() -> None:
    assert len(segments.BASIC) == 127  # 128 less the escape
    assert len(segments.EXTENSION) == 10 and not segments.BASIC & segments.EXTENSION


def test_typographic_signs_become_those_of_every_keypad() -> None:
    typed = "„Hallo“ – «das» ‚ist’ gut…\u00a0Ja\u200b\u202a!\u2069 5−3"
    assert segments.plain(typed) == '"Hallo" - "das" \'ist\' gut... Ja! 5-3'


@pytest.mark.parametrize(
    "name",
    [
        "Şeyma Çelik",
        "Łukasz",
        "Ștefan",
        "Оксана",
        "أحمد",
        "Đorđe",
        "Nguyễn",
        "Zoë",
        "ﬁn",
        "中文",
        "می\u200cخواهم",
    ],
)
def test_no_letter_is_touched(name: str) -> None:
    assert segments.plain(name) == name


@given(st.text())
def test_plain_is_plain_and_no_letter_is_lost(text: str) -> None:
    once = segments.plain(text)
    assert segments.plain(once) == once
    assert not set(once) & set(segments.PLAIN)
    letters = [char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char)[0] in "LN"]
    assert [char for char in once if unicodedata.category(char)[0] in "LN"] == letters


@given(st.one_of(st.text(), st.text(alphabet=GSM + "€[")), st.text(max_size=5))
def test_more_text_never_costs_less(text: str, more: str) -> None:
    if segments.is_gsm(text) == segments.is_gsm(text + more):
        assert segments.count(text + more) >= segments.count(text)
        assert segments.units(text + more) == segments.units(text) + _alone(more, segments.is_gsm(text))


def _alone(more: str, gsm: bool) -> int:
    return segments.units(more) if gsm else len(more.encode("utf-16-le")) // 2


@given(st.one_of(st.text(max_size=900), st.text(alphabet=GSM + "€[", max_size=900)))
def test_count_lies_between_what_fits_exactly_and_one_lost_unit_a_segment(text: str) -> None:
    units, count, gsm = segments.units(text), segments.count(text), segments.is_gsm(text)
    if units <= segments.ALONE[gsm]:
        assert count == 1
        return
    room = segments.JOINED[gsm]
    assert -(-units // room) <= count <= -(-units // (room - 1))
