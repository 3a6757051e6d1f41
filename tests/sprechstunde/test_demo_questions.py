"""The inbox the demonstration opens with: the numbers it promises, and phones and a mailbox that are alive."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from channels import incoming, outbox
from channels.email import reading
from channels.email.reading import Unreadable
from channels.models import Incoming, IncomingState, Message, State
from channels.sms.phone import DemoPhone
from channels.web.demo import parts
from inquiries import thread
from inquiries.models import Address, Inquiry, Writing, WritingKind
from office import database as office_database
from office import settings as office_settings
from office.settings import Settings
from sprechstunde import house
from sprechstunde.demo import seed as demo
from tests.conftest import make_settings

MONDAY = date(2026, 8, 24)
SAID_ALOUD = ["phone", "walk_in", "third_party"]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    zone = make_settings(Path()).zone
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


@pytest.fixture
async def monday(settings: Settings) -> AsyncIterator[Settings]:
    """The house of Monday, 24 August 2026, 8:25, without its years of figures."""
    EXECUTOR_CACHE.clear()
    shown = settings.model_copy(update={"demo": True})
    office_settings.use(shown)
    async with office_database.opened(house.databases(shown)):
        now = at(MONDAY, 8, 25)
        await demo.open_doors(shown, random.Random("2025"), MONDAY, now, full=True)
        yield shown


async def asked() -> list[Inquiry]:
    """Every inquiry that began with a question."""
    numbers = set(await Writing.all().values_list("inquiry_id", flat=True))
    return await Inquiry.filter(id__in=numbers).order_by("id").prefetch_related("person")


async def test_the_inbox_of_monday(monday: Settings) -> None:
    rows = [row for row in await asked() if row.closed_at is None]
    waiting = [row for row in rows if row.waiting_since]
    overdue = [row for row in waiting if row.promised_on and row.promised_on < MONDAY]
    nobodys = [row for row in waiting if row.assigned_id is None]
    assert (len(rows), len(nobodys), len(overdue)) == (24, 9, 3)
    assert len(waiting) - len(nobodys) - len(overdue) == 7
    assert len([row for row in rows if row.answered_at and not row.waiting_since]) == 5
    calls = [row for row in waiting if row.channel == "phone"]
    assert (len(calls), [row.language for row in calls].count("ar")) == (5, 1)


async def test_six_ask_the_same_in_four_languages(monday: Settings) -> None:
    six = [row for row in await asked() if row.topic == "place_waiting_list"]
    assert len(six) == 6
    assert all(row.waiting_since for row in six)
    assert {row.language for row in six} == {"de", "ar", "ro", "es"}


async def test_four_cards_less_the_calendar_wait(monday: Settings) -> None:
    (unreadable,) = await incoming.to_look_at()
    with pytest.raises(Unreadable):
        reading.read(bytes((await Incoming.get(id=unreadable.id)).content))
    states = sorted(str(message.state) for message in await outbox.troubled())
    assert states == ["failed", "uncertain"]
    assert await Address.filter(bounced_at__isnull=False).count() == 1


async def test_every_question_and_contact_is_as_the_verbs_would_have_left_it(monday: Settings) -> None:
    for row in await asked():
        written = await thread.of(row.id)
        told = [one for one in written if one.kind != WritingKind.ANSWER]
        answered = [one for one in written if one.kind == WritingKind.ANSWER]
        keys = {one.key for one in await row.contacts.all()}
        assert keys == {one.key for one in told}
        assert bool(row.answered_at) == bool(answered)
        assert row.opened_at == told[0].at
        assert all(one.at <= at(MONDAY, 8, 25) for one in written)
        assert (row.waiting_since is None) == (row.promised_on is None)
        assert (row.outcome == "open") == (row.closed_at is None)


async def test_what_came_in_by_mail_and_sms_is_kept_as_it_came(monday: Settings) -> None:
    taken = await Incoming.filter(state=IncomingState.TAKEN).prefetch_related("writing", "inquiry")
    by_channel = Counter(str(one.channel) for one in taken)
    written = await Writing.filter(kind=WritingKind.RECEIVED, channel__in=["email", "sms"])
    assert sum(by_channel.values()) == len(written)
    for one in taken:
        assert one.writing.inquiry_id == one.inquiry_id
        if one.channel == "email":
            assert parts.parsed(bytes(one.content))["message-id"]


async def test_separated_parents_are_in_two_threads(monday: Settings) -> None:
    theirs = [row for row in await asked() if "Marquardt" in row.person.name]
    assert len(theirs) == 2
    assert len({row.person_id for row in theirs}) == 2
    assert {row.person.no_information for row in theirs} == {"separated"}


async def test_nothing_was_ever_sent_about_the_question_of_the_pupil(monday: Settings) -> None:
    (leo,) = [row for row in await asked() if row.person.name == "Leo"]
    assert not await Message.filter(inquiry_id=leo.id).exists()
    (address,) = await Address.filter(person_id=leo.person_id)
    assert address.read_by_others
    assert await DemoPhone(monday.var_dir / "phone").conversation(address.value) == []


async def test_two_who_share_a_number_stay_two_people(monday: Settings) -> None:
    (first, second) = [row for row in await asked() if row.person.name in {"أحمد درويش", "Ahmad Darwisch"}]
    assert first.person_id != second.person_id


async def test_somebody_known_from_an_appointment_is_no_new_case(monday: Settings) -> None:
    for row in await asked():
        before = await Inquiry.filter(person_id=row.person_id).exclude(id=row.id).exists()
        assert row.new_case != before


async def test_a_phone_shows_question_receipt_answer_and_the_next_question(monday: Settings) -> None:
    said = await DemoPhone(monday.var_dir / "phone").conversation("+4917604069001")
    assert [one.way for one in said] == ["in", "out", "out", "in"]
    assert [one.at for one in said] == sorted(one.at for one in said)


async def test_what_was_sent_lies_in_the_mailbox(monday: Settings) -> None:
    sent = await Message.filter(channel="email", state=State.SENT)
    files = await asyncio.to_thread(lambda: list((monday.var_dir / "mailbox").glob("*.eml")))
    assert len(files) == len(sent) > 10
    ids = {parts.parsed(path.read_bytes())["message-id"] for path in files}
    assert ids == {message.message_id for message in sent}


@pytest.mark.parametrize(
    ("today", "hour"), [(date(2026, 1, 1), 0), (date(2026, 1, 5), 8), (date(2026, 12, 27), 23)], ids=str
)
async def test_nobody_asked_before_the_year_began_or_after_this_moment(
    settings: Settings, today: date, hour: int
) -> None:
    EXECUTOR_CACHE.clear()
    shown = settings.model_copy(update={"demo": True})
    office_settings.use(shown)
    async with office_database.opened(house.databases(shown)):
        now = at(today, hour, 5)
        await demo.open_doors(shown, random.Random("2025"), today, now, full=True)
        for row in await asked():
            for one in await thread.of(row.id):
                assert one.at <= now
            assert row.opened_at >= at(date(2026, 1, 1), 0) or now - row.opened_at < now - at(
                date(2025, 12, 31), 12
            )
