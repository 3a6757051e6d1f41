"""What is queued is claimed, sent, recorded; the fate of every message is always known.

Invariant: what is promised goes out at least once, and twice only when a process died, or the line broke,
between the other side's acceptance and our record; a mail then has the same Message-ID, an SMS is looked for
at the provider first. Nothing here holds a transaction while it talks to the network.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from channels import confirmations, evenings, handovers, interpreters, offers, suppression
from channels.models import Message, State
from channels.suppression import Outcome, Situation, Verdict
from channels.ways import AddressRefused, Sent, Uncertain, Way
from inquiries import people, uploads
from office import database
from office.errors import Permanent, Transient
from office.settings import current

log = structlog.get_logger()

REPEATS_AFTER_DEATH = 5
"""A process that dies while sending leaves the message to be sent again this often; then it is a card."""
ATTEMPTS = 8
"""Transient failures are tried for about four hours; then it is a card."""
ENDS = {
    Outcome.SUPERSEDE: State.SUPERSEDED,
    Outcome.WITHHOLD: State.WITHHELD,
    Outcome.FAIL: State.FAILED,
}


async def deliver(way: Way, clock: Callable[[], datetime], batch: int = 25) -> int:
    """Send up to `batch` queued messages, one after the other; returns how many were looked at.

    Stops at the first transient failure: a server that is away is not asked for every message of the batch.
    """
    await lapse(clock())
    for looked_at in range(batch):
        message = await claim(way.channel, clock())
        if message is None:
            return looked_at
        if not await _send(message, way, clock):
            return looked_at + 1
    return batch


async def claim(channel: str, now: datetime) -> Message | None:
    """Take the oldest message of this channel that may go now; it is `sending` until its fate is recorded."""
    async with in_transaction(database.MAIN):
        message = (
            await Message.filter(channel=channel, state=State.QUEUED, not_before__lte=now)
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


async def _send(message: Message, way: Way, clock: Callable[[], datetime]) -> bool:
    verdict = await _verdict(message, clock())
    if verdict.outcome is not Outcome.SEND:
        await _not_sent(message, verdict, clock())
        return True
    try:
        sent = (await way.find(message, clock()) if message.repeats else None) or await way.send(
            message, clock()
        )
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
        await _sent(message, sent, clock())
    return True


async def _sent(message: Message, sent: Sent, now: datetime) -> None:
    await Message.filter(id=message.id).update(
        state=State.SENT,
        sent_at=now,
        attempts=F("attempts") + 1,
        reason="",
        provider_id=sent.provider_id,
        segments=sent.segments,
    )


async def _verdict(message: Message, now: datetime) -> Verdict:
    await message.fetch_related("appointment", "inquiry")
    sent_today = await _sent_today(message, now)
    if message.text in evenings.TEXTS:
        return suppression.judge_other(0, void=not await evenings.stands(message, now))
    if message.request_id or message.referral_id:
        to = interpreters if message.request_id else handovers
        return suppression.judge_other(0, void=not await to.stands(message, now))
    if message.confirmation_id:
        unproven = await confirmations.sent_unproven(message, now)
        void = not await confirmations.stands(message, now)
        return suppression.judge_other(unproven, void=void, most=confirmations.UNPROVEN_CAP)
    if message.waiting_id or message.call_back_id:
        return suppression.judge_other(sent_today, void=not await offers.stands(message, now))
    if message.appointment is None:
        return await _about_question(message, sent_today, now)
    appointment = message.appointment
    situation = Situation(
        text=message.text,
        status=appointment.status,
        revision=appointment.revision,
        message_revision=message.revision,
        starts_at=appointment.starts_at,
        sent_today=sent_today,
        still_theirs=message.staff_id in (None, appointment.staff_id)
        and interpreters.still_so(message.text, appointment),
    )
    return suppression.judge(situation, now, current().zone)


async def _about_question(message: Message, sent_today: int, now: datetime) -> Verdict:
    """What one of us wrote is no flood, whoever else wrote in this address's name today; it waits for its files."""
    void = message.inquiry is not None and message.inquiry.void
    if message.writing_id is None or void:
        return suppression.judge_other(sent_today, void=void)
    files = await uploads.with_answer(message.writing_id)
    return suppression.judge_files([file.state for file in files], now)


async def _sent_today(message: Message, now: datetime) -> int:
    """How many messages this recipient got within 24 hours; staff are not counted.

    Receipts of questions somebody asks in this address's name keep no word about an appointment back.
    """
    sent = Message.filter(state__in=[State.SENT, State.DELIVERED], sent_at__gt=now - timedelta(hours=24))
    if message.address_id:
        kind = {"appointment_id__isnull": message.appointment_id is None}
        return await sent.filter(address_id=message.address_id, **kind).count()
    if message.incoming_id:
        await message.fetch_related("incoming")
        return await sent.filter(incoming__sender=message.incoming.sender).count()
    return 0


async def _not_sent(message: Message, verdict: Verdict, now: datetime) -> None:
    if verdict.outcome is Outcome.WAIT:
        await Message.filter(id=message.id).update(
            state=State.QUEUED, not_before=verdict.until or now, reason=verdict.reason
        )
        return
    await _ended(message, ENDS[verdict.outcome], verdict.reason)


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
