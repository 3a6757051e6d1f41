"""One inquiry at the desk: the whole thread, every form, and who may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from channels import outbox
from channels.models import Incoming, IncomingState, Message, State
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Address, Inquiry, Person, Writing, WritingKind
from inquiries.thread import From, Told
from office import links
from office.models import AuditEntry, JournalEntry, Role, Staff
from office.settings import Settings
from tests.channels.web.staffroom import hidden, meets
from tests.channels.web.test_desk_inbox import QUESTION, ask
from tests.factories import NOW, introduction, make_appointment

FIGURES = {"topic": "school_enrolment", "audience": "parent", "district": "unknown", "outcome": "answered"}


def address(found: Inquiry) -> str:
    return f"/desk/inquiries/{found.id}"


@pytest.fixture
async def question(database: Any, at: Any) -> Inquiry:
    """Somebody asked by mail."""
    return await ask(name="Amira Haddad", email="amira@example.org")


async def test_the_thread_shows_what_was_written_on_every_channel(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    later = Told("sms:1", "Noch eine Frage per SMS", "sms", NOW + timedelta(hours=1))
    await thread.receive(
        later, From(inquiry=question.id), Concern(channel="sms"), actor="person", now=NOW + timedelta(hours=1)
    )
    await browser.send(f"{address(question)}/note", note="Ruft morgen noch einmal an", key="n1")
    await browser.send(f"{address(question)}/answer", text="Unsere Antwort", channel="email", key="a1")
    page = await browser.get(address(question))
    for said in (QUESTION, "Noch eine Frage per SMS", "Ruft morgen noch einmal an", "Unsere Antwort"):
        assert said in page
    assert 'class="sp-message sp-message--note"' in page
    assert 'class="sp-message sp-message--ours"' in page


async def test_reception_and_admin_see_no_thread(question: Inquiry, enter: Any) -> None:
    for role in (Role.RECEPTION, Role.ADMIN):
        browser = await enter(role)
        assert QUESTION not in await browser.get(address(question), 403)
        for act in ("answer", "note", "assign", "record", "reopen", "settle", "void"):
            await browser.send(f"{address(question)}/{act}", status=403, text="x", note="x", channel="email")
        await browser.get(f"{address(question)}/void", 403)
    assert await Writing.all().count() == 1
    assert not (await Inquiry.get()).void


async def test_looking_is_noted(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.LEAD)
    await browser.get(address(question))
    looked = await AuditEntry.get(subject=f"inquiry:{question.id}")
    assert (looked.actor, looked.action) == ("staff:le", "looked")


async def test_an_answer_is_owed_by_the_channel_chosen(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get(address(question))
    assert 'value="email" checked' in page
    answer = await browser.send(
        f"{address(question)}/answer", text="Ja, gern.", channel="email", key=hidden(page)["key"]
    )
    assert answer.headers["location"] == f"{address(question)}?answered"
    written = await Writing.get(kind=WritingKind.ANSWER)
    assert (written.text, written.channel) == ("Ja, gern.", "email")
    assert await outbox.put_answer(written, question.person_id, in_full=False, now=NOW) == 1
    found = await Inquiry.get()
    assert found.waiting_since is None
    assert found.assigned_id == browser.member.id


async def test_the_same_form_sent_twice_is_one_answer(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    for _ in range(2):
        await browser.send(f"{address(question)}/answer", text="Ja.", channel="email", key="k")
        await browser.send(f"{address(question)}/note", note="Notiz", key="n")
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 1
    assert await Writing.filter(kind=WritingKind.NOTE).count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " ", "channel": "email"}, "Bitte schreiben Sie etwas"),
        ({"text": "Getippt", "channel": "sms"}, "erreichen wir niemanden"),
        ({"text": "Getippt", "channel": "fax"}, "erreichen wir niemanden"),
        ({"text": "Getippt" * 1000, "channel": "email"}, "zu lang"),
    ],
)
async def test_what_is_amiss_is_said_and_what_was_typed_stays(
    question: Inquiry, enter: Any, fields: dict[str, str], said: str
) -> None:
    browser = await enter(Role.COUNSELLOR)
    answer = await browser.send(f"{address(question)}/answer", status=422, key="k", **fields)
    assert said in answer.text
    assert fields["text"].strip() in answer.text
    assert 'value="k"' in answer.text
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 0


async def test_the_words_of_an_sms_are_counted_before_they_go(
    database: Any, enter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "sms", property(lambda _self: True), raising=False)
    found = await ask(channel="sms", email="", phone="+4917604069001")
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get(address(found))
    assert 'value="sms" checked' in page
    assert 'id="how-link" name="how" value="link" checked' in page
    sms = {"channel": "sms", "how": "words", "key": "k"}
    counted = await browser.send(f"{address(found)}/answer", status=200, text="ü" * 161, do="preview", **sms)
    assert "2 SMS" in counted.text
    assert "ü" * 161 in counted.text
    await browser.send(f"{address(found)}/answer", status=422, text="ü" * 2000, **sms)
    await browser.send(f"{address(found)}/answer", text="Ja.", **sms)
    [told] = await JournalEntry.filter(kind="inquiry.answered")
    assert told.details["in_full"] is True


async def test_nothing_is_sent_to_whom_others_read_over_the_shoulder(database: Any, enter: Any) -> None:
    found = await ask(name="Leo", read_by_others=True)
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get(address(found))
    assert "sp-tag--silent" in page
    assert "auch nicht, ob jemand einen Termin hat" in page
    assert 'value="email"' not in page
    assert links.four_digits("pin", found.person_id) in page
    await browser.send(f"{address(found)}/answer", status=422, text="Hallo", channel="email")
    await browser.send(f"{address(found)}/answer", text="Hallo", channel="web_form")
    assert (
        await outbox.put_answer(
            await Writing.get(kind=WritingKind.ANSWER), found.person_id, in_full=False, now=NOW
        )
        == 0
    )


async def test_four_digits_are_shown_for_nobody_else(question: Inquiry, enter: Any) -> None:
    page = await (await enter(Role.COUNSELLOR)).get(address(question))
    assert f">{links.four_digits('pin', question.person_id)}<" not in page


async def test_given_to_a_colleague_to_me_and_to_nobody(question: Inquiry, enter: Any) -> None:
    browser, colleague = (
        await enter(Role.COUNSELLOR),
        await Staff.create(
            code="rh", name="Rania Haddad", email="rh@example.org", role=Role.COUNSELLOR, languages=["ar"]
        ),
    )
    for code, expected in ((browser.member.code, browser.member.id), ("", None), ("rh", colleague.id)):
        await browser.send(f"{address(question)}/assign", staff=code)
        assert (await Inquiry.get()).assigned_id == expected
    await browser.send(f"{address(question)}/assign", status=403, staff=browser.member.code)
    lead = await enter(Role.LEAD)
    await lead.send(f"{address(question)}/assign", status=422, staff="nobody")


async def test_what_came_of_it_closes_the_question_and_can_be_opened_again(
    question: Inquiry, enter: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    await browser.send(f"{address(question)}/record", referral="unknown", **FIGURES)
    found = await Inquiry.get()
    assert found.closed_at is not None
    assert (found.topic, found.audience, found.outcome) == ("school_enrolment", "parent", "answered")
    await browser.send(f"{address(question)}/reopen")
    found = await Inquiry.get()
    assert (found.closed_at, found.outcome, found.topic) == (None, "open", "school_enrolment")


async def test_who_refers_somebody_says_where_to(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    referred = {**FIGURES, "outcome": "referred"}
    page = (
        await browser.send(f"{address(question)}/record", status=422, referral="unknown", **referred)
    ).text
    assert 'value="referred" selected' in page
    assert 'value="school_enrolment" selected' in page
    assert (await Inquiry.get()).outcome == "open"
    await browser.send(f"{address(question)}/record", referral="youth_family_office", **referred)
    assert (await Inquiry.get()).referral == "youth_family_office"
    await browser.send(f"{address(question)}/record", referral="youth_family_office", **FIGURES)
    assert (await Inquiry.get()).referral == "unknown"


async def test_a_code_no_catalogue_has_is_refused(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    for name in FIGURES:
        await browser.send(f"{address(question)}/record", status=422, **{**FIGURES, name: "nonsense"})
    assert (await Inquiry.get()).outcome == "open"


async def test_what_needs_no_answer_waits_no_longer_and_stays_open(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    await browser.send(f"{address(question)}/settle")
    found = await Inquiry.get()
    assert (found.waiting_since, found.closed_at) == (None, None)


async def test_advertising_is_asked_about_once_and_then_gone(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.LEAD)
    assert "Werbung" in await browser.get(f"{address(question)}/void")
    assert not (await Inquiry.get()).void
    await browser.send(f"{address(question)}/void")
    assert (await Inquiry.get()).void
    page = await browser.get(address(question))
    assert f"{address(question)}/answer" not in page


async def test_after_an_answer_the_next_question_is_one_key_away(question: Inquiry, enter: Any) -> None:
    following = await ask("Die nächste", name="B")
    browser = await enter(Role.COUNSELLOR)
    answer = await browser.send(f"{address(question)}/answer", text="Ja.", channel="email")
    page = await browser.get(answer.headers["location"])
    assert f'href="{address(following)}">' in page
    assert "Die Antwort ist gespeichert" in page


async def test_the_same_address_is_a_hint_and_joins_nobody(question: Inquiry, enter: Any) -> None:
    other = await ask("Von derselben Adresse", name="Karim", email="amira@example.org")
    page = await (await enter(Role.COUNSELLOR)).get(address(question))
    assert f'href="{address(other)}"' in page
    assert "Gehört das zusammen" in page
    assert await Person.all().count() == 2


async def test_a_message_from_another_address_carries_a_hint(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    assert "nicht genannt" not in await browser.get(address(question))
    await Incoming.create(
        key="k", channel="email", content=b"", received_at=NOW, state=IncomingState.TAKEN,
        reason="other_address", inquiry=question, writing=await Writing.get(),
    )  # fmt: skip
    page = await browser.get(address(question))
    assert "nicht genannt" in page
    assert "von einer anderen Adresse" in page


async def test_what_a_mail_quotes_is_folded(database: Any, enter: Any) -> None:
    found = await ask("Danke!\n\nAm 1.3.2026 um 10:00 schrieb Terminservice:\n> Das alte Wort")
    page = await (await enter(Role.COUNSELLOR)).get(address(found))
    shown, folded = page.split("<summary>Zitat")
    assert "Danke!" in shown
    assert "Das alte Wort" not in shown
    assert "Das alte Wort" in folded


async def test_the_fate_of_an_answer_is_shown(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    written = await thread.answer(question.id, "Ja.", key="a", channel="email", actor="staff:co", now=NOW)
    await outbox.put_answer(written, question.person_id, in_full=False, now=NOW)
    for state, said in (
        (State.QUEUED, "wartet"),
        (State.SENT, "gesendet"),
        (State.FAILED, "fehlgeschlagen"),
    ):
        await Message.all().update(state=state)
        fate = (await browser.get(address(question))).split('class="sp-message__fate">')[1][:200]
        assert said in fate


async def test_addresses_carry_what_became_of_them(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    await Address.all().update(bounced_at=NOW)
    page = await browser.get(address(question))
    assert "nicht erreichbar" in page
    assert 'value="email"' not in page


async def test_markup_in_names_and_texts_stays_text(database: Any, enter: Any) -> None:
    found = await ask("<script>alert(1)</script>", name="<img src=x onerror=alert(2)>", call_name="<b>x</b>")
    browser = await enter(Role.COUNSELLOR)
    await browser.send(f"{address(found)}/note", note="</p><script>alert(3)</script>")
    failed = await browser.send(
        f"{address(found)}/answer", status=422, text="</textarea><script>alert(4)</script>", channel="x"
    )
    for page in (await browser.get(address(found)), failed.text, await browser.get(f"{address(found)}/void")):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>x</b>" not in page


async def test_a_question_leads_to_its_appointment_and_back(database: Any, enter: Any) -> None:
    made = await make_appointment(who=introduction(name="Amira"))
    browser = await meets(await enter(Role.COUNSELLOR), made)
    assert f'href="/desk/inquiries/{made.inquiry_id}"' in await browser.get(f"/desk/appointments/{made.id}")
    assert f'href="/desk/appointments/{made.id}"' in await browser.get(f"/desk/inquiries/{made.inquiry_id}")
    reception = await enter(Role.RECEPTION)
    assert "/desk/inquiries/" not in await reception.get(f"/desk/appointments/{made.id}")


@pytest.mark.parametrize("said", ["{0}", "#{0}", " # {0} ", "{1}", "٠{0}"])
async def test_a_number_or_code_finds_its_question(question: Inquiry, enter: Any, said: str) -> None:
    code = (await Inquiry.get()).code
    browser = await enter(Role.COUNSELLOR)
    answer = await browser.http.get(
        "/desk/find", params={"code": said.format(question.id, (code or "").lower())}
    )
    assert answer.headers["location"] == address(question)


@pytest.mark.parametrize("said", ["#", "99999999999999999999", "²", "#0", "--", "a" * 40])
async def test_what_nothing_has_is_a_page_that_says_so(question: Inquiry, enter: Any, said: str) -> None:
    browser = await enter(Role.LEAD)
    assert (await browser.http.get("/desk/find", params={"code": said})).status_code == 404


async def test_reception_finds_the_form_that_adds_a_call(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    answer = await browser.http.get("/desk/find", params={"code": f"#{question.id}"})
    assert answer.headers["location"] == f"/desk/log?inquiry={question.id}"


async def test_a_number_nobody_has_is_not_found(enter: Any) -> None:
    await (await enter(Role.LEAD)).get("/desk/inquiries/4711", 404)


async def test_other_words_from_a_page_gone_back_to_are_another_answer(question: Inquiry, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    for words in ("Ja.", "Ja. Bitte bringen Sie das Zeugnis mit."):
        await browser.send(f"{address(question)}/answer", text=words, channel="email", key="k")
    assert await Writing.filter(kind=WritingKind.ANSWER).count() == 2
