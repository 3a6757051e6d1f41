"""A stranger's mail at the desk: seen by those who may, and harmless."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from channels import incoming, intake
from channels.models import Incoming, IncomingState
from channels.web.desk import mail
from channels.web.desk.mail import Shown
from inquiries.models import Inquiry
from office.models import AuditEntry, Role
from tests.channels.email import nasty
from tests.channels.web.conftest import Enter
from tests.factories import NOW

EVIL = """<html><head><style>@import url(https://evil.example.org/a.css);</style><base href="https://evil.example.org">
<meta http-equiv="refresh" content="0;url=https://evil.example.org"></head><body onload="alert(1)">
<p style="color:red;background-image:url(https://evil.example.org/b.png);position:fixed">Guten <b>Tag</b></p>
<script>alert(2)</script><img src="https://evil.example.org/c.png" onerror="alert(3)"><img src="cid:logo">
<a href="javascript:alert(4)">Klick</a> <a href="https://evil.example.org/d">Hier</a>
<form action="https://evil.example.org/e"><input name="password"><button>Senden</button></form>
<iframe src="https://evil.example.org/f"></iframe><object data="x"></object><svg onload="alert(5)"></svg>
<math><mtext><table><mglyph><style><img src=x onerror=alert(6)></style></mglyph></table></mtext></math>
<div style="width:expression(alert(7))">Ende</div></body></html>"""


def letter(**headers: str) -> bytes:
    """A mail with text, evil HTML, a PDF and a page for download."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        "Ayşe <family@example.org>",
        "termin@example.org",
        "<b>Frage</b>",
    )
    for name, value in headers.items():
        made[name] = value
    made.set_content("Guten Tag, <script>alert(0)</script>\n\nAm 1.3.26 um 8:00 schrieb Stadt:\n> Früher")
    made.add_alternative(EVIL, subtype="html")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Zeugnis für Ayşe.pdf")
    made.add_attachment(b"<script>alert(8)</script>", maintype="text", subtype="html", filename="seite.html")
    return made.as_bytes()


async def arrived(raw: bytes, channel: str = "email") -> Incoming:
    stored = await incoming.store(f"imap:t:1:{await Incoming.all().count()}", channel, raw, now=NOW)
    if channel == "email":
        await intake.take_in(stored.id, NOW)
    return await Incoming.get(id=stored.id)


async def test_page_shows_the_text_escaped_and_the_quotation_folded(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(letter())
    page = await browser.get(f"/desk/mail/{stored.id}/letter")
    assert "&lt;script&gt;alert(0)" in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;Frage&lt;/b&gt;" in page
    assert page.index("<details") < page.index("Früher")
    assert f'src="/desk/mail/{stored.id}/html"' in page
    assert "Zeugnis für Ayşe.pdf" in page


async def test_only_the_desk_may_frame_it_and_nothing_in_it_runs(enter: Enter) -> None:
    browser = await enter(Role.LEAD)
    stored = await arrived(letter())
    answer = await browser.http.get(f"/desk/mail/{stored.id}/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert {"sandbox", "frame-ancestors 'self'"} <= {part.strip() for part in policy.split(";")}
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    page = await browser.http.get(f"/desk/mail/{stored.id}/letter")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


async def test_nothing_of_the_html_loads_runs_or_leads_anywhere(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(letter())
    page = (await browser.get(f"/desk/mail/{stored.id}/html")).lower()
    assert "guten <b>tag</b>" in page
    assert "ende" in page
    for word in ("evil", "script", "http", "href", "src", "onload", "onerror", "url(", "form", "input", "iframe",
                 "object", "svg", "import", "expression(", "position"):  # fmt: skip
        assert word not in page, word


async def test_attachment_is_a_file_and_never_a_page(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(letter())
    pdf, page = mail.shown(stored).attachments
    answer = await browser.http.get(f"/desk/mail/{stored.id}/part/{pdf.number}")
    assert answer.content == b"%PDF-1.7"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Zeugnis f_r Ay_e.pdf\"; filename*=UTF-8''Zeugnis%20f%C3%BCr%20Ay%C5%9Fe.pdf"
    )
    answer = await browser.http.get(f"/desk/mail/{stored.id}/part/{page.number}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_text_is_no_attachment_and_what_is_not_there_is_no_page(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(letter())
    await browser.get(f"/desk/mail/{stored.id}/part/0", 404)
    await browser.get(f"/desk/mail/{stored.id}/part/99", 404)
    await browser.get("/desk/mail/999/letter", 404)


async def test_bytes_come_as_they_came(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(letter())
    answer = await browser.http.get(f"/desk/mail/{stored.id}")
    assert answer.content == letter() or answer.content == bytes(stored.content)
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="mail-{stored.id}.eml"')


async def test_sms_can_be_downloaded_and_has_no_letter(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(b"Body=Hallo", "sms")
    answer = await browser.http.get(f"/desk/mail/{stored.id}")
    assert (answer.content, answer.headers["content-type"]) == (b"Body=Hallo", "application/octet-stream")
    await browser.get(f"/desk/mail/{stored.id}/letter", 404)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.ADMIN])
async def test_who_sees_no_topics_sees_no_mail(enter: Enter, role: Role) -> None:
    browser = await enter(role)
    stored = await arrived(letter())
    for path in ("", "/letter", "/html", "/part/2"):
        await browser.get(f"/desk/mail/{stored.id}{path}", 403)
    await browser.send(f"/desk/mail/{stored.id}/take", status=403)
    assert await AuditEntry.filter(subject=f"incoming:{stored.id}").count() == 0


async def test_every_look_is_noted(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(letter())
    for path in ("", "/letter", "/html", "/part/2"):
        await browser.get(f"/desk/mail/{stored.id}{path}")
    seen = await AuditEntry.filter(subject=f"incoming:{stored.id}").order_by("id")
    actions = [entry.action for entry in seen]
    assert actions == ["mail_downloaded", "mail_seen", "mail_seen", "attachment_downloaded"]


async def test_automatic_mail_becomes_a_question_by_one_button(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(letter(Precedence="bulk"))
    assert f"/desk/mail/{stored.id}/take" in await browser.get(f"/desk/mail/{stored.id}/letter")
    answer = await browser.send(f"/desk/mail/{stored.id}/take")
    opened = await Inquiry.get()
    assert answer.headers["location"] == f"/desk/inquiries/{opened.id}"
    assert (await Incoming.get(id=stored.id)).state is IncomingState.TAKEN
    assert f"/desk/mail/{stored.id}/take" not in await browser.get(f"/desk/mail/{stored.id}/letter")


async def test_noise_can_be_downloaded_and_not_taken(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(nasty.NO_MAILS["noise"])
    assert "/take" not in await browser.get(f"/desk/mail/{stored.id}/letter")
    await browser.send(f"/desk/mail/{stored.id}/take", status=422)
    await browser.get(f"/desk/mail/{stored.id}/html", 404)
    assert mail.shown(stored) == Shown()


@pytest.mark.parametrize("name", nasty.BROKEN)
async def test_broken_mail_has_a_page(enter: Enter, name: str) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(nasty.BROKEN[name])
    await browser.get(f"/desk/mail/{stored.id}/letter")
    await browser.get(f"/desk/mail/{stored.id}/html")


async def test_thread_leads_to_the_mail_as_it_came(enter: Enter) -> None:
    browser = await enter(Role.COUNSELLOR)
    stored = await arrived(letter())
    page = await browser.get(f"/desk/inquiries/{stored.inquiry_id}")
    assert f'href="/desk/mail/{stored.id}/letter"' in page
