"""Sending somebody on: counted once, told with consent only, and over when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inquiries import gaps, inquiry, partners, referrals, thread
from inquiries.inquiry import Concern
from inquiries.models import (
    Consent,
    Feedback,
    Gap,
    Inquiry,
    Missing,
    Partner,
    Referral,
    ReferralKind,
)
from inquiries.referrals import LASTS, Handover
from inquiries.thread import From, Told
from office.errors import Invalid, NotFound
from office.models import JournalEntry
from tests.factories import NOW, introduction
from tests.inquiries.test_partners import BY, CENTRE

pytestmark = pytest.mark.usefixtures("database")
HANDOVER = Handover(Consent.SPOKEN, "Mariam, 0176 04069001", "Sucht eine Beratung auf Arabisch.")


async def make_question(key: str = "q") -> Inquiry:
    concern = Concern("email", topic="newly_arrived", language="ar", district="hoerde")
    told = Told(key, "Eine Frage", "email", NOW)
    return await thread.receive(told, From(introduction()), concern, actor="person", now=NOW)


async def make_partner(**overrides: Any) -> Partner:
    return await partners.add(replace(CENTRE, **overrides), **BY)


async def refer(found: Inquiry, partner: Partner, handover: Handover | None = None, **more: Any) -> Referral:
    return await referrals.refer(found.id, partner.id, handover, **{"key": "k", **BY, **more})


async def make_handover() -> Referral:
    return await refer(await make_question(), await make_partner(), HANDOVER)


async def test_a_referral_names_the_partner_and_counts_as_its_kind() -> None:
    asked, partner = await make_question(), await make_partner()
    made = await refer(asked, partner)
    asked = await Inquiry.get(id=asked.id)
    assert (asked.outcome, asked.referral) == ("referred", "integration_centre")
    assert asked.closed_at == NOW
    assert (made.kind, made.partner_id, made.contact) == (ReferralKind.NAMED, partner.id, "")


async def test_the_matter_stays_open_if_that_is_wanted() -> None:
    asked = await make_question()
    await refer(asked, await make_partner(), counted=False)
    asked = await Inquiry.get(id=asked.id)
    assert (asked.outcome, asked.referral, asked.closed_at) == ("open", "unknown", None)


async def test_a_form_sent_twice_refers_once() -> None:
    asked, partner = await make_question(), await make_partner()
    first = await refer(asked, partner, HANDOVER)
    assert (await refer(asked, partner, HANDOVER)).id == first.id
    assert await JournalEntry.filter(kind="inquiry.referred").count() == 1


async def test_nobody_is_handed_over_without_consent_or_to_who_has_no_address() -> None:
    asked = await make_question()
    with pytest.raises(Invalid):
        await refer(asked, await make_partner(), replace(HANDOVER, consent=Consent.NONE))
    with pytest.raises(Invalid):
        await refer(asked, await make_partner(name="Ohne Mail", email=""), HANDOVER)
    with pytest.raises(Invalid):
        await refer(asked, await make_partner(name="Früher", active=False))
    assert not await Referral.exists()
    assert (await Inquiry.get(id=asked.id)).outcome == "open"


async def test_the_journal_knows_no_word_of_what_was_handed_over() -> None:
    await make_handover()
    told = [f"{one.subject} {one.details}" for one in await JournalEntry.all()]
    assert not [line for line in told if "Mariam" in line or "Arabisch" in line or "newly" in line]


async def test_a_partner_says_what_became_of_it_and_may_correct_it() -> None:
    made = await make_handover()
    await referrals.feed_back(made.id, Feedback.NO_PLACE, NOW)
    assert [one.id for one in await referrals.led_nowhere()] == [made.id]
    await referrals.looked(made.id, NOW)
    assert await referrals.led_nowhere() == []
    await referrals.feed_back(made.id, Feedback.ARRIVED, NOW)
    found = await Referral.get(id=made.id)
    assert (found.feedback, found.feedback_at) == (Feedback.ARRIVED, NOW)


async def test_a_link_ends_after_its_time() -> None:
    made = await make_handover()
    assert (await referrals.by_token(referrals.token(made))).id == made.id
    assert referrals.is_open(made, NOW + LASTS - timedelta(seconds=1))
    assert not referrals.is_open(made, NOW + LASTS)
    with pytest.raises(NotFound):
        await referrals.feed_back(made.id, Feedback.ARRIVED, NOW + LASTS)


async def test_who_withdraws_ends_the_link_and_what_it_told() -> None:
    made = await make_handover()
    token = referrals.token(made)
    await referrals.withdraw(made.id, **BY)
    with pytest.raises(NotFound):
        await referrals.by_token(token)
    found = await Referral.get(id=made.id)
    assert (found.contact, found.note, found.consent) == ("", "", Consent.SPOKEN)
    await referrals.withdraw(made.id, **BY)
    assert await JournalEntry.filter(kind="inquiry.handover_ended").count() == 1


async def test_a_link_of_another_kind_opens_no_handover() -> None:
    await make_handover()
    with pytest.raises(NotFound):
        await referrals.by_token(thread.token(await Inquiry.get()))


async def note_gap(found: Inquiry, key: str, why: Missing) -> None:
    await gaps.note(found.id, why, key=key, day=NOW.date(), **BY)


async def test_a_gap_is_noted_once_and_outlives_the_person() -> None:
    asked = await make_question()
    for _ in range(2):
        await note_gap(asked, "form", Missing.LANGUAGE)
    await asked.delete()
    gap = await Gap.get()
    assert (gap.topic, gap.language, gap.district, gap.why) == ("newly_arrived", "ar", "hoerde", "language")
    assert "form" not in gap.key


async def test_gaps_add_up_by_topic_and_language() -> None:
    asked, other = await make_question(), await make_question("q2")
    await inquiry.record(other.id, **BY, topic="finances", audience="parent", outcome="open")
    await note_gap(asked, "1", Missing.LANGUAGE)
    await note_gap(asked, "2", Missing.FULL)
    await note_gap(other, "3", Missing.NOWHERE)
    found = await gaps.between(NOW.date(), NOW.date())
    assert [
        (line.topic, line.full, line.in_language, line.nowhere, line.total) for line in gaps.lines(found)
    ] == [
        ("newly_arrived", 1, 1, 0, 2),
        ("finances", 0, 0, 1, 1),
    ]
    assert gaps.districts(found) == [("hoerde", 3)]
    assert await gaps.between(NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=9)) == []
