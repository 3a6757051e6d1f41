"""What people read: every text in every language, as snapshots; UPDATE_SNAPSHOTS=1 writes them anew."""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from channels import kept, languages, texts
from inquiries.models import AddressKind
from office.models import Place
from tests.channels.email import letters
from tests.channels.email.letters import LINDEN, TUESDAY, make_talk
from tests.factories import ZONE, introduction, local

SNAPSHOTS = Path(__file__).parents[2] / "snapshots" / "mail"
LINK = "https://termin.example.org/a/Zk3vQ9xT1mB7_rD-w2LhYc"
QUESTION_LINK = "https://termin.example.org/q/Zk3vQ9xT1mB7_rD-w2LhYc"
WORDS = """\
ja, das geht: Sie brauchen nur das letzte Zeugnis.

  1. Termin wählen: https://termin.example.org/de/
  2. <Zeugnis> mitbringen & fertig."""
"""As somebody at the desk types it."""
TOMORROW = local(date(2025, 11, 5), 12)
"""Until then times are kept."""
TIMES = [
    local(date(2025, 11, 5), 10, 30),
    local(date(2025, 11, 6), 14),
    local(date(2025, 11, 7), 9),
]
DESK = "https://termin.example.org/desk/appointments/7"
INTERPRETED = ("interpreter_yes", "interpreter_phone")
ASKED = ("request", "request_remind", "request_off")
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    **{text: (text, {}) for text in (*texts.PERSON, *texts.BAREST, *texts.STAFF, *texts.QUESTION)},
    "confirm-phone": ("confirm", {"mode": "phone", "last_three": "012"}),
    "confirm-phone-unknown": ("confirm", {"mode": "phone", "hours": ""}),
    "confirm-video": ("confirm", {"mode": "video"}),
    "confirm-nameless": ("confirm", {"name": ""}),
    "confirm-floorless": ("confirm", {"floor": ""}),
    "remind-phone": ("remind", {"mode": "phone", "last_three": "012"}),
    "cancelled_by_office-reachable": ("cancelled_by_office", {"may_call": True}),
    "cancelled_by_office-kept": ("cancelled_by_office", {"may_call": True, "keeps": TOMORROW}),
    "cancelled_by_office-kept-longer": ("cancelled_by_office", {"keeps": TOMORROW + timedelta(days=3)}),
    "colleague-nameless": ("colleague", {"counsellor": ""}),
    "received-hoursless": ("received", {"hours": ""}),
    "received-unpromised": ("received", {"promised": ""}),
    "received-busy": ("received", {"busy": True}),
    "answer-nameless": ("answer", {"name": "", "words": "Ja."}),
    "letter": ("letter", {"name": "", "link": ""}),
    "offer": ("offer", {"until": "12:00"}),
    "please_confirm": ("please_confirm", {"until": "12:00"}),
    "code_discreet": ("code_discreet", {}),
    "waiting_ended": ("waiting_ended", {}),
    **{text: (text, {}) for text in (*INTERPRETED, *ASKED)},
    texts.PARTNER: (texts.PARTNER, {}),
    "staff_booked-phone": ("staff_booked", {"mode": "phone"}),
    "staff_cancelled-reassigned": ("staff_cancelled", {"theirs": False}),
}


def facts(language: str, text: str, *, keeps: datetime | None = None, **overrides: Any) -> dict[str, Any]:
    starts_at, ends_at = local(TUESDAY, 14), local(TUESDAY, 14, 45)
    to_staff = text in texts.STAFF
    return {
        "mode": "office",
        "code": "K7M42",
        "name": "Şeyma",
        "day": languages.say_day(starts_at, language, ZONE),
        "date": languages.say_day(starts_at, language, ZONE, year=False),
        "starts": languages.say_time(starts_at, language, ZONE),
        "ends": languages.say_time(ends_at, language, ZONE),
        "grace": 15,
        "address": "Lindenplatz 4, 12345 Musterstadt",
        "floor": LINDEN["floor"][language],
        "hours": LINDEN["phone_hours"][language],
        "phone": "0221 4710-100",
        "city": "Stadt Musterstadt",
        "last_three": "",
        "may_call": False,
        "link": "" if to_staff else LINK,
        "home": "" if to_staff else f"https://termin.example.org/{language}/",
        "desk": DESK if to_staff else "",
        "theirs": True,
        "pin": "482913",
        "counsellor": "Ines Moreno",
        "kept": kept.said(TIMES if keeps else [], language, ZONE),
        **kept.ends(keeps or TOMORROW, language, TOMORROW - timedelta(days=1), ZONE),
        **({"talk": "Arabisch", "name": "", "home": ""} if text in ASKED else {}),
        **(question(language) if text in texts.QUESTION else {}),
        **(handed_over(language) if text == texts.PARTNER else {}),
        **overrides,
    }


def question(language: str) -> dict[str, Any]:
    return {
        "number": 4821,
        "promised": languages.say_day(date(2025, 11, 6), language, ZONE),
        "busy": False,
        "link": QUESTION_LINK,
        "words": WORDS,
    }


def handed_over(language: str) -> dict[str, Any]:
    return {"until": languages.say_day(date(2025, 12, 2), language, ZONE), "name": "", "home": ""}


def rendered(text: str, language: str, **overrides: Any) -> texts.Rendered:
    return texts.render(text, language, **facts(language, text, **overrides))


def visible(html: str) -> str:
    body = re.sub(r"<title>.*?</title>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("language", languages.NAMES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_text_reads_as_agreed(variant: str, language: str) -> None:
    text, overrides = VARIANTS[variant]
    made = rendered(text, language, **overrides)
    said = {"txt": f"{made.subject}\n\n{made.plain}", "html": made.html + "\n"}
    for form, content in said.items():
        path = SNAPSHOTS / f"{variant}.{language}.{form}"
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
        assert content == path.read_text()


@pytest.mark.parametrize("language", languages.NAMES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_html_says_the_same_as_the_plain_text(variant: str, language: str) -> None:
    text, overrides = VARIANTS[variant]
    made = rendered(text, language, **overrides)
    seen = visible(made.html)
    for line in made.plain.splitlines():
        bare = " ".join(line.replace(texts.FIRST_STRONG, "").replace(texts.POP, "").split())
        if bare in {LINK, DESK, QUESTION_LINK}:
            assert f'href="{bare}"' in made.html
        else:
            assert bare.replace(" ", "") in seen.replace(" ", "")


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_text_asks_other_servers_for_anything(variant: str) -> None:
    text, overrides = VARIANTS[variant]
    html = rendered(text, "ar", **overrides).html
    assert '<html lang="ar" dir="rtl">' in html
    assert not re.search(r"<(img|table|style|link|script|font)\b|url\(|background=", html)


def test_german_is_said_as_agreed_with_the_office() -> None:
    made = rendered("confirm", "de", name="Ahmad")
    assert made.subject == "Ihr Termin am Dienstag, 4. November 2025, 14:00 Uhr"
    assert made.plain == AGREED


@pytest.mark.parametrize("text", texts.BAREST)
@pytest.mark.parametrize("language", languages.NAMES)
def test_discreet_texts_are_a_time_and_nothing_else(text: str, language: str) -> None:
    made = rendered(text, language)
    assert len(made.plain.splitlines()) == 1
    for told in ("http", "Şeyma", "Musterstadt", "Lindenplatz", "K7M42", "0221", "@"):
        assert told not in made.subject + made.plain + made.html


@pytest.mark.parametrize("language", languages.NAMES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_subjects_carry_no_name_and_no_place(variant: str, language: str) -> None:
    text, overrides = VARIANTS[variant]
    subject = rendered(text, language, **overrides).subject
    assert "\n" not in subject and len(subject) < 90
    for told in ("Şeyma", "Musterstadt", "Lindenplatz", "Sprechstunde"):
        assert told not in subject


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Şeyma", True),
        ("Ana-María O'Neill", True),
        ("Dr. Öztürk", True),
        ("محمد", True),
        ("", True),
        ("evil.example/free", False),
        ("Win now evil.example", False),
        ("call 0900 123", False),
        ("https", True),
        ("<b>x</b>", False),
        ("a\nb", False),
        ("x" * 61, False),
    ],
)
def test_a_name_that_could_be_a_message_is_not_said(name: str, said: bool) -> None:
    assert texts.sayable(name) == (name if said else "")


def test_what_was_typed_is_escaped_and_never_linked() -> None:
    made = rendered("confirm", "de", address="<b>x</b> https://evil.example")
    assert "&lt;b&gt;x&lt;/b&gt; https://evil.example" in made.html
    assert 'href="https://evil' not in made.html


def test_a_phone_number_stays_in_one_piece_between_arabic_words() -> None:
    made = rendered("remind", "ar")
    assert "\u20680221 4710-100\u2069" in made.plain
    assert "<bdi>0221 4710-100</bdi>" in made.html


async def test_facts_come_from_the_appointment_and_its_place(database: Any) -> None:
    talk = await make_talk(who=introduction(name="Ahmad", email="family@example.org", phone="+4917604069012"))
    found = await texts.facts(talk, "de")
    told = {
        "name": "Ahmad",
        "day": "Dienstag, 4. November 2025",
        "starts": "14:00",
        "ends": "14:45",
        "address": "Lindenplatz 4, 12345 Musterstadt",
        "floor": "2. Etage (mit Aufzug)",
        "hours": LINDEN["phone_hours"]["de"],
        "last_three": "012",
        "may_call": True,
        "home": "http://localhost:8000/de/",
    }
    assert {key: found[key] for key in told} == told
    assert found["link"].startswith("http://localhost:8000/a/")
    more = await kept.facts(talk, "de", letters.BOOKED_AT)
    assert {**found, **more}.keys() == facts("de", "confirm").keys() - {"pin"}


async def test_a_place_may_say_the_same_in_every_language(database: Any) -> None:
    talk = await make_talk()
    await Place.filter(code="linden").update(details={"floor": "2.01"})
    assert (await texts.facts(talk, "ar"))["floor"] == "2.01"


@pytest.mark.parametrize("barred", [{"bounced_at": letters.BOOKED_AT}, {"read_by_others": True}])
async def test_a_call_is_promised_only_where_we_may_call(database: Any, barred: dict[str, Any]) -> None:
    talk = await make_talk(who=introduction(phone="+4917604069012"))
    await talk.person.addresses.filter(kind=AddressKind.PHONE).update(**barred)
    assert not (await texts.facts(talk, "de"))["may_call"]


AGREED = f"""\
Guten Tag Ahmad,

Ihr Termin ist fest eingetragen.

Wann: Dienstag, 4. November 2025, 14:00 bis 14:45 Uhr
Wo: Lindenplatz 4, 12345 Musterstadt, 2. Etage (mit Aufzug)
Ihre Nummer: K7M42. Bitte sagen Sie diese Nummer am Empfang.

Den Weg und alles Weitere finden Sie hier:
{LINK}

Passt die Zeit nicht mehr? Unter diesem Link können Sie den Termin ändern oder absagen. Sie brauchen kein \
Passwort. Bitte sagen Sie ab, wenn Sie nicht kommen. Dann kann jemand anderes die Zeit nutzen.

Sie kommen etwas später? Das ist kein Problem. Wir warten 15 Minuten.

Der Termin kostet nichts.

Haben Sie Fragen? Antworten Sie auf diese E-Mail oder rufen Sie an: 0221 4710-100 \
(Montag bis Donnerstag 8:30 bis 16 Uhr, Freitag 8:30 bis 12:30 Uhr).

Freundliche Grüße
Ihr Terminservice der Stadt Musterstadt
"""
