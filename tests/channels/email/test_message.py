"""What goes over the wire: structure, calendar part, and what must never be in it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from booking import appointments, moves
from booking import calendar as calendar_files
from booking.models import Appointment
from channels import texts
from channels.email import message as email_message
from channels.email import written
from inquiries import thread
from inquiries.models import Address, Inquiry
from office import links
from office.settings import Settings, use
from tests.channels.email.letters import (
    BOOKED_AT,
    make_answer,
    make_arrived,
    make_mail_about,
    make_message,
    make_question,
    make_talk,
    on_the_wire,
    parts,
)
from tests.factories import ZONE, introduction, local, make_staff

NOW = datetime(2025, 10, 28, 9, 30, 5, tzinfo=UTC)
SECRETS = (
    "Kevin",
    "Drews",
    "Schul",
    "School",
    "school",
    "المدرسة",
    "Sprechstunde Lindenplatz",
    "Counsellor",
    "Beratung",
)


async def compose(talk: Appointment, text: str = "confirm", **overrides: Any) -> EmailMessage:
    message = await make_message(talk, text, **overrides)
    return on_the_wire(await email_message.compose(message, NOW))


def shape(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def event(mail: EmailMessage) -> Any:
    return next(iter(Calendar.from_ical(parts(mail)["text/calendar"]).walk("VEVENT")))


async def moved(talk: Appointment) -> Appointment:
    await moves.move(talk.id, local(talk.starts_at, 15), actor="person", now=BOOKED_AT, zone=ZONE)
    return await Appointment.get(id=talk.id).prefetch_related("person", "staff")


async def cancelled(talk: Appointment) -> Appointment:
    await appointments.cancel(talk.id, actor="person", now=BOOKED_AT)
    return await Appointment.get(id=talk.id).prefetch_related("person", "staff")


async def test_headers_are_plain_and_say_that_a_machine_wrote(database: Any) -> None:
    mail = await compose(await make_talk())
    assert mail["From"] == '"Stadt Musterstadt, Terminservice" <termin@example.org>'
    assert mail["To"] == "family@example.org"
    assert mail["Subject"] == "Ihr Termin am Dienstag, 4. November 2025, 14:00 Uhr"
    assert mail["Message-ID"] == "<0123456789abcdef@termin.example.org>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert mail["Reply-To"] is None and mail["X-Repeated"] is None


async def test_without_the_wish_there_is_no_calendar(database: Any) -> None:
    mail = await compose(await make_talk())
    assert shape(mail) == ["multipart/alternative", "text/plain", "text/html"]


async def test_a_wished_invitation_is_an_alternative_and_the_same_file(database: Any) -> None:
    mail = await compose(await make_talk(calendar_wanted=True))
    assert shape(mail) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    calendar, file = list(mail.walk())[-2:]
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True)
    assert calendar.get_param("charset") == "utf-8"
    assert (file.get_filename(), file.get_param("name")) == ("termin.ics", "termin.ics")
    assert file.get_content_disposition() == "attachment"


async def test_method_is_the_same_in_mime_and_in_the_file(database: Any) -> None:
    talk = await make_talk(calendar_wanted=True)
    for text, method in email_message.METHODS.items():
        mail = await compose(talk, text)
        calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
        assert method == ("CANCEL" if "cancelled" in text else "REQUEST")
        assert calendar.get_param("method") == method
        assert calendar_files.method(calendar.get_payload(decode=True)) == method


async def test_a_change_is_the_same_event_with_a_higher_number(database: Any) -> None:
    talk = await make_talk(calendar_wanted=True)
    first = event(await compose(talk))
    second = event(await compose(changed := await moved(talk), "moved"))
    third = event(await compose(await cancelled(changed), "cancelled_by_person"))
    assert len({str(one["UID"]) for one in (first, second, third)}) == 1
    assert [one["SEQUENCE"] for one in (first, second, third)] == [0, 1, 2]
    assert third["STATUS"] == "CANCELLED"
    assert second["DTSTART"].dt == local(talk.starts_at, 15)


async def test_a_reminder_brings_no_calendar(database: Any) -> None:
    mail = await compose(await make_talk(calendar_wanted=True), "remind")
    assert "text/calendar" not in shape(mail)


async def test_the_counsellor_always_gets_the_calendar_and_never_a_name(database: Any) -> None:
    talk = await make_talk()
    mail = await compose(talk, "staff_booked")
    assert mail["To"] == talk.staff.email
    assert event(mail)["SUMMARY"] == "Termin K7M42"
    assert str(event(mail)["ATTENDEE"]) == f"mailto:{talk.staff.email}"
    assert f"/desk/appointments/{talk.id}" in parts(mail)["text/plain"]
    assert "/a/" not in mail.as_string() + "".join(parts(mail).values())


async def test_who_hands_over_a_talk_is_not_told_its_new_time(database: Any) -> None:
    talk = await make_talk()
    before = await make_staff()
    mail = await compose(talk, "staff_cancelled", staff_id=before.id)
    assert mail["To"] == before.email
    assert "14:00" not in parts(mail)["text/plain"] + mail["Subject"]


async def test_others_may_read_so_it_is_one_line_of_plain_text(database: Any) -> None:
    talk = await make_talk(calendar_wanted=True)
    await Address.all().update(read_by_others=True)
    for text in texts.DISCREET:
        mail = await compose(talk, text)
        assert mail["From"] == "Termin <termin@example.org>"
        assert shape(mail) == ["text/plain"]
        content = mail.get_content()
        assert "http" not in content and len(content.splitlines()) == 1


async def test_an_address_others_read_never_gets_a_full_text(database: Any) -> None:
    talk = await make_talk()
    await Address.all().update(read_by_others=True)
    for text in texts.PERSON:
        with pytest.raises(email_message.ReadByOthers):
            await email_message.compose(await make_message(talk, text), NOW)


@pytest.mark.parametrize("language", ["de", "en", "ar"])
async def test_nobody_learns_what_it_is_about(database: Any, language: str) -> None:
    who = introduction(language=language, name="Kevin Drews", email="family@example.org")
    talk = await make_talk(who=who, calendar_wanted=True)
    for text in (*texts.PERSON, *texts.DISCREET, *texts.STAFF):
        mail = await compose(talk, text)
        headers = " ".join(f"{name}: {value}" for part in mail.walk() for name, value in part.items())
        greetings = 2 if text in texts.PERSON else 0  # plain and HTML, to the person alone
        bodies = " ".join(parts(mail).values())
        assert bodies.count("Kevin Drews") == greetings
        for told in SECRETS:
            assert told not in headers
            assert told not in bodies.replace("Kevin Drews", "")


async def test_the_person_reads_it_in_their_language_and_staff_in_german(database: Any) -> None:
    talk = await make_talk(who=introduction(language="ar", email="family@example.org"))
    assert "موعدكم" in (await compose(talk))["Subject"]
    assert (await compose(talk, "staff_booked"))["Subject"].startswith("Neuer Termin")


async def test_a_language_we_do_not_speak_is_answered_in_german(database: Any) -> None:
    talk = await make_talk(who=introduction(language="ro", email="family@example.org"))
    assert (await compose(talk))["Subject"].startswith("Ihr Termin am")


async def test_the_second_sending_is_marked_and_otherwise_the_same(database: Any) -> None:
    talk = await make_talk(calendar_wanted=True)
    first = await compose(talk)
    again = await compose(talk, repeats=1, key="again")
    assert (again["X-Repeated"], again["Message-ID"]) == ("1", first["Message-ID"])
    assert parts(again) == parts(first)


@pytest.mark.parametrize("language", ["de", "ar"])
async def test_every_line_is_short_ascii(database: Any, language: str) -> None:
    who = introduction(language=language, name="Öztürk", email="a@example.org")
    talk = await make_talk(who=who, calendar_wanted=True)
    for text in (*texts.PERSON, *texts.DISCREET):
        raw = (await email_message.compose(await make_message(talk, text), NOW)).as_bytes()
        assert raw.isascii()
        assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
        assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("bad", ["<id@x>\r\nBcc: all@example.org", "<id@x>\nBcc: all@example.org"])
async def test_a_line_break_never_becomes_a_header(database: Any, bad: str) -> None:
    message = await make_message(await make_talk(), message_id=bad)
    with pytest.raises(ValueError):
        await email_message.compose(message, NOW)


async def test_a_line_break_in_the_senders_name_never_becomes_a_header(database: Any) -> None:
    use(database.model_copy(update={"mail_from_name": "City\r\nBcc: all@example.org"}))
    with pytest.raises(ValueError):
        await compose(await make_talk())


@pytest.mark.parametrize("bad", ["a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org"])
async def test_one_message_has_one_recipient(database: Any, bad: str) -> None:
    talk = await make_talk()
    await Address.all().update(value=bad)
    with pytest.raises(ValueError):
        await compose(talk)


async def test_domains_are_written_as_every_server_knows_them(database: Any) -> None:
    mail = await compose(await make_talk(who=introduction(email="familie@münchen.example")))
    assert mail["To"] == "familie@xn--mnchen-3ya.example"


async def test_a_mailbox_beyond_ascii_is_written_as_it_is(database: Any) -> None:
    message = await make_message(await make_talk(who=introduction(email="müller@example.org")))
    mail = await email_message.compose(message, NOW)
    assert "To: müller@example.org" in mail.as_bytes().decode()


async def compose_about(asked: Inquiry, **overrides: Any) -> EmailMessage:
    return on_the_wire(await email_message.compose(await make_mail_about(asked, **overrides), NOW))


def reading_mail(settings: Settings, **overrides: Any) -> Settings:
    """Settings of a house that reads its mailbox; in use from now on."""
    changed = {"demo": True, **overrides}
    use(made := settings.model_copy(update=changed))
    return made


async def test_the_receipt_says_number_and_day_and_that_a_machine_answered(database: Any) -> None:
    asked = await make_question("Mein Sohn Kevin wird in der Schule gemobbt.", name="Kevin Drews")
    mail = await compose_about(asked)
    assert mail["Subject"] == f"Ihre Nachricht ist angekommen (Nr. {asked.id})"
    assert (mail["Auto-Submitted"], mail["To"]) == ("auto-replied", "family@example.org")
    assert shape(mail) == ["multipart/alternative", "text/plain", "text/html"]
    said = parts(mail)["text/plain"]
    assert f"die Nummer {asked.id}." in said
    assert "Sie bekommen eine Antwort bis Donnerstag, 30. Oktober 2025." in said
    for told in SECRETS:
        assert told not in mail.as_string() + "".join(parts(mail).values())


async def test_an_answer_is_the_counsellor_s_words_and_no_machine_s(database: Any) -> None:
    asked = await make_question("Mein Sohn wird gemobbt.", name="Ayşe")
    answer = await make_answer(asked, "Ja.\n\n  Kommen Sie <bald> vorbei: https://example.org/a?b=1&c=2.")
    mail = await compose_about(asked, writing_id=answer.id)
    assert mail["Subject"] == f"Antwort auf Ihre Nachricht (Nr. {asked.id})"
    assert mail["Auto-Submitted"] is None and mail["X-Auto-Response-Suppress"] is None
    said, html = parts(mail)["text/plain"], parts(mail)["text/html"]
    assert said.replace("\r", "").startswith(f"Guten Tag Ayşe,\n\n{answer.text}\n\nMöchten Sie antworten?")
    assert f"/q/{thread.token(asked)}" in said
    assert "gemobbt" not in said + html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html and "&lt;bald&gt;" in html


async def test_nothing_about_a_question_goes_where_others_read(database: Any) -> None:
    asked = await make_question(phone="+4917604069012")
    answer = await make_answer(asked)
    await Address.filter(kind="phone").update(read_by_others=True)  # the other address of the same person
    for about in ({}, {"writing_id": answer.id, "key": "answer"}):
        with pytest.raises(email_message.ReadByOthers):
            await compose_about(asked, **about)


async def test_a_message_to_nobody_is_a_failure_not_a_crash(database: Any) -> None:
    with pytest.raises(email_message.Unreachable):
        await compose_about(await make_question(), address_id=None)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "termin+{token}@example.org"),
        ({"mail_from": "post@city.example.org"}, "post+{token}@city.example.org"),
        ({"mail_reply_to": "{token}@reply.example.org"}, "{token}@reply.example.org"),
        ({"mail_reply_to": "off"}, None),
        ({"demo": False}, None),
        ({"mail_from": "x" * 32 + "@example.org"}, None),
    ],
)
async def test_answers_come_back_to_an_address_that_names_the_thread(
    database: Settings, changed: dict[str, Any], expected: str | None
) -> None:
    reading_mail(database, **changed)
    asked = await make_question()
    token = links.address_token(thread.LINK, asked.id, asked.generation)
    mail = await compose_about(asked)
    addresses = [one.addr_spec for one in mail["Reply-To"].addresses] if mail["Reply-To"] else []
    assert addresses == ([expected.format(token=token)] if expected else [])
    assert mail["From"].addresses[0].addr_spec == changed.get("mail_from", "termin@example.org")


async def test_an_appointment_s_mail_brings_answers_to_its_inquiry_but_no_discreet_one_does(
    database: Settings,
) -> None:
    reading_mail(database)
    talk = await make_talk()
    inquiry = await Inquiry.get()
    token = links.address_token(thread.LINK, inquiry.id, inquiry.generation)
    for text in texts.PERSON:
        assert (await compose(talk, text))["Reply-To"].addresses[0].username == f"termin+{token}"
    for text in (*texts.DISCREET, *texts.STAFF):
        raw = (await compose(talk, text)).as_string()
        assert "Reply-To" not in raw and token not in raw


LONG = "<" + "AM9PR04MB12345" * 5 + "@AM9PR04MB1234.eurprd04.prod.outlook.com>"


async def test_our_mail_stands_below_theirs(database: Any) -> None:
    asked = await make_question()
    await make_arrived(asked, "Message-ID: <old@example.org>")
    await make_arrived(asked, f"Message-ID: {LONG}\r\nReferences: <a@example.org>\r\n {LONG}", uid=2)
    mail = await compose_about(asked)
    assert mail["In-Reply-To"].strip() == LONG
    assert mail["References"].split() == ["<a@example.org>", LONG]
    raw = (await email_message.compose(await make_mail_about(asked, key="raw"), NOW)).as_bytes()
    assert f"In-Reply-To:\r\n {LONG}\r\n".encode() in raw


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Message-ID: <a@b>", {"In-Reply-To": "<a@b>", "References": "<a@b>"}),
        ("message-id: junk <a@b> (x)", {"In-Reply-To": "<a@b>", "References": "<a@b>"}),
        ("Subject: x", {}),
        ("Message-ID: <no-at>", {}),
        ("Message-ID: <a b@c>", {}),
        ("Message-ID: <a@b\r\n Bcc: all@example.org>", {}),
        ("Message-ID: <ä@b>", {}),
        (f"Message-ID: <{'a' * 999}@b>", {}),
        (
            "Message-ID: <b@b>\r\nReferences: <a@b> evil",
            {"In-Reply-To": "<b@b>", "References": "<a@b> <b@b>"},
        ),
        ("", {}),
        ("\x00\xff: \x00", {}),
        ("Message-ID: =?utf-8?q?=3Ca=40b=3E=0ABcc=3Aall=40example=2Eorg?=", {}),
    ],
)
def test_of_their_headers_only_names_of_mails_come_into_ours(headers: str, expected: dict[str, str]) -> None:
    assert written.ancestors(headers.encode() + b"\r\n\r\nGuten Tag") == expected


def test_of_a_long_thread_the_first_and_the_last_are_named() -> None:
    names = [f"<{number}@b>" for number in range(500)]
    headers = f"Message-ID: <me@b>\r\nReferences: {' '.join(names)}"
    named = written.ancestors(headers.encode())["References"].split()
    assert named == [names[0], *names[-written.REMEMBERED :], "<me@b>"]


def test_junk_of_any_bytes_names_nothing() -> None:
    for raw in (b"", b"\x00" * 100, bytes(range(256)), b"Message-ID: \xff\xfe", b"\r\n" * 99):
        assert written.ancestors(raw) == {}
