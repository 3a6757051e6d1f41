"""The texts the office agreed on (DEMO §11), one by one: where each stands in three languages, and word by word.

The German ones are held against the page itself where it is at hand; what differs by intention is named here.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from channels import languages, texts
from tests.channels.email.test_texts import LINK, SNAPSHOTS, TOMORROW, facts
from tests.factories import ZONE, local

PAGE = Path(__file__).parents[4] / "shared" / "DEMO.md"
TEXTS: dict[str, tuple[str, ...]] = {
    "11.1": (
        "confirm",
        "confirm-phone",
        "confirm-phone-unknown",
        "confirm-video",
        "confirm-nameless",
        "confirm-floorless",
    ),
    "11.2": ("remind", "remind-phone"),
    "11.3": ("received", "received-hoursless", "received-unpromised", "received-busy"),
    "11.4": ("cancelled_by_person",),
    "11.5": (
        "cancelled_by_office",
        "cancelled_by_office-reachable",
        "cancelled_by_office-kept",
        "cancelled_by_office-kept-longer",
    ),
    "11.6": ("moved",),
    "11.7": ("confirm_discreet",),
    "11.8": ("entry",),
}
"""Section of the page → its snapshots; the first is the text itself, the others are its variants."""
INSTEAD: dict[str, tuple[tuple[str, str], ...]] = {
    "11.8": (("Lindenplatz 4, Musterstadt", "Lindenplatz 4, 12345 Musterstadt"),),
}
"""What the page says → what we say: maps find a place by its postcode."""
VARIANTS = {
    "received-busy": "Zurzeit schreiben uns sehr viele Menschen. Darum dauert es etwas länger als sonst.",
    "confirm-phone": "Wir rufen Sie an: unter der Nummer, die mit {letzte_drei} endet.",
    "confirm-video": "Wo: am Bildschirm. Den Zugang finden Sie am Tag des Termins unter dem Link.",
    "confirm-nameless": "Guten Tag,",
    "cancelled_by_office-reachable": "rufen wir Sie an",
}
NEW_TIME = date(2025, 11, 5)


def entry(language: str) -> str:
    """The words of the calendar entry, one a line."""
    said = texts.paragraphs(
        "entry", language, mode="office", address="Lindenplatz 4, 12345 Musterstadt", code="K7M42", link=LINK
    )
    return "\n".join(" ".join(part.lines) for part in said) + "\n"


def section(number: str) -> str:
    """What the page says in this section."""
    if not PAGE.exists():
        pytest.skip("the page is not at hand; the snapshots hold what was agreed")
    page = PAGE.read_text()
    found = re.search(rf"^### {re.escape(number)} .*?(?=^##)", page, re.DOTALL | re.MULTILINE)
    assert found, f"no section {number}"
    return found[0]


def agreed(number: str, **filled: str) -> str:
    """The text of this section, its blanks filled; subject first, as in our snapshots."""
    block = re.search(r"```text\n(.*?)```", section(number), re.DOTALL)
    assert block
    text = block[1].removeprefix("Betreff: ")
    for theirs, ours in INSTEAD.get(number, ()):
        assert theirs in text
        text = text.replace(theirs, ours)
    for blank, value in filled.items():
        text = text.replace(f"{{{blank}}}", value)
    assert "{" not in text
    return text


def said(text: str, **overrides: Any) -> str:
    made = texts.render(text, "de", **facts("de", text, **overrides))
    return f"{made.subject}\n\n{made.plain}"


def moved_to(day: date) -> dict[str, str]:
    starts_at, ends_at = local(day, 10, 30), local(day, 11, 15)
    return {
        "day": languages.say_day(starts_at, "de", ZONE),
        "starts": languages.say_time(starts_at, "de", ZONE),
        "ends": languages.say_time(ends_at, "de", ZONE),
    }


@pytest.mark.parametrize("number", TEXTS)
def test_the_texts_of_the_demo(number: str) -> None:
    """Each stands there in every language; none says in one language what it says in another."""
    for snapshot in TEXTS[number]:
        written = [(SNAPSHOTS / f"{snapshot}.{language}.txt").read_text() for language in languages.NAMES]
        assert all(text.strip() for text in written)
        assert len(set(written)) == len(languages.NAMES)
    assert {"ar", "de", "en"} == set(languages.NAMES)


@pytest.mark.parametrize("number", [number for number in TEXTS if number != "11.8"])
def test_german_is_said_word_by_word_as_the_office_agreed(number: str) -> None:
    text = TEXTS[number][0]
    overrides: dict[str, Any] = moved_to(NEW_TIME) if text == "moved" else {}
    overrides |= {"may_call": True, "keeps": TOMORROW} if text == "cancelled_by_office" else {}
    filled = {"name": "Şeyma", "link": LINK, "start": "https://termin.example.org/de/"}
    assert said(text, **overrides) == agreed(number, **filled)


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_are_said_as_the_office_agreed(variant: str) -> None:
    number = next(number for number, snapshots in TEXTS.items() if variant in snapshots)
    assert VARIANTS[variant] in section(number)
    german = (SNAPSHOTS / f"{variant}.de.txt").read_text()
    assert VARIANTS[variant].replace("{letzte_drei}", "012") in german


@pytest.mark.parametrize("language", languages.NAMES)
def test_the_calendar_entry_reads_as_agreed(language: str) -> None:
    kept = SNAPSHOTS / f"entry.{language}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        kept.write_text(entry(language))
    assert entry(language) == kept.read_text()


def test_the_german_calendar_entry_is_the_agreed_one() -> None:
    written = re.findall(r"`(?:SUMMARY|LOCATION|DESCRIPTION|ORGANIZER;CN)[:=](.*?)`", section("11.8"))
    agreed_entry = "\n".join(written).replace("{link}", LINK) + "\n"
    for theirs, ours in INSTEAD["11.8"]:
        assert theirs in agreed_entry
        agreed_entry = agreed_entry.replace(theirs, ours)
    assert entry("de") == agreed_entry


def test_every_text_of_the_page_is_here() -> None:
    if not PAGE.exists():
        pytest.skip("the page is not at hand")
    assert re.findall(r"^### (11\.\d+) ", PAGE.read_text(), re.MULTILINE) == list(TEXTS)
