"""The catalogues at the desk: a used code is never edited, it ends and another one goes on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from office import catalogues
from office.models import CatalogueEntry, Edit, Role
from tests.channels.web.staffroom import hidden
from tests.factories import make_office

pytestmark = pytest.mark.usefixtures("database")
TOPICS = "/desk/office/catalogues/topic"
TODAY = date(2026, 3, 2)
FIRST = date(2026, 8, 1)
NEW = {
    "labels-de": "Deutschklasse",
    "labels-en": "German class",
    "code": "german_class",
    "from": "2026-08-01",
}


async def ask(browser: Any, where: str = TOPICS, status: int = 200, **fields: str) -> str:
    return str((await browser.send(where, status=status, **fields)).text)


async def save(browser: Any, where: str = TOPICS, status: int = 303, **fields: str) -> str:
    """Shown, then saved; returns the preview."""
    shown = await ask(browser, where, **fields)
    await browser.send(where, status=status, **hidden(shown), carry="1")
    return shown


async def offered(day: date, catalogue: str = "topic") -> list[str]:
    return [value.code for value in await catalogues.values(catalogue, "de", day)]


async def test_a_value_is_replaced_from_a_day_on_and_its_series_goes_on(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    await make_office(topic="german_support_class")
    shown = await save(browser, act="replace", ends="german_support_class", **NEW)
    assert "Deutschklasse" in shown and "/desk/office/services/" in shown
    before, after = await offered(FIRST - timedelta(days=1)), await offered(FIRST)
    assert "german_support_class" in before and "german_class" not in before
    assert before.index("german_support_class") == after.index("german_class")
    assert (await catalogues.successors("topic", FIRST))["reception_class"] == "german_class"
    page = await browser.get(TOPICS)
    assert "endet am 31.07.2026" in page and "ab 01.08.2026" in page


async def test_a_heading_takes_what_stands_below_it_along(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    below = {
        value.code
        for value in await catalogues.values("topic", "de", FIRST)
        if value.parent == "newly_arrived"
    }
    await save(browser, act="replace", ends="newly_arrived", **{**NEW, "code": "arrivals"})
    after = await catalogues.values("topic", "de", FIRST)
    assert below and {value.code for value in after if value.parent == "arrivals"} == below
    assert {
        value.parent for value in await catalogues.values("topic", "de", TODAY) if value.code in below
    } == {"newly_arrived"}


async def test_what_was_planned_can_be_taken_back_whole(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    before = await CatalogueEntry.all().order_by("id").values()
    for ends, taken_back in (("newly_arrived", "newly_arrived"), ("newly_arrived", "german_class")):
        await save(browser, act="replace", ends=ends, **NEW)
        await save(browser, act="take_back", ends=taken_back)
        assert await CatalogueEntry.all().order_by("id").values() == before, taken_back


async def test_a_value_goes_on_as_one_that_is_there(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    [first, second] = [value.code for value in await catalogues.values("district", "de", TODAY)][:2]
    where = "/desk/office/catalogues/district"
    await save(browser, where, act="end", ends=first, successor=second, **{"from": "2026-08-01"})
    assert first not in await offered(FIRST, "district") and first in await offered(TODAY, "district")
    assert (await catalogues.successors("district", FIRST))[first] == second
    assert await catalogues.successors("district", FIRST - timedelta(days=1)) == {}


async def test_a_new_value_stands_before_what_is_not_known(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    where = "/desk/office/catalogues/district"
    await save(browser, where, act="add", **{**NEW, "code": "hafen", "from": "2026-03-02"})
    assert (await offered(TODAY, "district"))[-3:] == ["hafen", "unknown", "not_stated"]
    [edit] = await Edit.all()
    assert edit.made and edit.subject == "catalogue:district" and edit.changes["code"] == [None, "hafen"]


async def test_a_code_is_never_used_twice_not_even_an_old_one(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    for code in ("school_enrolment", "reception_class"):
        shown = await ask(browser, act="add", **{**NEW, "code": code})
        assert 'id="code-error"' in await ask(browser, status=409, **hidden(shown), carry="1")


@pytest.mark.parametrize(
    ("where", "ends"),
    [("topic", "unknown"), ("outcome", "open"), ("channel", "phone"), ("language", "ar")],
)
async def test_what_the_program_itself_writes_never_ends(enter: Any, where: str, ends: str) -> None:
    browser = await enter(Role.LEAD)
    address = f"/desk/office/catalogues/{where}"
    assert f"?entry={ends}#end" not in await browser.get(address)
    shown = await ask(browser, address, act="replace", ends=ends, **NEW)
    assert "kann nicht enden" in await ask(browser, address, 409, **hidden(shown), carry="1")


async def test_a_value_of_another_level_takes_no_place(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    fields = {"act": "end", "ends": "german_support_class", "successor": "recognition", "from": "2026-08-01"}
    shown = await ask(browser, **fields)
    assert "anderen Ebene" in await ask(browser, status=409, **hidden(shown), carry="1")


async def test_what_is_amiss_is_said_and_stays_typed(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    for changed, field in (
        ({"labels-de": ""}, "labels-de"),
        ({"code": "Ümlaut"}, "code"),
        ({"from": "2026-03-02"}, "from"),
        ({"from": "bald"}, "from"),
    ):
        where = f"{TOPICS}?entry=german_support_class"
        answer = await ask(
            browser, where, 422, act="replace", ends="german_support_class", **{**NEW, **changed}
        )
        assert f'id="{field}-error"' in answer and 'value="German class"' in answer, field


async def test_who_asks_is_still_asked_after_its_value_was_replaced(enter: Any) -> None:
    from channels.web.public import introductions

    browser = await enter(Role.LEAD)
    where = "/desk/office/catalogues/audience"
    await save(browser, where, act="replace", ends="parent", **{**NEW, "code": "guardian"})
    assert "guardian" in [value.code for value in await introductions.asking("de", FIRST)]
    assert "parent" in [value.code for value in await introductions.asking("de", TODAY)]


async def test_a_catalogue_there_is_not_is_no_page(enter: Any) -> None:
    await (await enter(Role.LEAD)).get("/desk/office/catalogues/nonsense", 404)
