"""Files of an answer in a real SMTP conversation: as they are, once they were scanned, and never before."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from channels import outbox, previews, scanning, sending
from channels.email.message import NotScanned, compose
from channels.email.way import Email
from channels.models import Message, State
from channels.sms import message as sms_message
from inquiries import drafts, thread, uploads
from inquiries.drafts import Typed
from inquiries.inquiry import Concern
from inquiries.models import DraftKind, Inquiry, Upload, UploadState, Writing
from inquiries.thread import FilesChanged, From, Told
from inquiries.uploads import Picture
from office import settings as office_settings
from office.models import JournalEntry
from tests import clamd
from tests.channels.email import test_transport
from tests.channels.email.test_transport import Server
from tests.channels.test_scanning import scanned_by
from tests.clamd import EICAR
from tests.factories import NOW, introduction, make_staff
from workers import sweep

server, smtp = test_transport.server, test_transport.smtp
scanned = scanned_by
PDF = b"%PDF-1.7\r\n" + bytes(range(256)) * 400 + b"\n.\r\n.\n\r--\0"
"""Bytes a careless mailer changes: line ends, dots alone on a line, everything beyond ASCII."""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(255, -1, -1)) * 100


async def answered(*files: Picture, channel: str = "email", in_full: bool = False, **who: Any) -> Writing:
    """Somebody asked, and one of us answered with these files."""
    found = await asked(**who)
    member = await make_staff(code="jb")
    ids = await drafts.keep(
        member.id, found.id, DraftKind.ANSWER, Typed("Anbei."), key="k", now=NOW, files=files
    )
    written = await thread.answer(
        found.id, "Anbei.", key="k", channel=channel, actor="staff:jb", now=NOW, files=ids, in_full=in_full
    )
    await sweep.run(NOW)
    return written


async def asked(**who: Any) -> Inquiry:
    told, concern = Told("mail:1", "Welche Unterlagen?", "email", NOW), Concern("email")
    sender = From(who=introduction(**{"email": "amira@example.org", **who}))
    return await thread.receive(told, sender, concern, actor="person", now=NOW, automatic=True)


def arrived(server: Server) -> list[EmailMessage]:
    mails = [message_from_bytes(content, policy=policy.SMTP) for content in server.taken]
    return [mail for mail in mails if isinstance(mail, EmailMessage)]


def enclosed(mail: EmailMessage) -> list[tuple[str | None, str, bytes]]:
    parts = list(mail.iter_attachments())
    return [(one.get_filename(), one.get_content_type(), one.get_payload(decode=True)) for one in parts]


async def test_files_arrive_byte_for_byte_under_their_names(database: Any, server: Server, smtp: Any) -> None:
    await answered(
        Picture("application/pdf", PDF, "Anmeldung für Ayşe – Übergang.pdf"),
        Picture("image/png", PNG, "Plan.png"),
    )
    await scanning.check(NOW)
    await sending.deliver(Email(smtp), lambda: NOW)
    (mail,) = arrived(server)
    assert enclosed(mail) == [
        ("Anmeldung für Ayşe – Übergang.pdf", "application/pdf", PDF),
        ("Plan.png", "image/png", PNG),
    ]
    body = mail.get_body(("plain",))
    assert body is not None and "Anbei." in body.get_content()
    assert all(line.isascii() for line in server.taken)
    assert (await Message.get()).state == State.SENT


async def test_answer_waits_for_the_scanner_and_goes_as_soon_as_it_has_spoken(
    server: Server, smtp: Any, scanned: Any
) -> None:
    scanned("tcp://127.0.0.1:9")  # nobody listens there
    await answered(Picture("application/pdf", PDF, "a.pdf"))
    for minutes in (0, 2, 60):
        now = NOW + timedelta(minutes=minutes)
        await scanning.check(now)
        await sending.deliver(Email(smtp), lambda: now)  # noqa: B023
    assert server.taken == [] and (await Message.get()).state == State.QUEUED
    async with clamd.running() as scanner:
        scanned(scanner.url)
        await scanning.check(now)
    await sending.deliver(Email(smtp), lambda: now)
    assert [content for _name, _kind, content in enclosed(arrived(server)[0])] == [PDF]


async def test_file_that_is_not_clean_never_leaves_and_the_desk_is_told(
    server: Server, smtp: Any, scanned: Any
) -> None:
    async with clamd.running() as scanner:
        scanned(scanner.url)
        await answered(
            Picture("application/pdf", PDF, "a.pdf"), Picture("application/pdf", b"%PDF-" + EICAR, "b.pdf")
        )
        await scanning.check(NOW)
    for _ in range(2):
        await sending.deliver(Email(smtp), lambda: NOW)
        await outbox.again((await Message.get()).id, NOW)
    message = await Message.get()
    assert (message.state, message.reason) == (State.FAILED, "file_refused")
    assert server.taken == [] and [one.id for one in await outbox.troubled()] == [message.id]


async def test_no_mail_can_be_composed_around_the_scan(database: Any) -> None:
    await answered(Picture("application/pdf", PDF, "a.pdf"))
    for state in (UploadState.STORED, UploadState.REFUSED):
        await Upload.all().update(state=state)
        with pytest.raises(NotScanned):
            await compose(await Message.get(), NOW)


async def test_where_others_read_nothing_is_sent_and_a_refused_file_is_a_card(
    server: Server, smtp: Any, scanned: Any
) -> None:
    async with clamd.running() as scanner:
        scanned(scanner.url)
        await answered(Picture("application/pdf", EICAR, "b.pdf"), channel="web_form", read_by_others=True)
        for _ in range(2):
            await scanning.check(NOW)
            await outbox.scanned((await Upload.get()).writing_id or 0, NOW)
    await sending.deliver(Email(smtp), lambda: NOW)
    (card,) = await outbox.troubled()
    assert (card.reason, server.taken) == ("file_refused", [])


async def test_by_sms_it_is_the_link_even_if_the_words_were_wished_for(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sms = database.model_copy(update={"demo": True})
    monkeypatch.setattr(office_settings, "_current", with_sms)
    await answered(
        Picture("application/pdf", PDF, "a.pdf"),
        channel="sms",
        in_full=True,
        email="",
        phone="+4917604069012",
    )
    said = (await sms_message.compose(await Message.get(), NOW)).body
    assert "/q/" in said and "Anbei" not in said


async def test_files_of_a_draft_are_not_sent_unseen(database: Any) -> None:
    found, member = await asked(), await make_staff(code="jb")
    await drafts.keep(
        member.id,
        found.id,
        DraftKind.ANSWER,
        Typed(""),
        key="k",
        now=NOW,
        files=[Picture("application/pdf", PDF)],
    )
    said: dict[str, Any] = {"channel": "email", "actor": "staff:jb", "now": NOW}
    with pytest.raises(FilesChanged):
        await thread.answer(found.id, "Ja.", key="a", files=[], **said)
    await thread.answer(found.id, "Ja.", key="b", **said)  # one text to several knows of no files
    assert len(await uploads.enclosed(member.id, found.id)) == 1


async def test_journal_knows_no_file_by_its_name(database: Any) -> None:
    await answered(Picture("application/pdf", PDF, "Zeugnis Amira.pdf"))
    assert "Amira" not in str([entry.details for entry in await JournalEntry.all()])


async def test_preview_is_what_goes_out(database: Any) -> None:
    written = await answered(Picture("application/pdf", PDF, "a.pdf"))
    await scanning.check(NOW)
    mail = await compose(await Message.get(), NOW)
    shown = await previews.of(await Inquiry.get(id=written.inquiry_id), "Anbei.", channel="email")
    body = mail.get_body(("plain",))
    assert body is not None and body.get_content().strip() == shown.text.strip()
