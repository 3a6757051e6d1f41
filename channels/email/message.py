"""A row of the outbox as MIME: about an appointment, calendar part included, or about a question.

Invariant: headers carry no name and no topic; an address others read gets one short line and nothing else, and
nothing at all about a question; a file goes only when the virus scan let it pass; METHOD is the same in MIME and in the
calendar file (RFC 6047 §2.4).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from email_validator import validate_email

from booking import calendar, sessions
from booking.calendar import Method
from booking.models import Appointment
from channels import confirmations, evenings, handovers, interpreters, kept, languages, offers, texts
from channels.email import entry, reply_address, written
from channels.models import Message
from inquiries import people, uploads
from inquiries.models import Inquiry, Part, Participant, Person, Upload
from office.errors import NotFound, Permanent
from office.models import Place
from office.settings import current

POLICY = policy.SMTP.clone(cte_type="7bit", header_factory=written.registry())
"""Quoted-printable or base64, whichever is shorter: old servers break everything else."""
METHODS = {
    "confirm": Method.REQUEST,
    "moved": Method.REQUEST,
    "reinstated": Method.REQUEST,
    "cancelled_by_person": Method.CANCEL,
    "cancelled_by_office": Method.CANCEL,
    "staff_booked": Method.REQUEST,
    "staff_moved": Method.REQUEST,
    "staff_cancelled": Method.CANCEL,
}
SUPPRESSED = "DR, RN, NRN, OOF, AutoReply"
"""What Exchange must not answer; `All` would swallow the bounces, too."""


class ReadByOthers(Permanent):
    """Others read this address: only the barest text may go there."""


class Unreachable(Permanent):
    """There is no address this could go to."""


class NotScanned(Permanent):
    """The virus scan did not let one of its files pass."""


async def compose(message: Message, now: datetime) -> EmailMessage:
    """The mail for this row of the outbox, links made now.

    Raises `ReadByOthers` rather than tell too much, `Unreachable` for a row without an address, `NotScanned`.
    """
    await message.fetch_related("inquiry", "writing", "address", "staff")
    if message.text in evenings.TEXTS:
        return await _about_session(message, now)
    if message.appointment_id is None:
        return await _other(message)(message, now)
    await message.fetch_related("appointment__person", "appointment__staff", "appointment__inquiry")
    appointment: Appointment = message.appointment
    if message.staff is not None:
        return await _to_staff(message, appointment, now)
    return await _to_person(message, appointment, now)


def _other(message: Message) -> Callable[[Message, datetime], Awaitable[EmailMessage]]:
    """How a mail is written that is about no appointment."""
    if message.request_id is not None:
        return _to_interpreter
    if message.participant_id is not None:
        return _to_participant
    if message.referral_id is not None:
        return _to_partner
    if message.confirmation_id is not None:
        return _to_confirm
    return _about_question if message.waiting_id is None else _about_waiting


async def _to_person(message: Message, appointment: Appointment, now: datetime) -> EmailMessage:
    discreet = message.text in texts.DISCREET
    if not discreet and await people.discreet(appointment.person.id):
        raise ReadByOthers
    language = languages.known(appointment.person.language)
    facts = await texts.facts(appointment, language) | await kept.facts(appointment, language, now)
    rendered = texts.render(message.text, language, **facts)
    if discreet:
        return _barest(message, rendered, language, now)
    mail = _addressed(message, current().mail_from_name, message.address.value, now)
    _reply_to(mail, appointment.inquiry)
    _write(mail, rendered)
    if appointment.calendar_wanted and message.text in METHODS:
        place = await Place.get_or_none(code=appointment.place)
        invited = entry.entry(appointment, place, language=language, attendee=("", _recipient(mail)))
        _invite(mail, invited, METHODS[message.text])
    return mail


async def _about_question(message: Message, now: datetime) -> EmailMessage:
    if message.address is None:
        raise Unreachable
    if await people.discreet(message.address.person_id):
        raise ReadByOthers
    inquiry = await Inquiry.get(id=message.inquiry.id).prefetch_related("person")
    language = languages.known(inquiry.person.language)
    words = message.writing.text if message.writing else ""
    facts = await texts.inquiry_facts(inquiry, language)
    automatic = "" if message.writing else "auto-replied"
    mail = _addressed(message, current().mail_from_name, message.address.value, now, automatic)
    _reply_to(mail, inquiry)
    for name, value in (await written.before(inquiry.id)).items():
        mail[name] = value
    _write(mail, texts.render(message.text, language, words=words, **facts))
    for file in await _files(message):
        _attach(mail, file)
    return mail


async def _files(message: Message) -> Sequence[Upload]:
    try:
        return await uploads.to_send(message.writing_id) if message.writing_id else []
    except NotFound as error:
        raise NotScanned from error


async def _to_participant(message: Message, now: datetime) -> EmailMessage:
    """What was written to one who takes part: no name of the person, no link, no token of the thread."""
    await message.fetch_related("participant")
    to: Participant = message.participant
    if not to.may_be_told or not to.email:
        raise Unreachable
    inquiry = await Inquiry.get(id=message.inquiry.id).prefetch_related("person")
    kin = to.part in (Part.MOTHER, Part.FATHER, Part.GUARDIAN, Part.PUPIL)
    language = languages.known(inquiry.person.language) if kin else texts.STAFF_LANGUAGE
    facts = await texts.inquiry_facts(inquiry, language) | {"name": "", "number": "", "link": ""}
    mail = _addressed(message, current().mail_from_name, to.email, now, "")
    _write(mail, texts.render(message.text, language, words=message.writing.text, **facts))
    return mail


async def _about_waiting(message: Message, now: datetime) -> EmailMessage:
    if await people.discreet(message.address.person_id):
        raise ReadByOthers
    person = await Person.get(id=message.address.person_id)
    language = languages.known(person.language)
    mail = _addressed(message, current().mail_from_name, message.address.value, now)
    _write(mail, texts.render(message.text, language, **await offers.facts(message, language, now)))
    return mail


async def _to_confirm(message: Message, now: datetime) -> EmailMessage:
    person = await Person.get(id=message.address.person_id)
    language = languages.known(person.language)
    rendered = texts.render(message.text, language, **await confirmations.facts(message, language))
    if message.text in texts.BAREST:
        return _barest(message, rendered, language, now)
    if await people.discreet(person.id):
        raise ReadByOthers
    mail = _addressed(message, current().mail_from_name, message.address.value, now)
    _write(mail, rendered)
    return mail


async def _to_interpreter(message: Message, now: datetime) -> EmailMessage:
    address, _number = await interpreters.recipient(message)
    if not address:
        raise Unreachable
    mail = _addressed(message, current().mail_from_name, address, now)
    _write(mail, texts.render(message.text, texts.STAFF_LANGUAGE, **await interpreters.facts(message)))
    return mail


async def _to_partner(message: Message, now: datetime) -> EmailMessage:
    address = await handovers.recipient(message)
    if not address:
        raise Unreachable
    mail = _addressed(message, current().mail_from_name, address, now)
    _write(mail, texts.render(message.text, texts.STAFF_LANGUAGE, **await handovers.facts(message)))
    return mail


async def _to_staff(message: Message, appointment: Appointment, now: datetime) -> EmailMessage:
    facts = await texts.facts(appointment, texts.STAFF_LANGUAGE)
    facts |= {"link": "", "home": "", "desk": texts.desk_link(appointment)}
    facts["theirs"] = message.staff.id == appointment.staff.id
    mail = _addressed(message, current().mail_from_name, message.staff.email, now)
    _write(mail, texts.render(message.text, texts.STAFF_LANGUAGE, **facts))
    if message.text not in METHODS:
        return mail
    place = await Place.get_or_none(code=appointment.place)
    invited = entry.staff_entry(appointment, place, attendee=("", _recipient(mail)))
    _invite(mail, invited, METHODS[message.text])
    return mail


async def _about_session(message: Message, now: datetime) -> EmailMessage:
    """To its counsellor, with the one calendar entry it has, however many seats are booked."""
    session = await sessions.by_id(message.revision)
    mail = _addressed(message, current().mail_from_name, message.staff.email, now)
    _write(mail, texts.render(message.text, texts.STAFF_LANGUAGE, **await evenings.facts(session)))
    place = await Place.get_or_none(code=session.place)
    stamp = session.cancelled_at or message.created_at
    invited = entry.session_entry(session, place, stamp, attendee=("", _recipient(mail)))
    _invite(mail, invited, Method.CANCEL if message.text == evenings.OFF else Method.REQUEST)
    return mail


def _addressed(
    message: Message, sender: str, recipient: str, now: datetime, automatic: str = "auto-generated"
) -> EmailMessage:
    """The envelope; the policy refuses every value with a line break in it.

    `automatic` is what RFC 3834 §5 calls it, so that nobody's holiday answer comes back; empty: a human wrote it.
    """
    to = _mailbox(recipient)
    mail = EmailMessage(policy=POLICY if to.username.isascii() else POLICY.clone(utf8=True))
    mail["From"] = Address(sender, addr_spec=current().mail_from)
    mail["To"] = to
    mail["Date"] = format_datetime(now.astimezone(UTC))
    mail["Message-ID"] = message.message_id
    if automatic:
        mail["Auto-Submitted"] = automatic
        mail["X-Auto-Response-Suppress"] = SUPPRESSED
    if message.repeats:
        mail["X-Repeated"] = str(message.repeats)
    return mail


def _reply_to(mail: EmailMessage, inquiry: Inquiry) -> None:
    """Answers come back with the token of their thread, where the settings allow it."""
    if address := reply_address.of(inquiry):
        mail["Reply-To"] = Address(current().mail_from_name, addr_spec=address)


def _mailbox(address: str) -> Address:
    """Exactly one, its domain as every server knows it (RFC 5890); a local part beyond ASCII needs SMTPUTF8."""
    known = validate_email(address, check_deliverability=False, test_environment=True)
    return Address(username=known.local_part, domain=known.ascii_domain)


def _recipient(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


def _barest(message: Message, rendered: texts.Rendered, language: str, now: datetime) -> EmailMessage:
    """For an address others read: a neutral sender, one line, no picture of a page."""
    mail = _addressed(message, texts.discreet_sender(language), message.address.value, now)
    mail["Subject"] = rendered.subject
    mail.set_content(rendered.plain)
    return mail


def _write(mail: EmailMessage, rendered: texts.Rendered) -> None:
    mail["Subject"] = rendered.subject
    mail.set_content(rendered.plain)
    mail.add_alternative(rendered.html, subtype="html")


def _attach(mail: EmailMessage, file: Upload) -> None:
    """Base64, so that it arrives as it is (RFC 2045 §6.8)."""
    maintype, _, subtype = file.kind.partition("/")
    mail.add_attachment(
        bytes(file.content), maintype=maintype, subtype=subtype, filename=uploads.name(file), cte="base64"
    )


def _invite(mail: EmailMessage, invited: calendar.Entry, method: Method) -> None:
    """As an alternative, so that calendars act on it, and as a file, for those who only see files."""
    content = (calendar.request if method is Method.REQUEST else calendar.cancel)(invited)
    mail.add_alternative(content.decode(), subtype="calendar", cte="base64", params={"method": method.value})
    mail.add_attachment(
        content, maintype="application", subtype="ics", filename="termin.ics", params={"name": "termin.ics"}
    )
