"""What a family on the waiting list, or somebody we call back, is told; and when it is told no more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pytest

from booking import appointments, callbacks, waiting
from booking.callbacks import When
from booking.models import Hold, Waiting
from booking.services import Wish
from channels import sending
from channels.email.way import Email
from channels.models import Message, State
from channels.sms import message as sms_message
from office import journal
from tests.channels.test_outbox import FakeTransport
from tests.factories import NOW, WEDNESDAY, introduction, local, make_appointment, make_office
from workers import sweep

pytestmark = pytest.mark.usefixtures("database")
NIGHT = local(date(2026, 3, 2), 22)


async def offer(now: datetime = NOW, **who: object) -> Waiting:
    service = await make_office()
    booked = await make_appointment(service)
    family = await waiting.join(
        Wish(service.code), introduction(**who), district="unknown", now=NOW - timedelta(minutes=1)
    )
    await appointments.cancel(booked.id, actor=journal.PERSON, now=now)
    while await sweep.run(now):
        pass
    return family


async def mails(now: datetime) -> list[EmailMessage]:
    transport = FakeTransport()
    await sending.deliver(Email(transport), lambda: now)
    return [mail for mail in transport.sent if "/w/" in str(mail.get_body(("plain",)))]


async def test_offer_says_the_time_its_end_and_the_link_and_not_what_it_is_about() -> None:
    family = await offer()
    [mail] = await mails(NOW)
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "9:00" in body and "12:00" in body and waiting.token(family) in body
    assert "Schul" not in mail.as_string() and "9:00" in mail["Subject"]


async def test_offer_made_at_night_is_told_in_the_morning() -> None:
    await offer(NIGHT)
    assert await mails(NIGHT) == []
    assert len(await mails(local(date(2026, 3, 3), 8))) == 1


async def test_offer_that_stands_no_more_is_not_told() -> None:
    family = await offer()
    await waiting.leave(family.id, now=NOW)
    assert await mails(NOW) == []
    assert (await Message.get(text="offer")).state == State.SUPERSEDED


async def test_offer_goes_by_sms_to_who_gave_a_number_only(settings: object) -> None:
    from office import settings as office_settings

    office_settings.use(office_settings.current().model_copy(update={"demo": True}))
    family = await offer(email="", phone="+4917604069012")
    written = await sms_message.compose(await Message.get(text="offer"), NOW)
    assert "9:00" in written.body and "12 Uhr" in written.body
    assert written.body.endswith(waiting.token(family))


async def test_who_gets_no_more_offers_is_told_once() -> None:
    family = await offer()
    await Waiting.filter(id=family.id).update(offers=waiting.MOST_OFFERS)
    await Hold.filter(waiting_id=family.id).delete()
    await waiting.next_offers(NOW)
    await waiting.next_offers(NOW)
    while await sweep.run(NOW):
        pass
    assert await Message.filter(text="waiting_ended").count() == 1


async def test_who_is_called_back_is_told_when_until_somebody_has_called(settings: object) -> None:
    from office import settings as office_settings

    office_settings.use(office_settings.current().model_copy(update={"demo": True}))
    who = introduction(email="", phone="+4917604069012")
    asked = await callbacks.ask(who, key="k" * 20, when=When(WEDNESDAY, 840, 960), now=NOW)
    while await sweep.run(NOW):
        pass
    message = await Message.get(text="callback")
    assert "Mi 04.03. zwischen 14 und 16 Uhr" in (await sms_message.compose(message, NOW)).body
    await callbacks.done(asked.id, actor="staff:1", now=NOW)
    assert (await sending._verdict(message, NOW)).outcome == "supersede"
