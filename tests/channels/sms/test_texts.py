"""What people read on their phones: every SMS in every language, as snapshots; UPDATE_SNAPSHOTS=1 writes them anew."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels import languages, texts
from channels.sms import segments, wording
from office import settings as office_settings
from tests.conftest import make_settings
from tests.factories import ZONE, local

SNAPSHOTS = Path(__file__).parents[2] / "snapshots" / "sms"
TUESDAY = date(2025, 11, 4)
HOST = "https://termin.example.org"
TOKEN = "Zk3vQ9xT1mB7_rD-w2LhYc"
LONGEST_TOKEN = TOKEN + "AAAAA"
ALL = sorted(path.stem for path in (Path(texts.__file__).parent / "sms" / "templates").glob("*.txt"))
PIECES = {"where", "time", "by_phone", "on_screen"}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    **{text: (text, {}) for text in ALL if text not in PIECES},
    "confirm-placeless": ("confirm", {"place": ""}),
    "received-promiseless": ("received", {"promised": ""}),
    "not_understood-promiseless": ("not_understood", {"promised": ""}),
    "when-several": ("when", {"link": ""}),
}
WORDS = {
    "de": "Ja, das geht. Bitte bringen Sie den Brief mit.",
    "en": "Yes, that is fine. Please bring the letter.",
    "ar": "نعم، هذا ممكن. من فضلك أحضر الرسالة معك.",
}
AS_AGREED = {
    "confirm": "Stadt Musterstadt: Ihr Termin ist am Di 04.11. um 14:00 Uhr, Lindenplatz 4. Weg, ändern, absagen: {a}",
    "confirm_nolink": "Stadt Musterstadt: Ihr Termin ist am Di 04.11. um 14:00 Uhr, Lindenplatz 4. Ihre Nummer: K7M42. "
    "Absagen: Antwort ABSAGEN. Fragen: 0221 4710-100",
    "confirm_phone": "Stadt Musterstadt: Wir rufen Sie am Di 04.11. um 14:00 Uhr an. Ändern oder absagen: {a}",
    "interpreter_yes": "Stadt Musterstadt: Am Di 04.11. um 14:00 Uhr ist jemand da, der für Sie übersetzt. "
    "Das kostet nichts. {a}",
    "interpreter_phone": "Stadt Musterstadt: Am Di 04.11. um 14:00 Uhr übersetzt jemand am Telefon. "
    "Der Termin bleibt. Andere Zeit? {a}",
    "remind": "Stadt Musterstadt: Erinnerung an Ihren Termin am Di 04.11. um 14:00 Uhr, Lindenplatz 4. "
    "Passt es nicht? {a}",
    "remind_nolink": "Stadt Musterstadt: Erinnerung an Ihren Termin am Di 04.11. um 14:00 Uhr, Lindenplatz 4. "
    "Passt es nicht? Antwort ABSAGEN oder 0221 4710-100",
    "moved": "Stadt Musterstadt: Neue Zeit für Ihren Termin: Di 04.11. um 14:00 Uhr, Lindenplatz 4. "
    "Ansehen oder ändern: {a}",
    "cancelled_by_person": "Stadt Musterstadt: Ihr Termin am Di 04.11. um 14:00 Uhr ist abgesagt. "
    "Danke für die Nachricht. Neuer Termin: https://termin.example.org",
    "cancelled_by_office": "Stadt Musterstadt: Leider müssen wir Ihren Termin am Di 04.11. um 14:00 Uhr absagen. "
    "Neue Zeit wählen: {a}",
    "cancelled_by_office_nolink": "Stadt Musterstadt: Leider müssen wir Ihren Termin am Di 04.11. um 14:00 Uhr "
    "absagen. Wir rufen Sie heute an. Oder Sie: 0221 4710-100",
    "received": "Stadt Musterstadt: Ihre Nachricht ist angekommen (Nr. 4821). Sie bekommen bis Do 06.11. "
    "eine Antwort. Eilig? 0221 4710-100",
    "callback": "Stadt Musterstadt: Wir rufen Sie am Di 04.11. zwischen 14 und 16 Uhr zurück. "
    "Unsere Nummer: 0221 4710-100",
    "offer": "Stadt Musterstadt: Ein Termin ist frei: Di 04.11. um 14:00 Uhr. Bis heute 16 Uhr für Sie "
    "reserviert: https://termin.example.org/w/Zk3vQ9xT1mB7_rD-w2LhYc",
    "code": "Stadt Musterstadt: Ihr Code ist 482913. Er gilt 30 Minuten.",
    "not_understood": "Stadt Musterstadt: Danke. Ein Mensch liest Ihre Nachricht. Sie bekommen bis Do 06.11. "
    "eine Antwort. Eilig? 0221 4710-100",
    "confirm_discreet": "Di 04.11. um 14:00 ist notiert. Absagen: einfach NEIN antworten.",
    "remind_discreet": "Di 04.11. um 14:00 passt noch? Wenn nicht: NEIN antworten.",
    "cancelled_discreet": "Di 04.11. um 14:00 klappt leider nicht. Neue Zeit? Einfach antworten.",
}
"""The texts of the office, letter by letter; {a} is the link to the appointment."""


@pytest.fixture(autouse=True)
def _house(tmp_path: Path) -> None:
    office_settings.use(make_settings(tmp_path, base_url=HOST))


def facts(text: str, language: str, **overrides: Any) -> dict[str, Any]:
    kind = {"offer": "w", "answer": "q"}.get(text, "a")
    first = local(TUESDAY, 14)
    return {
        **wording.of_the_office(language),
        **wording.when(first, language),
        "place": "Lindenplatz 4",
        "code": "K7M42",
        "talk": "Arabisch",
        "link": f"{HOST}/{kind}/{TOKEN}",
        "number": 4821,
        "promised": languages.say_day(date(2025, 11, 6), language, ZONE, short=True),
        "begins": "14",
        "until": "16",
        "pin": "482913",
        "words": WORDS[language],
        "times": wording.times(
            [first + timedelta(days=day) for day in range(1 if text == "when" else 3)], language
        ),
        **overrides,
    }


def said(text: str, language: str, **overrides: Any) -> str:
    return wording.fitted(text, language, facts(text, language, **overrides))


@pytest.mark.parametrize("language", languages.NAMES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_sms_reads_as_agreed(variant: str, language: str) -> None:
    text, overrides = VARIANTS[variant]
    body = said(text, language, **overrides)
    alphabet = "GSM" if segments.is_gsm(body) else "UCS-2"
    content = f"{segments.count(body)} × {alphabet}, {segments.units(body)}\n\n{body}\n"
    kept = SNAPSHOTS / f"{variant}.{language}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(content)
    assert content == kept.read_text()


def test_no_snapshot_is_left_over() -> None:
    known = {f"{variant}.{language}.txt" for variant in VARIANTS for language in languages.NAMES}
    assert {path.name for path in SNAPSHOTS.iterdir()} == known


@pytest.mark.parametrize("text", AS_AGREED)
def test_german_is_the_office_s_own_wording(text: str) -> None:
    assert said(text, "de") == AS_AGREED[text].format(a=f"{HOST}/a/{TOKEN}")


@pytest.mark.parametrize("token", [TOKEN, TOKEN + "A", TOKEN + "AA"])
@pytest.mark.parametrize("text", AS_AGREED)
def test_german_is_one_segment_with_every_token_of_the_next_years(text: str, token: str) -> None:
    link = f"{HOST}/{'w' if text == 'offer' else 'a'}/{token}"
    body = said(text, "de", link=link)
    assert segments.is_gsm(body) and segments.count(body) == 1
    assert link in body or "{a}" not in AS_AGREED[text]


@pytest.mark.parametrize("language", languages.NAMES)
@pytest.mark.parametrize("text", [text for text in ALL if text not in PIECES | {"answer_in_full"}])
def test_no_sms_is_longer_than_two_segments(text: str, language: str) -> None:
    body = said(text, language, link=f"{HOST}/a/{LONGEST_TOKEN}")
    assert segments.count(body) <= 2
    assert "\n" not in body and body == segments.plain(body)


@pytest.mark.parametrize("text", ["confirm", "remind", "moved"])
def test_what_does_not_fit_loses_the_place_and_never_the_link(text: str) -> None:
    long = "Bürgermeister-Johann-Sebastian-Straße 114"
    link = f"{HOST}/a/{TOKEN}"
    body = said(text, "de", place=long)
    assert long not in body and body.endswith(link) and segments.count(body) == 1
    assert "Lindenplatz 4" in said(text, "de")


@pytest.mark.parametrize("text", texts.BAREST)
@pytest.mark.parametrize("language", languages.NAMES)
def test_where_others_read_there_is_a_time_and_nothing_else(text: str, language: str) -> None:
    body = said(text, language)
    given = facts(text, language)
    assert given["day"] in body and given["starts"] in body
    assert not [name for name in ("city", "phone", "link", "place", "code", "home") if given[name] in body]


def test_arabic_begins_with_an_arabic_letter_so_that_phones_turn_it_round() -> None:
    for text in set(ALL) - PIECES:
        first = next(char for char in said(text, "ar") if char.isalpha())
        assert "\u0600" <= first <= "\u06ff" or text in {"where"}, text


def test_number_to_call_has_no_gaps_where_they_would_be_read_the_other_way_round() -> None:
    assert "02214710100" in said("received", "ar")
    assert "0221 4710-100" in said("received", "de")


def test_long_answer_does_not_go_in_full() -> None:
    assert wording.in_full("Guten Tag! " * 40, "de", facts("answer_in_full", "de"))
    assert wording.in_full("Guten Tag! " * 90, "de", facts("answer_in_full", "de")) is None
    assert wording.in_full("مرحبا " * 80, "ar", facts("answer_in_full", "ar")) is None


def test_line_above_an_answer_is_in_the_alphabet_of_the_words() -> None:
    german = wording.in_full("Ja, gern. " * 60, "ar", facts("answer_in_full", "ar"))
    arabic = wording.in_full("نعم", "ar", facts("answer_in_full", "ar"))
    assert german and segments.is_gsm(german) and segments.count(german) == 5
    assert arabic and arabic.startswith("من Stadt")
