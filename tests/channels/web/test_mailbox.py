"""The demonstration's mailbox: shows what was sent, runs none of it, and opens nothing else."""

from __future__ import annotations

import html
import os
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest

from channels.web import site
from channels.web.demo import mailbox, parts
from office.settings import Settings
from sprechstunde import house
from tests.channels.web.staffroom import ORIGIN

NAME = "20260302T080000Z-0123456789abcdef-0.eml"
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260302T080000Z\r\n"
    "DTSTART:20260304T080000Z\r\nSEQUENCE:3\r\nSUMMARY:Termin\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def letter(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {
        "From": "termin@example.org",
        "To": "a@example.org",
        "Subject": "Ihr Termin",
        **headers,
    }.items():
        mail[name] = value
    mail.set_content("Guten Tag <b>,\n\nhier: http://localhost:8000/a/abc.\n")
    mail.add_alternative(
        "<html><head><title>x</title></head><body><script>alert(1)</script></body></html>", subtype="html"
    )
    mail.add_alternative(ICS, subtype="calendar", params={"method": "REQUEST"})
    return mail


@pytest.fixture
async def box(database: Settings) -> Path:
    folder = database.var_dir / "mailbox"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(letter().as_bytes())
    return folder


@pytest.fixture
async def reader(database: Settings, box: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    shown = database.model_copy(update={"demo": True})
    monkeypatch.setattr(mailbox, "current", lambda: shown)
    transport = httpx2.ASGITransport(app=site.build(shown, house.opened(shown)))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def test_outside_the_demonstration_there_is_no_mailbox(database: Settings, box: Path) -> None:
    transport = httpx2.ASGITransport(app=site.build(database, house.opened(database)))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        assert (await client.get("/demo/mailbox")).status_code == 404
        assert (await client.get(f"/demo/mailbox/{NAME}")).status_code == 404


async def test_the_newest_mail_is_on_top(reader: httpx2.AsyncClient, box: Path) -> None:
    (box / "20260101T080000Z-00-0.eml").write_bytes(letter(Subject="Der ältere").as_bytes())
    os.utime(box / "20260101T080000Z-00-0.eml", (0, 0))
    (box / ".20260302T-x.eml.tmp").write_text("unfinished")
    page = (await reader.get("/demo/mailbox")).text
    assert page.index("Ihr Termin") < page.index("Der ältere")
    assert "unfinished" not in page
    assert "a@example.org" in page


async def test_an_empty_mailbox_says_what_to_do(reader: httpx2.AsyncClient, box: Path) -> None:
    (box / NAME).unlink()
    assert "sp-empty" in (await reader.get("/demo/mailbox")).text


async def test_a_mail_shows_text_links_and_calendar(reader: httpx2.AsyncClient) -> None:
    answer = await reader.get(f"/demo/mailbox/{NAME}")
    assert "Guten Tag &lt;b&gt;" in answer.text
    assert '<a href="http://localhost:8000/a/abc" dir="ltr">http://localhost:8000/a/abc</a>.' in answer.text
    assert f'src="/demo/mailbox/{NAME}/1"' in answer.text
    for said in ("REQUEST", "Termin", "Mittwoch, 4. März 2026, 9:00", ">3<"):
        assert said in answer.text
    assert "frame-src 'self'" in answer.headers["content-security-policy"]


async def test_the_html_of_a_mail_may_do_nothing(reader: httpx2.AsyncClient) -> None:
    answer = await reader.get(f"/demo/mailbox/{NAME}/1")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert '<base target="_blank">' in answer.text


async def test_the_calendar_can_be_kept(reader: httpx2.AsyncClient) -> None:
    answer = await reader.get(f"/demo/mailbox/{NAME}/2")
    assert answer.headers["content-disposition"] == 'attachment; filename="invite.ics"'
    assert answer.content.startswith(b"BEGIN:VCALENDAR")


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fsecret-key",
        "..",
        "%2e%2e%2fsecret-key",
        "secret-key",
        "x%00.eml",
        f"..%2fmailbox%2f{NAME}",
        ".eml",
        "nothing.eml",
        "notes.txt",
    ],
)
async def test_nothing_else_can_be_opened(reader: httpx2.AsyncClient, box: Path, name: str) -> None:
    (box.parent / "secret-key").write_text("do not show")
    (box / "notes.txt").write_text("do not show")
    for path in (f"/demo/mailbox/{name}", f"/demo/mailbox/{name}/0"):
        answer = await reader.get(path)
        assert answer.status_code == 404
        assert "do not show" not in answer.text


async def test_a_part_that_is_not_there_is_nothing(reader: httpx2.AsyncClient) -> None:
    assert (await reader.get(f"/demo/mailbox/{NAME}/3")).status_code == 404


# Writing back


async def posted(reader: httpx2.AsyncClient, path: str, **fields: str) -> httpx2.Response:
    """The form of the sheet at `path`, filled in."""
    sheet = (await reader.get(path)).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', sheet))
    typed = dict(re.findall(r'<input class="[^"]*" id="\w+" name="(\w+)"[^>]* value="([^"]*)"', sheet))
    return await reader.post("/demo/mailbox/write", data={**unescaped(hidden), **unescaped(typed), **fields})


def unescaped(fields: dict[str, str]) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in fields.items()}


def came_in(box: Path) -> list[EmailMessage]:
    return [parts.parsed(path.read_bytes()) for path in sorted((box.parent / "mail-in").glob("*.eml"))]


async def test_a_mail_is_delivered_where_the_office_fetches_its_own(
    reader: httpx2.AsyncClient, box: Path
) -> None:
    answer = await posted(
        reader, "/demo/mailbox/write", sender="a@example.org", text="Wann? <b>", html="on", picture="on"
    )
    assert answer.status_code == 303
    (mail,) = came_in(box)
    assert (mail["to"], mail["from"]) == ("termin@example.org", "a@example.org")
    assert mail.get_body(("plain",)).get_content() == "Wann? <b>\n"  # type: ignore[union-attr]
    assert "&lt;b&gt;" in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert [one.get_filename() for one in mail.iter_attachments()] == ["Foto.png"]


async def test_a_reply_goes_where_it_was_asked_for_and_names_what_it_answers(
    reader: httpx2.AsyncClient, box: Path
) -> None:
    ours = letter(**{"Reply-To": "termin+abc@example.org", "Message-ID": "<one@example.org>"})
    (box / NAME).write_bytes(ours.as_bytes())
    assert (await posted(reader, f"/demo/mailbox/{NAME}/reply", text="Ja.")).status_code == 303
    (mail,) = came_in(box)
    assert (mail["to"], mail["from"]) == ("termin+abc@example.org", "a@example.org")
    assert mail["subject"] == "Re: Ihr Termin"
    assert (mail["in-reply-to"], mail["references"]) == ("<one@example.org>", "<one@example.org>")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"sender": "a@stadt.example", "text": "x"}, "sender"),
        ({"sender": "nobody", "text": "x"}, "sender"),
        ({"sender": "a@example.org", "to": "", "text": "x"}, "to"),
        ({"sender": "a@example.org", "text": " "}, "text"),
        ({"sender": "a@example.org\r\nBcc: b@example.org", "text": "x"}, "sender"),
    ],
)
async def test_what_is_no_mail_is_not_delivered(
    reader: httpx2.AsyncClient, box: Path, fields: dict[str, str], wrong: str
) -> None:
    answer = await posted(reader, "/demo/mailbox/write", **fields)
    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text
    assert came_in(box) == []


async def test_no_header_can_be_smuggled_in(reader: httpx2.AsyncClient, box: Path) -> None:
    smuggled = "Hallo\r\nBcc: b@example.org"
    await posted(reader, "/demo/mailbox/write", sender="a@example.org", subject=smuggled, text="x")
    (mail,) = came_in(box)
    assert mail["bcc"] is None


@pytest.mark.parametrize(("answer", "word"), [("accept", "ACCEPTED"), ("decline", "DECLINED")])
async def test_an_invitation_is_answered_as_a_calendar_program_does(
    reader: httpx2.AsyncClient, box: Path, answer: str, word: str
) -> None:
    page = (await reader.get(f"/demo/mailbox/{NAME}")).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    sent = await reader.post(f"/demo/mailbox/{NAME}/answer", data={**hidden, "answer": answer})
    assert sent.status_code == 303
    (mail,) = came_in(box)
    (reply,) = [leaf for leaf in parts.leaves(mail) if leaf.get_content_type() == "text/calendar"]
    said = reply.get_content().replace("\r\n ", "").replace("\n ", "")
    assert reply.get_param("method") == "REPLY"
    for line in ("METHOD:REPLY", "UID:1@x", "SEQUENCE:3", f"PARTSTAT={word}", "mailto:a@example.org"):
        assert line in said


async def test_nothing_is_delivered_without_the_pages_token(reader: httpx2.AsyncClient, box: Path) -> None:
    fields = {"sender": "a@example.org", "to": "termin@example.org", "subject": "", "text": "x"}
    assert (await reader.post("/demo/mailbox/write", data=fields)).status_code == 403
    assert came_in(box) == []
