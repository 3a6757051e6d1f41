"""A message is put once, by a key that says what for and to whom; sending is another module's work.

Invariant: where others may read, only the barest text goes, and nothing at all about a question; who gave
only a phone gets an SMS, who gave a mail address a mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from booking import waiting as waiting_list
from booking.confirming import Way
from booking.models import Appointment, CallBack, Confirmation, InterpreterRequest, Session, Waiting
from channels import suppression
from channels.models import Incoming, Message, State
from channels.sms import opt_out
from inquiries import addresses, people, uploads
from inquiries.models import Address, AddressKind, Inquiry, Referral, Upload, UploadState, Writing
from office import links
from office.settings import current

EMAIL, SMS, WEB = "email", "sms", "web_form"
SPOKEN = ("phone", "walk_in")
BAREST = {
    "confirm": "confirm_discreet",
    "remind": "remind_discreet",
    "moved": "moved_discreet",
    "cancelled_by_office": "cancelled_discreet",
    "reinstated": "confirm_discreet",
}
"""Where others may read, this goes instead; what is not listed does not go at all."""


async def put_for_person(
    text: str, appointment: Appointment, *, revision: int, now: datetime, again: int | None = None
) -> int:
    """Owe the person this message on every mail address they can be reached at, else by SMS; returns how many.

    Where others may read at any of their addresses, only the barest text goes. Idempotent per (text,
    appointment, revision, address), and per journal entry `again` that asks for it once more.
    """
    discreet = await people.discreet(appointment.person_id)
    rows = [
        _message(
            said,
            channel,
            f"{appointment.id}:{revision}:a{address.id}{_round(again)}",
            now,
            revision,
            appointment_id=appointment.id,
            address_id=address.id,
        )
        for channel, address in await _reachable(appointment.person_id)
        if (said := BAREST.get(text) if discreet else text)
    ]
    return await _put(rows)


async def put_for_staff(
    text: str, appointment: Appointment, staff_id: int, *, revision: int, now: datetime
) -> None:
    """Owe a counsellor this message; that is how the talk gets into their own calendar. Idempotent."""
    to = f"{appointment.id}:{revision}:s{staff_id}"
    await _put([_message(text, EMAIL, to, now, revision, appointment_id=appointment.id, staff_id=staff_id)])


async def put_for_session(text: str, session: Session, *, now: datetime) -> None:
    """Owe the counsellor of a group evening this message (see `channels.evenings`). Idempotent."""
    to = f"g{session.id}:s{session.staff_id}"
    await _put([_message(text, EMAIL, to, now, session.id, staff_id=session.staff_id)])


async def put_for_interpreter(text: str, request_id: int, *, now: datetime) -> int:
    """Owe the interpreter of this request this message, by mail or else by SMS. Idempotent; returns how many."""
    request = await InterpreterRequest.get(id=request_id).prefetch_related("interpreter")
    who = request.interpreter
    by_sms = bool(who.phone) and current().sms and not await opt_out.stands(who.phone)
    channel = EMAIL if who.email else SMS if by_sms else ""
    if not channel:
        return 0
    return await _put([_message(text, channel, f"r{request.id}", now, request_id=request.id)])


async def put_for_partner(referral_id: int, *, now: datetime) -> int:
    """Owe a partner the word that somebody is handed over to them. Idempotent; returns how many."""
    if not await Referral.exists(id=referral_id):  # erased since
        return 0
    return await _put([_message("handover", EMAIL, f"h{referral_id}", now, referral_id=referral_id)])


async def put_receipt(inquiry: Inquiry, *, now: datetime, again: int | None = None) -> int:
    """Owe the person the receipt of their question; nothing where others may read. Idempotent; returns how many.

    A call or a visit needs none; a journal entry may ask for it `again`. It goes by the way the question came, else
    to a mail address, else by SMS.
    """
    if inquiry.channel in SPOKEN:
        return 0
    by = inquiry.channel if inquiry.channel in (EMAIL, SMS) else ""
    about, to = {"inquiry_id": inquiry.id}, f"i{inquiry.id}"
    return await _put(
        [
            _message(
                "received", channel, f"{to}:a{address.id}{_round(again)}", now, address_id=address.id, **about
            )
            for channel, address in await _may_read(inquiry.person_id, by)
        ]
    )


async def put_answer(writing: Writing, person_id: int, *, in_full: bool, now: datetime) -> int:
    """Owe the person our answer by the channel it was written for; returns how many (0: read on their page).

    By SMS goes a link, or the words themselves if `in_full` and no file goes with them. Nothing where others may read.
    An answer that reaches nobody any more is a card at the desk, not silence. Idempotent.
    """
    files = await uploads.with_answer(writing.id)
    if writing.channel not in (EMAIL, SMS) or await people.discreet(person_id):
        await _file_refused(writing, files, now)
        return 0
    text = "answer_in_full" if in_full and writing.channel == SMS and not files else "answer"
    to, about = f"w{writing.id}", {"inquiry_id": writing.inquiry_id, "writing_id": writing.id}
    rows = [
        _message(text, channel, f"{to}:a{address.id}", now, address_id=address.id, **about)
        for channel, address in await _may_read(person_id, writing.channel)
    ]
    if not rows:
        await _put([_unreachable(_message(text, writing.channel, f"{to}:nobody", now, **about))])
    return await _put(rows)


async def scanned(writing_id: int, now: datetime) -> None:
    """The virus scan has spoken of a file of this writing: if it is an answer that waits for it, it waits no more.

    An answer that is only read on its page has no message that could fail: that a file is missing is a card of its own.
    Idempotent.
    """
    waiting = Message.filter(writing_id=writing_id, state=State.QUEUED, reason=suppression.UNCHECKED)
    await waiting.update(not_before=now)
    writing, files = await Writing.get_or_none(id=writing_id), await uploads.with_answer(writing_id)
    if writing and not await Message.filter(writing_id=writing_id).exists() and writing.channel == WEB:
        await _file_refused(writing, files, now)


async def _file_refused(writing: Writing, files: Sequence[Upload], now: datetime) -> None:
    if not any(file.state is UploadState.REFUSED for file in files):
        return
    about = {"inquiry_id": writing.inquiry_id, "writing_id": writing.id}
    told = _message("answer", WEB, f"w{writing.id}:page", now, **about)
    told.state, told.reason = State.FAILED, suppression.FILE_REFUSED
    await _put([told])


async def put_letter(writing: Writing, *, now: datetime) -> int:
    """Owe a participant of an inquiry what was written to them alone, by mail. Idempotent; returns how many."""
    about = {"inquiry_id": writing.inquiry_id, "writing_id": writing.id}
    to = f"w{writing.id}:p{writing.participant_id}"
    return await _put([_message("letter", EMAIL, to, now, participant_id=writing.participant_id, **about)])


async def ways_to_answer(inquiry: Inquiry) -> list[str]:
    """The channels by which an answer reaches this person, mail first; their own page (`web_form`) always does.

    Where others read at any of their addresses, nothing is sent.
    """
    person = inquiry.person_id
    if await people.discreet(person):
        return [WEB]
    return [way for way in (EMAIL, SMS) if await _reachable(person, only=way)] + [WEB]


async def answered_at(inquiry: Inquiry, channel: str) -> Address | None:
    """Where an answer by this channel would go now; None if nothing would be sent."""
    reached = await _may_read(inquiry.person_id, channel) if channel in (EMAIL, SMS) else []
    return reached[0][1] if reached else None


async def _may_read(person_id: int, by: str) -> Sequence[tuple[str, Address]]:
    """The address known longest, for what is about a question; none of people with whom others read along."""
    return [] if await people.discreet(person_id) else (await _reachable(person_id, only=by))[:1]


def _unreachable(message: Message) -> Message:
    message.state, message.reason = State.FAILED, "unreachable"
    return message


async def put_offer(waiting_id: int, *, revision: int, now: datetime) -> int:
    """Owe the family on the waiting list its offer, by mail or else by SMS; told within the office's hours.

    Nothing where others may read. Idempotent per (offer, address); returns how many.
    """
    not_before = await waiting_list.opens_at(now)
    return await _put(await _to_waiting("offer", waiting_id, revision, not_before))


async def put_waiting_ended(waiting_id: int, *, now: datetime) -> int:
    """Owe the family the word that it gets no more offers. Idempotent."""
    return await _put(await _to_waiting("waiting_ended", waiting_id, 0, now))


async def put_call_back(call_back_id: int, *, now: datetime) -> int:
    """Owe them an SMS that says when we call. Nothing where others may read. Idempotent; returns how many."""
    asked = await CallBack.get_or_none(id=call_back_id)
    if asked is None:  # erased since
        return 0
    about = {"call_back_id": asked.id}
    return await _put(
        [
            _message("callback", SMS, f"b{asked.id}:a{address.id}", now, address_id=address.id, **about)
            for _channel, address in await _may_read(asked.person_id, SMS)
        ]
    )


async def put_confirmation(confirmation_id: int, *, revision: int, now: datetime) -> int:
    """Owe them the link or the digits that prove the address. Idempotent; returns how many (0: unreachable)."""
    asked = await Confirmation.get_or_none(id=confirmation_id)
    if asked is None:  # erased since
        return 0
    channel = SMS if asked.way == Way.CODE else EMAIL
    discreet = await people.discreet(asked.person_id)
    text = "please_confirm" if asked.way == Way.LINK else "code_discreet" if discreet else "code"
    reached = (await _reachable(asked.person_id, only=channel))[:1]
    to, about = f"c{asked.id}:{revision}", {"confirmation_id": asked.id}
    return await _put(
        [
            _message(text, channel, to, now, revision, address_id=address.id, **about)
            for _way, address in reached
        ]
    )


async def _to_waiting(text: str, waiting_id: int, revision: int, not_before: datetime) -> list[Message]:
    family = await Waiting.get_or_none(id=waiting_id)
    if family is None:  # erased since
        return []
    reached = await _may_read(family.person_id, "")
    return [
        _message(
            text,
            channel,
            f"l{family.id}:{revision}:a{address.id}",
            not_before,
            revision,
            waiting_id=family.id,
            address_id=address.id,
        )
        for channel, address in reached
    ]


async def put_reply(
    text: str,
    incoming: Incoming,
    *,
    now: datetime,
    appointment_id: int | None = None,
    inquiry_id: int | None = None,
) -> int:
    """Owe the sender of an SMS this reply, whoever they are. Idempotent; returns how many."""
    if not current().sms or await opt_out.stands(incoming.sender):
        return 0
    about = {"appointment_id": appointment_id, "inquiry_id": inquiry_id, "incoming_id": incoming.id}
    return await _put([_message(text, SMS, f"in{incoming.id}", now, **about)])


def _round(again: int | None) -> str:
    return "" if again is None else f":j{again}"


async def _reachable(person_id: int, *, only: str = "") -> Sequence[tuple[str, Address]]:
    """By which channel and at which addresses; a phone only if it can read SMS and wants them."""
    mails = await people.reachable(person_id, AddressKind.EMAIL) if only != SMS else []
    if mails or only == EMAIL or not current().sms:
        return [(EMAIL, address) for address in mails]
    phones = await people.reachable(person_id, AddressKind.PHONE)
    return [
        (SMS, address)
        for address in phones
        if addresses.reads_sms(address.value) and not await opt_out.stands(address.value)
    ]


async def _put(rows: Sequence[Message]) -> int:
    await Message.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _message(
    text: str, channel: str, to: str, now: datetime, revision: int = 0, **about: int | None
) -> Message:
    key = f"{text}:{to}"
    return Message(
        key=key,
        text=text,
        channel=channel,
        revision=revision,
        message_id=f"<{links.fingerprint('message-id', key)}@{current().link_host}>",
        created_at=now,
        not_before=now,
        **about,
    )


async def waiting(now: datetime) -> bool:
    """Is there anything to deliver now?"""
    return await Message.filter(state=State.QUEUED, not_before__lte=now).exists()


async def troubled() -> list[Message]:
    """Messages the desk should look at: failed, or nobody knows whether they arrived.

    Whose address could not be confirmed is a card of its own: a call.
    """
    return (
        await Message.filter(state__in=[State.FAILED, State.UNCERTAIN], confirmation_id=None)
        .order_by("id")
        .prefetch_related("appointment", "inquiry", "referral__inquiry")
    )


async def again(message_id: int, now: datetime) -> None:
    """The desk asks to send it once more; with a file that was refused it never goes."""
    failed = Message.filter(id=message_id, state__in=[State.FAILED, State.UNCERTAIN])
    await failed.exclude(reason=suppression.FILE_REFUSED).update(
        state=State.QUEUED, attempts=0, repeats=1, not_before=now, reason=""
    )


async def settled(message_id: int) -> None:
    """The desk has dealt with it another way."""
    await Message.filter(id=message_id, state__in=[State.FAILED, State.UNCERTAIN]).update(
        state=State.WITHHELD, reason="settled_at_the_desk"
    )
