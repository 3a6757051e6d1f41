"""People are found by their names on both databases: by index, the surest first, as soon as they are met."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from tortoise.connection import get_connection

from inquiries import names, people
from inquiries.models import NameKey, Person
from inquiries.people import Introduction
from office import database
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("database")


@database.verb
async def meet(*who: str) -> None:
    for name in who:
        await people.meet(Introduction(language="de", name=name), NOW)


async def found(typed: str, limit: int = 20) -> list[str]:
    return [person.name for person in await names.find(typed, limit)]


async def test_found_in_any_letters_and_any_order() -> None:
    await meet("Şükrü Öztürk", "أحمد", "Jonas Brückner")
    for typed in ("Ozturk", "öztürk", "OEZTUERK", "sukru", "Öztürk Şükrü", "ozt suk", "Öz", "ş öztürk"):
        assert await found(typed) == ["Şükrü Öztürk"], typed
    for typed in ("Ahmad", "Ahmed", "Achmed", "احمد", "Ahm"):
        assert await found(typed) == ["أحمد"], typed


async def test_hyphens_and_double_names() -> None:
    await meet("Anna-Lena Meyer-Landrut", "Abdul Rahman Al-Hashimi", "Abdulrahman Said")
    for typed in ("Meyer Landrut", "meyerlandrut", "landrut", "Anna-Lena", "annalena", "Lena Meyer"):
        assert await found(typed) == ["Anna-Lena Meyer-Landrut"], typed
    for typed in ("abdulrahman", "Abdul Rahman", "عبد الرحمن", "عبدالرحمن"):
        assert sorted(await found(typed)) == ["Abdul Rahman Al-Hashimi", "Abdulrahman Said"], typed
    for typed in ("Hashimi", "الهاشمي", "Rahman Haschimi"):
        assert await found(typed) == ["Abdul Rahman Al-Hashimi"], typed


async def test_every_word_must_be_in_the_name() -> None:
    await meet("Ahmad Haddad", "Ahmad Saleh", "Rana Haddad")
    assert await found("ahmad haddad") == ["Ahmad Haddad"]
    assert await found("ahmad brückner") == []
    assert await found("ahmad h") == ["Ahmad Haddad"]


async def test_a_whole_name_is_found_however_many_share_each_of_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(names, "BOUND", 2)
    await meet("Ahmad Haddad", *(["Ahmad Saleh", "Rana Haddad"] * 3))
    for typed in ("ahmad haddad", "haddad ahmad", "Ahmed Hadad", "أحمد حداد"):
        assert await found(typed) == ["Ahmad Haddad"], typed


async def test_one_typing_mistake_is_forgiven_in_words_of_four_letters_and_more() -> None:
    await meet("Şükrü Öztürk", "Lea Quirrenbach")
    for typed in ("Oztruk", "Qirenbach", "Quirrenbak", "lea quirenbech", "Sükrü Özttürg"):
        assert await found(typed), typed
    assert await found("Lxa") == []
    assert await found("Quorxnbek") == []


async def test_the_surest_come_first_and_of_those_the_ones_met_last() -> None:
    await meet("Mehmed Kaya", "Kayahan Demir", "Ali Kaya", "Kaia Roth")
    assert await found("kaya") == ["Ali Kaya", "Mehmed Kaya", "Kayahan Demir"]
    assert await found("kaya", limit=2) == ["Ali Kaya", "Mehmed Kaya"]


@pytest.mark.parametrize(
    "typed", ["", " ", "a", "%", "_%", "' OR 1=1 --", "\x00", "~~", "1234", "🙂", "Z" * 5000]
)
async def test_what_is_no_name_finds_nobody(typed: str) -> None:
    await meet("Bo Ek")
    assert await found(typed) == []


async def test_a_call_name_finds_them_too() -> None:
    person = await people.meet(Introduction(language="ar", name="ليلى", call_name="Leyla Nassar"), NOW)
    assert [one.id for one in await names.find("nassar", 5)] == [person.id]


async def test_a_new_name_takes_the_place_of_the_old() -> None:
    person = await people.meet(Introduction(language="de", name="Ayşe Kaya"), NOW)
    person.name = "Ayşe Demir"
    await person.save()
    await names.write([person])
    assert await found("demir") == ["Ayşe Demir"]
    assert await found("kaya") == []


async def test_keys_go_with_the_person() -> None:
    person = await people.meet(Introduction(language="de", name="Ayşe Kaya"), NOW)
    await Person.filter(id=person.id).delete()
    assert await NameKey.all().count() == 0


async def test_names_already_there_are_found_after_the_upgrade() -> None:
    await Person.create(name="Şükrü Öztürk", created_at=NOW)
    await Person.create(created_at=NOW)
    upgrade: Any = importlib.import_module("inquiries.migrations.0007_search")
    await upgrade.write_keys(None, SimpleNamespace(client=get_connection("default")))
    assert await found("oeztuerk") == ["Şükrü Öztürk"]
