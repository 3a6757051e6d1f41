"""Machines get no answer from a machine, and humans are not taken for machines."""

from __future__ import annotations

import pytest

from channels.email import automatic, reading

HUMAN = "From: Familie <family@example.org>\r\nMessage-ID: <1@mail.example.org>\r\nSubject: Frage\r\n"


def reason(*headers: str, start: str = HUMAN) -> str:
    raw = start + "".join(f"{line}\r\n" for line in headers) + "\r\nGuten Tag"
    letter = reading.read(raw.encode())
    return automatic.reason(letter, our_address="termin@example.org", our_host="termin.example.org")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Auto-Submitted: auto-replied", "auto_submitted"),
        ("Auto-Submitted: auto-generated; owner-email=x", "auto_submitted"),
        ("Auto-Submitted: AUTO-NOTIFIED (vacation)", "auto_submitted"),
        ("Auto-Submitted: no", ""),
        ("Auto-Submitted: No (a human)", ""),
        ("Auto-Submitted:", ""),
        ("Precedence: bulk", "bulk"),
        ("Precedence: List", "bulk"),
        ("Precedence: first-class", ""),
        ("List-Unsubscribe: <https://example.org>", "list"),
        ("List-Id: Eltern <eltern.example.org>", "list"),
        ("X-Auto-Response-Suppress: OOF, AutoReply", "auto_reply"),
        ("X-Auto-Response-Suppress: All", "auto_reply"),
        ("X-Auto-Response-Suppress: RN, NRN", ""),
        ("X-Autoreply: yes", "auto_reply"),
        ("Return-Path: <>", "no_return_path"),
        ("Return-Path: <family@example.org>", ""),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", "report"),
        ("X-Priority: 1", ""),
    ],
)
def test_header_says_whether_a_human_wrote(header: str, code: str) -> None:
    assert reason(header) == code


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        ("noreply@example.org", "machine"),
        ("No-Reply@example.org", "machine"),
        ("MAILER-DAEMON@example.org", "machine"),
        ("nora.reply@example.org", ""),
        ("termin@example.org", "our_own_mail"),
    ],
)
def test_sender_says_whether_a_human_wrote(sender: str, code: str) -> None:
    assert reason(start=f"From: {sender}\r\nMessage-ID: <1@mail.example.org>\r\n") == code


def test_our_own_mail_coming_back_is_known_by_its_message_id() -> None:
    ours = f"From: family@example.org\r\nMessage-ID: <{'a' * 32}@termin.example.org>\r\n"
    theirs = "From: family@example.org\r\nMessage-ID: <1@termin.example.org>\r\n"
    assert (reason(start=ours), reason(start=theirs)) == ("our_own_mail", "")
