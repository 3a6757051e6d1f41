"""From the outbox to the gateway: sent, counted, recorded; and looked for before it is sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from booking.models import Mode
from channels import outbox, sending
from channels.models import Message, State
from channels.sms import opt_out
from channels.sms.twilio import Twilio
from channels.sms.way import Sms
from inquiries.models import Address, Person
from office import settings as office_settings
from office.settings import Settings
from tests.channels.sms import twilio_server
from tests.channels.sms.posts import FAMILY
from tests.channels.sms.twilio_server import TwilioServer
from tests.factories import ZONE, introduction, make_appointment, make_office

LATER = timedelta(minutes=5)


@pytest.fixture
async def provider(house: Settings, tmp_path: Path) -> AsyncIterator[TwilioServer]:
    with twilio_server.twilio() as running:
        office_settings.use(house.model_copy(update={"twilio_api_url": running.url}))
        yield running


async def deliver(now: datetime, count: int = 25) -> None:
    line = Twilio(office_settings.current(), timeout=1.0)
    try:
        await sending.deliver(Sms(line), lambda: now, count)
    finally:
        await line.close()


async def confirmation(**more: object) -> tuple[Message, datetime]:
    """A confirmation that is owed by SMS, and the moment it was put: the provider's clock is the real one."""
    now = datetime.now(UTC)
    service = await make_office(starts=0, ends=23)
    starts_at = (now.astimezone(ZONE) + timedelta(days=3)).replace(hour=14, minute=0, second=0, microsecond=0)
    while starts_at.weekday() > 4:
        starts_at += timedelta(days=1)
    who = introduction(email="", phone=FAMILY, **more.pop("who", {}))  # type: ignore[arg-type]
    booked = await make_appointment(service, starts_at=starts_at.astimezone(UTC), now=now, who=who, **more)
    await outbox.put_for_person("confirm", booked, revision=0, now=now)
    return await Message.get(channel="sms"), now


async def test_confirmation_goes_out_once_with_its_id_and_its_segments(provider: TwilioServer) -> None:
    message, now = await confirmation()
    for _ in range(3):
        await deliver(now)
    (sent,) = provider.sent
    message = await Message.get(id=message.id)
    assert (message.state, message.provider_id, message.segments) == (State.SENT, sent.sid, 1)
    assert sent.to == FAMILY and "Lindenplatz 4. Weg, ändern, absagen: http://localhost:8000/a/" in sent.body


@pytest.mark.parametrize(
    ("mode", "said"), [(Mode.PHONE, "Wir rufen Sie am"), (Mode.VIDEO, "Uhr, am Bildschirm. Weg")]
)
async def test_talk_without_a_place_says_how_it_is_held(
    mode: Mode, said: str, provider: TwilioServer
) -> None:
    _message, now = await confirmation(wish={"mode": mode})
    await deliver(now)
    assert said in provider.sent[0].body


async def test_sender_killed_after_the_gateway_took_it_looks_and_does_not_send_twice(
    provider: TwilioServer,
) -> None:
    message, now = await confirmation()
    claimed = await sending.claim("sms", now)
    assert claimed is not None
    line = Twilio(office_settings.current())
    await Sms(line).send(claimed, now)  # and then the process is gone, before anything was recorded
    await line.close()
    await deliver(now + LATER)
    message = await Message.get(id=message.id)
    assert (message.state, message.provider_id, message.repeats) == (State.SENT, provider.sent[0].sid, 1)
    assert len(provider.sent) == 1


async def test_sender_killed_before_the_gateway_took_it_sends_it(provider: TwilioServer) -> None:
    _message, now = await confirmation()
    await sending.claim("sms", now)
    await deliver(now + LATER)
    assert len(provider.sent) == 1 and (await Message.get(channel="sms")).state is State.SENT


@pytest.mark.parametrize("broken", ["slow", "cut", "garbage"])
async def test_taken_but_the_line_broke_is_found_and_not_sent_twice(
    broken: str, provider: TwilioServer
) -> None:
    _message, now = await confirmation()
    provider.next.append(broken)
    await deliver(now)
    assert (await Message.get(channel="sms")).state is State.QUEUED
    await deliver(now + LATER)
    message = await Message.get(channel="sms")
    assert (message.state, message.provider_id) == (State.SENT, provider.sent[0].sid)
    assert len(provider.sent) == 1


async def test_the_same_words_of_another_message_are_not_taken_for_this_one(provider: TwilioServer) -> None:
    message, now = await confirmation()
    await deliver(now)
    twin = await Message.get(id=message.id)
    twin.id, twin.key, twin.state, twin.repeats, twin.provider_id = None, "twin", State.QUEUED, 1, ""  # type: ignore[assignment]
    twin._saved_in_db = False
    await twin.save()
    await deliver(now)
    assert len(provider.sent) == 2
    assert len({row.provider_id for row in await Message.filter(channel="sms")}) == 2


async def test_gateway_that_is_away_is_asked_again_later(provider: TwilioServer) -> None:
    _message, now = await confirmation()
    provider.next += [20503, 20429]
    for _ in range(3):
        await deliver(now)
        now += LATER
    message = await Message.get(channel="sms")
    assert (message.state, message.attempts, len(provider.sent)) == (State.SENT, 3, 1)


async def test_number_that_wants_none_is_remembered_and_nothing_more_is_put(provider: TwilioServer) -> None:
    message, now = await confirmation()
    provider.next.append(21610)
    await deliver(now)
    message = await Message.get(id=message.id)
    assert (message.state, message.reason) == (State.FAILED, "gateway 400 21610")
    assert await opt_out.stands(FAMILY)
    booked = await message.appointment
    assert await outbox.put_for_person("remind", booked, revision=0, now=now) == 0
    await opt_out.start(FAMILY)
    assert await outbox.put_for_person("remind", booked, revision=0, now=now) == 1


async def test_number_that_is_none_gets_nothing_more(provider: TwilioServer) -> None:
    _message, now = await confirmation()
    provider.next.append(21211)
    await deliver(now)
    assert (await Address.get()).bounced_at == now


async def test_message_for_nobody_is_refused_not_lost(provider: TwilioServer) -> None:
    message, now = await confirmation()
    await Message.filter(id=message.id).update(address_id=None)
    await deliver(now)
    assert (await Message.get(id=message.id)).state is State.FAILED


async def test_words_are_those_of_the_person_s_language(provider: TwilioServer) -> None:
    _message, now = await confirmation(who={"language": "ar"})
    await deliver(now)
    assert provider.sent[0].body.startswith("من Stadt Musterstadt: موعدك")
    assert (await Person.get()).language == "ar" and (await Message.get(channel="sms")).segments == 2
