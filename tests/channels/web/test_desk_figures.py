"""The figures at the desk."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from channels.web.desk import page as desk_page
from figures import ledger, tables
from figures.ledger import Fact, Statement
from figures.models import Line, Unit
from office.models import Role
from office.settings import Settings
from tests.channels.web.staffroom import Browser

YEAR = "first=2026-01-01&last=2026-12-31"


@pytest.fixture
async def lead(enter: Any) -> Browser:
    """The head of office, and ten contacts: six by phone, three by mail, one unknown."""
    channels = ["phone"] * 6 + ["email"] * 3 + ["unknown"]
    await ledger.state_many(
        Statement(
            Unit.CONTACT, f"{number:032x}", Fact(day=date(2026, 1 + number % 2, 5), channel=channel), None
        )
        for number, channel in enumerate(channels)
    )
    browser: Browser = await enter(Role.LEAD)
    return browser


async def test_the_table_says_counts_in_words_with_share_total_and_missing(lead: Browser) -> None:
    page = await lead.get(f"/desk/figures?unit=contact&by=channel&{YEAR}")
    assert page.index("Telefon") < page.index("E-Mail</th>") < page.index("unbekannt</th>")
    assert "60,0" in page
    assert 'class="sp-bar sp-bar--100"' in page
    assert 'class="sp-bar sp-bar--50"' in page
    assert "sp-check--balanced" in page


async def test_months_stand_in_their_order(lead: Browser) -> None:
    page = await lead.get(f"/desk/figures?by=month&{YEAR}")
    assert page.index("Januar 2026") < page.index("Februar 2026")


async def test_a_difference_is_shown_not_hidden(lead: Browser) -> None:
    await Line.filter(key=f"{3:032x}").update(sign=2)
    page = await lead.get("/desk/figures")
    assert "sp-check--off" in page
    assert "sp-check--balanced" not in page


@pytest.mark.parametrize(
    "by", ["year", "weekday", "hour_band", "topic", "district", "service", "mode", "status"]
)
@pytest.mark.parametrize("unit", ["contact", "case"])
async def test_every_question_of_the_form_has_an_answer(lead: Browser, by: str, unit: str) -> None:
    await lead.get(f"/desk/figures?unit={unit}&by={by}&{YEAR}")


@pytest.mark.parametrize(
    "question", ["by=key", "unit=person", "first=x", "first=2026-02-01&last=2026-01-01", "by=month,channel"]
)
async def test_a_question_that_cannot_be_asked_is_refused(lead: Browser, question: str) -> None:
    await lead.get(f"/desk/figures?{question}", 422)


async def test_the_file_holds_the_same_figures(lead: Browser) -> None:
    answer = await lead.http.get(f"/desk/figures.csv?unit=contact&by=channel&{YEAR}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="sprechstunde-contact-channel-2026-01-01-2026-12-31.csv"'
    )
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sum(int(row["count"]) for row in rows) == 10
    assert "note" not in rows[0]


async def test_invented_figures_say_so_on_page_and_in_file(
    lead: Browser, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from channels.web.desk import figures

    monkeypatch.setattr(figures, "current", lambda: database.model_copy(update={"demo": True}))
    assert tables.INVENTED in (await lead.get(f"/desk/figures.csv?{YEAR}"))
    assert "sp-invented" in await lead.get(f"/desk/figures?{YEAR}")


def test_bounds_of_a_day_are_those_of_the_office_s_clock(settings: Settings) -> None:
    first, last = desk_page.bounds(date(2026, 3, 29))
    assert (last - first).total_seconds() == 23 * 3600


async def test_what_was_counted_under_an_old_name_stands_under_the_one_that_goes_on(enter: Any) -> None:
    topics = ["reception_class"] * 2 + ["preparatory_class", "german_support_class"]
    await ledger.state_many(
        Statement(Unit.CONTACT, f"{number:032x}", Fact(day=date(2016, 5, 2), topic=topic), None)
        for number, topic in enumerate(topics)
    )
    page = await (await enter(Role.LEAD)).get("/desk/figures?by=topic&first=2016-01-01&last=2016-12-31")
    assert "Deutschfördergruppe" in page and "100,0" in page
    assert "Auffangklasse" not in page and "Vorbereitungsklasse" not in page
