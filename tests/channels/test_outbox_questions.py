"""A receipt or an answer is owed once, by the way that fits, and never where others read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from channels import outbox, sending
from channels.email.way import Email
from channels.models import Message, State
from channels.sms import opt_out
from channels.suppression import DAILY_CAP
from inquiries import inquiry, people, thread
from inquiries.inquiry import Concern
from inquiries.models import Address, Inquiry, Writing
from inquiries.thread import From, Told
from office.settings import Settings, use
from tests.channels.test_outbox import FakeTransport
from tests.factories import NOW, introduction, make_appointment

MAIL, PHONE, LANDLINE = "family@example.org", "+4917604069012", "+492214710100"
Way = tuple[str, str]


@pytest.fixture(autouse=True)
def house(database: Settings) -> Settings:
    """A house that can send SMS."""
    use(made := database.model_copy(update={"demo": True}))
    return made


async def ask(channel: str = "web_form", **who: Any) -> Inquiry:
    told, concern = Told(f"{channel}:q", "Eine Frage", channel, NOW), Concern(channel)
    sender = From(who=introduction(**{"email": "", **who}))
    return await thread.receive(told, sender, concern, actor="person", now=NOW)


async def answer(asked: Inquiry, channel: str) -> Writing:
    words = {"key": f"a:{channel}", "channel": channel, "actor": "staff:jb", "now": NOW}
    return await thread.answer(asked.id, "Eine Antwort", **words)


async def put_answer(asked: Inquiry, channel: str = "email", *, in_full: bool = False) -> int:
    written = await answer(asked, channel)
    return await outbox.put_answer(written, asked.person_id, in_full=in_full, now=NOW)


async def owed() -> list[Way]:
    """By which channel, to which address."""
    found = await Message.filter(state=State.QUEUED).order_by("id").prefetch_related("address")
    return [(row.channel, row.address.value) for row in found]


async def untouched(_: Inquiry) -> None:
    pass


async def bounced(asked: Inquiry) -> None:
    address = await Address.get(person_id=asked.person_id, kind="email")
    await people.bounced(address.id, NOW)


async def opted_out(_: Inquiry) -> None:
    await opt_out.stop(PHONE, "STOP", NOW)


@pytest.mark.parametrize(
    ("channel", "who", "since", "expected"),
    [
        ("web_form", {"email": MAIL}, untouched, [("email", MAIL)]),
        ("web_form", {"email": MAIL, "phone": PHONE}, untouched, [("email", MAIL)]),
        ("web_form", {"phone": PHONE}, untouched, [("sms", PHONE)]),
        ("web_form", {"email": MAIL, "phone": PHONE}, bounced, [("sms", PHONE)]),
        ("web_form", {"phone": LANDLINE}, untouched, []),
        ("web_form", {"phone": PHONE}, opted_out, []),
        ("web_form", {}, untouched, []),
        ("email", {"email": MAIL, "phone": PHONE}, untouched, [("email", MAIL)]),
        ("email", {"email": MAIL, "phone": PHONE}, bounced, []),
        ("sms", {"email": MAIL, "phone": PHONE}, untouched, [("sms", PHONE)]),
        ("sms", {"phone": PHONE}, opted_out, []),
        ("phone", {"email": MAIL, "phone": PHONE}, untouched, []),
        ("walk_in", {"email": MAIL}, untouched, []),
    ],
)
async def test_a_receipt_goes_by_the_way_the_question_came(
    channel: str, who: dict[str, str], since: Callable[[Inquiry], Awaitable[None]], expected: list[Way]
) -> None:
    asked = await ask(channel, **who)
    await since(asked)
    for _ in range(2):
        assert await outbox.put_receipt(asked, now=NOW) == len(expected)
    assert await owed() == expected


async def test_one_address_that_others_read_silences_all() -> None:
    asked = await ask(email=MAIL, phone=PHONE)
    await Address.filter(value=PHONE).update(read_by_others=True)
    assert await outbox.put_receipt(asked, now=NOW) == 0
    assert [await put_answer(asked, channel) for channel in ("email", "sms")] == [0, 0]
    assert not await Message.all().exists()


@pytest.mark.parametrize(
    ("channel", "in_full", "text", "to"),
    [
        ("email", True, "answer", MAIL),
        ("sms", False, "answer", PHONE),
        ("sms", True, "answer_in_full", PHONE),
    ],
)
async def test_an_answer_goes_by_the_channel_it_was_written_for(
    channel: str, in_full: bool, text: str, to: str
) -> None:
    asked = await ask(email=MAIL, phone=PHONE)
    for _ in range(2):
        assert await put_answer(asked, channel, in_full=in_full) == 1
    message = await Message.get().prefetch_related("address")
    assert (message.channel, message.text, message.address.value) == (channel, text, to)


async def test_an_answer_to_read_on_the_page_is_not_sent() -> None:
    assert await put_answer(await ask(email=MAIL), "web_form") == 0
    assert not await Message.all().exists()


@pytest.mark.parametrize(("channel", "since"), [("email", bounced), ("sms", opted_out)])
async def test_an_answer_that_reaches_nobody_is_a_card(
    channel: str, since: Callable[[Inquiry], Awaitable[None]]
) -> None:
    asked = await ask(email=MAIL, phone=PHONE)
    await since(asked)
    for _ in range(2):
        assert await put_answer(asked, channel) == 0
    (card,) = await outbox.troubled()
    assert (card.reason, card.inquiry.id, card.address_id) == ("unreachable", asked.id, None)
    await outbox.again(card.id, NOW)
    await sending.deliver(Email(FakeTransport()), lambda: NOW)
    assert (await Message.get()).state == (State.FAILED if channel == "email" else State.QUEUED)


async def test_a_flood_in_somebody_s_name_does_not_keep_our_answer_back() -> None:
    asked = await ask(email=MAIL)
    await outbox.put_receipt(asked, now=NOW)
    receipt = await Message.get()
    for number in range(DAILY_CAP):
        receipt.pk, receipt.key, receipt._saved_in_db = None, f"more:{number}", False
        receipt.state, receipt.sent_at = State.SENT, NOW
        await receipt.save()
    await put_answer(asked)
    transport = FakeTransport()
    await sending.deliver(Email(transport), lambda: NOW)
    assert [mail["Subject"] for mail in transport.sent] == [f"Antwort auf Ihre Nachricht (Nr. {asked.id})"]
    assert await Message.filter(state=State.WITHHELD, reason="daily_cap").count() == 1


async def test_what_was_taken_back_is_not_receipted() -> None:
    asked = await ask(email=MAIL)
    await outbox.put_receipt(asked, now=NOW)
    await inquiry.void(asked.id, actor="staff:jb", now=NOW)
    transport = FakeTransport()
    await sending.deliver(Email(transport), lambda: NOW)
    assert (transport.sent, (await Message.get()).state) == ([], State.SUPERSEDED)


async def test_a_flood_of_receipts_does_not_keep_a_confirmation_back() -> None:
    asked = await ask(email=MAIL)
    await outbox.put_receipt(asked, now=NOW)
    receipt = await Message.get()
    for number in range(DAILY_CAP):
        receipt.pk, receipt.key, receipt._saved_in_db = None, f"more:{number}", False
        receipt.state, receipt.sent_at = State.SENT, NOW
        await receipt.save()
    appointment = await make_appointment(who=introduction(email=MAIL))
    address_id = receipt.address_id
    await outbox.put_for_person("confirm", appointment, revision=0, now=NOW)
    await Message.filter(text="confirm").update(address_id=address_id)
    transport = FakeTransport()
    await sending.deliver(Email(transport), lambda: NOW)
    assert (await Message.get(text="confirm")).state == State.SENT
