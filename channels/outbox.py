"""A message is put once, claimed, sent, recorded; its fate is always known.

Invariant: what is promised goes out at least once, and twice only when a process died, or the line broke,
between the server's acceptance and our record; then with the same Message-ID. Nothing here holds a
transaction while it talks to the network.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from booking.models import Appointment
from channels import suppression
from channels.email import message as email_message
from channels.email.transport import AddressRefused, Transport, Uncertain
from channels.models import Message, State
from channels.suppression import Outcome, Situation, Verdict
from inquiries import people
from inquiries.models import Address, AddressKind
from office import database, links
from office.errors import Permanent, Transient
from office.settings import current

log = structlog.get_logger()

REPEATS_AFTER_DEATH = 5
"""A process that dies while sending leaves the message to be sent again this often; then it is a card."""
ATTEMPTS = 8
"""Transient failures are tried for about four hours; then it is a card."""


BAREST = {
    "confirm": "confirm_discreet",
    "remind": "remind_discreet",
    "moved": "moved_discreet",
    "cancelled_by_office": "cancelled_discreet",
}
"""Where others may read, this goes instead; what is not listed does not go at all."""


async def put_for_person(text: str, appointment: Appointment, *, revision: int, now: datetime) -> int:
    """Owe the person this message on every e-mail address they can be reached at; returns how many.

    Where others may read, only the barest text goes. Idempotent per (text, appointment, revision, address).
    """
    addresses = await people.reachable(appointment.person_id, AddressKind.EMAIL)
    rows = [_to_address(text, appointment, address, revision, now) for address in addresses]
    wanted = [row for row in rows if row is not None]
    await Message.bulk_create(wanted, ignore_conflicts=True)
    return len(wanted)


def _to_address(
    text: str, appointment: Appointment, address: Address, revision: int, now: datetime
) -> Message | None:
    said = BAREST.get(text) if address.read_by_others else text
    return (
        _message(said, appointment, revision, now, f"a{address.id}", address_id=address.id) if said else None
    )


async def put_for_staff(
    text: str, appointment: Appointment, staff_id: int, *, revision: int, now: datetime
) -> None:
    """Owe a counsellor this message; that is how the talk gets into their own calendar. Idempotent."""
    row = _message(text, appointment, revision, now, f"s{staff_id}", staff_id=staff_id)
    await Message.bulk_create([row], ignore_conflicts=True)


def _message(
    text: str,
    appointment: Appointment,
    revision: int,
    now: datetime,
    recipient: str,
    *,
    address_id: int | None = None,
    staff_id: int | None = None,
) -> Message:
    key = f"{text}:{appointment.id}:{revision}:{recipient}"
    return Message(
        key=key,
        text=text,
        appointment_id=appointment.id,
        revision=revision,
        address_id=address_id,
        staff_id=staff_id,
        message_id=f"<{links.fingerprint('message-id', key)}@{current().link_host}>",
        created_at=now,
        not_before=now,
    )


async def deliver(transport: Transport, clock: Callable[[], datetime], batch: int = 25) -> int:
    """Send up to `batch` queued messages, one after the other; returns how many were looked at.

    Stops at the first transient failure: a server that is away is not asked for every message of the batch.
    """
    await lapse(clock())
    for looked_at in range(batch):
        message = await claim(clock())
        if message is None:
            return looked_at
        if not await _send(message, transport, clock):
            return looked_at + 1
    return batch


async def claim(now: datetime) -> Message | None:
    """Take the oldest message that may go now; from here on it is `sending` until its fate is recorded."""
    async with in_transaction(database.MAIN):
        message = (
            await Message.filter(state=State.QUEUED, not_before__lte=now)
            .order_by("not_before", "id")
            .limit(1)
            .select_for_update(skip_locked=True)
            .first()
        )
        if message is not None:
            message.state = State.SENDING
            message.claimed_at = now
            await message.save(update_fields=["state", "claimed_at"])
    return message


async def lapse(now: datetime) -> int:
    """Messages whose sender died are queued again, marked as repeats; after too many they are a card."""
    before = now - timedelta(seconds=current().send_lease_seconds)
    lapsed = Message.filter(state=State.SENDING, claimed_at__lt=before)
    given_up = await lapsed.filter(repeats__gte=REPEATS_AFTER_DEATH).update(
        state=State.UNCERTAIN, reason="sender_died"
    )
    again = await Message.filter(state=State.SENDING, claimed_at__lt=before).update(
        state=State.QUEUED, repeats=F("repeats") + 1
    )
    return given_up + again


async def _send(message: Message, transport: Transport, clock: Callable[[], datetime]) -> bool:
    verdict = await _verdict(message, clock())
    if verdict.outcome is not Outcome.SEND:
        await _not_sent(message, verdict, clock())
        return True
    try:
        await transport.send(await email_message.compose(message, clock()))
    except AddressRefused as error:
        if message.address_id:
            await people.bounced(message.address_id, clock())
        await _ended(message, State.FAILED, str(error))
    except Permanent as error:
        await _ended(message, State.FAILED, str(error))
    except Transient as error:
        await _later(message, str(error), clock())
        return False
    except Uncertain as error:
        await _uncertain(message, str(error), clock())
    else:
        await Message.filter(id=message.id).update(
            state=State.SENT, sent_at=clock(), attempts=F("attempts") + 1, reason=""
        )
    return True


async def _verdict(message: Message, now: datetime) -> Verdict:
    appointment = await Appointment.get(id=message.appointment_id)
    sent_today = 0
    if message.address_id:
        sent_today = await Message.filter(
            address_id=message.address_id, state=State.SENT, sent_at__gt=now - timedelta(hours=24)
        ).count()
    situation = Situation(
        text=message.text,
        status=appointment.status,
        revision=appointment.revision,
        message_revision=message.revision,
        starts_at=appointment.starts_at,
        sent_today=sent_today,
        still_theirs=message.staff_id is None or message.staff_id == appointment.staff_id,
    )
    return suppression.judge(situation, now, current().zone)


async def _not_sent(message: Message, verdict: Verdict, now: datetime) -> None:
    if verdict.outcome is Outcome.WAIT:
        await Message.filter(id=message.id).update(
            state=State.QUEUED, not_before=verdict.until or now, reason=verdict.reason
        )
        return
    ended = State.SUPERSEDED if verdict.outcome is Outcome.SUPERSEDE else State.WITHHELD
    await _ended(message, ended, verdict.reason)


async def _later(message: Message, reason: str, now: datetime) -> None:
    if message.attempts + 1 >= ATTEMPTS:
        await _ended(message, State.FAILED, reason)
        return
    wait = timedelta(seconds=min(15 * 4**message.attempts, 3600))
    log.warning("message_later", message=message.id, reason=reason, wait=wait.total_seconds())
    await Message.filter(id=message.id).update(
        state=State.QUEUED, attempts=F("attempts") + 1, not_before=now + wait, reason=reason[:200]
    )


async def _uncertain(message: Message, reason: str, now: datetime) -> None:
    """Cut after DATA: sent once more under the same Message-ID; a second time, the desk decides."""
    if message.repeats:
        await _ended(message, State.UNCERTAIN, reason)
        return
    await Message.filter(id=message.id).update(
        state=State.QUEUED, repeats=1, not_before=now + timedelta(seconds=15), reason=reason[:200]
    )


async def _ended(message: Message, state: State, reason: str) -> None:
    if state in {State.FAILED, State.UNCERTAIN}:
        log.warning("message_ended", message=message.id, state=state.value, reason=reason)
    await Message.filter(id=message.id).update(state=state, reason=reason[:200])


async def waiting(now: datetime) -> bool:
    """Is there anything to deliver now?"""
    return await Message.filter(state=State.QUEUED, not_before__lte=now).exists()


async def troubled() -> list[Message]:
    """Messages the desk should look at: failed, or nobody knows whether they arrived."""
    return (
        await Message.filter(state__in=[State.FAILED, State.UNCERTAIN])
        .order_by("id")
        .prefetch_related("appointment")
    )


async def again(message_id: int, now: datetime) -> None:
    """The desk asks to send it once more."""
    await Message.filter(id=message_id, state__in=[State.FAILED, State.UNCERTAIN]).update(
        state=State.QUEUED, attempts=0, repeats=1, not_before=now, reason=""
    )


async def settled(message_id: int) -> None:
    """The desk has dealt with it another way."""
    await Message.filter(id=message_id, state__in=[State.FAILED, State.UNCERTAIN]).update(
        state=State.WITHHELD, reason="settled_at_the_desk"
    )
