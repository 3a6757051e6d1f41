"""Two questions side by side, made one; one question made two; nothing happens unasked."""

from __future__ import annotations

from typing import Any

from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry, Writing
from inquiries.thread import From, Told
from office.models import AuditEntry, Role
from tests.channels.web.test_desk_inbox import ask
from tests.factories import NOW


async def again(found: Inquiry, text: str = "Und noch etwas", **sender: Any) -> Inquiry:
    """They write once more, by default in the same thread."""
    told = Told(f"mail:{text}"[:64], text, "email", NOW)
    who = From(**(sender or {"inquiry": found.id}))
    return await thread.receive(told, who, Concern("email"), actor="person", now=NOW)


async def two_matters() -> tuple[Inquiry, Inquiry]:
    first = await ask("Wegen der Schule")
    return first, await again(first, "Wegen des Zeugnisses", person=first.person_id)


async def test_other_questions_of_the_person_are_proposed_and_both_stand_side_by_side(
    database: Any, enter: Any
) -> None:
    first, second = await two_matters()
    browser = await enter(Role.COUNSELLOR)
    assert f"/desk/inquiries/{first.id}/merge" in await browser.get(f"/desk/inquiries/{first.id}")
    assert f"merge?into={second.id}" in await browser.get(f"/desk/inquiries/{first.id}/merge")
    page = await browser.get(f"/desk/inquiries/{first.id}/merge?into=%23{second.id}")
    assert page.index("Wegen der Schule") < page.index("Wegen des Zeugnisses")
    assert "same_person" not in page
    assert await AuditEntry.filter(action="looked", subject=f"inquiry:{second.id}").exists()
    assert not await Inquiry.filter(merged_into_id__not_isnull=True).exists()


async def test_merged_by_one_key_and_every_old_address_leads_there(
    database: Any, enter: Any, web: Any
) -> None:
    first, second = await two_matters()
    old = f"/q/{thread.token(first)}"
    browser = await enter(Role.COUNSELLOR)
    answer = await browser.send(f"/desk/inquiries/{first.id}/merge", into=str(second.id))
    assert answer.headers["location"] == f"/desk/inquiries/{second.id}?merged"
    page = await browser.get(f"/desk/inquiries/{second.id}?merged")
    assert "Wegen der Schule" in page
    assert page.count("zusammengeführt") == 2
    assert f'Enthält auch</dt><dd><span class="sp-ltr">#{first.id}</span>' in page
    gone = await browser.http.get(f"/desk/inquiries/{first.id}?answered")
    assert gone.headers["location"] == f"/desk/inquiries/{second.id}?answered"
    found = await browser.http.get(f"/desk/find?code={first.code}")
    assert found.headers["location"] == f"/desk/inquiries/{first.id}"
    theirs = (await web.get(old)).text
    assert "Wegen der Schule" in theirs
    assert "Wegen des Zeugnisses" in theirs
    for view in ("to_do", "closed"):
        assert f'/desk/inquiries/{first.id}"' not in await browser.get(f"/desk/inbox?view={view}")


async def test_what_was_typed_on_a_page_of_before_is_not_lost(database: Any, enter: Any) -> None:
    first, second = await two_matters()
    browser = await enter(Role.COUNSELLOR)
    await browser.send(f"/desk/inquiries/{first.id}/merge", into=str(second.id))
    await browser.send(f"/desk/inquiries/{first.id}/answer", text="Im Mai.", channel="email", key="k")
    assert (await Writing.get(text="Im Mai.")).inquiry_id == second.id
    await browser.send(f"/desk/inquiries/{first.id}/reopen", status=409)
    await browser.get(f"/desk/inquiries/{first.id}/merge", 404)


async def test_two_people_become_one_only_if_somebody_says_so(database: Any, enter: Any) -> None:
    mail = "familie@example.org"
    first, second = await ask("Von ihr", email=mail), await ask("Von ihm", email=mail, name="Anders")
    browser = await enter(Role.COUNSELLOR)
    path = f"/desk/inquiries/{first.id}/merge"
    assert "vielleicht jemand anderes" in await browser.get(path)
    refused = await browser.send(path, status=422, into=str(second.id))
    assert 'id="same_person-error"' in refused.text
    assert (await Inquiry.get(id=first.id)).merged_into_id is None
    await browser.send(path, into=str(second.id), same_person="yes")
    assert {one.person_id for one in await Inquiry.all()} == {second.person_id}


async def test_a_question_that_is_none_or_the_same_is_said_and_stays_typed(database: Any, enter: Any) -> None:
    found = await ask()
    browser = await enter(Role.COUNSELLOR)
    for said in ("4711", str(found.id), "unsinn", ""):
        page = await browser.get(f"/desk/inquiries/{found.id}/merge?into={said}", 422)
        assert 'id="into-error"' in page
        assert f'value="{said}"' in page
    assert (await browser.send(f"/desk/inquiries/{found.id}/merge", status=422, into="4711")).text


async def test_from_a_message_on_it_is_a_question_of_its_own(database: Any, enter: Any) -> None:
    found = await ask("Wegen der Schule")
    await again(found)
    browser = await enter(Role.COUNSELLOR)
    first, second = await Writing.all().order_by("id")
    page = await browser.get(f"/desk/inquiries/{found.id}")
    assert f"/split/{second.id}" in page
    assert f"/split/{first.id}" not in page
    asked = await browser.get(f"/desk/inquiries/{found.id}/split/{second.id}")
    assert "Und noch etwas" in asked
    assert "Wegen der Schule" not in asked
    path = f"/desk/inquiries/{found.id}/split/{second.id}"
    answers = [await browser.send(path) for _ in range(2)]
    opened = await Inquiry.get(id__not=found.id)
    assert {one.headers["location"] for one in answers} == {f"/desk/inquiries/{opened.id}?split"}
    assert "Und noch etwas" in await browser.get(f"/desk/inquiries/{opened.id}")


async def test_nothing_is_split_off_that_would_leave_nothing(database: Any, enter: Any) -> None:
    found = await ask()
    browser = await enter(Role.COUNSELLOR)
    first = await Writing.get()
    await browser.get(f"/desk/inquiries/{found.id}/split/{first.id}", 409)
    await browser.send(f"/desk/inquiries/{found.id}/split/{first.id}", status=409)
    await browser.get(f"/desk/inquiries/{found.id}/split/4711", 404)
    assert await Inquiry.all().count() == 1


async def test_reception_merges_and_splits_nothing(database: Any, enter: Any) -> None:
    first, second = await two_matters()
    browser = await enter(Role.RECEPTION)
    for path in (f"/desk/inquiries/{first.id}/merge?into={second.id}", f"/desk/inquiries/{first.id}/split/1"):
        await browser.get(path, 403)
    await browser.send(f"/desk/inquiries/{first.id}/merge", status=403, into=str(second.id))
