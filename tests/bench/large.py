"""Every page of the desk, and the search, with 500 inquiries and with 50,000; names among 5,000 and among 50,000."""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

from channels.web import site
from office.models import Role
from sprechstunde import house
from tests.bench import crowd, offices
from tests.bench.measure import Row
from tests.channels.web.staffroom import Browser, make_member
from tests.servers import Postgres

FEW, MANY, NAMES = 500, 50_000, 5_000
AT_MOST, MILLISECONDS = 1.5, 100.0
ROUNDS = 3
Ask = Callable[[Browser, crowd.Crowd], Awaitable[dict[str, float]]]
PAGES = (
    "/desk/", "/desk/?who=all", "/desk/day-sheet", "/desk/week", "/desk/reach", "/desk/book?service=school",
    "/desk/log", "/desk/inbox", "/desk/inbox?view=mine", "/desk/inbox?view=new", "/desk/inbox?view=in_work",
    "/desk/inbox?view=waiting", "/desk/inbox?view=answered", "/desk/inbox?view=closed",
    "/desk/inbox?view=closed&page=6", "/desk/inbox?view=closed&language=ar&channel=email&topic=finances",
    "/desk/inbox?view=automatic", "/desk/deputy", "/desk/inquiries/{inquiry}", "/desk/inquiries/{inquiry}/case-notes",
    "/desk/inquiries/{inquiry}/summary", "/desk/inquiries/{inquiry}/participants", "/desk/inquiries/{inquiry}/void",
    "/desk/inquiries/{inquiry}/merge", "/desk/inquiries/{inquiry}/refer", "/desk/answers?inquiry={inquiry}",
    "/desk/people/{inquiry}", "/desk/people/{inquiry}/erase", "/desk/audit", "/desk/audit?case={inquiry}",
    "/desk/appointments/{appointment}", "/desk/appointments/{appointment}/slip",
    "/desk/appointments/{appointment}/attendance", "/desk/appointments/10", "/desk/appointments/10/move",
    "/desk/mail/{mail}/letter", "/desk/cards", "/desk/sessions", "/desk/feeds", "/desk/change", "/desk/ill",
    "/desk/squeeze", "/desk/modules", "/desk/partners", "/desk/topics", "/desk/gaps", "/desk/office",
    "/desk/office/services", "/desk/office/places", "/desk/office/closing", "/desk/office/catalogues",
    "/desk/office/catalogues/topic", "/desk/office/staff", "/desk/office/interpreters", "/desk/office/texts",
    "/desk/figures",
)  # fmt: skip
SOUGHT = (
    "ozturk", "ah", "Ahmed Müller", "Oeztuerk Ahmad", "jose garcia lopez", "Qzturk Achmed", "person1000250@example.org",
    "Zeugnisse", "Xanthippe Quorxn",
)  # fmt: skip


async def desk(server: Postgres) -> list[Row]:
    """Each page with few and with many inquiries, on both databases."""
    rows: list[Row] = []
    for name, where in (("SQLite", None), ("PostgreSQL", server)):
        few, many = await in_turns(where, (FEW, MANY), pages)
        rows += [
            Row(
                f"{page}, {name}",
                many[page],
                many[page] / few[page],
                f"{MANY:,} to {FEW:,}",
                at_most=AT_MOST,
                within=MILLISECONDS,
            )
            for page in many
        ]
    return rows


async def search(server: Postgres) -> list[Row]:
    """Each search among few names and among ten times as many, on both databases."""
    rows: list[Row] = []
    for name, where in (("SQLite", None), ("PostgreSQL", server)):
        few, many = await in_turns(where, (NAMES, 10 * NAMES), searches)
        rows += [
            Row(
                f"find {said!r}, {name}",
                many[said],
                many[said] / few[said],
                "names × 10",
                at_most=AT_MOST,
                within=MILLISECONDS,
            )
            for said in SOUGHT
        ]
    return rows


async def in_turns(where: Postgres | None, sizes: Sequence[int], ask: Ask) -> list[dict[str, float]]:
    """For each house of so many inquiries: what `ask` asks → the least milliseconds of `ROUNDS` visits.

    The houses are visited in turns, so that whatever else the machine does is not in one of them only.
    """
    async with AsyncExitStack() as houses:
        known = []
        for inquiries in sizes:
            made = await houses.enter_async_context(offices.built(where))
            async with offices.inside(made):
                known.append((made, await crowd.fill(inquiries), await make_member(Role.LEAD, code="le")))
        least: list[dict[str, float]] = [{} for _ in sizes]
        for _ in range(ROUNDS):
            for best, (made, people, lead) in zip(least, known, strict=True):
                async with offices.inside(made):
                    browser = Browser(site.build(made, house.opened(made)), lead)
                    took = await ask(browser, people)
                    best.update({what: min(took[what], best.get(what, took[what])) for what in took})
                    await browser.http.aclose()
    return least


async def pages(browser: Browser, known: crowd.Crowd) -> dict[str, float]:
    """Page → milliseconds."""
    await browser.send(f"/desk/inquiries/{known.inquiry}/open", reason="Messung")
    addresses = [
        (page, page.format(inquiry=known.inquiry, appointment=known.appointment, mail=known.mail))
        for page in PAGES
    ]
    return {page: await _least(lambda to=to: browser.get(to)) for page, to in addresses}


async def searches(browser: Browser, _known: crowd.Crowd) -> dict[str, float]:
    """What is typed → milliseconds until its page of results is there."""
    took = {}
    for said in SOUGHT:
        await browser.send("/desk/find", said=said)
        took[said] = await _least(lambda: browser.get("/desk/find"))
    return took


async def _least(work: Callable[[], Awaitable[object]], times: int = 4) -> float:
    """The least time in milliseconds after one run that warms up: what else the machine does is not in it."""
    await work()
    best = float("inf")
    for _ in range(times):
        gc.collect()
        since = time.perf_counter()
        await work()
        best = min(best, (time.perf_counter() - since) * 1000)
    return best
