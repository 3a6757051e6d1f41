"""Photos sent from the pages behind a link, and who may look at them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from booking import appointments
from channels import scanning
from channels.web.public import photos, second_secret
from inquiries import inquiry, thread
from inquiries.models import Contact, Inquiry, Upload, Writing
from office.models import AuditEntry, Role
from tests.channels.test_pictures import photo, revealing
from tests.channels.web.staffroom import meets
from tests.channels.web.test_desk_inbox import ask
from tests.factories import NOW, introduction, make_appointment

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


@pytest.fixture
async def question(database: Any, at: Any) -> Inquiry:
    return await ask(name="Amira", email="amira@example.org")


async def send(web: httpx2.AsyncClient, here: str, *files: bytes, **fields: str) -> httpx2.Response:
    """The form of the page, sent with these files."""
    page = (await web.get(f"{here}/photos")).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    parts = [("photos", (f"Zeugnis Amira {n}.jpg", content, "image/jpeg")) for n, content in enumerate(files)]
    return await web.post(f"{here}/photos", data={**hidden, **fields}, files=parts or None)


def path(found: Inquiry) -> str:
    return f"/q/{thread.token(found)}"


async def test_photos_are_one_message_of_the_thread_and_one_contact(question: Inquiry, web: Any) -> None:
    answer = await send(web, path(question), revealing(), b"%PDF-1.7", text="Das Zeugnis")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path(question)}/photos?sent=2")
    written = await Writing.all().order_by("-id").first()
    assert written is not None
    assert (written.inquiry_id, written.text) == (question.id, "Das Zeugnis")
    kept = await Upload.filter(writing_id=written.id).order_by("id")
    assert [one.kind for one in kept] == ["image/jpeg", "application/pdf"]
    assert b"Amira" not in kept[0].content
    assert await Contact.all().count() == 2
    assert "wird geprüft" in (await web.get(path(question))).text


async def test_the_same_form_sent_twice_is_one_message(question: Inquiry, web: Any) -> None:
    for _ in range(2):
        await send(web, path(question), photo(), key="a-key-of-the-form")
    assert await Upload.all().count() == 1
    assert await Contact.all().count() == 2


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "wählen Sie ein Foto"),
        ((photo(),) * (photos.MOST + 1), "zu viele Dateien"),
        ((photo(), HEIC), "HEIC"),
        ((b"GIF89a",), "kein JPEG, PNG oder PDF"),
        ((b"\xff\xd8\xffx",), "noch einmal auf"),
        ((b"%PDF-" + b"x" * (8 * 1024 * 1024),), "zu groß"),
    ],
)
async def test_what_is_amiss_is_said_and_what_was_written_stays(
    question: Inquiry, web: Any, files: tuple[bytes, ...], said: str
) -> None:
    answer = await send(web, path(question), *files, text="Mein Text")
    assert answer.status_code == 422
    assert said in answer.text
    assert "Mein Text" in answer.text
    assert await Upload.all().count() == 0


async def test_a_closed_matter_opens_a_new_one(question: Inquiry, web: Any) -> None:
    await inquiry.void(question.id, actor="staff:jb", now=NOW)
    answer = await send(web, path(question), photo())
    new = await Inquiry.exclude(id=question.id).get()
    assert answer.headers["location"] == f"/q/{thread.token(new)}?asked=1"


async def test_photos_before_a_talk_belong_to_its_matter(school: Any, web: Any) -> None:
    found = await make_appointment(school, who=introduction())
    here = f"/a/{appointments.token(found)}"
    assert f'href="{here}/photos"' in (await web.get(here)).text
    answer = await send(web, here, photo())
    assert answer.headers["location"] == f"{here}/photos?sent=1"
    upload = await Upload.get().prefetch_related("writing")
    assert upload.writing.inquiry_id == found.inquiry_id


async def test_where_others_read_along_the_digits_come_first(school: Any, web: Any, time: Any) -> None:
    found = await make_appointment(school, who=introduction(read_by_others=True))
    asked = await Inquiry.get(id=found.inquiry_id)
    for here in (f"/a/{appointments.token(found)}", path(asked)):
        answer = await web.get(f"{here}/photos")
        assert (answer.status_code, answer.headers["location"]) == (303, here)
        page = (await web.get(here)).text
        assert "/photos" not in page
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token
        answer = await web.post(
            f"{here}/photos", data={"csrf": token[1], "key": "k"}, files=[("photos", ("x", photo()))]
        )
        assert answer.headers["location"] == here
        entered = {"csrf": token[1], "digits": second_secret.digits(found.person_id)}
        await web.post(f"{here}/open", data=entered)
        assert (await web.get(f"{here}/photos")).status_code == 200
    assert await Upload.all().count() == 0


async def test_too_much_at_once_is_said_before_it_is_read(question: Inquiry, web: Any) -> None:
    await web.get(f"{path(question)}/photos")
    answer = await web.post(
        f"{path(question)}/photos", content=b"x", headers={"content-length": str(photos.MOST_BYTES + 1)}
    )
    assert answer.status_code == 422
    assert "zu groß" in answer.text


async def test_staff_see_the_state_and_get_a_file_only_when_it_is_ready(
    question: Inquiry, web: Any, enter: Any
) -> None:
    await send(web, path(question), photo())
    upload, browser = await Upload.get(), await enter(Role.COUNSELLOR)
    page = await browser.get(f"/desk/inquiries/{question.id}")
    assert "auf Viren geprüft" in page
    assert "/desk/uploads/" not in page
    await browser.get(f"/desk/uploads/{upload.id}", 404)
    await scanning.check(NOW)
    assert "nicht gescannt" in await browser.get(f"/desk/inquiries/{question.id}")
    answer = await browser.http.get(f"/desk/uploads/{upload.id}")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="photo-{upload.id}.jpg"')
    assert (answer.headers["x-content-type-options"], answer.headers["content-type"]) == (
        "nosniff",
        "image/jpeg",
    )
    assert answer.content == upload.content
    assert await AuditEntry.filter(actor="staff:co", subject=f"inquiry:{question.id}").count() >= 2


async def test_reception_and_who_has_no_case_get_no_photo(school: Any, web: Any, enter: Any) -> None:
    found = await make_appointment(school, who=introduction())
    await send(web, f"/a/{appointments.token(found)}", photo())
    await scanning.check(NOW)
    upload = await Upload.get()
    for role in (Role.RECEPTION, Role.ADMIN, Role.LEAD, Role.COUNSELLOR):
        browser = await enter(role)
        await browser.get(f"/desk/uploads/{upload.id}", 403)
    await (await meets(browser, found)).get(f"/desk/uploads/{upload.id}")


async def test_the_digits_last_a_quarter_of_an_hour_here_too(school: Any, web: Any, time: Any) -> None:
    found = await make_appointment(school, who=introduction(read_by_others=True))
    here = f"/a/{appointments.token(found)}"
    token = re.search(r'name="csrf" value="([^"]+)"', (await web.get(here)).text)
    assert token
    await web.post(f"{here}/open", data={"csrf": token[1], "digits": second_secret.digits(found.person_id)})
    time.now = NOW + timedelta(minutes=16)
    assert (await web.get(f"{here}/photos")).status_code == 303
