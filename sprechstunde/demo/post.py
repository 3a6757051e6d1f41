"""What the office had sent by the time the demonstration opens: receipts and answers, on the phones and in the mailbox.

Invariant: each was put and composed by the code that does it every day, and is a row whose fate is known; a mail to
an address that is no more, and one whose fate nobody knows, are cards.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from channels import outbox
from channels.email import message as email_message
from channels.email.mailbox import DemoMailbox, file_name
from channels.models import Incoming, IncomingState, Message, State
from channels.sms import message as sms_message
from channels.sms import segments
from channels.sms.phone import Text, of_the_demonstration
from inquiries import people
from inquiries.models import Inquiry, Writing
from office.settings import current
from sprechstunde.demo import arrivals, visits
from sprechstunde.demo.questions import Question

SOON = timedelta(seconds=20)
"""So long after it was owed a message has gone."""
BOUNCED, UNCERTAIN = "bounced", "uncertain"


async def receipts(questions: Sequence[Question], opened: Sequence[Inquiry], chance: random.Random) -> None:
    """Who asked in writing was told the number and the day; what they typed on a phone stands on it."""
    for one, row in zip(questions, opened, strict=True):
        if one.channel == "sms":
            await _typed(one, one.row["text"], one.asked_at, chance)
        if not one.aloud:
            await outbox.put_receipt(row, now=one.asked_at)
            await _sent(row, one.row["fate"], one.asked_at + SOON, chance)


async def answers(
    questions: Sequence[Question],
    opened: Sequence[Inquiry],
    written: Sequence[Writing],
    chance: random.Random,
) -> None:
    """Our answers went by the way they were written for; what was written after them stands on the phone, too."""
    by_inquiry = {one.inquiry_id: one for one in written}
    for one, row in zip(questions, opened, strict=True):
        answer = by_inquiry.get(row.id)
        if answer:
            await outbox.put_answer(answer, row.person_id, in_full=bool(one.row["full"]), now=answer.at)
            await _sent(row, "", answer.at + SOON, chance)
        if one.again_at and one.channel == "sms":
            await _typed(one, one.row["again"], one.again_at, chance)


async def unreadable(now: datetime) -> None:
    """A mail nobody can read waits at the desk."""
    await Incoming.create(
        key=f"{arrivals.MAILBOX}:unreadable",
        channel="email",
        content=arrivals.UNREADABLE,
        received_at=now - timedelta(minutes=50),
        state=IncomingState.UNREADABLE,
        reason="no_mail",
    )


async def _typed(one: Question, text: str, at: datetime, chance: random.Random) -> None:
    sid = f"SM{visits.key(chance)}"
    await of_the_demonstration().keep(Text(sid, one.who.introduction.phone, "in", text, at))


async def _sent(row: Inquiry, fate: str, at: datetime, chance: random.Random) -> None:
    for message in await Message.filter(inquiry_id=row.id, state=State.QUEUED):
        message.claimed_at, message.attempts = at, 1
        if fate == BOUNCED:
            await people.bounced(message.address_id or 0, at)
            message.state, message.reason = State.FAILED, "550"
        elif fate == UNCERTAIN:
            message.state, message.reason, message.repeats = State.UNCERTAIN, "cut_after_data", 1
        elif message.channel == outbox.SMS:
            await _texted(message, at, chance)
        else:
            await _mailed(message, at)
        await message.save()


async def _texted(message: Message, at: datetime, chance: random.Random) -> None:
    said = await sms_message.compose(message, at)
    sid = f"SM{visits.key(chance)}"
    await of_the_demonstration().keep(Text(sid, said.number, "out", said.body, at))
    message.provider_id, message.segments = sid, segments.count(said.body)
    message.state, message.sent_at, message.delivered_at = State.DELIVERED, at, at + SOON


async def _mailed(message: Message, at: datetime) -> None:
    folder = current().var_dir / "mailbox"
    mail = await email_message.compose(message, at)
    await DemoMailbox(folder).send(mail)
    os.utime(folder / file_name(mail), (at.timestamp(), at.timestamp()))
    message.state, message.sent_at = State.SENT, at
