"""Mails as nobody should write them, and as they come."""

from __future__ import annotations

from email.message import EmailMessage


def head(*lines: str, sender: str = "Familie Yıldız <yildiz@example.org>") -> bytes:
    return "\r\n".join((f"From: {sender}", "To: termin@example.org", *lines, "", "")).encode()


def nested(levels: int) -> bytes:
    """Multiparts in multiparts, a text at the bottom."""
    made = head("Subject: Tief", 'Content-Type: multipart/mixed; boundary="b0"')
    for level in range(1, levels):
        made += f'--b{level - 1}\r\nContent-Type: multipart/mixed; boundary="b{level}"\r\n\r\n'.encode()
    return made + f"--b{levels - 1}\r\n\r\nGanz unten\r\n--b{levels - 1}--\r\n".encode()


def many_parts(number: int) -> bytes:
    made = head("Subject: Viel", 'Content-Type: multipart/mixed; boundary="b"')
    return made + b"".join(b"--b\r\n\r\nTeil\r\n" for _ in range(number)) + b"--b--\r\n"


def with_file(name_parameter: str) -> bytes:
    """One attachment whose name is written in this way."""
    made = head('Content-Type: multipart/mixed; boundary="b"', "Subject: Zeugnis")
    made += b"--b\r\nContent-Type: text/plain\r\n\r\nAnbei.\r\n"
    made += f"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; {name_parameter}\r\n".encode()
    return made + b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n"


def outlook_html(html: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "termin@example.org", "Frage"
    mail.set_content(html, subtype="html")
    return mail.as_bytes()


BROKEN = {
    "wrong charset": head("Content-Type: text/plain; charset=utf-8")
    + "Müller für Größe".encode("latin-1"),
    "unknown charset": head("Content-Type: text/plain; charset=X-UNKNOWN") + "Grüße".encode(),
    "charset that is none": head('Content-Type: text/plain; charset="hex"') + b"Guten Tag",
    "charset in stars": head("Content-Type: text/plain; charset*=utf-8''%ff%fe") + b"Guten Tag",
    "utf-7 with lone surrogates": head("Content-Type: text/plain; charset=utf-7") + b"Guten Tag +2AA-",
    "group addresses": b"From: Eltern: a@example.org, b@example.org;\r\nTo: undisclosed-recipients:;\r\n\r\nHallo",
    "route address": b"From: <@relay.example.org:a@example.org>\r\nSubject: x\r\n\r\nHallo",
    "two senders": b"From: a@example.org\r\nFrom: b@example.org\r\n\r\nHallo",
    "no body": b"From: a@example.org\r\nSubject: Bitte um Termin",
    "bad encoded words": head("Subject: =?utf-8?B?w7x?= =?x-unknown?Q?a=FC?= =?utf-8?Q?=?=") + b"Hallo",
    "raw bytes in header": b"From: M\xfcller <m@example.org>\r\nSubject: Gr\xc3\xbc\xc3\x9fe\r\n\r\nHallo",
    "NUL bytes": head("Subject: a\0b") + b"Gu\0ten Tag",
    "bad base64": head("Content-Transfer-Encoding: base64") + b"R3V0ZW4gVGFn!!!",
    "bad transfer encoding": head("Content-Transfer-Encoding: x-uuencode") + b"begin 644\r\nnope",
    "boundary missing": head("Content-Type: multipart/mixed") + b"Guten Tag",
    "boundary never closed": head('Content-Type: multipart/mixed; boundary="b"') + b"--b\r\n\r\nGuten Tag",
    "content type in pieces": head("Content-Type: ;;; charset=; boundary==") + b"Guten Tag",
    "mail in a mail": head('Content-Type: message/rfc822') + b"From: b@example.org\r\n\r\nInnen",
    "huge header": head("X-Long: " + "a" * 300_000, "Subject: " + "=?utf-8?Q?=C3=BC?= " * 20_000) + b"Hallo",
    "many recipients": head("Cc: " + ", ".join(f"p{n}@example.org" for n in range(20_000))) + b"Hallo",
    "five thousand parts": many_parts(5_000),
    "nested deep": nested(90),
    "nested too deep": nested(1_500),
    "only line ends": head() + b"\n" * 400_000,
    "unclosed comment": b"From: (((((((((\r\nSubject: x\r\n\r\nHallo",
    "date of no calendar": head("Date: Mon, 99 Foo 99999 99:99:99 +9999") + b"Hallo",
}  # fmt: skip
"""What it is → the bytes; all of these are mails."""

NO_MAILS = {"nothing": b"", "text": b"Guten Tag,\n\nich habe eine Frage.", "noise": bytes(range(256)) * 4}
