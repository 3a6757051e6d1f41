"""A message is put once, claimed, sent, recorded; its fate is always known."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from booking import appointments, moves
from booking.models import Appointment
from channels import outbox, reminders, sending
from channels.email.transport import AddressRefused, Uncertain
from channels.email.way import Email
from channels.models import Message, State
from inquiries.models import Address
from office import journal
from office.errors import Permanent, Transient
from office.models import Due, JournalEntry
from tests.factories import NOW, WEDNESDAY, ZONE, introduction, local, make_appointment, make_office
from workers import reactions, sweep

pytestmark = pytest.mark.usefixtures("database")


class FakeTransport:
    """Remembers what was sent; answers with the errors it was given, one per message."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.sent: list[EmailMessage] = []

    async def send(self, mail: EmailMessage) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if not isinstance(answer, Permanent | Transient):
            self.sent.append(mail)
        if answer:
            raise answer

    async def close(self) -> None:
        pass


async def confirmation(**who: object) -> tuple[Appointment, Message]:
    appointment = await make_appointment(who=introduction(**who))
    await outbox.put_for_person("confirm", appointment, revision=0, now=NOW)
    return appointment, await Message.get()


async def deliver(transport: FakeTransport, now: datetime = NOW) -> Message:
    await sending.deliver(Email(transport), lambda: now)
    return await Message.get()


async def test_sent_message_is_recorded_and_not_sent_again() -> None:
    await confirmation()
    transport = FakeTransport()
    for _ in range(3):
        message = await deliver(transport)
    assert message.state == State.SENT
    assert len(transport.sent) == 1


async def test_same_message_is_put_once() -> None:
    appointment, _ = await confirmation()
    await outbox.put_for_person("confirm", appointment, revision=0, now=NOW)
    assert await Message.all().count() == 1


async def test_two_senders_never_take_the_same_message() -> None:
    await confirmation()
    taken = await asyncio.gather(sending.claim("email", NOW), sending.claim("email", NOW))
    assert [one is not None for one in taken].count(True) == 1


async def test_transient_failure_is_tried_again_later_and_in_the_end_is_a_card() -> None:
    await confirmation()
    now = NOW
    for attempt in range(sending.ATTEMPTS):
        message = await deliver(FakeTransport(Transient("451")), now)
        assert message.attempts == attempt + 1 or message.state == State.FAILED
        now = max(now + timedelta(minutes=1), message.not_before)
    assert message.state == State.FAILED
    assert [one.id for one in await outbox.troubled()] == [message.id]
    assert now - NOW < timedelta(hours=6)


async def test_server_that_is_away_is_not_asked_for_every_message() -> None:
    service = await make_office(counsellors=3)
    for _ in range(3):
        await outbox.put_for_person("confirm", await make_appointment(service), revision=0, now=NOW)
    transport = FakeTransport(Transient("no route"), Transient("no route"), Transient("no route"))
    await sending.deliver(Email(transport), lambda: NOW)
    assert len(transport.answers) == 2


async def test_permanent_failure_is_not_tried_again() -> None:
    await confirmation()
    message = await deliver(FakeTransport(Permanent("554")))
    assert (message.state, message.reason) == (State.FAILED, "554")


async def test_refused_address_gets_no_further_message() -> None:
    appointment, _ = await confirmation()
    await deliver(FakeTransport(AddressRefused("550 5.1.1")))
    assert (await Address.get()).bounced_at == NOW
    assert await outbox.put_for_person("moved", appointment, revision=1, now=NOW) == 0


async def test_cut_after_data_is_sent_once_more_with_the_same_name_and_then_it_is_a_card() -> None:
    await confirmation()
    transport = FakeTransport(Uncertain("cut"), Uncertain("cut"), None)
    message = await deliver(transport)
    assert message.state == State.QUEUED
    message = await deliver(transport, NOW + timedelta(minutes=5))
    assert message.state == State.UNCERTAIN
    await deliver(transport, NOW + timedelta(hours=5))
    assert len({mail["Message-ID"] for mail in transport.sent}) == 1
    assert len(transport.sent) == 2


async def test_message_of_a_dead_sender_is_sent_again_marked_as_a_repeat() -> None:
    await confirmation()
    claimed = await sending.claim("email", NOW)
    assert claimed is not None
    transport = FakeTransport()
    assert (await deliver(transport, NOW + timedelta(seconds=20))).state == State.SENDING
    message = await deliver(transport, NOW + timedelta(seconds=60))
    assert (message.state, message.repeats) == (State.SENT, 1)


async def test_message_that_always_kills_its_sender_becomes_a_card() -> None:
    await confirmation()
    now = NOW
    for _ in range(sending.REPEATS_AFTER_DEATH + 1):
        await sending.claim("email", now)
        now += timedelta(minutes=2)
        await sending.lapse(now)
    assert (await Message.get()).state == State.UNCERTAIN


async def test_discreet_person_gets_only_the_barest_text() -> None:
    appointment, message = await confirmation(read_by_others=True)
    assert message.text == "confirm_discreet"
    await outbox.put_for_person("cancelled_by_person", appointment, revision=1, now=NOW)
    assert await Message.all().count() == 1


async def test_reminder_is_put_once_per_revision_and_only_when_due() -> None:
    booked = await make_appointment(await make_office())
    day_before = local(WEDNESDAY, 9) - timedelta(hours=23)
    assert await reminders.put_due(NOW) == 0
    assert [await reminders.put_due(day_before) for _ in range(3)] == [1, 0, 0]
    moved = await moves.move(booked.id, local(WEDNESDAY, 11), actor=journal.PERSON, now=NOW, zone=ZONE)
    assert moved.revision == 1
    assert await reminders.put_due(local(WEDNESDAY, 9)) == 1


async def test_no_reminder_within_a_day_of_the_confirmation() -> None:
    await make_appointment(
        await make_office(notice_minutes=60), starts_at=local(NOW.date() + timedelta(days=1), 9)
    )
    assert await reminders.put_due(NOW + timedelta(hours=12)) == 0


async def test_everything_that_follows_a_booking_follows_once() -> None:
    await make_appointment()
    for _ in range(4):
        await sweep.run(NOW)
    assert sorted(await Message.all().values_list("text", flat=True)) == ["confirm", "staff_booked"]
    assert not await Due.all().exists()
    assert not await JournalEntry.filter(pending=True).exists()


async def test_talk_that_goes_to_a_colleague_leaves_the_first_calendar() -> None:
    service = await make_office(counsellors=2)
    booked = await make_appointment(service)
    await make_appointment(service, starts_at=local(WEDNESDAY, 11))
    mine = booked.staff_id
    other = next(
        one for one in await appointments.between(NOW, NOW + timedelta(days=9)) if one.id != booked.id
    )
    await moves.move(booked.id, other.starts_at, actor=journal.PERSON, now=NOW, zone=ZONE)
    while await sweep.run(NOW):
        pass
    told = (
        await Message.filter(appointment_id=booked.id, staff_id__not_isnull=True)
        .order_by("id")
        .values_list("text", "staff_id")
    )
    now_with = (await Appointment.get(id=booked.id)).staff_id
    wanted = [("staff_booked", mine), ("staff_moved" if now_with == mine else "staff_booked", now_with)]
    assert list(map(tuple, told)) == wanted + ([("staff_cancelled", mine)] if now_with != mine else [])


async def test_poison_reaction_becomes_a_card_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    service = await make_office(counsellors=2)
    poisoned = await make_appointment(service)

    async def poison(entry: JournalEntry, now: datetime) -> None:
        if entry.subject == f"appointment:{poisoned.id}":
            raise ValueError("poison")

    monkeypatch.setitem(reactions.BY_NAME, "count", poison)
    await make_appointment(service)
    for minute in range(12):
        await sweep.run(NOW + timedelta(minutes=minute))
    (card,) = await journal.cards()
    assert (card.reaction, card.subject, card.reason) == ("count", f"appointment:{poisoned.id}", "ValueError")
    assert await Message.all().count() == 4
    monkeypatch.undo()
    await journal.retry(card.id, NOW)
    await sweep.run(NOW)
    assert not await Due.all().exists()


async def test_reactions_on_one_subject_run_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    booked = await make_appointment()
    seen: list[int] = []

    async def note(entry: JournalEntry, now: datetime) -> None:
        if not seen and now == NOW:
            seen.append(-1)
            raise ValueError("the first try fails")
        seen.append(entry.id)

    monkeypatch.setitem(reactions.BY_NAME, "count", note)
    await moves.move(booked.id, local(WEDNESDAY, 11), actor=journal.PERSON, now=NOW, zone=ZONE)
    for minute in range(4):
        await sweep.run(NOW + timedelta(minutes=minute))
    assert seen == [-1, *sorted(seen[1:])]
    assert len(seen) == 3


async def test_two_sweeps_at_once_do_everything_once() -> None:
    service = await make_office(counsellors=4)
    for _ in range(4):
        await make_appointment(service)
    for _ in range(4):
        await asyncio.gather(sweep.run(NOW), sweep.run(NOW))
    assert await Message.all().count() == 8
    assert not await Due.all().exists()
