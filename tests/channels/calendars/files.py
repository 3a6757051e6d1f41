"""Calendar files as programs write them, for the tests."""

from __future__ import annotations

BERLIN = """BEGIN:VTIMEZONE
TZID:{name}
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
"""


def calendar(*events: str, head: str = "") -> bytes:
    """A file with these events, each given by its lines."""
    body = "".join(
        f"BEGIN:VEVENT\n{_with_uid(event, number)}\nDTSTAMP:20260101T000000Z\nSUMMARY:Geheim\nEND:VEVENT\n"
        for number, event in enumerate(events)
    )
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//\n{head}{body}END:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()


def _with_uid(event: str, number: int) -> str:
    lines = event.strip().splitlines()
    uid = [] if any(line.startswith("UID") for line in lines) else [f"UID:{number}"]
    return "\n".join([*uid, *(line.strip() for line in lines)])
