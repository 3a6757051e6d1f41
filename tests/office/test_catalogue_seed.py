"""The seeded catalogues are complete, consistent and readable in every language.

Codes go into the statistics store for good; `valid_to` is the last day a name holds, as in `office.catalogues.values`.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

SEED = Path(__file__).parents[2] / "office" / "seed" / "catalogues.csv"
COLUMNS = ["catalogue", "code", "parent", "valid_from", "valid_to", "maps_to", "de", "en", "ar"]
LANGUAGES = ("de", "en", "ar")
CATALOGUES = [
    *("channel", "form", "kind", "duration"),
    *("audience", "target_group", "arrived", "age", "gender", "school_type", "grade"),
    *("topic", "district", "language", "interpreter", "german_level", "origin"),
    *("heard_of_us", "outcome", "referral_target"),
]
MISSING = {
    "unknown": ("unbekannt", "unknown", "غير معروف"),
    "not_stated": ("keine Angabe", "not stated", "لم يُذكر"),
}
MAIN_TOPICS = [
    ("school_enrolment", "Schulanmeldung & Schulwechsel"),
    ("newly_arrived", "Neu zugewandert"),
    ("recognition", "Anerkennung"),
    ("second_chance", "Abschlüsse nachholen"),
    ("school_to_work", "Übergang Schule–Beruf"),
    ("learning_problems", "Lern- und Schulprobleme"),
    ("inclusion", "Inklusion/Förderbedarf"),
    ("all_day_care", "Ganztag/Betreuung"),
    ("finances", "Finanzen"),
    ("adult_language", "Sprache (Erwachsene)"),
    ("further_training", "Weiterbildung/Umschulung"),
    ("school_law", "Schulrecht/Zuständigkeit"),
    ("information", "Information/Material/Statistik"),
    ("complaint_other", "Beschwerde/Sonstiges"),
]

Row = dict[str, str]


def seed_rows() -> list[Row]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


ROWS = seed_rows()


def rows_of(catalogue: str) -> list[Row]:
    return [row for row in ROWS if row["catalogue"] == catalogue]


def current(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row["valid_to"]]


def where(row: Row) -> str:
    return f"{row['catalogue']}.{row['code']}"


def test_file_is_rfc_4180_with_the_agreed_columns() -> None:
    raw = SEED.read_bytes()
    assert raw.startswith(",".join(COLUMNS).encode() + b"\r\n"), "no byte order mark, header first"
    assert raw.endswith(b"\r\n") and raw.count(b"\n") == raw.count(b"\r\n")
    assert [where(row) for row in ROWS if list(row) != COLUMNS or None in row.values()] == []


def test_all_catalogues_are_there_each_in_one_block() -> None:
    names = [row["catalogue"] for row in ROWS]
    blocks = names[:1] + [after for before, after in pairwise(names) if before != after]
    assert blocks == CATALOGUES


def test_every_catalogue_ends_with_unknown_and_not_stated() -> None:
    for catalogue in CATALOGUES:
        last = rows_of(catalogue)[-2:]
        assert {row["code"]: (row["de"], row["en"], row["ar"]) for row in last} == MISSING, catalogue
        assert [row["code"] for row in last] == list(MISSING), catalogue
        assert not any(row["parent"] or row["valid_to"] or row["maps_to"] for row in last), catalogue


def test_codes_are_snake_case() -> None:
    assert [where(row) for row in ROWS if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", row["code"])] == []


def test_codes_fit_their_columns() -> None:
    assert max(len(row["code"]) for row in ROWS) <= 48
    assert max(map(len, CATALOGUES)) <= 32


def test_a_code_means_one_thing_at_a_time() -> None:
    spans = defaultdict(list)
    for row in ROWS:
        end = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
        spans[where(row)].append((date.fromisoformat(row["valid_from"]), end))
    for code, held in spans.items():
        assert all(start <= end for start, end in held), code
        assert all(before[1] < after[0] for before, after in pairwise(sorted(held))), code


def test_parents_exist_and_are_main_entries() -> None:
    mains = {where(row) for row in current(ROWS) if not row["parent"]}
    assert [
        where(row) for row in ROWS if row["parent"] and f"{row['catalogue']}.{row['parent']}" not in mains
    ] == []


def test_only_topics_have_two_levels_and_children_follow_their_parent() -> None:
    assert {row["catalogue"] for row in ROWS if row["parent"]} == {"topic"}
    main = ""
    for row in current(rows_of("topic")):
        assert row["parent"] in ("", main), where(row)
        main = row["parent"] or row["code"]


def test_old_names_lead_to_something_valid_today() -> None:
    today = {where(row) for row in current(ROWS)}
    for row in ROWS:
        assert bool(row["maps_to"]) == bool(row["valid_to"]), where(row)
        assert not row["maps_to"] or f"{row['catalogue']}.{row['maps_to']}" in today, where(row)


def test_old_names_keep_their_level() -> None:
    parents = {where(row): row["parent"] for row in current(ROWS)}
    for row in ROWS:
        assert not row["maps_to"] or parents[f"{row['catalogue']}.{row['maps_to']}"] == row["parent"], where(
            row
        )


def test_old_names_are_those_of_the_demo_history() -> None:
    old = [(row["de"], row["valid_from"], row["valid_to"], row["maps_to"]) for row in ROWS if row["valid_to"]]
    assert old == [
        ("Auffangklasse", "2014-01-01", "2016-12-31", "german_support_class"),
        ("Vorbereitungsklasse", "2017-01-01", "2020-12-31", "german_support_class"),
        ("Hauptschulabschluss", "2014-01-01", "2022-12-31", "first_certificate"),
        ("Seiteneinsteiger", "2014-01-01", "2021-12-31", "newly_arrived"),
        ("Probleme in der Schule", "2014-01-01", "2016-12-31", "learning_problems"),
    ]


def test_todays_names_hold_since_the_office_opened() -> None:
    assert {row["valid_from"] for row in current(ROWS)} == {"2014-01-01"}


def test_no_label_is_empty_or_padded() -> None:
    labels = [(where(row), row[language]) for row in ROWS for language in LANGUAGES]
    assert [label for label in labels if not label[1] or label[1] != " ".join(label[1].split())] == []


def test_labels_tell_entries_apart() -> None:
    for catalogue in CATALOGUES:
        for language in LANGUAGES:
            labels = [row[language] for row in rows_of(catalogue)]
            assert len(labels) == len(set(labels)), (catalogue, language)


def test_file_is_in_normal_form_c() -> None:
    assert unicodedata.is_normalized("NFC", SEED.read_text(encoding="utf-8"))


def test_arabic_labels_are_arabic_and_carry_no_invisible_marks() -> None:
    for row in ROWS:
        assert re.search(r"[\u0621-\u064a]", row["ar"]), where(row)
        assert not any(unicodedata.category(sign) == "Cf" for sign in row["ar"]), where(row)
        assert not re.search(r"[ٱٲٳٵٹپچژڤکگھیےۀۂەۃ\u0640]", row["ar"]), (
            f"{where(row)}: not a letter of Arabic"
        )


def test_only_arabic_labels_are_in_arabic_script() -> None:
    assert [where(row) for row in ROWS if re.search(r"[\u0600-\u06ff]", row["de"] + row["en"])] == []


def test_main_topics_are_those_of_the_yearly_table_in_its_order() -> None:
    mains = [(row["code"], row["de"]) for row in current(rows_of("topic")) if not row["parent"]]
    assert mains == [*MAIN_TOPICS, ("unknown", "unbekannt"), ("not_stated", "keine Angabe")]


def test_complaints_and_other_matters_can_be_told_apart() -> None:
    children = [row["code"] for row in rows_of("topic") if row["parent"] == "complaint_other"]
    assert children == ["complaint", "other"]
