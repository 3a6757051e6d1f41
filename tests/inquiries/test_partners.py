"""The directory of partners: nothing is lost, nothing is there twice, and old entries are noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inquiries import partners
from inquiries.models import Agreement, Partner
from inquiries.partners import Entry
from office.errors import Invalid
from office.models import JournalEntry
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("database")
BY: dict[str, Any] = {"actor": "staff:ps", "now": NOW}
TODAY = NOW.date()
CENTRE = Entry(
    name="Kommunales Integrationszentrum",
    target="integration_centre",
    topics=("newly_arrived",),
    languages=("de", "ar"),
    email="ki@example.org",
    agreement=Agreement.YES,
    public=True,
)


async def test_a_partner_is_kept_as_it_was_entered() -> None:
    made = await partners.add(CENTRE, **BY)
    assert partners.entry(await Partner.get(id=made.id)) == CENTRE
    assert (await JournalEntry.get(kind="partner.added")).subject == f"partner:{made.id}"


async def test_the_same_name_in_other_case_is_the_same_partner() -> None:
    await partners.add(CENTRE, **BY)
    with pytest.raises(Invalid):
        await partners.add(replace(CENTRE, name="kommunales  INTEGRATIONSZENTRUM"), **BY)
    other = await partners.add(Entry(name="Volkshochschule"), **BY)
    with pytest.raises(Invalid):
        await partners.change(other.id, replace(CENTRE, name="kommunales Integrationszentrum"), **BY)


async def test_a_change_says_which_fields_and_not_what() -> None:
    made = await partners.add(CENTRE, **BY)
    await partners.change(made.id, replace(CENTRE, phone="0221 4710-210", languages=("ar", "de")), **BY)
    told = await JournalEntry.get(kind="partner.changed")
    assert told.details == {"fields": "phone"}
    await partners.change(made.id, replace(CENTRE, phone="0221 4710-210"), **BY)
    assert await JournalEntry.filter(kind="partner.changed").count() == 1


async def test_an_entry_is_to_be_checked_when_nobody_did_for_half_a_year() -> None:
    made = await partners.add(CENTRE, **BY)
    assert partners.stale(made, TODAY)
    await partners.checked(made.id, TODAY, **BY)
    await partners.checked(made.id, TODAY, **BY)
    made = await partners.by_id(made.id)
    assert not partners.stale(made, TODAY + timedelta(days=180))
    assert partners.stale(made, TODAY + timedelta(days=181))
    assert await JournalEntry.filter(kind="partner.checked").count() == 1
    made.active = False
    assert not partners.stale(made, TODAY + timedelta(days=999))


async def test_families_see_only_public_and_active_partners_of_a_topic() -> None:
    await partners.add(CENTRE, **BY)
    await partners.add(replace(CENTRE, name="Intern", public=False), **BY)
    await partners.add(replace(CENTRE, name="Früher", active=False), **BY)
    assert [one.name for one in await partners.public(["newly_arrived"])] == [CENTRE.name]
    assert await partners.public(["finances"]) == []
    assert await partners.public([]) == []


async def test_the_directory_is_filtered_by_topic_and_language() -> None:
    await partners.add(CENTRE, **BY)
    await partners.add(Entry(name="Amt für Schule", topics=("school_enrolment",), languages=("de",)), **BY)
    assert [one.name for one in await partners.listed()] == ["Amt für Schule", CENTRE.name]
    assert [one.name for one in await partners.listed(language="ar")] == [CENTRE.name]
    assert [one.name for one in await partners.listed(["school_enrolment"])] == ["Amt für Schule"]
