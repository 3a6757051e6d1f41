"""The desk is as fast in a large office as in a small one: no page reads a table through that grows with the years."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tortoise.connection import get_connection

from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.thread import From, Told
from office.models import Role
from office.settings import Settings
from tests.bench import large, queries
from tests.factories import NOW, introduction, make_appointment, make_office
from tests.servers import Postgres

GROWING = "person|name_key|address|inquiry|contact|writing|appointment|incoming|message|journal|audit|claim"
LAST = 'SELECT "id" "0" FROM "journal" ORDER BY "id" DESC LIMIT'
"""One row, the last by its key: whether anything happened since."""
NEWEST = "FROM writing ORDER BY id DESC LIMIT"
"""The newest texts are looked through, and no more than those (`inquiries.writings`)."""


async def read_through(statements: list[str]) -> list[str]:
    """Those of these statements that read a growing table from one end to the other, by SQLite's plan."""
    found = []
    for statement in dict.fromkeys(statements):
        if (
            not statement.lstrip().upper().startswith("SELECT")
            or NEWEST in statement
            or LAST in statement
            or "WHERE 1=0" in statement
        ):
            continue
        numbered = [int(number) for number in re.findall(r"\?(\d+)", statement)]
        values = [None] * (max(numbered) if numbered else statement.count("?"))
        plan = await get_connection("default").execute_query_dict(f"EXPLAIN QUERY PLAN {statement}", values)
        if any(re.fullmatch(rf"SCAN ({GROWING})", str(row["detail"])) for row in plan):
            found.append(statement)
    return found


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_no_page_and_no_search_reads_a_growing_table_through(enter: Any) -> None:
    service = await make_office(code="school")
    booked = await make_appointment(service, who=introduction(name="Şükrü Öztürk"))
    await thread.receive(
        Told("k", "Zeugnis", "web_form", NOW),
        From(introduction()),
        Concern("web_form"),
        actor="person",
        now=NOW,
    )
    browser = await enter(Role.LEAD)
    with queries.counted() as sent:
        for page in large.PAGES:
            to = page.format(inquiry=booked.inquiry_id, appointment=booked.id, mail=0).replace(
                "/10", f"/{booked.id}"
            )
            await browser.http.get(to)
        for said in large.SOUGHT:
            await browser.send("/desk/find", said=said)
            await browser.get("/desk/find")
    assert len(sent) > 100
    found = await read_through(sent)
    assert found == [], "\n".join(found)


@pytest.mark.long
async def test_every_page_takes_as_long_with_fifty_thousand_inquiries(
    engine: str, settings: Settings, postgres_server: Postgres
) -> None:
    where = postgres_server if engine == "postgres" else None
    few, many = await large.in_turns(where, (large.FEW, large.MANY), large.pages)
    assert {page: took for page, took in many.items() if took > large.MILLISECONDS} == {}
    assert {page for page in many if many[page] > large.AT_MOST * few[page]} == set()


@pytest.mark.long
async def test_a_search_among_ten_times_the_names_takes_as_long(
    engine: str, settings: Settings, postgres_server: Postgres
) -> None:
    where = postgres_server if engine == "postgres" else None
    few, many = await large.in_turns(where, (large.NAMES, 10 * large.NAMES), large.searches)
    assert {said: took for said, took in many.items() if took > large.MILLISECONDS} == {}
    assert {said for said in many if many[said] > large.AT_MOST * few[said]} == set()
