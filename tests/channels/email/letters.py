"""Messages of the outbox for tests, and their parts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from booking.models import Appointment
from channels.models import Incoming, IncomingState, Message
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Address, Inquiry, Writing
from inquiries.thread import From, Told
from office.models import Place
from tests.factories import introduction, local, make_appointment, make_office

TUESDAY = date(2025, 11, 4)
BOOKED_AT = datetime(2025, 10, 28, 9, tzinfo=UTC)
LINDEN = {
    "floor": {"de": "2. Etage (mit Aufzug)", "en": "2nd floor (lift)", "ar": "الطابق الثاني (يوجد مصعد)"},
    "phone_hours": {
        "de": "Montag bis Donnerstag 8:30 bis 16 Uhr, Freitag 8:30 bis 12:30 Uhr",
        "en": "Monday to Thursday 8:30 to 16:00, Friday 8:30 to 12:30",
        "ar": "من الاثنين إلى الخميس من 8:30 إلى 16:00، الجمعة من 8:30 إلى 12:30",
    },
}


async def make_talk(*, code: str = "K7M42", **overrides: Any) -> Appointment:
    """Tuesday 4 November 2025, 14:00, at Lindenplatz; `who` and the rest as in `make_appointment`."""
    service = await make_office(starts=9, ends=18)
    await Place.filter(code="linden").update(details=LINDEN)
    who = overrides.pop("who", None) or introduction(email="family@example.org")
    appointment = await make_appointment(
        service, starts_at=local(TUESDAY, 14), now=BOOKED_AT, who=who, **overrides
    )
    appointment.code = code
    await appointment.save(update_fields=["code"])
    return await Appointment.get(id=appointment.id).prefetch_related("person", "staff", "service")


async def make_message(appointment: Appointment, text: str = "confirm", **overrides: Any) -> Message:
    """Owed to the person's first address, or to the counsellor when the text is theirs."""
    recipient: dict[str, Any] = {"staff_id": appointment.staff.id}
    if not text.startswith("staff"):
        recipient = {"address_id": (await Address.filter(person_id=appointment.person.id).first()).id}
    values = {
        "key": f"{text}:{appointment.id}",
        "text": text,
        "appointment_id": appointment.id,
        "revision": appointment.revision,
        "message_id": "<0123456789abcdef@termin.example.org>",
        "created_at": BOOKED_AT,
        "not_before": BOOKED_AT,
    }
    return await Message.create(**{**values, **recipient, **overrides})


async def make_question(text: str = "Gibt es Hilfe?", *, channel: str = "email", **who: Any) -> Inquiry:
    """Asked on Tuesday 28 October 2025, by somebody with a mail address."""
    told = Told("mail:q", text, channel, BOOKED_AT)
    who_asks = From(who=introduction(**{"email": "family@example.org", **who}))
    return await thread.receive(told, who_asks, Concern(channel), actor="person", now=BOOKED_AT)


async def make_answer(asked: Inquiry, words: str = "Ja, das geht.") -> Writing:
    """What somebody at the desk wrote back by mail."""
    words_sent = {"key": "answer:q", "channel": "email", "actor": "staff:jb", "now": BOOKED_AT}
    return await thread.answer(asked.id, words, **words_sent)


async def make_mail_about(asked: Inquiry, **overrides: Any) -> Message:
    """The receipt of this question, owed to the person's first address; an answer with `writing_id`."""
    values = {
        "key": f"received:i{asked.id}",
        "text": "answer" if "writing_id" in overrides else "received",
        "inquiry_id": asked.id,
        "revision": 0,
        "address_id": (await Address.filter(person_id=asked.person_id).first()).id,
        "message_id": "<0123456789abcdef@termin.example.org>",
        "created_at": BOOKED_AT,
        "not_before": BOOKED_AT,
    }
    return await Message.create(**{**values, **overrides})


async def make_arrived(asked: Inquiry, headers: str, uid: int = 1) -> Incoming:
    """A mail of this thread as it lies in the mailbox."""
    key, raw = f"imap:INBOX:1:{uid}", f"{headers}\r\n\r\nGuten Tag".encode(errors="surrogateescape")
    return await Incoming.create(
        key=key,
        channel="email",
        content=raw,
        received_at=BOOKED_AT,
        state=IncomingState.TAKEN,
        inquiry_id=asked.id,
    )


def on_the_wire(mail: EmailMessage) -> EmailMessage:
    """As the other side reads it."""
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def parts(mail: EmailMessage) -> dict[str, str]:
    """Content type → text of every leaf; application/ics too."""
    return {
        part.get_content_type(): part.get_content()
        if part.get_content_maintype() == "text"
        else part.get_payload(decode=True).decode()
        for part in mail.walk()
        if not part.is_multipart()
    }
