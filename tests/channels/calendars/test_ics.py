"""What a calendar file says of its owner's time, as recorded from the programs that write such files."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking import calendar as our_calendar
from booking.intervals import Interval
from channels.calendars import ics
from channels.calendars.ics import NotUnderstood
from tests.channels.calendars.files import BERLIN, calendar

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 10, 12, tzinfo=ZONE)
END = BEGIN + timedelta(days=42)
WINDOWS = "W. Europe Standard Time"


def said(body: bytes, **more: object) -> list[str]:
    """The busy time on the office's clock, one line a stretch."""
    found = ics.busy(body, BEGIN, END, **{"zone": ZONE, "ours": "termin.example.org", **more})
    return [
        f"{one.starts_at.astimezone(ZONE):%d.%m. %H:%M} to {one.ends_at.astimezone(ZONE):%d.%m. %H:%M}"
        for one in found
    ]


ONE = "20.10. 14:00 to 20.10. 15:00"
FILES = [
    ("one event in UTC", calendar("DTSTART:20261020T120000Z\nDTEND:20261020T130000Z"), [ONE]),
    ("floating time is on the office's clock", calendar("DTSTART:20261020T140000\nDTEND:20261020T150000"), [ONE]),
    ("a length instead of an end", calendar("DTSTART:20261020T120000Z\nDURATION:PT1H"), [ONE]),
    ("an event without length takes no time", calendar("DTSTART:20261020T120000Z"), []),
    (
        "every week over the clock change, its own zone",
        calendar(
            """DTSTART;TZID=Europe/Berlin:20261020T140000
            DTEND;TZID=Europe/Berlin:20261020T150000
            RRULE:FREQ=WEEKLY;COUNT=2""",
            head=BERLIN.format(name="Europe/Berlin"),
        ),
        [ONE, "27.10. 14:00 to 27.10. 15:00"],
    ),
    (
        "every week in UTC moves on the wall",
        calendar("DTSTART:20261020T120000Z\nDTEND:20261020T130000Z\nRRULE:FREQ=WEEKLY;COUNT=2"),
        [ONE, "27.10. 13:00 to 27.10. 14:00"],
    ),
    (
        "Outlook's name of our zone, explained in the file",
        calendar(
            f"DTSTART;TZID={WINDOWS}:20261027T140000\nDTEND;TZID={WINDOWS}:20261027T150000",
            head=BERLIN.format(name=WINDOWS),
        ),
        ["27.10. 14:00 to 27.10. 15:00"],
    ),
    (
        "Outlook's name of our zone, not explained",
        calendar(f'DTSTART;TZID="{WINDOWS}":20261020T140000\nDTEND;TZID="{WINDOWS}":20261020T150000'),
        [ONE],
    ),
    (
        "a zone only this file knows",
        calendar(
            "DTSTART;TZID=Customized Time Zone:20261020T140000\nDTEND;TZID=Customized Time Zone:20261020T150000",
            head=BERLIN.format(name="Customized Time Zone"),
        ),
        [ONE],
    ),
    (
        "a date left out",
        calendar(
            """DTSTART;TZID=Europe/Berlin:20261020T140000
            DTEND;TZID=Europe/Berlin:20261020T150000
            RRULE:FREQ=DAILY;COUNT=3
            EXDATE;TZID=Europe/Berlin:20261021T140000"""
        ),
        [ONE, "22.10. 14:00 to 22.10. 15:00"],
    ),
    (
        "a date added",
        calendar("DTSTART:20261020T120000Z\nDURATION:PT1H\nRDATE:20261022T120000Z"),
        [ONE, "22.10. 14:00 to 22.10. 15:00"],
    ),
    (
        "one instance moved, one cancelled, one marked as free",
        calendar(
            """UID:series
            DTSTART:20261020T120000Z
            DURATION:PT1H
            RRULE:FREQ=DAILY;COUNT=4""",
            "UID:series\nRECURRENCE-ID:20261021T120000Z\nDTSTART:20261021T150000Z\nDURATION:PT30M",
            "UID:series\nRECURRENCE-ID:20261022T120000Z\nDTSTART:20261022T120000Z\nDURATION:PT1H\nSTATUS:CANCELLED",
            "UID:series\nRECURRENCE-ID:20261023T120000Z\nDTSTART:20261023T120000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT",
        ),
        [ONE, "21.10. 17:00 to 21.10. 17:30"],
    ),
    (
        "an instance without its series, as Outlook sends it",
        calendar("RECURRENCE-ID:20261013T120000Z\nDTSTART:20261020T120000Z\nDURATION:PT1H"),
        [ONE],
    ),
    (
        "a series that began years ago",
        calendar("DTSTART:20191022T120000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20261020T235959Z"),
        ["13.10. 14:00 to 13.10. 15:00", ONE],
    ),
    ("a whole day", calendar("DTSTART;VALUE=DATE:20261020"), ["20.10. 00:00 to 21.10. 00:00"]),
    (
        "the day of the clock change has 25 hours",
        calendar("DTSTART;VALUE=DATE:20261025\nDTEND;VALUE=DATE:20261026"),
        ["25.10. 00:00 to 26.10. 00:00"],
    ),
    (
        "two weeks away",
        calendar("DTSTART;VALUE=DATE:20261026\nDTEND;VALUE=DATE:20261107"),
        ["26.10. 00:00 to 07.11. 00:00"],
    ),
    ("transparent", calendar("DTSTART:20261020T120000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT"), []),
    ("cancelled", calendar("DTSTART:20261020T120000Z\nDURATION:PT1H\nSTATUS:CANCELLED"), []),
    (
        "Outlook says free",
        calendar("DTSTART:20261020T120000Z\nDURATION:PT1H\nTRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:FREE"),
        [],
    ),
    (
        "Outlook says tentative",
        calendar("DTSTART:20261020T120000Z\nDURATION:PT1H\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"),
        [ONE],
    ),
    (
        "Outlook says away, whatever TRANSP says",
        calendar("DTSTART:20261020T120000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT\nX-MICROSOFT-CDO-BUSYSTATUS:OOF"),
        [ONE],
    ),
    ("our own event", calendar("UID:abc@termin.example.org\nDTSTART:20261020T120000Z\nDURATION:PT1H"), []),
    (
        "an event of a host that ends like ours",
        calendar("UID:abc@nottermin.example.org\nDTSTART:20261020T120000Z\nDURATION:PT1H"),
        [ONE],
    ),
    ("before the days looked at", calendar("DTSTART:20261001T120000Z\nDURATION:PT1H"), []),
    (
        "reaching into the days looked at",
        calendar("DTSTART:20261001T120000Z\nDTEND:20261012T120000Z"),
        ["12.10. 00:00 to 12.10. 14:00"],
    ),
    (
        "two that touch are one",
        calendar("DTSTART:20261020T120000Z\nDURATION:PT30M", "DTSTART:20261020T123000Z\nDURATION:PT30M"),
        [ONE],
    ),
    (
        "free and busy, as Exchange publishes it",
        calendar(
            head="BEGIN:VFREEBUSY\nUID:f\nDTSTAMP:20260101T000000Z\n"
            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261020T120000Z/20261020T130000Z,20261021T120000Z/PT30M\n"
            "FREEBUSY;FBTYPE=FREE:20261022T120000Z/PT30M\nEND:VFREEBUSY\n"
        ),
        [ONE, "21.10. 14:00 to 21.10. 14:30"],
    ),
    ("an empty calendar", calendar(), []),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "body", "expected"), FILES, ids=[row[0] for row in FILES])
def test_busy_time(sentence: str, body: bytes, expected: list[str]) -> None:
    assert said(body) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_a_calendar"),
        (b"<html>Please log in</html>", "not_a_calendar"),
        (calendar("DTSTART:20261020T120000Z\nDURATION:PT1H")[:-40], "not_a_calendar"),
        (calendar("DTSTART:yesterday\nDURATION:PT1H"), "not_a_calendar"),
        (calendar("SUMMARY:never"), "not_a_calendar"),
        (calendar("DTSTART:20261020T120000Z\nRRULE:FREQ=WEEKLY;BYDAY=XX"), "not_a_calendar"),
        (calendar("DTSTART;TZID=Nowhere:20261020T120000\nDURATION:PT1H"), "unknown_zone"),
        (calendar("DTSTART:19700101T120000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"), "too_much"),
    ],
)  # fmt: skip
def test_what_is_not_understood_makes_nobody_free(body: bytes, reason: str) -> None:
    with pytest.raises(NotUnderstood, match=reason):
        said(body)


def test_number_of_instances_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ics, "MOST", 20)
    with pytest.raises(NotUnderstood, match="too_much"):
        said(calendar("DTSTART:20261012T120000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"))


def test_time_is_bounded() -> None:
    clock = iter([0.0, 1.0, 99.0])
    with pytest.raises(NotUnderstood, match="too_much"):
        said(calendar(*["DTSTART:20261020T120000Z\nDURATION:PT1H"] * 3), watch=lambda: next(clock))


def test_five_thousand_events_are_read_in_time() -> None:
    many = (
        f"DTSTART:2026{1 + number % 12:02}{1 + number % 28:02}T120000Z\nDURATION:PT1H"
        for number in range(5000)
    )
    body = calendar(*many)
    begun = time.monotonic()
    assert said(body)
    assert time.monotonic() - begun < ics.SECONDS


def test_our_own_talk_is_left_out_even_under_another_uid() -> None:
    talk = Interval(datetime(2026, 10, 20, 14, tzinfo=ZONE), datetime(2026, 10, 20, 15, tzinfo=ZONE))
    other = "DTSTART:20261020T123000Z\nDURATION:PT1H"
    assert said(calendar("DTSTART:20261020T120000Z\nDURATION:PT1H"), ignoring=[talk]) == []
    assert said(calendar(other), ignoring=[talk]) == ["20.10. 14:30 to 20.10. 15:30"]


def test_our_uid_is_known_in_outlooks_wrapping() -> None:
    inner = b"vCal-Uid\x01\x00\x00\x00" + b"abc@termin.example.org\x00"
    wrapped = (ics.FOREIGN + b"\x00" * 20 + inner).hex().upper()
    assert ics.is_ours(wrapped, "termin.example.org")
    assert not ics.is_ours(wrapped, "example.org")


def test_uids_of_our_invitations_are_ours() -> None:
    assert ics.is_ours(our_calendar.uid(7, "termin.example.org", "salt"), "termin.example.org")
