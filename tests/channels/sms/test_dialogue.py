"""Which messages are commands, and which are for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms import dialogue
from channels.sms.dialogue import Command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("TERMIN", Command.DATES),
        (" termin. ", Command.DATES),
        ("Termin?", Command.DATES),
        ("\u200fموعد\u200e", Command.DATES),
        ("مَوْعِد", Command.DATES),
        ("Appointment!!", Command.DATES),
        ("programare", Command.DATES),
        ("Cita", Command.DATES),
        ("термін", Command.DATES),
        ("Запис", Command.DATES),
        ("randevu", Command.DATES),
        ("Wann", Command.WHEN),
        ("when?", Command.WHEN),
        ("متى؟", Command.WHEN),
        ("ABSAGEN", Command.CANCEL),
        ("Nein, danke 🙂", Command.NO),
        ("»Nein«", Command.NO),
        ("NO", Command.NO),
        ("إلغاء", Command.CANCEL),
        ("لا شكراً", Command.NO),
        ("STOP", Command.STOP),
        ("Stopp!", Command.STOP),
        ("stopall", Command.STOP),
        ("UNSUBSCRIBE", Command.STOP),
        ("Quit", Command.STOP),
        ("END", Command.STOP),
        ("Cancel", Command.STOP),
        ("Start", Command.START),
        ("unstop", Command.START),
        ("YES", Command.START),
        ("ＴＥＲＭＩＮ", Command.DATES),
        ("Ich möchte einen Termin für mein Kind, 8", None),
        ("Nein, ich meinte etwas anderes", None),
        ("Wann haben Sie offen?", None),
        ("Stop Mobbing in der Klasse", None),
        ("termin termin", None),
        ("", None),
        ("🙂", None),
        ("Term in", None),
        ("t-e-r-m-i-n", None),
        ("termin" + " " * 5000, None),
    ],
)
def test_only_a_whole_short_message_is_a_command(text: str, command: Command | None) -> None:
    assert dialogue.read(text) is command


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert dialogue.read(text) in {None, *Command}
    assert dialogue.normal(dialogue.normal(text)) == dialogue.normal(text)
    assert dialogue.language(text) in {"de", "en", "ar"}


@given(
    st.sampled_from(sorted(dialogue._COMMANDS)), st.sampled_from(["", " ", "!", "\u200f", " ?!", "\n", "…"])
)
def test_signs_around_a_word_change_nothing(word: str, sign: str) -> None:
    assert dialogue.read(sign + word.upper() + sign) is dialogue.read(word)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("متى", "ar"),
        ("WHEN", "en"),
        ("Wann", "de"),
        ("Hello there", "de"),
        ("", "de"),
        ("سؤال about school", "ar"),
    ],
)
def test_somebody_unknown_is_answered_in_the_language_they_seem_to_write(text: str, language: str) -> None:
    assert dialogue.language(text) == language
