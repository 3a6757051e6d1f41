"""What a calendar answered to our invitation (METHOD:REPLY, RFC 5546 §3.2.3), noted at the appointment.

Invariant: only the one who was invited, writing from the address that was invited, answers; an answer to an
older time changes nothing. A counter-proposal is a matter for humans.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icalendar import Calendar

from booking import appointments
from booking.models import Appointment
from channels.email import decoding, reading
from channels.email.reading import Letter
from inquiries.models import Address, AddressKind
from office import database, journal

REPLY = "REPLY"
ANSWERS = {"accepted", "declined", "tentative", "delegated", "needs-action"}


@dataclass(frozen=True, slots=True)
class Response:
    """Who answered what to which event; `revision` is None where the program did not repeat it."""

    uid: str
    attendee: str
    answer: str
    revision: int | None
    comment: str


def read(letter: Letter) -> Response | None:
    """The response in this mail; None if there is none that can be read. Pure."""
    if not re.search(rb"METHOD\s*:\s*REPLY", letter.calendar, re.IGNORECASE):
        return None
    try:
        return _response(Calendar.from_ical(letter.calendar))
    except Exception:  # calendars are written by everybody; the library raises many things
        return None


async def invited(response: Response, sender: str) -> tuple[Appointment, str] | None:
    """The appointment it is about, and by whom: person or counsellor; None if this sender was not invited."""
    found = await Appointment.get_or_none(uid=response.uid).prefetch_related("staff")
    if found is None or not sender or response.attendee.casefold() != sender.casefold():
        return None
    if await _is_theirs(found, sender):
        return found, journal.PERSON
    if found.staff.email.casefold() == sender.casefold():
        return found, f"staff:{found.staff.code}"
    return None


@database.verb
async def note(appointment_id: int, response: Response, *, actor: str, now: datetime) -> None:
    """What the person's calendar answered stands at the appointment, if it knew the time of now."""
    found = await Appointment.select_for_update().get(id=appointment_id)
    current = response.revision is None or response.revision >= found.revision
    if actor == journal.PERSON and current:
        found.participation = response.answer
        await found.save(update_fields=["participation"])
    told = {"by": actor.partition(":")[0], "answer": response.answer}
    await appointments.tell("appointment.responded", found, actor, now, told | {"answered": _of(response)})


def _of(response: Response) -> int:
    """The revision that was answered; -1 if the program did not say."""
    return -1 if response.revision is None else response.revision


async def _is_theirs(found: Appointment, sender: str) -> bool:
    return await Address.filter(
        person_id=found.person_id, kind=AddressKind.EMAIL, value__iexact=sender
    ).exists()


def _response(calendar: Any) -> Response | None:
    if str(calendar.get("METHOD", "")).upper() != REPLY:
        return None
    event = next(iter(calendar.walk("VEVENT")), None)
    if event is None or "UID" not in event or "ATTENDEE" not in event:
        return None
    attendees = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
    if len(attendees) != 1:  # a reply speaks for one
        return None
    answer = str(attendees[0].params.get("PARTSTAT", "")).lower()
    if answer not in ANSWERS:
        return None
    sequence = event.get("SEQUENCE")
    return Response(
        uid=decoding.clean(str(event["UID"])).strip(),
        attendee=re.sub(r"(?i)^\s*mailto:\s*", "", str(attendees[0])).strip(),
        answer=answer,
        revision=int(sequence) if sequence is not None else None,
        comment=_comment(event.get("COMMENT", "")),
    )


def _comment(written: Any) -> str:
    comments = written if isinstance(written, list) else [written]
    said = "\n".join(str(one).strip() for one in comments)
    return decoding.clean(said).strip()[: reading.LONGEST_TEXT]
