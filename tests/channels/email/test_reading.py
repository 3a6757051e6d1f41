"""Whatever comes in as a mail can be read, quickly, and its words are the ones that were written."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from channels.email import reading
from channels.email.reading import Letter, Unreadable
from tests.channels.email import nasty

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def everything(letter: Letter) -> list[str]:
    """All that can be asked of it, so that anything lazy is done."""
    letter.said_at(NOW)
    assert isinstance(letter.calendar, bytes)
    assert len(letter.digest) == 64
    texts = [letter.sender, letter.sender_name, letter.message_id, letter.subject, letter.text, letter.html]
    texts += [*letter.recipients, *letter.references, *letter.oddities, letter.kind]
    return texts + [part.name for part in letter.attachments]


@pytest.mark.parametrize("name", nasty.BROKEN)
def test_broken_mail_is_read_in_a_moment_and_can_be_stored(name: str) -> None:
    begun = time.monotonic()
    texts = everything(reading.read(nasty.BROKEN[name]))
    assert time.monotonic() - begun < 3
    assert not any("\0" in text for text in texts)
    assert all(text.encode() or not text for text in texts)


@pytest.mark.parametrize("name", nasty.NO_MAILS)
def test_what_is_no_mail_says_so(name: str) -> None:
    with pytest.raises(Unreadable):
        reading.read(nasty.NO_MAILS[name])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000))
@example(b"Subject: \xff\xfe\r\n\r\n")
def test_random_bytes_are_a_mail_or_none(raw: bytes) -> None:
    try:
        letter = reading.read(raw)
    except Unreadable:
        return
    everything(letter)


WORDS = st.text(max_size=40)
LINES = st.sampled_from(
    ["multipart/mixed; boundary=x", "multipart/alternative; boundary=x", "multipart/report; boundary=x", "text/html",
     "text/plain; charset=utf-16", "text/calendar", "message/rfc822", "message/delivery-status", "a/b/c", ""]
)  # fmt: skip
ENCODINGS = st.sampled_from(["base64", "quoted-printable", "8bit", "7bit", "x-uuencode", "binary", "nix", ""])
PARTS = st.lists(st.tuples(LINES, ENCODINGS, st.binary(max_size=200)), max_size=5)


@settings(max_examples=300, deadline=None)
@given(LINES, PARTS, WORDS, WORDS)
def test_random_structure_is_read(
    kind: str, parts: list[tuple[str, str, bytes]], subject: str, name: str
) -> None:
    raw = f"From: {name} <a@example.org>\r\nSubject: {subject}\r\nContent-Type: {kind}\r\n\r\n".encode(
        "utf-8", "surrogatepass"
    )
    for inner, encoding, body in parts:
        raw += f"--x\r\nContent-Type: {inner}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
        raw += body + b"\r\n"
    try:
        everything(reading.read(raw))
    except Unreadable:
        pytest.fail("it has a From")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wrong charset", "Müller für Größe"),
        ("unknown charset", "Grüße"),
        ("charset that is none", "Guten Tag"),
        ("NUL bytes", "Guten Tag"),
        ("boundary missing", "Guten Tag"),
        ("boundary never closed", "Guten Tag"),
        ("content type in pieces", "Guten Tag"),
        ("nested deep", "Ganz unten"),
    ],
)
def test_words_survive_what_is_wrong_around_them(name: str, words: str) -> None:
    assert reading.read(nasty.BROKEN[name]).text == words


def test_text_of_a_mail_nested_too_deep_can_still_be_seen() -> None:
    letter = reading.read(nasty.nested(150))
    assert "Ganz unten" in letter.text
    assert "structure" in letter.oddities


def test_header_with_raw_bytes_is_read_as_it_was_meant() -> None:
    letter = reading.read(nasty.BROKEN["raw bytes in header"])
    assert (letter.sender_name, letter.sender, letter.subject) == ("Müller", "m@example.org", "Grüße")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("filename=zeugnis.pdf", "zeugnis.pdf"),
        ("filename*=utf-8''Zeugnis%20f%C3%BCr%20Ay%C5%9Fe.pdf", "Zeugnis für Ayşe.pdf"),
        ("filename*0*=utf-8''Zeug; filename*1*=nis.pdf", "Zeugnis.pdf"),
        ('filename="=?utf-8?Q?Zeugnis_f=C3=BCr.pdf?="', "Zeugnis für.pdf"),
        ('filename="..\\\\..\\\\boot.ini"', "boot.ini"),
        ('filename="../../etc/passwd"', "passwd"),
        ("filename*=unknown-8bit''a%FFb.pdf", "aÿb.pdf"),
        ('filename="rechnung\u202efdp.exe"', "rechnung_fdp.exe"),
    ],
)
def test_name_of_an_attachment_is_a_name_and_nothing_else(written: str, name: str) -> None:
    [attachment] = reading.read(nasty.with_file(written)).attachments
    assert (attachment.name, attachment.kind, attachment.size) == (name, "application/pdf", 5)


def test_html_becomes_the_text_a_reader_sees() -> None:
    html = (
        "<html><head><style>p{color:red}</style><title>x</title></head><body><p>Guten&nbsp;Tag,</p>"
        "<div>wir <b>haben</b> eine<br>Frage:</div><ul><li>Schule<li>Kita</ul><script>alert(1)</script>"
        "<blockquote><p>Ihre Nachricht</p></blockquote></body></html>"
    )
    assert reading.read(nasty.outlook_html(html)).text == (
        "Guten Tag,\n\nwir haben eine\nFrage:\n\n- Schule\n- Kita\n\n> Ihre Nachricht\n>"
    )


def test_plain_text_is_preferred_to_html_and_a_text_file_is_an_attachment() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@example.org", "termin@example.org"
    mail.set_content("Der Text")
    mail.add_alternative("<p>Das HTML</p>", subtype="html")
    mail.add_attachment("Die Liste", filename="liste.txt")
    letter = reading.read(mail.as_bytes())
    assert (letter.text, letter.html.strip()) == ("Der Text", "<p>Das HTML</p>")
    assert [part.name for part in letter.attachments] == ["liste.txt"]


def test_every_address_it_was_delivered_for_is_known() -> None:
    raw = b"From: a@example.org\r\nTo: Termin <Termin@Example.org>\r\nCc: b@example.org\r\n"
    raw += b"Delivered-To: termin+abc@example.org\r\nX-Original-To: TERMIN+ABC@example.org\r\n\r\nHallo"
    assert reading.read(raw).recipients == ("termin@example.org", "b@example.org", "termin+abc@example.org")


def test_what_it_answers_comes_first_among_the_references() -> None:
    raw = b"From: a@example.org\r\nIn-Reply-To: <3@x>\r\nReferences: <1@x>\r\n <2@x> <3@x>\r\n\r\nHallo"
    assert reading.read(raw).references == ("<3@x>", "<2@x>", "<1@x>")


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("Mon, 02 Mar 2026 08:30:00 +0100", NOW - timedelta(minutes=30)),
        ("Mon, 02 Mar 2026 07:30:00", NOW - timedelta(minutes=30)),
        ("Mon, 02 Mar 2027 08:30:00 +0100", NOW),
        ("Thu, 01 Jan 1970 00:00:00 +0000", NOW),
        ("Mon, 99 Foo 99999 99:99:99 +9999", NOW),
        ("", NOW),
    ],
)
def test_date_is_believed_only_where_it_can_be_true(date: str, said: datetime) -> None:
    letter = reading.read(f"From: a@example.org\r\nDate: {date}\r\n\r\nHallo".encode())
    assert letter.said_at(NOW) == said


def test_same_mail_is_known_again_whatever_the_way_added_to_it() -> None:
    raw = b"From: a@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Frage\r\n\r\nHallo\r\n"
    again = b"Received: from elsewhere\r\nX-Spam: no\r\n" + raw.replace(b"\r\n", b"\n")
    assert reading.read(raw).digest == reading.read(again).digest
    assert reading.read(raw).digest != reading.read(raw.replace(b"Hallo", b"Hallo?")).digest


def test_end_of_a_mail_too_long_to_read_is_left_out_and_that_is_said() -> None:
    assert "cut" in reading.read(nasty.BROKEN["only line ends"]).oddities
