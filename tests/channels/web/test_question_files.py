"""Files of our answers behind the link: for whoever may read the answer, once the scan let them pass."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from channels import scanning
from channels.web.public import second_secret
from inquiries import drafts, thread, uploads
from inquiries.drafts import Typed
from inquiries.models import DraftKind, Inquiry, Upload, UploadState
from inquiries.uploads import Picture
from tests.channels.web.test_desk_inbox import ask
from tests.factories import NOW, make_staff

PDF = b"%PDF-1.7 \x00\xff"


async def answered(**who: Any) -> tuple[Inquiry, Upload, str]:
    """A question, the file of its answer, and where it can be downloaded."""
    found, member = await ask(**who), await make_staff(code="jb")
    files = [Picture("application/pdf", PDF, "Anmeldung Ayşe.pdf")]
    ids = await drafts.keep(
        member.id, found.id, DraftKind.ANSWER, Typed("Anbei."), key="k", now=NOW, files=files
    )
    await thread.answer(found.id, "Anbei.", key="k", channel="web_form", actor="staff:jb", now=NOW, files=ids)
    return found, await Upload.get(), f"/q/{thread.token(found)}/files/{ids[0]}"


async def test_file_is_downloaded_once_it_was_scanned(database: Any, web: httpx2.AsyncClient) -> None:
    found, upload, here = await answered()
    page = (await web.get(f"/q/{thread.token(found)}")).text
    assert "Anmeldung Ayşe.pdf" in page and "wird noch geprüft" in page and here not in page
    assert (await web.get(here)).status_code == 404
    await scanning.check(NOW)
    assert here in (await web.get(f"/q/{thread.token(found)}")).text
    answer = await web.get(here)
    assert answer.content == PDF
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Anmeldung Ay_e.pdf\"; filename*=UTF-8''Anmeldung%20Ay%C5%9Fe.pdf"
    )
    assert "no-store" in answer.headers["cache-control"]
    assert upload.id == (await Upload.get()).id


async def test_refused_file_is_said_and_not_to_be_had(database: Any, web: httpx2.AsyncClient) -> None:
    found, upload, here = await answered()
    await uploads.checked(upload.id, UploadState.REFUSED, NOW, reason="Eicar")
    page = (await web.get(f"/q/{thread.token(found)}")).text
    assert "Wir kümmern uns darum" in page and "Eicar" not in page
    assert (await web.get(here)).status_code == 404


async def test_where_others_read_along_the_digits_come_before_the_file(
    database: Any, web: httpx2.AsyncClient
) -> None:
    found, _upload, here = await answered(read_by_others=True)
    await scanning.check(NOW)
    locked = await web.get(here)
    assert (locked.status_code, locked.headers["location"]) == (303, f"/q/{thread.token(found)}")
    page = (await web.get(f"/q/{thread.token(found)}")).text
    assert "Anmeldung" not in page
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    entered = {"csrf": token[1], "digits": second_secret.digits(found.person_id)}
    await web.post(f"/q/{thread.token(found)}/open", data=entered)
    assert (await web.get(here)).content == PDF


@pytest.mark.parametrize("which", ["another", "theirs", "begun"])
async def test_link_opens_no_file_of_another_thread_of_the_person_or_of_a_draft(
    database: Any, web: httpx2.AsyncClient, which: str
) -> None:
    found, upload, here = await answered()
    other = await ask("Eine andere Frage", name="Somebody")
    await scanning.check(NOW)
    if which == "another":
        here = f"/q/{thread.token(other)}/files/{upload.id}"
    elif which == "theirs":
        told = await thread.of(found.id)
        await Upload.filter(id=upload.id).update(writing_id=told[0].id)
    else:
        member = await make_staff(code="xx")
        begun = drafts.keep(member.id, found.id, DraftKind.ANSWER, Typed("Noch"), key="n", now=NOW)
        await begun
        lies = await drafts.of(member.id, found.id)
        await Upload.filter(id=upload.id).update(writing_id=None, draft_id=lies[DraftKind.ANSWER].id)
    assert (await web.get(here)).status_code == 404
