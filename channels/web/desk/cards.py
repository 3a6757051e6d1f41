"""What the desk must look at: what failed, did not arrive for sure, or could not be read.

Invariant: who must not see people sees numbers and reasons here, no name, no address and no content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import callbacks, confirming
from booking.models import CallBack
from channels import incoming, outbox, scanning
from channels.models import Incoming, IncomingState, Mailbox, Message
from channels.web import clock, csrf, log_in
from channels.web.desk import access, page
from inquiries import people, referrals, uploads
from inquiries.models import AddressKind, Inquiry, Person, Referral
from office import audit, journal, wake
from office.errors import NotFound
from office.models import Due, Role, Staff
from office.settings import current

REACTION, MESSAGE, INCOMING, MAILBOX, CALL = "reaction", "message", "incoming", "mailbox", "call"
HANDOVER, SCANNER = "handover", "scanner"
_ADDRESS = re.compile(r"\S+@\S+|\+?\d[\d /()-]{6,}\d")


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to look at; `name` is empty for who sees no people."""

    kind: str
    id: int
    what: str
    """Which reaction, which text, which channel or which mailbox."""
    state: str
    reason: str
    at: datetime | None
    appointment_id: int | None = None
    inquiry_id: int | None = None
    """Only for who may read it."""
    name: str = ""
    phone: str = ""
    until: datetime | None = None
    """From `at` until then they may be called."""
    kept: datetime | None = None
    """The time kept for them, while it is."""
    on: date | None = None
    """The day on which we said we call, if no time was said."""
    count: int = 0
    """How many files wait for the virus scan."""


@log_in.for_roles(*log_in.EVERYBODY)
async def show(request: Request) -> Response:
    """All cards, what stops others first: mailboxes and the virus scanner, then reactions."""
    member = log_in.staff_of(request)
    role = member.role
    found = [_mailbox(box, role) for box in await Mailbox.exclude(trouble="").order_by("name")]
    found += await _scanner(clock.now())
    found += [await _reaction(due, role) for due in await journal.cards()]
    found += [_incoming(stored, role) for stored in await incoming.to_look_at()]
    found += [await _message(message, member) for message in await outbox.troubled()]
    found += [await _call(asked, role) for asked in await callbacks.to_make()]
    if role in log_in.SEES_TOPICS:
        found += [_handover(referral) for referral in await referrals.led_nowhere()]
    return await page.render(request, "desk/cards.html", cards=found)


@log_in.for_roles(*log_in.EVERYBODY)
async def settle(request: Request) -> Response:
    """Try it again, or note that it was dealt with another way. Idempotent."""
    fields = await csrf.form(request)
    kind, number = request.path_params["kind"], request.path_params["id"]
    act, now = (kind, str(fields.get("do", "again"))), clock.now()
    if act == (REACTION, "again"):
        await journal.retry(number, now)
    elif act == (MESSAGE, "again"):
        await outbox.again(number, now)
    elif act == (MESSAGE, "settled"):
        await outbox.settled(number)
    elif act == (INCOMING, "again"):
        await incoming.again(number, actor=log_in.actor(request), now=now)
    elif act == (INCOMING, "settled"):
        await incoming.settled(number, IncomingState.UNREADABLE)
    elif act == (CALL, "book"):
        await confirming.book_called(number, actor=log_in.actor(request), now=now)
    elif act == (HANDOVER, "settled") and log_in.staff_of(request).role in log_in.SEES_TOPICS:
        await referrals.looked(number, now)
    elif act == (CALL, "settled"):
        await callbacks.done(number, actor=log_in.actor(request), now=now)
    else:
        raise NotFound
    wake.nudge()
    await audit.note(log_in.actor(request), f"card_{act[1]}", f"{kind}:{number}", now)
    return RedirectResponse("/desk/cards", 303)


def _mailbox(box: Mailbox, role: Role) -> Card:
    return Card(MAILBOX, 0, _told(box.name, role), "failed", _told(box.trouble, role), box.read_at)


async def _scanner(now: datetime) -> list[Card]:
    """One card, however many files wait: the scanner does not answer."""
    left = await uploads.left_unchecked(now - scanning.OVERDUE)
    if not left:
        return []
    return [Card(SCANNER, 0, SCANNER, "failed", "", left[0].added_at, count=len(left))]


async def _reaction(due: Due, role: Role) -> Card:
    kind, _, number = due.subject.partition(":")
    about = {kind: int(number)} if kind in _shown(role) else {}
    return Card(
        REACTION,
        due.id,
        due.reaction,
        "failed",
        _told(due.reason, role),
        due.entry.at,
        about.get("appointment"),
        about.get("inquiry"),
    )


def _incoming(stored: Incoming, role: Role) -> Card:
    reason, about = _told(stored.reason, role), stored.inquiry_id if "inquiry" in _shown(role) else None
    return Card(
        INCOMING, stored.id, stored.channel, "unreadable", reason, stored.received_at, inquiry_id=about
    )


async def _message(message: Message, member: Staff) -> Card:
    role, shown = member.role, _shown(member.role)
    known = role in log_in.SEES_PEOPLE and not await _closed(message.inquiry_id, member)
    return Card(
        MESSAGE,
        message.id,
        message.text,
        str(message.state),
        _told(message.reason, role),
        message.created_at,
        appointment_id=message.appointment_id if "appointment" in shown else None,
        inquiry_id=about.id if "inquiry" in shown and (about := _inquiry(message)) else None,
        name=await _name(message) if known else "",
    )


async def _closed(inquiry_id: int | None, member: Staff) -> bool:
    """Is it a case of a colleague, for somebody who reads cases? Then there is a number and no name."""
    if inquiry_id is None or member.role not in log_in.SEES_TOPICS:
        return False
    return not await access.purposes(member, [inquiry_id])


async def _call(asked: CallBack, role: Role) -> Card:
    """Whom to call; who sees no people sees only that somebody is to be called."""
    sees = role in log_in.SEES_PEOPLE
    numbers = await people.reachable(asked.person_id, AddressKind.PHONE) if sees else []
    return Card(
        CALL,
        asked.id,
        str(asked.reason),
        "queued",
        "",
        _clock(asked, asked.from_minute) or asked.created_at,
        appointment_id=asked.appointment_id if "appointment" in _shown(role) else None,
        name=asked.person.name if sees else "",
        phone=numbers[0].value if numbers else "",
        until=_clock(asked, asked.to_minute),
        on=asked.day if asked.from_minute is None else None,
        kept=asked.hold.starts_at if asked.hold and asked.hold.expires_at > clock.now() else None,
    )


def _handover(referral: Referral) -> Card:
    """A partner says that it led nowhere; only for who may read the inquiry."""
    return Card(
        HANDOVER,
        referral.id,
        referral.partner.name,
        referral.feedback.value,
        "",
        referral.feedback_at,
        inquiry_id=referral.inquiry_id,
        name=referral.inquiry.person.name,
    )


def _clock(asked: CallBack, minute: int | None) -> datetime | None:
    if asked.day is None or minute is None:
        return None
    return datetime.combine(asked.day, time(*divmod(minute, 60)), current().zone)


async def _name(message: Message) -> str:
    """Of whom it is for; empty if it replies to somebody we do not know."""
    about = message.appointment or _inquiry(message)
    person = await Person.get_or_none(id=about.person_id) if about else None
    return person.name if person else ""


def _inquiry(message: Message) -> Inquiry | None:
    """Which inquiry it is about, also where a partner is told of it."""
    return message.referral.inquiry if message.referral else message.inquiry  # type: ignore[no-any-return]


def _shown(role: Role) -> set[str]:
    """What this role may be led to."""
    if role in log_in.SEES_TOPICS:
        return {"appointment", "inquiry"}
    return {"appointment"} if role in log_in.SEES_PEOPLE else set()


def _told(reason: str, role: Role) -> str:
    """A mail server's answer may quote the address it refuses."""
    return reason if role in log_in.SEES_PEOPLE else _ADDRESS.sub("…", reason)
