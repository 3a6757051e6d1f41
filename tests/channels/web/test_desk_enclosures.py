"""Files that go with an answer, at the desk: kept with the draft, bounded, and gone with it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from channels import export, outbox, scanning
from channels.models import Message
from channels.web.desk import enclosures
from inquiries import merging, thread, uploads
from inquiries.inquiry import Concern
from inquiries.models import Draft, Inquiry, Person, Upload, UploadState, Writing, WritingKind
from inquiries.thread import From, Told
from office.models import Role
from tests import clamd
from tests.channels.test_pictures import photo, revealing
from tests.channels.test_scanning import scanned_by
from tests.channels.web import test_desk_answers
from tests.channels.web.staffroom import Browser, hidden
from tests.channels.web.test_desk_answers import address, typed
from tests.factories import NOW
from workers import erasure, retention

question, scanned = test_desk_answers.question, scanned_by
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8


async def form(browser: Browser, found: Inquiry) -> dict[str, Any]:
    """What stands hidden in the answer form."""
    return hidden_in(await browser.get(address(found)))


def hidden_in(page: str) -> dict[str, Any]:
    part = page.split('/answer" data-keep')[1].partition("</form>")[0]
    return hidden(part, lists=["attached"]) | {"channel": "email"}


async def send(
    browser: Browser,
    found: Inquiry,
    *files: tuple[str, bytes],
    status: int = 303,
    to: str = "answer",
    **fields: Any,
) -> httpx2.Response:
    """The form with these files, as a browser sends it; none chosen is an empty part."""
    parts = [("files", (name, content, "application/octet-stream")) for name, content in files]
    answer = await browser.http.post(
        f"{address(found)}/{to}",
        data=fields,
        files=parts or [("files", ("", b"", "application/octet-stream"))],
    )
    assert answer.status_code == status, answer.text[:3000]
    return answer


async def attached(
    browser: Browser, found: Inquiry, *files: tuple[str, bytes], **fields: Any
) -> dict[str, Any]:
    """The form as it stands after these files were attached."""
    given = {**await form(browser, found), "text": "Guten Tag,", "do": "attach", **fields}
    return hidden_in((await send(browser, found, *files, status=200, **given)).text)


async def test_file_lies_with_the_draft_and_goes_with_the_answer(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    on = await attached(browser, question, ("Anmeldung Grundschule.pdf", PDF))
    page = await browser.get(address(question))
    assert "Anmeldung Grundschule.pdf" in page and "auf Viren geprüft" in page
    assert typed(page) == "Guten Tag,"
    await send(browser, question, ("Lageplan.png", photo("PNG")), text="Guten Tag,", **on)
    written = await Writing.get(kind=WritingKind.ANSWER)
    gone = await Upload.filter(writing_id=written.id).order_by("id")
    assert [(one.name, one.kind, one.draft_id) for one in gone] == [
        ("Anmeldung Grundschule.pdf", "application/pdf", None),
        ("Lageplan.png", "image/png", None),
    ]
    assert gone[0].content == PDF
    assert (await Draft.all().count(), await Upload.all().count()) == (0, 2)
    assert "Lageplan.png" in await browser.get(address(question))


async def test_picture_of_ours_tells_no_place_and_no_camera_either(question: Inquiry, enter: Any) -> None:
    await attached(await enter(Role.COUNSELLOR), question, ("Tafel.jpeg", revealing()))
    kept = await Upload.get()
    assert b"Amira" not in kept.content and kept.name == "Tafel.jpg"


@pytest.mark.parametrize("act", ["preview", "insert"])
async def test_file_chosen_and_another_button_pressed_is_not_lost(
    question: Inquiry, enter: Any, act: str
) -> None:
    browser = await enter(Role.COUNSELLOR)
    given = {**await form(browser, question), "text": "Guten Tag,", "do": act}
    page = (await send(browser, question, ("a.pdf", PDF), status=200, **given)).text
    assert typed(page) == "Guten Tag,"
    assert hidden_in(page)["attached"] == [str((await Upload.get()).id)]
    if act == "preview":
        assert "An die E-Mail angehängt" in page


async def test_wrong_input_and_saving_a_draft_keep_the_file(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    given = await form(browser, question)
    page = (await send(browser, question, ("a.pdf", PDF), status=422, **{**given, "text": ""})).text
    assert len(hidden_in(page)["attached"]) == 1
    saved = await send(browser, question, ("b.png", photo("PNG")), to="draft", text="", **hidden_in(page))
    assert saved.headers["location"].endswith("?drafted")
    assert len((await form(browser, question))["attached"]) == 2


async def test_answer_that_is_held_keeps_its_files(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    on = await attached(browser, question, ("a.pdf", PDF))
    told = Told(key="web:later", text="Noch etwas", channel="web_form", at=NOW)
    await thread.receive(told, From(inquiry=question.id), Concern("web_form"), actor="person", now=NOW)
    held = await send(browser, question, ("b.pdf", PDF + b"b"), status=409, text="Ja.", **on)
    assert "Eine Nachricht kam" in held.text
    again = hidden_in(held.text)
    assert len(again["attached"]) == 2
    await send(browser, question, text="Ja.", **again)
    assert await Upload.filter(writing__kind=WritingKind.ANSWER).count() == 2


async def test_file_is_removed_and_the_words_stay(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    on = await attached(browser, question, ("a.pdf", PDF))
    on["do"] = f"remove:{on['attached'][0]}"
    page = (await send(browser, question, status=200, text="Neu", **on)).text
    assert hidden_in(page)["attached"] == [] and typed(page) == "Neu"
    assert await Upload.all().count() == 0
    assert typed(await browser.get(address(question))) == "Neu"


@pytest.mark.parametrize(
    ("files", "said", "kept"),
    [
        ([("a.exe", b"MZ"), ("b.pdf", PDF)], "kein PDF, JPEG oder PNG", 1),
        ([("a.pdf", b"%PDF-" + b"x" * (8 * 1024 * 1024))], "zu groß", 0),
        ([("a.pdf", b"%PDF-" + b"x" * (6 * 1024 * 1024)), ("b.pdf", b"%PDF-" + b"y" * (6 * 1024 * 1024))],
         "zusammen zu groß", 1),
        ([(f"{n}.pdf", PDF + bytes([n])) for n in range(enclosures.MOST + 1)], "zu viele Dateien", enclosures.MOST),
        ([("a.jpg", b"\xff\xd8\xffx")], "lässt sich nicht öffnen", 0),
    ],
)  # fmt: skip
async def test_what_is_amiss_with_a_file_is_said_and_costs_nothing_else(
    question: Inquiry, enter: Any, files: list[tuple[str, bytes]], said: str, kept: int
) -> None:
    browser = await enter(Role.COUNSELLOR)
    given = {**await form(browser, question), "text": "Guten Tag,"}
    page = (await send(browser, question, *files, status=422, **given)).text
    assert said in page and typed(page) == "Guten Tag,"
    assert await Upload.all().count() == kept
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 0


async def test_pressed_twice_it_is_one_answer_with_each_file_once(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    given = {**await form(browser, question), "text": "Ja."}
    files = (("a.pdf", PDF), ("b.pdf", PDF + b"b"))
    await asyncio.gather(*(send(browser, question, *files, **given) for _ in range(2)))
    await send(browser, question, *files, **given)
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 1
    assert (await Upload.all().count(), await Draft.all().count()) == (2, 0)


async def test_page_gone_back_to_with_another_file_loses_nothing(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    given = {**await form(browser, question), "text": "Ja."}
    await send(browser, question, **given)
    held = await send(browser, question, ("a.pdf", PDF), status=409, **given)
    assert len(hidden_in(held.text)["attached"]) == 1


async def test_file_attached_in_another_window_is_not_sent_unseen(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    before = await form(browser, question)
    await attached(browser, question, ("a.pdf", PDF))
    page = (await send(browser, question, status=409, text="Ja.", **before)).text
    assert "in einem anderen Fenster" in page
    assert len(hidden_in(page)["attached"]) == 1


async def test_nobody_else_gets_a_file_that_was_not_sent(question: Inquiry, enter: Any) -> None:
    mine, lead = await enter(Role.COUNSELLOR), await enter(Role.LEAD)
    await attached(mine, question, ("a.pdf", PDF))
    number = (await Upload.get()).id
    await mine.get(f"/desk/uploads/{number}", 404)
    await scanning.check(NOW)
    answer = await mine.http.get(f"/desk/uploads/{number}")
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    await lead.get(f"/desk/uploads/{number}", 404)
    page = await lead.get(address(question))
    assert "a.pdf" not in page


async def test_refused_file_is_to_be_removed_first(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    on = await attached(browser, question, ("a.pdf", PDF))
    await uploads.checked((await Upload.get()).id, UploadState.REFUSED, NOW, reason="Eicar")
    page = (await send(browser, question, status=422, text="Ja.", **on)).text
    assert "Bitte entfernen Sie sie" in page
    on["do"] = f"remove:{on['attached'][0]}"
    on = hidden_in((await send(browser, question, status=200, text="Ja.", **on)).text)
    await send(browser, question, text="Ja.", **on)
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 1


async def test_words_in_an_sms_take_no_file_along(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    on = await attached(browser, question, ("a.pdf", PDF))
    page = (
        await send(browser, question, status=422, text="Ja.", **{**on, "channel": "sms", "how": "words"})
    ).text
    assert "Link zur Antwort" in page


async def test_log_in_that_ended_loses_the_files_but_no_word(question: Inquiry, enter: Any) -> None:
    browser = await enter()
    page = await browser.get("/desk/log-in")
    fields = {
        "csrf": hidden(page)["csrf"],
        "form": "answer",
        "text": "Lange überlegt",
        "key": "k",
        "seen": "1",
    }
    asked = await send(browser, question, ("a.pdf", PDF), status=403, **fields)
    assert "Lange überlegt" in asked.text and "Dateien" in asked.text


async def test_draft_left_lying_takes_its_file_along(question: Inquiry, enter: Any) -> None:
    await attached(await enter(Role.COUNSELLOR), question, ("a.pdf", PDF))
    await retention.run(NOW + timedelta(days=6))
    assert await Upload.all().count() == 1
    await retention.run(NOW + timedelta(days=8))
    assert await Upload.all().count() == 0


async def test_name_is_for_the_reader_and_for_nothing_else() -> None:
    for given, kept in {
        "Zeugnis für Ayşe.pdf": "Zeugnis für Ayşe.pdf",
        "C:\\Users\\co\\Brief.PDF": "Brief.pdf",
        "../../etc/passwd": "passwd.pdf",
        'a"\r\nBcc: .pdf': "a Bcc.pdf",
        "Rechnung\u202efdp.exe": "Rechnung fdp.pdf",
        "شهادة.pdf": "شهادة.pdf",
        ".pdf": "",
        "x" * 300: "x" * 80 + ".pdf",
    }.items():
        assert uploads.title(given, "application/pdf") == kept


async def test_no_message_is_put_before_it_is_sent(question: Inquiry, enter: Any) -> None:
    await attached(await enter(Role.COUNSELLOR), question, ("a.pdf", PDF))
    assert await Message.all().count() == 0


async def test_scanner_that_is_down_is_one_card_however_many_files_wait(
    question: Inquiry, enter: Any, at: Any, scanned: Any
) -> None:
    scanned("tcp://127.0.0.1:9")  # nobody listens there
    browser, admin = await enter(Role.COUNSELLOR), await enter(Role.ADMIN)
    await attached(browser, question, ("a.pdf", PDF), ("b.pdf", PDF + b"b"))
    assert await scanning.check(NOW) == 0
    assert "Virenscanner" not in await browser.get("/desk/cards")
    at(NOW + scanning.OVERDUE)
    for one in (browser, admin):
        page = await one.get("/desk/cards")
        assert page.count("Der Virenscanner antwortet nicht") == 1
        assert "2 Dateien sind noch nicht geprüft" in page and '<span class="sp-count">1</span>' in page
        assert ".pdf" not in page
    async with clamd.running() as scanner:
        scanned(scanner.url)
        await scanning.check(NOW)
    assert "sp-empty" in await browser.get("/desk/cards")


async def test_card_of_a_refused_file_says_what_to_do_and_offers_no_sending(
    question: Inquiry, enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    await send(
        browser,
        question,
        ("a.pdf", PDF),
        text="Ja.",
        **(await form(browser, question) | {"channel": "web_form"}),
    )
    upload = await Upload.get()
    await uploads.checked(upload.id, UploadState.REFUSED, NOW, reason="Eicar")
    await outbox.scanned(upload.writing_id or 0, NOW)
    page = await browser.get("/desk/cards")
    assert "ohne die abgelehnte Datei" in page and f"/desk/inquiries/{question.id}" in page
    assert "Noch einmal senden" not in page
    await browser.send(f"/desk/cards/message/{(await Message.get()).id}", do="settled")
    assert "sp-empty" in await browser.get("/desk/cards")


async def test_files_sent_and_begun_are_handed_out_and_erased_with_the_person(
    question: Inquiry, enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    await send(browser, question, ("Anmeldung.pdf", PDF), text="Ja.", **await form(browser, question))
    await attached(browser, question, ("Zeugnis.pdf", PDF + b"b"))
    person = await Person.get()
    page = await export.page(person, NOW)
    assert "Anmeldung.pdf" in page and "Zeugnis.pdf" in page
    await erasure.erase(person.id, actor="staff:ps", now=NOW)
    assert (await Upload.all().count(), await Draft.all().count()) == (0, 0)


async def test_files_begun_about_two_matters_that_were_one_lie_with_the_whole(
    question: Inquiry, enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    told = Told("mail:2", "Noch eine", "email", NOW)
    other = await thread.receive(
        told, From(person=question.person_id), Concern("email"), actor="person", now=NOW
    )
    await attached(browser, question, ("a.pdf", PDF))
    await attached(browser, other, ("b.pdf", PDF + b"b"))
    await merging.join(other.id, question.id, actor="staff:co", now=NOW)
    assert len((await form(browser, question))["attached"]) == 2
