"""What calendars and mail servers send back, as they write it."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from booking.models import Appointment
from channels.models import Message

GMAIL = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20260304T080000Z
DTEND:20260304T084500Z
DTSTAMP:20260302T091500Z
ORGANIZER;CN=Stadt Musterstadt:mailto:termin@example.org
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN={email}
 ;X-NUM-GUESTS=0:mailto:{email}
CREATED:20260302T080000Z
LAST-MODIFIED:20260302T091500Z
SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:Termin
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={answer};CN="Yıldız, Ayşe":MAILTO:{email}
COMMENT;LANGUAGE=de-DE:{comment}
UID:{uid}
SUMMARY;LANGUAGE=de-DE:Zugesagt: Termin
DTSTART;TZID=W. Europe Standard Time:20260304T090000
DTEND;TZID=W. Europe Standard Time:20260304T094500
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20260302T091500Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{sequence}
LOCATION;LANGUAGE=de-DE:Lindenplatz 4
X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""
APPLE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//macOS 15.3//EN
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
CREATED:20260302T091400Z
UID:{uid}
DTEND;TZID=Europe/Berlin:20260304T094500
ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT={answer};EMAIL={email}:mailto:{email}
SUMMARY:Termin
LAST-MODIFIED:20260302T091500Z
DTSTAMP:20260302T091500Z
DTSTART;TZID=Europe/Berlin:20260304T090000
SEQUENCE:{sequence}
ORGANIZER;CN="Stadt Musterstadt":mailto:termin@example.org
END:VEVENT
END:VCALENDAR
"""
PROGRAMS = {"Gmail": GMAIL, "Outlook": OUTLOOK, "Apple": APPLE}


def calendar(
    program: str, *, uid: str, email: str, answer: str = "ACCEPTED", sequence: int = 0, comment: str = ""
) -> str:
    """The file this program sends."""
    written = PROGRAMS[program].format(
        uid=uid, email=email, answer=answer, sequence=sequence, comment=comment
    )
    return written.replace("\n", "\r\n")


def reply(program: str, appointment: Appointment, email: str, sender: str = "", **said: Any) -> bytes:
    """The mail it sends it in."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender or email, "termin@example.org"
    mail["Subject"] = "Zugesagt: Termin"
    mail["Message-ID"] = f"<{program}-{said.get('answer', '')}-{said.get('sequence', 0)}@mail.example.org>"
    mail.set_content("Ayşe hat zugesagt." if program == "Gmail" else "\n")
    content = calendar(program, uid=appointment.uid, email=email, **said)
    mail.add_alternative(content, subtype="calendar", params={"method": "REPLY"})
    return mail.as_bytes()


def bounced(message: Message, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A delivery report (RFC 3464), as Postfix writes it."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
To: termin@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report-{status}-{action}@mail.example.org>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Mon,  2 Mar 2026 09:00:00 +0100 (CET)

Final-Recipient: rfc822; family@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} unknown

--b
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: termin@example.org
To: family@example.org
Message-ID: {message.message_id}
Subject: Ihr Termin
--b--
""".encode()


def exchange_bounced(message: Message, status: str = "5.1.10") -> bytes:
    """As Exchange Online writes it: the whole mail attached, the status not the one everybody waits for."""
    return bounced(message, status=status).replace(
        b"Content-Type: text/rfc822-headers", b"Content-Type: message/rfc822"
    )
