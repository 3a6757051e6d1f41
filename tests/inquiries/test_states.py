"""Where an inquiry stands is one thing, however it is asked."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from inquiries import inquiry, states, thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry, Person
from inquiries.states import State
from inquiries.thread import From, Told
from tests.factories import NOW, introduction, make_staff

pytestmark = pytest.mark.usefixtures("database")
TODAY = date(2026, 3, 2)
BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
DESK: dict[str, Any] = {"actor": "staff:jb", "now": NOW}


async def ask(key: str = "web:1", sender: From | None = None) -> Inquiry:
    told = Told(key, "Guten Tag", "web_form", NOW)
    who = sender or From(who=introduction())
    return await thread.receive(told, who, Concern("web_form"), actor="person", now=NOW)


async def test_every_inquiry_is_in_exactly_one_state_in_python_and_in_sql() -> None:
    person, member = await Person.create(created_at=NOW), await make_staff()
    days = (None, BEFORE, TODAY, AFTER)
    moments = (None, NOW)
    for closed, waits, answered, promised, again, who in product(
        moments, moments, moments, days, days, (None, member.id)
    ):
        await Inquiry.create(
            person=person, opened_at=NOW, channel="email", closed_at=closed, waiting_since=waits,
            answered_at=answered, promised_on=promised if waits else None, follow_up_on=again, assigned_id=who,
        )  # fmt: skip
    expected = {one.id: states.of(one, TODAY) for one in await Inquiry.all()}
    found = {
        number: state
        for state in State
        for number in await Inquiry.filter(states.having(state, TODAY)).values_list("id", flat=True)
    }
    assert found == expected
    assert sum([await Inquiry.filter(states.having(state, TODAY)).count() for state in State]) == len(
        expected
    )
    to_do = set(await Inquiry.filter(states.to_do(TODAY)).values_list("id", flat=True))
    assert to_do == {number for number, state in expected.items() if state in {State.NEW, State.IN_WORK}}


async def test_a_question_is_new_then_in_work_then_answered_then_closed() -> None:
    asked, seen = await ask(), []
    seen.append(states.of(asked, TODAY))
    seen.append(states.of(await inquiry.assign(asked.id, (await make_staff()).id, **DESK), TODAY))
    await thread.answer(asked.id, "Im Mai.", key="a", channel="email", **DESK)
    seen.append(states.of(await Inquiry.get(), TODAY))
    codes = {"topic": "unknown", "audience": "parent", "outcome": "answered"}
    seen.append(states.of(await inquiry.record(asked.id, **codes, **DESK), TODAY))
    assert seen == [State.NEW, State.IN_WORK, State.ANSWERED, State.CLOSED]


async def test_what_is_owed_is_back_on_the_promised_day_whatever_the_follow_up_says() -> None:
    asked = await ask()
    assert asked.promised_on == date(2026, 3, 4)
    put_off = await inquiry.follow_up(asked.id, date(2026, 3, 20), **DESK)
    assert states.of(put_off, date(2026, 3, 3)) is State.WAITING
    assert states.of(put_off, date(2026, 3, 4)) is State.NEW


async def test_something_new_does_not_wait_for_the_follow_up() -> None:
    asked = await ask()
    await thread.answer(asked.id, "Bis Freitag.", key="a", channel="email", **DESK)
    await inquiry.follow_up(asked.id, AFTER, **DESK)
    again = await ask("web:2", From(inquiry=asked.id))
    assert (again.id, again.follow_up_on, states.for_us(again, TODAY)) == (asked.id, TODAY, True)


async def test_answering_on_its_day_ends_a_follow_up_and_before_it_does_not() -> None:
    asked = await ask()
    for day, stands in ((AFTER, True), (TODAY, False)):
        await inquiry.follow_up(asked.id, day, **DESK)
        await thread.answer(asked.id, f"Gut, {day}.", key=f"a{day}", channel="email", **DESK)
        assert bool((await Inquiry.get()).follow_up_on) is stands
