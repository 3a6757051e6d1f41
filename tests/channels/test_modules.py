"""Text modules: only placeholders we know, gaps that are seen, every version kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from channels import languages, modules
from channels.models import TextModule, TextModuleVersion
from channels.modules import ChangedMeanwhile, Wording
from inquiries.models import Inquiry
from office import catalogues
from office.errors import Invalid
from office.models import JournalEntry
from sprechstunde.demo import tables
from tests.channels.web.test_desk_inbox import ask
from tests.factories import NOW, introduction, make_appointment

LEAD: dict[str, Any] = {"actor": "staff:ps", "now": NOW}


def wording(**overrides: Any) -> Wording:
    values = {"title": "Schulplatz", "texts": {"de": "Rufen Sie an: {office phone}.", "en": "", "ar": ""}}
    return Wording(**{**values, **overrides})


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Guten Tag {name}, Ihr Termin: {appointment}, {place}.", []),
        ("{number} {office phone} {link}", []),
        ("Guten Tag {Name}", ["{Name}"]),
        ("{office_phone} {topic}", ["{office_phone}", "{topic}"]),
        ("{name", ["{name"]),
        ("name}", ["}"]),
        ("{{name}}", ["{", "}"]),
        ("{}", ["{}"]),
    ],
)
def test_only_placeholders_we_know_are_known(text: str, unknown: list[str]) -> None:
    assert modules.unknown(text) == unknown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Alles gesagt.", []),
        ("Er schrieb: „[…] und ging.“", []),
        ("Am [… Tag] um [… Uhrzeit]", ["[… Tag]", "[… Uhrzeit]"]),
        ("Guten Tag {name}", ["{name}"]),
        ("In {geschweiften} Klammern", []),
    ],
)
def test_gaps_and_placeholders_are_seen(text: str, left: list[str]) -> None:
    assert modules.unfinished(text) == left


def test_a_value_that_is_missing_is_a_gap() -> None:
    said = modules.filled("{name}: {appointment}, {office phone}", {"name": "Amira", "office phone": "0221"})
    assert said == "Amira: [… appointment], 0221"


async def test_values_are_those_of_this_person_in_their_language(database: Any) -> None:
    booked = await make_appointment(who=introduction(name="Amira"))
    found = await Inquiry.get(id=booked.inquiry_id)
    values = await modules.values(found, "de", NOW)
    assert values["appointment"] == "Mittwoch, 4. März 2026, 9:00"
    assert (values["name"], values["number"], values["place"]) == (
        "Amira", str(found.id), "Lindenplatz 4, 12345 Musterstadt",
    )  # fmt: skip
    assert (await modules.values(found, "ar", NOW))["link"].endswith("/ar/book")
    after = await modules.values(found, "de", booked.starts_at)
    assert (after["appointment"], after["place"]) == ("", "")


async def test_a_link_with_a_secret_never_stands_in_a_text(database: Any) -> None:
    found = await ask()
    assert not [value for value in (await modules.values(found, "de", NOW)).values() if "/q/" in value]


async def test_every_version_is_kept_and_the_journal_says_who(database: Any) -> None:
    made = await modules.save(None, wording(), version=0, **LEAD)
    await modules.save(made.id, wording(title="Platz"), version=1, **LEAD)
    assert [(one.version, one.title) for one in await modules.history(made.id)] == [
        (2, "Platz"), (1, "Schulplatz"),
    ]  # fmt: skip
    assert (await TextModule.get()).title == "Platz"
    told = await JournalEntry.filter(kind="module.saved", actor="staff:ps", subject=f"module:{made.id}")
    assert [one.details for one in told] == [{"version": 1}, {"version": 2}]


async def test_who_did_not_see_the_last_version_does_not_overwrite_it(database: Any) -> None:
    made = await modules.save(None, wording(), version=0, **LEAD)
    await modules.save(made.id, wording(title="Zuerst"), version=1, **LEAD)
    with pytest.raises(ChangedMeanwhile):
        await modules.save(made.id, wording(title="Danach"), version=1, **LEAD)
    assert (await TextModule.get()).title == "Zuerst"


@pytest.mark.parametrize(
    ("overrides", "wrong"),
    [
        ({"title": ""}, {"title": "empty"}),
        ({"title": "x" * 101}, {"title": "too_long"}),
        ({"texts": {"de": "", "en": "Yes"}}, {"text_de": "empty"}),
        ({"texts": {"de": "Ja", "ar": "{nope}"}}, {"text_ar": "placeholder"}),
        ({"texts": {"de": "x" * 4001}}, {"text_de": "too_long"}),
    ],
)
async def test_what_cannot_be_sent_is_not_saved(
    database: Any, overrides: dict[str, Any], wrong: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await modules.save(None, wording(**overrides), version=0, **LEAD)
    assert refused.value.fields == wrong
    assert await TextModuleVersion.all().count() == 0


async def test_what_fits_the_topic_stands_first_and_what_is_out_of_use_nowhere(database: Any) -> None:
    await catalogues.seed()
    for title, topic, active in (
        ("A", "finances", True), ("B", "", True), ("C", "school_enrolment", True), ("D", "place_refused", False),
    ):  # fmt: skip
        await modules.save(None, wording(title=title, topic=topic, active=active), version=0, **LEAD)
    assert [one.title for one in await modules.offered("place_refused")] == ["C", "A", "B"]
    assert [one.title for one in await modules.offered("unknown")] == ["A", "B", "C"]
    assert [one.title for one in await modules.every()] == ["A", "B", "C", "D"]


def test_a_language_without_a_text_gets_the_german_one() -> None:
    module = TextModule(title="x", texts={"de": "Ja", "ar": "نعم"}, saved_at=NOW + timedelta(0))
    assert modules.text_for(module, "ar") == ("نعم", "ar")
    assert modules.text_for(module, "en") == ("Ja", "de")


@pytest.mark.parametrize("row", tables.read("modules"), ids=lambda row: row["title"])
def test_texts_of_the_demonstration_say_the_same_facts_in_every_language(row: dict[str, str]) -> None:
    texts = [row[f"text_{code}"] for code in languages.NAMES]
    assert all(text and not modules.unknown(text) for text in texts)
    assert len({tuple(sorted(modules.PLACEHOLDER.findall(text))) for text in texts}) == 1
    assert len({len(modules.GAP.findall(text)) for text in texts}) == 1
