"""However somebody writes a name, it has a key in common with how it was written first."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiries import name_keys
from inquiries.name_keys import Word

SAME = """
Şükrü      | sukru ŞÜKRÜ Sükrü Suekrue Schükrü şükrü                            | Turkish
Öztürk     | Oeztuerk Ozturk öztürk OEZTUERK oztuerk Özturk ozturk Oztürk          | German or no dots
Yıldız     | Yildiz yıldız YILDIZ                                                   | the i without a dot
İbrahim    | ibrahim Ibrahim İBRAHİM إبراهيم ابراهيم                                | the capital i with one
أحمد       | احمد Ahmad Ahmed Achmed ahmad AHMED أَحْمَد                               | with and without hamza and vowels
Ahmad      | أحمد احمد Ahmed Achmed Achmad                                          | and back
محمد       | Mohammed Muhammad Mohamed Mohamad Muhamed مُحَمَّد                         | the commonest name
يوسف       | Yusuf Yousef Youssef Jusuf Yusef                                       |
فاطمة      | Fatima Fatma Fatimah فاطمه                                             | the last letter is not heard
عائشة      | Aisha Aischa Ayşe Aïcha                                                | ain begins with a vowel
عبدالرحمن  | Abdulrahman Abdelrahman   | in one word
الهاشمي    | Hashimi Haschemi                                                       | the article is left out
جمال       | Jamal Dschamal Cemal Djamal                                            |
Іван       | Ivan Iwan Иван ivan                                                    | Ukrainian and Russian
Олександр  | Alexander Aleksandr Oleksandr Александр                                |
Щербаков   | Schtscherbakow Shcherbakov                                             |
Юлия       | Julia Yulia Julija Yuliya                                              |
Хасан      | Hassan Hasan Chasan حسن                                                | over three scripts
Kovač      | Kovac Kowatsch KOVAČ Ковач                                             |
Nguyễn     | Nguyen NGUYEN nguyễn                                                   | two marks on one letter
José       | Jose JOSÉ Jose\u0301                                                   | composed or not
Müller     | Mueller Muller MÜLLER Müler                                            |
Weiß       | Weiss weiß WEISS Weis                                                  |
Țiriac     | Tiriac Ţiriac                                                          | comma or cedilla below
Łukasz     | Lukasz łukasz                                                          |
Γιώργος    | Giorgos ΓΙΏΡΓΟΣ                                                        |
Meyer      | Meier Maier Mayer                                                      |
"""
NOT_SAME = """
Ahmad   | Hamid Omar Achim | a vowel first is not nothing
Müller  | Möllner Mulder   |
Fatima  | Mafati           |
Kovač   | Novak            |
"""


def pairs(table: str) -> list[tuple[str, str]]:
    lines = [line.split("|") for line in table.strip().splitlines()]
    return [(first.strip(), other) for first, others, *_why in lines for other in others.split()]


@pytest.mark.parametrize(("name", "typed"), pairs(SAME))
def test_a_name_is_found_however_it_is_typed(name: str, typed: str) -> None:
    [word] = name_keys.words(typed)
    assert word.keys & name_keys.keys(name)


@pytest.mark.parametrize(("name", "typed"), pairs(NOT_SAME))
def test_another_name_is_not(name: str, typed: str) -> None:
    [word] = name_keys.words(typed)
    assert not word.keys & name_keys.keys(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Meyer-Landrut", {"meyer", "landrut", "meyerlandrut"}),
        ("O'Brien", {"o", "brien", "obrien"}),
        ("Nguyễn Văn An", {"nguyen", "van", "an", "nguyenvan", "vanan"}),
        ("王伟", {"vang", "vei", "vangvei"}),
        ("  ", set()),
        ("12 – 34", set()),
    ],
)
def test_each_word_and_each_two_neighbours_are_keys(name: str, words: set[str]) -> None:
    assert {key for key in name_keys.keys(name) if not key.startswith("0")} == words


@pytest.mark.parametrize("name", ["Abdul Rahman", "عبد الرحمن"])
def test_a_name_in_two_words_is_found_in_one(name: str) -> None:
    [word] = name_keys.words("Abdulrahman")
    assert word.sounds & name_keys.keys(name)


def test_two_neighbours_as_typed_are_one_word_either_first_and_the_others_stay() -> None:
    pairs = [
        (pair.letters, [word.letters for word in rest]) for pair, rest in name_keys.together("Jan Ko Abt")
    ]
    assert pairs == [("janko", ["abt"]), ("kojan", ["abt"]), ("koabt", ["jan"]), ("abtko", ["jan"])]
    assert name_keys.together("Ahmad h") == []
    assert name_keys.together("Ahmad") == []


@pytest.mark.parametrize("typed", ["oztürk", "oztrk", "ozturck", "ozutrk"])
def test_one_typing_mistake_away(typed: str) -> None:
    [word] = name_keys.words(typed)
    assert "ozturk" in name_keys.misspelt(word.letters) | {word.letters}
    assert name_keys.marked("Öztürk", [word]) == [("Öztürk", True)]


def test_what_was_sought_is_marked_in_the_name_as_it_is_written() -> None:
    sought = name_keys.words("oeztuerk hadad")
    assert name_keys.marked("Şükrü Öztürk-Haddad", sought) == [
        ("Şükrü ", False), ("Öztürk", True), ("-", False), ("Haddad", True),
    ]  # fmt: skip
    assert name_keys.marked("أحمد", name_keys.words("Ahmed")) == [("أحمد", True)]
    assert name_keys.marked("", sought) == []


@given(st.text(max_size=60))
def test_keys_are_plain_bounded_and_never_empty(text: str) -> None:
    keys = name_keys.keys(text)
    assert all(
        0 < len(key) <= name_keys.LONGEST and set(key) <= set(string.ascii_lowercase + "0") for key in keys
    )
    assert len(keys) <= 3 * name_keys.WORDS * (1 + name_keys.READINGS)
    assert "".join(piece for piece, _sought in name_keys.marked(text, [Word("a", frozenset())])) == text


@given(st.text(max_size=30))
def test_capitals_and_accents_make_no_difference(text: str) -> None:
    import unicodedata

    assert name_keys.keys(unicodedata.normalize("NFD", text)) == name_keys.keys(
        unicodedata.normalize("NFC", text)
    )
