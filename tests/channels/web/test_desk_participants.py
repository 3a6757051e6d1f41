"""Who else takes part: each with an address and a say of their own, and nobody reads what another one got."""

from __future__ import annotations

from typing import Any

import pytest

from channels import belongings, export, outbox
from channels.email import message as mails
from channels.models import Message
from inquiries import participants, thread
from inquiries.models import Inquiry, Part, Participant, Person, Writing
from inquiries.participants import Joining, MayNotBeTold, WrittenTo
from office.models import JournalEntry, Role
from tests.channels.web.test_desk_inbox import QUESTION, ask
from tests.factories import NOW
from workers import erasure, reactions

LETTER = "Lieber Herr Marquardt, der Termin ist möglich."


@pytest.fixture
async def question(database: Any, at: Any) -> Inquiry:
    """A mother who lives apart from the father."""
    return await ask(name="Birgit", email="birgit@example.org")


async def father(found: Inquiry, **said: Any) -> Participant:
    who = {"part": Part.FATHER, "name": "Thomas", "email": "thomas@example.org", "may_be_told": True}
    return await participants.add(found.id, Joining(**{**who, **said}), actor="staff:jb", now=NOW)


async def letter(found: Inquiry, to: Participant, key: str = "k") -> Writing:
    return await participants.write(found.id, to.id, LETTER, key=key, actor="staff:jb", now=NOW)


async def test_somebody_takes_part_from_the_page_on(question: Inquiry, enter: Any) -> None:
    browser, path = await enter(Role.COUNSELLOR), f"/desk/inquiries/{question.id}/participants"
    answer = await browser.send(path, status=422, part="", name="Frau Lehnert", email="lehnert@")
    assert 'value="Frau Lehnert"' in answer.text
    assert answer.text.count('class="kern-error"') == 2
    await browser.send(path, part="teacher", name="Frau Lehnert", email="Lehnert@Schule.example.org")
    made = await Participant.get()
    assert (made.part, made.may_be_told) == (Part.TEACHER, False)
    assert "Frau Lehnert" in await browser.get(path)
    assert "Frau Lehnert" in await browser.get(f"/desk/inquiries/{question.id}")


async def test_who_may_not_be_told_gets_no_letter(question: Inquiry, enter: Any) -> None:
    browser, to = await enter(Role.COUNSELLOR), await father(question, may_be_told=False)
    path = f"/desk/inquiries/{question.id}/participants/{to.id}"
    assert "<textarea" not in await browser.get(f"{path}/write")
    await browser.send(f"{path}/write", status=409, text=LETTER)
    with pytest.raises(MayNotBeTold):
        await letter(question, to)
    await browser.send(path, do="allow")
    await browser.send(f"{path}/write", text=LETTER, key="k")
    await browser.send(f"{path}/write", text=LETTER, key="k")
    assert await Writing.filter(participant_id=to.id).count() == 1


async def test_a_letter_goes_to_one_alone_without_thread_name_or_link(question: Inquiry) -> None:
    to, written = await father(question), None
    written = await letter(question, to)
    for _ in range(2):
        await reactions.send_letter(await JournalEntry.get(kind="inquiry.letter"), NOW)
    mail = await mails.compose(await Message.get(), NOW)
    assert (mail["To"], mail["Cc"], mail["Reply-To"]) == ("thomas@example.org", None, None)
    text = mail.as_string()
    assert "möglich" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for hidden in ("Birgit", "birgit@", "/q/", QUESTION):
        assert hidden not in text
    assert written.participant_id == to.id


async def test_the_person_never_reads_it_on_their_page(question: Inquiry, web: Any) -> None:
    await letter(question, await father(question))
    page = (await web.get(f"/q/{thread.token(question)}")).text
    assert QUESTION in page
    assert "Marquardt" not in page


async def test_it_answers_nothing_the_person_asked(question: Inquiry, enter: Any) -> None:
    await letter(question, await father(question))
    await question.refresh_from_db()
    assert question.waiting_since == NOW
    page = await (await enter(Role.COUNSELLOR)).get(f"/desk/inquiries/{question.id}")
    assert "Thomas" in page
    assert LETTER in page


async def test_who_may_no_longer_be_told_is_not_sent_what_waits(question: Inquiry) -> None:
    to = await father(question)
    await outbox.put_letter(await letter(question, to), now=NOW)
    await participants.allow(question.id, to.id, False, actor="staff:jb", now=NOW)
    with pytest.raises(mails.Unreachable):
        await mails.compose(await Message.get(), NOW)


async def test_who_was_written_to_stays_on_record_and_others_can_be_removed(question: Inquiry) -> None:
    written, mistake = await father(question), await father(question, part=Part.OTHER)
    await letter(question, written)
    with pytest.raises(WrittenTo):
        await participants.remove(question.id, written.id, actor="staff:jb", now=NOW)
    await participants.remove(question.id, mistake.id, actor="staff:jb", now=NOW)
    assert await Participant.all().count() == 1


async def test_a_question_from_the_same_address_is_a_hint_and_no_more(question: Inquiry, enter: Any) -> None:
    await father(question)
    other = await ask("Und ich?", key="m2", name="Thomas", email="thomas@example.org")
    page = await (await enter(Role.COUNSELLOR)).get(f"/desk/inquiries/{question.id}")
    assert f'href="/desk/inquiries/{other.id}"' in page


async def test_the_file_for_the_mother_says_nothing_of_the_father_and_erasing_takes_all(
    question: Inquiry,
) -> None:
    await letter(question, await father(question))
    mother = await Person.get(id=question.person_id)
    page = await export.page(mother, NOW)
    assert QUESTION in page
    assert "homas" not in page
    assert "Marquardt" not in page
    assert len((await belongings.of(mother)).participants) == 1
    await erasure.erase(mother.id, actor="staff:le", now=NOW)
    assert await Participant.all().count() == 0
