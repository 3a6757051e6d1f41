"""Mail of those who take part: in the thread, under their own name, and never before the eyes of the person."""

from __future__ import annotations

from typing import Any

from channels import export
from channels.email import written
from channels.models import IncomingState, Message
from channels.web.desk import threads
from inquiries import inquiry, participants, thread
from inquiries.models import Inquiry, Part, Participant, Person, Writing
from inquiries.participants import Joining
from office.models import Role
from tests.channels.email import test_intake
from tests.channels.email.test_intake import arrive, asked, counts, mail, token_address
from tests.channels.web import conftest as pages
from tests.factories import NOW
from workers import sweep

with_tokens = test_intake.with_tokens
app, at, enter = pages.app, pages.at, pages.enter
TEACHER = "lehnert@schule.example.org"
WORDS = "Die Klasse nimmt ihn gern auf."


async def teacher(found: Inquiry, **said: Any) -> Participant:
    who = {"part": Part.TEACHER, "name": "Frau Lehnert", "email": TEACHER, "may_be_told": True}
    return await participants.add(found.id, Joining(**{**who, **said}), actor="staff:jb", now=NOW)


def reply(found: Inquiry | None = None, sender: str = TEACHER, **headers: str) -> bytes:
    to = {"to": token_address(found)} if found else {}
    return mail(WORDS, **{"from": f"Schule <{sender}>", "subject": "Re: Aufnahme", **to, **headers})


async def test_mail_to_the_thread_from_an_address_of_who_takes_part_is_theirs() -> None:
    found = await asked()
    other = await teacher(found)
    stored = await arrive(reply(found, sender=TEACHER.upper()))
    assert (stored.state, stored.inquiry_id, stored.reason) == (IncomingState.TAKEN, found.id, "")
    last = (await threads.of(found.id))[-1]
    assert (last.kind, last.text, last.other) == ("received", WORDS, other)
    assert await counts() == (1, 1, 2)


async def test_answer_to_a_letter_of_ours_comes_back_to_its_thread_without_a_token() -> None:
    found = await asked()
    other = await teacher(found)
    await participants.write(found.id, other.id, "Ginge das?", key="k", actor="staff:jb", now=NOW)
    await sweep.run(NOW)
    ours = await Message.get(participant_id=other.id)
    await arrive(reply(in_reply_to=ours.message_id, message_id="<theirs@example.org>"))
    await arrive(mail("Noch etwas", **{"from": TEACHER, "in_reply_to": "<theirs@example.org>"}))
    assert await Writing.filter(inquiry_id=found.id, participant_id=other.id, kind="received").count() == 2
    assert await Person.all().count() == 1


async def test_who_only_knows_our_letter_by_name_proves_nothing() -> None:
    found = await asked()
    other = await teacher(found)
    await participants.write(found.id, other.id, "Ginge das?", key="k", actor="staff:jb", now=NOW)
    await sweep.run(NOW)
    ours = await Message.get(participant_id=other.id)
    stored = await arrive(reply(sender="stranger@example.org", in_reply_to=ours.message_id))
    assert stored.inquiry_id != found.id


async def test_address_of_nobody_or_of_two_is_still_another_address() -> None:
    found = await asked()
    await teacher(found)
    await teacher(found, name="Herr Kühn")
    for number, sender in enumerate(("stranger@example.org", TEACHER)):
        stored = await arrive(reply(found, sender=sender, message_id=f"<{number}@example.org>"))
        assert (stored.inquiry_id, stored.reason) == (found.id, "other_address")


async def test_the_person_is_shown_nothing_of_it_and_gets_no_receipt_for_it(enter: Any) -> None:
    found = await asked()
    await teacher(found)
    await inquiry.record(
        found.id, actor="staff:jb", now=NOW, topic="unknown", audience="unknown", outcome="answered"
    )
    before = await Message.all().count()
    stored = await arrive(reply(found))
    new = await Inquiry.get(id=stored.inquiry_id)
    assert await Message.all().count() == before
    assert WORDS not in await (await enter()).get(f"/q/{thread.token(new)}")
    assert WORDS not in await export.page(await Person.get(), NOW)
    assert await written.before(new.id) == {}
    page = await (await enter(Role.COUNSELLOR)).get(f"/desk/inquiries/{new.id}")
    assert WORDS in page and "Frau Lehnert" in page and "sieht das nicht" in page


async def test_desk_leads_from_their_word_to_a_letter_back(enter: Any) -> None:
    found = await asked()
    other = await teacher(found)
    await arrive(reply(found))
    page = await (await enter(Role.COUNSELLOR)).get(f"/desk/inquiries/{found.id}")
    assert page.count(f"/desk/inquiries/{found.id}/participants/{other.id}/write") == 2
    assert "von einer anderen Adresse" not in page
