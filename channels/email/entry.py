"""An appointment as one calendar entry: neutral for the person, with its number for the counsellor.

Invariant: whoever sees the calendar over somebody's shoulder learns a time and a place, no topic and no name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking import calendar
from booking.models import Appointment, Mode, Session
from channels import evenings, texts
from office import links
from office.models import Place
from office.settings import current

NOBODY = ("", "")


def entry(
    appointment: Appointment, place: Place | None, *, language: str, attendee: tuple[str, str] = NOBODY
) -> calendar.Entry:
    """For the person: "Termin", where, the number, and the link to change it. `attendee` is (name, mail)."""
    facts = {"link": texts.link(appointment)}
    return _entry("entry", appointment, place, facts, language=language, attendee=attendee)


def staff_entry(
    appointment: Appointment, place: Place | None, *, attendee: tuple[str, str] = NOBODY
) -> calendar.Entry:
    """For the counsellor: "Termin K7M42" and the way to the desk; `attendee` is (name, mail)."""
    facts = {"desk": texts.desk_link(appointment)}
    return _entry("staff_entry", appointment, place, facts, language=texts.STAFF_LANGUAGE, attendee=attendee)


def session_entry(
    session: Session, place: Place | None, stamp: datetime, *, attendee: tuple[str, str] = NOBODY
) -> calendar.Entry:
    """For the counsellor of a group evening: one event, whoever comes; `attendee` is (name, mail)."""
    settings, language = current(), texts.STAFF_LANGUAGE
    address = place.address if place and place.address else settings.office_address
    facts = {"mode": Mode(session.mode).value, "address": address, "desk": evenings.desk_link(session)}
    said = texts.paragraphs("staff_session_entry", language, **facts)
    summary, location, description, organizer = (" ".join(part.lines) for part in said)
    return calendar.Entry(
        uid=calendar.uid(session.id, settings.link_host, links.fingerprint("uid", f"session {session.id}")),
        sequence=int(session.cancelled_at is not None),
        stamp=stamp,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=settings.zone,
        summary=summary,
        location=location,
        description=description,
        organizer_name=organizer,
        organizer_mail=settings.mail_from,
        attendee_name=attendee[0],
        attendee_mail=attendee[1],
    )


def _entry(
    template: str,
    appointment: Appointment,
    place: Place | None,
    facts: dict[str, Any],
    *,
    language: str,
    attendee: tuple[str, str],
) -> calendar.Entry:
    settings = current()
    address = place.address if place and place.address else settings.office_address
    said = texts.paragraphs(
        template, language, mode=Mode(appointment.mode).value, code=appointment.code, address=address, **facts
    )
    summary, location, description, organizer = (" ".join(part.lines) for part in said)
    return calendar.Entry(
        uid=appointment.uid,
        sequence=appointment.revision,
        stamp=appointment.changed_at,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        zone=settings.zone,
        summary=summary,
        location=location,
        description=description,
        organizer_name=organizer,
        organizer_mail=settings.mail_from,
        attendee_name=attendee[0],
        attendee_mail=attendee[1],
    )
