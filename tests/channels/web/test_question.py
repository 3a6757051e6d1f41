"""My question behind its link: what stands there, what does not, and where a further message goes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from channels.web import clock
from inquiries import inquiry, thread
from inquiries.models import Inquiry, Person, Writing
from tests.channels.web.test_ask import asked
from tests.channels.web.test_public import fields_of
from tests.factories import NOW

Web = Any
STAFF = "staff:kl"


async def write(web: Web, address: str, text: str, **more: str) -> Any:
    page = (await web.get(address)).text
    return await web.post(address, data=writing_fields(page, text=text, **more))


def writing_fields(page: str, **more: str) -> dict[str, str]:
    """The fields of the form for a further message."""
    return fields_of(page[: page.index("</form>", page.index('id="write"'))], **more)


async def test_thread_shows_who_wrote_and_no_note(web: Web, lists: None) -> None:
    address = await asked(web, text="Meine Frage")
    found = await Inquiry.get()
    await thread.note(found.id, "Nur für uns", key="n1", actor=STAFF, now=NOW)
    await thread.answer(found.id, "Unsere Antwort", key="a1", channel="web_form", actor=STAFF, now=NOW)
    page = (await web.get(address)).text
    assert page.index("Meine Frage") < page.index("Unsere Antwort") and "Nur für uns" not in page
    assert re.findall(r"<strong>(.*?)</strong>", page) == ["Sie", "Beratung"] and "sp-message--ours" in page


async def test_promise_is_said_while_somebody_waits(web: Web, lists: None, time: Any) -> None:
    address = await asked(web)
    assert "Antwort bis Mittwoch, 4. März" in (await web.get(address)).text
    time.now = NOW + timedelta(days=4)
    assert "Das tut uns leid" in (await web.get(address)).text
    found = await Inquiry.get()
    await thread.answer(found.id, "Ja.", key="a1", channel="web_form", actor=STAFF, now=time.now)
    assert "Wir haben geantwortet" in (await web.get(address)).text


async def test_further_message_is_in_the_same_thread_once(web: Web, lists: None) -> None:
    address = await asked(web)
    fields = writing_fields((await web.get(address)).text, text="Noch etwas")
    answers = [await web.post(address, data=fields) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == [f"{address}?written=1"] * 2
    assert await Inquiry.all().count() == 1 and await Writing.all().count() == 2


async def test_message_to_a_closed_inquiry_opens_a_new_one_of_the_same_person(web: Web, lists: None) -> None:
    address = await asked(web)
    first = await Inquiry.get()
    await inquiry.record(
        first.id, actor=STAFF, now=NOW, topic="unknown", audience="unknown", outcome="informed"
    )
    answer = await write(web, address, "Neue Frage")
    second = await Inquiry.exclude(id=first.id).get()
    assert second.person_id == first.person_id and await Person.all().count() == 1
    assert answer.headers["location"] == f"/q/{thread.token(second)}?asked=1"
    assert "Neue Frage" not in (await web.get(address)).text


async def test_void_inquiry_still_shows_its_text(web: Web, lists: None) -> None:
    address = await asked(web, text="Meine Frage")
    await inquiry.void((await Inquiry.get()).id, actor=STAFF, now=NOW)
    assert "Meine Frage" in (await web.get(address)).text


async def test_empty_message_is_refused_with_a_word(web: Web, lists: None) -> None:
    address = await asked(web)
    answer = await write(web, address, "  ")
    assert answer.status_code == 422 and 'id="text-error"' in answer.text
    assert await Writing.all().count() == 1


async def test_looking_changes_nothing(web: Web, lists: None) -> None:
    address = await asked(web)
    before = await Inquiry.all().values()
    for path in ("", "?asked=1", "?lang=en", "?written=1"):
        assert (await web.get(address + path)).status_code == 200
    for path in ("/open", "/close"):
        assert (await web.get(address + path)).status_code == 405
    assert await Inquiry.all().values() == before


async def test_page_speaks_the_persons_language_or_the_chosen_one(web: Web, lists: None) -> None:
    address = await asked(web)
    await Person.all().update(language="ar")
    assert '<html lang="ar"' in (await web.get(address)).text
    page = (await web.get(f"{address}?lang=en")).text
    assert '<html lang="en"' in page and f'action="{address}?lang=en"' in page
    answer = await web.post(f"{address}?lang=en", data=writing_fields(page, text="More"))
    assert answer.headers["location"] == f"{address}?written=1&lang=en"


async def test_page_is_private_and_its_title_neutral(web: Web, lists: None) -> None:
    address = await asked(web, name="Kevin", topic="recognition", text="Zeugnis")
    answer = await web.get(address)
    assert (
        answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
    )
    head = answer.text[: answer.text.index("</head>")]
    assert "<title>Ihre Nachricht – " in head and "noindex" in head
    assert not any(word in head for word in ("Kevin", "Zeugnis", "Frage", "Beratung", "og:"))


@pytest.mark.parametrize("token", ["x", "é", "A" * 32, "A" * 22 + "_" * 10])
async def test_forged_links_are_not_found(web: Web, lists: None, token: str) -> None:
    assert (await web.get(f"/q/{token}")).status_code == 404


async def test_link_of_an_appointment_is_no_link_of_a_question(web: Web, lists: None) -> None:
    token = (await asked(web)).removeprefix("/q/")
    assert (await web.get(f"/a/{token}")).status_code == 404


async def test_raised_generation_ends_the_link(web: Web, lists: None) -> None:
    address = await asked(web)
    await Inquiry.all().update(generation=1)
    assert (await web.get(address)).status_code == 404


async def test_form_from_elsewhere_is_refused(web: Web, lists: None) -> None:
    address = await asked(web)
    assert (await write(web, address, "Hallo", csrf="x")).status_code == 403
    assert clock.now() == NOW and await Writing.all().count() == 1
