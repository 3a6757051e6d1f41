"""Sending somebody on from the desk: the form, the mail to the partner, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels import outbox, sending
from channels.email import message as email_message
from channels.email.way import Email
from channels.models import Message, State
from inquiries import partners, referrals
from inquiries.models import Feedback, Gap, Inquiry, Partner, Referral
from office.errors import NotFound
from office.models import Role
from tests.channels.email.letters import on_the_wire
from tests.channels.test_outbox import FakeTransport
from tests.channels.web.staffroom import Browser, hidden
from tests.channels.web.test_desk_inbox import ask
from tests.factories import NOW
from tests.inquiries.test_partners import BY, CENTRE
from tests.workers.test_erasure import settle

WARM = {
    "kind": "warm",
    "consent": "spoken",
    "contact": "Mariam, 0176 04069001",
    "note": "Sucht Beratung auf Arabisch.",
    "counted": "yes",
}


@pytest.fixture
async def question(database: Any, at: Any) -> Inquiry:
    return await ask(name="Mariam", email="mariam@example.org")


@pytest.fixture
async def centre(question: Inquiry) -> Partner:
    return await partners.add(CENTRE, **BY)


async def refer(browser: Browser, found: Inquiry, partner: Partner, status: int = 303, **fields: str) -> str:
    page = f"/desk/inquiries/{found.id}/refer"
    key = hidden(await browser.get(page))["key"]
    sent = {**WARM, "partner": str(partner.id), "key": key, **fields}
    return (await browser.send(page, status=status, **sent)).text


async def mails() -> list[Message]:
    return await Message.filter(text="handover")


async def test_those_for_the_topic_and_language_come_first(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    await partners.add(replace(CENTRE, name="Anderes", topics=("finances",)), **BY)
    await partners.add(replace(CENTRE, name="Zentrum ohne Arabisch", languages=("de",)), **BY)
    await partners.add(replace(CENTRE, name="Früher", active=False), **BY)
    await Inquiry.filter(id=question.id).update(topic="first_counselling", language="ar")
    page = await (await enter(Role.COUNSELLOR)).get(f"/desk/inquiries/{question.id}/refer")
    chosen = page.partition('id="partner"')[2].partition("</select>")[0]
    places = [chosen.index(name) for name in (CENTRE.name, "Zentrum ohne Arabisch", "Anderes")]
    assert places == sorted(places)
    assert "Früher" not in page


async def test_a_named_referral_sends_nothing_and_stands_at_the_inquiry(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    counsellor = await enter(Role.COUNSELLOR)
    await refer(counsellor, question, centre, kind="named", consent="", contact="", note="")
    await settle()
    assert await mails() == []
    page = await counsellor.get(f"/desk/inquiries/{question.id}")
    assert CENTRE.name in page.partition('id="referrals"')[2]
    assert (await Inquiry.get(id=question.id)).referral == "integration_centre"


async def test_a_handover_owes_the_partner_one_mail_that_names_nobody(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    await refer(await enter(Role.COUNSELLOR), question, centre)
    await settle()
    [owed] = await mails()
    mail = on_the_wire(await email_message.compose(owed, NOW))
    assert mail["To"] == "ki@example.org"
    body = "".join(part.get_content() for part in mail.walk() if not part.is_multipart())
    assert f"/r/{referrals.token(await Referral.get())}" in body
    for secret in ("Mariam", "04069001", "Arabisch", "Schul", "Bildung", "Beratung", "Integration"):
        assert secret not in f"{mail['Subject']} {mail['From']} {body}", secret


async def test_the_mail_goes_out_once(question: Inquiry, centre: Partner, enter: Any) -> None:
    await refer(await enter(Role.COUNSELLOR), question, centre)
    await settle()
    transport = FakeTransport()
    for _ in range(2):
        await sending.deliver(Email(transport), lambda: NOW + timedelta(hours=2))
    assert [mail["To"] for mail in transport.sent].count("ki@example.org") == 1


async def test_without_consent_nothing_is_said_and_nothing_typed_is_lost(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    counsellor = await enter(Role.COUNSELLOR)
    page = await refer(counsellor, question, centre, 422, consent="")
    assert 'href="#consent"' in page and WARM["note"] in page and WARM["contact"] in page
    for field, typed in (("kind", "post"), ("contact", ""), ("note", "x" * 1001)):
        assert f'href="#{field}"' in await refer(counsellor, question, centre, 422, **{field: typed})
    assert 'href="#partner"' in await refer(counsellor, question, Partner(id=99), 422)
    assert not await Referral.exists()


async def test_who_withdraws_ends_it_before_the_mail_goes(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    counsellor = await enter(Role.COUNSELLOR)
    await refer(counsellor, question, centre)
    await settle()
    made = await Referral.get()
    await counsellor.send(f"/desk/inquiries/{question.id}/referrals/{made.id}/withdraw")
    await sending.deliver(Email(FakeTransport()), lambda: NOW + timedelta(hours=2))
    [owed] = await mails()
    assert owed.state is State.SUPERSEDED
    assert "zurückgezogen" in await counsellor.get(f"/desk/inquiries/{question.id}")


async def test_a_referral_of_another_inquiry_is_not_withdrawn(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    counsellor = await enter(Role.COUNSELLOR)
    await refer(counsellor, question, centre)
    other, made = await ask("other", name="Kevin", email="kevin@example.org"), await Referral.get()
    await counsellor.send(f"/desk/inquiries/{other.id}/referrals/{made.id}/withdraw", status=404)
    assert (await Referral.get()).withdrawn_at is None


async def test_a_handover_that_led_nowhere_is_a_card_until_somebody_saw_it(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    counsellor, reception = await enter(Role.COUNSELLOR), await enter(Role.RECEPTION)
    await refer(counsellor, question, centre)
    made = await Referral.get()
    await referrals.feed_back(made.id, Feedback.NO_PLACE, NOW)
    page = await counsellor.get("/desk/cards")
    assert CENTRE.name in page and f"/desk/inquiries/{question.id}" in page
    assert CENTRE.name not in await reception.get("/desk/cards")
    await reception.send(f"/desk/cards/handover/{made.id}", status=404, do="settled")
    await counsellor.send(f"/desk/cards/handover/{made.id}", do="settled")
    assert CENTRE.name not in await counsellor.get("/desk/cards")


async def test_a_mail_that_failed_leads_to_the_inquiry(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    counsellor = await enter(Role.COUNSELLOR)
    await refer(counsellor, question, centre)
    await settle()
    await Message.filter(text="handover").update(state=State.FAILED, reason="550")
    page = await counsellor.get("/desk/cards")
    assert f'href="/desk/inquiries/{question.id}"' in page and "Partnerstelle" in page


async def test_a_missing_offer_is_noted_and_counted_for_the_lead(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    counsellor, lead = await enter(Role.COUNSELLOR), await enter(Role.LEAD)
    where = f"/desk/inquiries/{question.id}/gap"
    assert 'href="#why"' in (await counsellor.send(where, status=422, why="", key="g")).text
    for _ in range(2):
        await counsellor.send(where, why="full", key="g")
    assert await Gap.all().count() == 1
    page = await lead.get("/desk/gaps")
    assert "Alle Plätze belegt" in page and "Mariam" not in page and f"#{question.id}" not in page
    await counsellor.get("/desk/gaps", 403)
    assert "festgehalten" in await counsellor.get(f"/desk/inquiries/{question.id}")


async def test_reception_and_admin_refer_nobody(question: Inquiry, centre: Partner, enter: Any) -> None:
    for role in (Role.RECEPTION, Role.ADMIN):
        browser = await enter(role)
        await browser.get(f"/desk/inquiries/{question.id}/refer", 403)
        for act in ("refer", "gap", "referrals/1/withdraw"):
            await browser.send(f"/desk/inquiries/{question.id}/{act}", status=403, **WARM)
    assert not await Referral.exists()


async def test_nobody_is_written_to_about_who_was_erased(
    question: Inquiry, centre: Partner, enter: Any
) -> None:
    await refer(await enter(Role.COUNSELLOR), question, centre)
    made = await Referral.get()
    await question.delete()
    assert await outbox.put_for_partner(made.id, now=NOW) == 0
    with pytest.raises(NotFound):
        await referrals.by_token(referrals.token(made))
