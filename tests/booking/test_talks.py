"""After a talk: held, recorded and what comes next, in one transaction, and told again it is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from booking import callbacks, outcomes, talks
from booking.models import Appointment, CallBack, Status
from booking.talks import NextStep, Talk
from inquiries.models import Contact, Inquiry
from office.models import JournalEntry
from tests.factories import WEDNESDAY, local, make_appointment

ACTOR = "staff:jb"
AFTER = local(WEDNESDAY, 9, 40)
TALK = Talk(
    topic="place_refused",
    audience="parent",
    school_type="gymnasium",
    district="unknown",
    outcome="answered",
    referral="unknown",
    duration="16_30",
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def talk(database: Any) -> Appointment:
    """Wednesday 9:00 to 9:45."""
    return await make_appointment()


async def test_one_submit_holds_the_talk_and_closes_the_matter(talk: Appointment) -> None:
    await talks.record(talk.id, TALK, actor=ACTOR, now=AFTER)
    found = await Inquiry.get(id=talk.inquiry_id)
    assert (await Appointment.get(id=talk.id)).status == Status.ATTENDED
    assert (found.topic, found.school_type, found.outcome) == ("place_refused", "gymnasium", "answered")
    assert found.closed_at == AFTER
    assert (await Contact.get(key=f"talk:{talk.id}")).duration == "16_30"
    kinds = await JournalEntry.all().order_by("id").values_list("kind", flat=True)
    assert kinds[-2:] == ["appointment.attended", "inquiry.recorded"]


async def test_told_again_with_another_length_it_is_one_contact(talk: Appointment) -> None:
    for duration in ("16_30", "31_60"):
        await talks.record(talk.id, replace(TALK, duration=duration), actor=ACTOR, now=AFTER)
    assert [one.duration for one in await Contact.filter(key=f"talk:{talk.id}")] == ["31_60"]
    assert await JournalEntry.filter(kind="appointment.attended").count() == 1


async def test_before_it_begins_nothing_is_held(talk: Appointment) -> None:
    await talks.record(talk.id, TALK, actor=ACTOR, now=local(WEDNESDAY, 8))
    assert (await Appointment.get(id=talk.id)).status == Status.BOOKED
    assert not await Contact.exists(key=f"talk:{talk.id}")


async def test_who_did_not_come_is_not_said_to_have_come(talk: Appointment) -> None:
    await outcomes.miss(talk.id, actor=ACTOR, now=AFTER)
    await talks.record(talk.id, replace(TALK, outcome="contact_lost"), actor=ACTOR, now=AFTER)
    assert (await Appointment.get(id=talk.id)).status == Status.NO_SHOW


@pytest.mark.parametrize("step", [NextStep.APPOINTMENT, NextStep.CALL, NextStep.WRITE])
async def test_while_something_is_owed_the_matter_stays_open(talk: Appointment, step: NextStep) -> None:
    owed = replace(TALK, next_step=step, call_on=date(2026, 3, 9))
    await talks.record(talk.id, owed, actor=ACTOR, now=AFTER)
    found = await Inquiry.get(id=talk.inquiry_id)
    assert (found.closed_at, found.outcome) == (None, "answered")
    assert (found.waiting_since == AFTER) is (step is NextStep.WRITE)
    assert (found.promised_on is not None) is (step is NextStep.WRITE)


async def test_a_call_on_a_day_is_a_card_and_can_be_taken_back(talk: Appointment) -> None:
    for day in (date(2026, 3, 9), date(2026, 3, 10)):
        owed = replace(TALK, next_step=NextStep.CALL, call_on=day)
        await talks.record(talk.id, owed, actor=ACTOR, now=AFTER)
    (call,) = await callbacks.to_make()
    assert (call.day, call.person_id, call.inquiry_id) == (date(2026, 3, 10), talk.person_id, talk.inquiry_id)
    found = await Inquiry.get(id=talk.inquiry_id)
    assert await talks.next_step(talk, found, AFTER) == (NextStep.CALL, date(2026, 3, 10))
    await talks.record(talk.id, TALK, actor=ACTOR, now=AFTER)
    assert not await CallBack.exists()
    assert (await Inquiry.get(id=talk.inquiry_id)).closed_at == AFTER


@pytest.mark.parametrize(
    ("arrived", "now", "expected"),
    [
        (None, local(WEDNESDAY, 9, 14), "up_to_15"),
        (local(WEDNESDAY, 8, 40), local(WEDNESDAY, 9, 14), "up_to_15"),
        (local(WEDNESDAY, 9, 10), local(WEDNESDAY, 9, 50), "31_60"),
        (None, local(WEDNESDAY, 11), "over_60"),
        (None, local(WEDNESDAY, 16), "31_60"),
        (None, local(WEDNESDAY, 8), "31_60"),
    ],
)
async def test_the_clock_says_how_long_it_took(
    talk: Appointment, arrived: Any, now: Any, expected: str
) -> None:
    talk.arrived_at = arrived
    assert await talks.duration(talk, await Inquiry.get(id=talk.inquiry_id), now) == expected


async def test_later_the_length_is_the_one_written_down(talk: Appointment) -> None:
    await talks.record(talk.id, TALK, actor=ACTOR, now=AFTER)
    found = await Inquiry.get(id=talk.inquiry_id)
    assert await talks.duration(talk, found, AFTER + timedelta(hours=1)) == "16_30"


async def test_a_service_is_usually_about_what_its_last_talks_were_about(talk: Appointment) -> None:
    assert await talks.usual_topics(talk.service_id) == []
    await talks.record(talk.id, TALK, actor=ACTOR, now=AFTER)
    assert await talks.usual_topics(talk.service_id) == ["place_refused"]
