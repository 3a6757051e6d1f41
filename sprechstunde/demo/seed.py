"""Fills an empty house with the invented office: the one entry of this package.

Invariant: the same seed, day and moment make the same office; nothing is sent, nothing is owed, and whoever
works here already keeps their house as it is.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime

from tortoise.transactions import in_transaction

from booking import clock
from booking.models import Appointment
from figures import ledger, rollups
from inquiries.models import Inquiry
from office import catalogues, database
from office.models import Staff
from office.settings import Settings
from sprechstunde.demo import (
    book,
    counter,
    day,
    evenings,
    gaps,
    modules,
    office,
    partners,
    people,
    post,
    questions,
    topics,
    visits,
    weeks,
)
from sprechstunde.demo.days import DAY, Calendar
from sprechstunde.demo.office import Office
from sprechstunde.demo.year import Year

GROWTH = 1.04
"""The running year beside the last one."""


async def seed(
    settings: Settings,
    *,
    seed: int = 2025,
    today: date,
    scenario: str = "monday",
    now: datetime | None = None,
) -> str:
    """Fill the house as it stands on `today` at `now` (else 8:25); a sentence says what was done.

    Inside opened databases. Scenarios: `monday` is the full day with an ill colleague, `quiet` an ordinary
    one. Does nothing when anybody works here.
    """
    if await Staff.exists():
        return "Somebody works here already: nothing was changed."
    chance = random.Random(f"{seed} {today}")
    now = now or clock.instant(today, day.MORNING, settings.zone)
    async with in_transaction(database.MAIN):
        furnished = await open_doors(settings, chance, today, now, full=scenario == "monday")
        await count(furnished, chance, today)
    return f"The invented office is open: {await Appointment.all().count()} appointments around {today}."


async def open_doors(
    settings: Settings, chance: random.Random, today: date, now: datetime, *, full: bool
) -> Office:
    """The office and everybody's visits, not yet counted."""
    furnished = await office.furnish(today, settings.zone, settings.office_region)
    await partners.enter(today)
    await topics.enter(today, settings.zone)
    calendar = furnished.calendar
    on = calendar.open_from(today)
    if full:
        await office.open_season(furnished, on)
    await office.send_away(furnished, today, day.thursday(on, calendar), ill=on if full else None)
    first = _first_visits(calendar, today)
    filled = await book.opened(furnished, chance, now, first, today + 3 * weeks.AHEAD * DAY)
    crowd = people.Crowd(chance)
    if full:
        day.enter(filled, on)
    day.keep_first_slot(filled, crowd)
    day.keep_arabic_thursday(filled, crowd)
    weeks.fill(filled, crowd, first)
    await visits.store(filled.visits, furnished, chance)
    await evenings.plan(furnished, today)
    await modules.write(now)
    await gaps.enter(today, chance)
    if full:
        await counter.fill(now)
        await _fill_inbox(furnished, chance, now)
    return furnished


async def _fill_inbox(furnished: Office, chance: random.Random, now: datetime) -> None:
    """Everybody's questions, what we told them, and what became of each."""
    some = questions.asked(furnished, now)
    opened = await questions.store(some, furnished, chance)
    await post.receipts(some, opened, chance)
    written = await questions.settle(some, opened, furnished, chance)
    await post.answers(some, opened, written, chance)
    await post.unreadable(now)


def _first_visits(calendar: Calendar, today: date) -> date:
    """The open day before the one the demonstration opens on; last year stays as complete as its figures."""
    return max(calendar.open_before(calendar.open_from(today)), date(today.year, 1, 1))


async def count(furnished: Office, chance: random.Random, today: date) -> None:
    """Last year and this year until yesterday as statistics; then what was agreed. Past days are sealed."""
    children = await _children(today)
    opened: list[datetime] = [row.opened_at for row in await Inquiry.all()]
    instead = Counter(at.astimezone(furnished.zone).date() for at in opened)
    last = Year(today.year - 1, chance, furnished.calendar, children)
    this = Year(today.year, chance, furnished.calendar, children, GROWTH)
    first = _first_visits(furnished.calendar, today)
    await ledger.state_many([*last.statements(today, today), *this.statements(today, first, instead)])
    await visits.count()
    await ledger.seal(today)
    await rollups.refresh()


async def _children(today: date) -> dict[str, list[str]]:
    """Level-1 topic → its level-2 topics, in the office's order."""
    found: dict[str, list[str]] = {}
    for topic in await catalogues.values("topic", "de", today):
        if topic.parent:
            found.setdefault(topic.parent, []).append(topic.code)
    return found
