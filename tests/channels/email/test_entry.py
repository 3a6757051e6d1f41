"""What a calendar is told of an appointment."""

from __future__ import annotations

from typing import Any

import pytest

from channels.email import entry
from office.models import Place
from tests.channels.email.letters import make_talk


async def _place() -> Place | None:
    return await Place.get_or_none(code="linden")


async def test_a_persons_entry_is_neutral_and_leads_back(database: Any) -> None:
    made = entry.entry(talk := await make_talk(), await _place(), language="de")
    assert (made.summary, made.location) == ("Termin", "Lindenplatz 4, 12345 Musterstadt")
    assert made.description.startswith("Nummer K7M42. Ändern oder absagen: http://localhost:8000/a/")
    assert (made.organizer_name, made.organizer_mail) == ("Terminservice", "termin@example.org")
    assert (made.uid, made.sequence, made.stamp) == (talk.uid, talk.revision, talk.changed_at)


async def test_a_counsellors_entry_has_the_number_and_the_way_to_the_desk(database: Any) -> None:
    made = entry.staff_entry(talk := await make_talk(), await _place(), attendee=("", "s@example.org"))
    assert made.summary == "Termin K7M42"
    assert made.description == f"Öffnen: http://localhost:8000/desk/appointments/{talk.id}"


@pytest.mark.parametrize(
    ("mode", "language", "where"),
    [
        ("phone", "de", "Am Telefon"),
        ("video", "en", "On screen"),
        ("phone", "ar", "عبر الهاتف"),
    ],
)
async def test_who_does_not_come_to_us_needs_no_address(
    database: Any, mode: str, language: str, where: str
) -> None:
    talk = await make_talk(wish={"mode": mode})
    assert entry.entry(talk, await _place(), language=language).location == where


async def test_an_unknown_place_is_the_office(database: Any) -> None:
    assert entry.entry(await make_talk(), None, language="de").location == database.office_address


@pytest.mark.parametrize("language", ["de", "en", "ar"])
async def test_no_entry_names_person_topic_or_office(database: Any, language: str) -> None:
    talk = await make_talk()
    for made in (
        entry.entry(talk, await _place(), language=language),
        entry.staff_entry(talk, await _place()),
    ):
        said = " ".join((made.summary, made.location, made.description, made.organizer_name))
        for told in ("Kevin", "Drews", "Schul", "School", "Sprechstunde", talk.staff.name):
            assert told not in said
