"""Every night what nobody needs any more goes, by the periods declared, and not a day before."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from booking import appointments
from booking.models import Absence, Appointment, Booker, Hold, WorkingHours
from channels import belongings, incoming
from channels.models import Incoming, IncomingState, Message, OptOut
from channels.sms import opt_out
from channels.web import site
from inquiries import inquiry, thread
from inquiries.inquiry import Concern
from inquiries.models import Address, Consent, Inquiry, Person, Referral, TopicText
from inquiries.referrals import LASTS
from inquiries.thread import From, Told
from office import audit, journal
from office.models import AuditEntry, Edit, JournalEntry
from office.settings import Settings
from sprechstunde import house
from tests import privacy_table
from tests.factories import NOW, WEDNESDAY, introduction, local, make_absence, make_appointment, make_office
from tests.workers import test_erasure
from tests.workers.test_erasure import figures_hold, make_handover, settle, sums
from workers import retention

pytestmark = pytest.mark.usefixtures("database")
TALK_ENDS = local(WEDNESDAY, 9, 45)


def days(number: float, since: datetime = NOW) -> datetime:
    return since + timedelta(days=number)


async def make_question(
    key: str = "q", *, closed: datetime | None = None, person: int | None = None
) -> Inquiry:
    asked = await thread.receive(
        Told(key, "…", "email", NOW), From(introduction(), person), Concern("email"), actor="person", now=NOW
    )
    if closed:
        await inquiry.record(
            asked.id, actor="staff:jb", now=closed, topic="unknown", audience="unknown", outcome="answered"
        )
    await settle()
    return asked


async def make_talk(**overrides: Any) -> Appointment:
    booked = await make_appointment(**overrides)
    await settle()
    return booked


async def test_contact_data_goes_a_fortnight_after_the_last_talk() -> None:
    booked = await make_talk()
    assert await Message.all().count() == 2
    assert await retention.run(days(13.9, TALK_ENDS)) == {}
    done = await retention.run(days(14, TALK_ENDS))
    assert done == {"contact_data": 1, "limits": 1}
    person = await Person.get(id=booked.person_id)
    assert (person.name, person.call_name) == ("", "")
    assert [await model.all().count() for model in (Address, Message, Booker)] == [0, 0, 0]
    assert (await Appointment.get(id=booked.id)).booker == ""
    assert await Inquiry.all().count() == 1
    assert await retention.run(days(14, TALK_ENDS)) == {}


async def test_pages_stay_locked_when_the_addresses_others_read_are_forgotten(database: Settings) -> None:
    booked = await make_talk(who=introduction(read_by_others=True))
    asked = await make_question(person=booked.person_id, closed=NOW)
    assert (await retention.run(days(14, TALK_ENDS)))["contact_data"] == 1
    assert not await Address.exists()
    app = site.build(database, house.opened(database), surface="public")
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="http://localhost:8000"
    ) as web:
        answers = [
            await web.get(f"/{one}")
            for one in (f"a/{appointments.token(booked)}", f"q/{thread.token(asked)}")
        ]
    for answer in answers:
        assert answer.status_code == 200 and 'name="digits"' in answer.text
        assert "Schule" not in answer.text and 'id="write"' not in answer.text


async def test_contact_data_stays_while_a_question_is_open() -> None:
    booked = await make_talk()
    asked = await make_question(person=booked.person_id)
    await inquiry.settle(asked.id, actor="staff:jb", now=NOW)  # answered, and not closed
    await retention.run(days(40))
    assert await Address.all().count() == 1
    await inquiry.record(
        asked.id, actor="staff:jb", now=days(40), topic="unknown", audience="unknown", outcome="answered"
    )
    await retention.run(days(54))
    assert await Address.all().count() == 0


async def test_contact_data_stays_while_another_talk_is_to_come() -> None:
    first = await make_talk()
    await make_talk(
        service=await first.service,
        starts_at=local(WEDNESDAY + timedelta(days=21), 9),
        person=first.person_id,
    )
    await retention.run(days(16, TALK_ENDS))
    assert await Address.all().count() == 1


async def test_person_goes_ninety_days_after_the_last_matter_was_closed() -> None:
    first = await make_question("q1", closed=days(1))
    await make_question("q2", closed=days(30), person=first.person_id)
    counted = await sums()
    assert "people" not in await retention.run(days(119.9))
    assert (await retention.run(days(120)))["people"] == 1
    assert await Person.all().count() == 0
    assert await sums() == counted
    assert await figures_hold()


async def test_matter_never_closed_ends_half_a_year_after_the_last_contact() -> None:
    await make_question()
    assert "people" not in await retention.run(days(179.9))
    assert (await retention.run(days(180)))["people"] == 1


async def test_who_writes_again_is_kept() -> None:
    asked = await make_question(closed=days(1))
    await thread.receive(
        Told("again", "…", "email", days(80)),
        From(inquiry=asked.id),
        Concern("email"),
        actor="person",
        now=days(80),
    )
    await retention.run(days(170))
    assert await Person.all().count() == 1


async def test_talk_still_to_come_keeps_a_closed_matter() -> None:
    booked = await make_talk()
    await inquiry.record(
        booked.inquiry_id, actor="staff:jb", now=NOW, topic="unknown", audience="unknown", outcome="answered"
    )
    await Appointment.filter(id=booked.id).update(ends_at=days(60))
    await retention.run(days(100))
    assert await Appointment.all().count() == 1


@pytest.mark.parametrize(
    ("state", "of_an_inquiry", "closed", "last_day", "goes"),
    [
        (IncomingState.TAKEN, True, True, 89.9, 90),
        (IncomingState.TAKEN, True, False, 90, None),
        (IncomingState.UNREADABLE, False, False, 89.9, 90),
        (IncomingState.SETTLED, False, False, 29.9, 30),
        (IncomingState.AUTOMATIC, False, False, 29.9, 30),
        (IncomingState.DIALOGUE, False, False, 29.9, 30),
        (IncomingState.STORED, False, False, 89.9, 90),
    ],
)
async def test_what_came_in_goes_when_nobody_needs_it_as_it_came(
    state: IncomingState, of_an_inquiry: bool, closed: bool, last_day: float, goes: float | None
) -> None:
    asked = await make_question(closed=days(80) if closed else None)
    stored = await incoming.store("imap:x:1:1", "email", b"raw", now=NOW)
    await JournalEntry.filter(kind="incoming.stored").update(pending=False)
    await incoming.ended(stored, state, inquiry_id=asked.id if of_an_inquiry else None)
    await retention.run(days(last_day))
    assert await Incoming.all().count() == 1
    if goes:
        assert (await retention.run(days(goes)))["incoming"] == 1


async def test_journal_and_audit_end_after_a_year() -> None:
    await make_question()
    await audit.note("staff:jb", "looked", "inquiry:1", NOW)
    await retention.run(days(364.9))
    assert await AuditEntry.filter(action="looked").exists()
    await retention.run(days(366))
    assert not await JournalEntry.filter(at__lte=NOW).exists()
    assert not await AuditEntry.filter(action="looked").exists()


async def test_who_changed_the_office_is_forgotten_after_two_years() -> None:
    for age in (729, 731):
        await Edit.create(at=NOW - timedelta(days=age), actor="staff:ps", subject="service:1", changes={})
    assert (await retention.run(NOW))["edits"] == 1
    assert [edit.at for edit in await Edit.all()] == [NOW - timedelta(days=729)]


async def test_what_was_not_reacted_to_stays_in_the_journal() -> None:
    await thread.receive(
        Told("q", "…", "email", NOW), From(introduction()), Concern("email"), actor="person", now=NOW
    )
    await retention.run(days(170))
    assert await retention.due(days(400)) | {"journal": 0} == await retention.due(days(400))


async def test_holds_opt_outs_absences_and_hours_end_too() -> None:
    service = await make_office()
    (hours, *_), staff = await WorkingHours.all(), (await WorkingHours.all().first())
    assert staff
    await WorkingHours.filter(id=hours.id).update(valid_to=NOW.date())
    await make_absence(await staff.staff, NOW, days(1))
    await opt_out.stop("+4917604069001", "STOP", NOW)
    await Hold.create(
        key="h", service=service, staff_id=staff.staff_id, place="linden", mode="office", starts_at=NOW,
        ends_at=days(1), claimed_until=days(1), expires_at=NOW,
    )  # fmt: skip
    assert await retention.run(days(1)) == {"holds": 1}
    assert await retention.run(days(367)) == {"absences": 1, "hours": 1, "audit": 1}
    assert "opt_outs" not in await retention.run(days(3649))
    assert (await retention.run(days(3650)))["opt_outs"] == 1
    assert [await model.all().count() for model in (Hold, Absence, OptOut)] == [0, 0, 0]
    assert await WorkingHours.all().count() == 4


async def test_files_of_broker_and_demonstration_end(settings: Settings) -> None:
    old, new = days(-20).timestamp(), days(0).timestamp()
    names = ("broker/queue/a", "broker/control/kept", "mailbox/b.eml", "mail-in/000001.eml", "phone/c.json")
    for name in names:
        path = settings.var_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for file, when in ((path, old), (path.with_name("new-" + path.name), new)):
            file.write_text("x")
            os.utime(file, (when, when))
    assert await retention.run(NOW) == {"broker_files": 1, "demo_files": 3}
    left = {
        path.name
        for folder in ("broker", "mailbox", "phone")
        for path in (settings.var_dir / folder).rglob("*")
        if path.is_file()
    }
    assert left == {"new-a", "kept", "new-kept", "new-b.eml", "new-c.json"}
    assert (settings.var_dir / "mail-in" / "000001.eml").read_bytes() == b""


async def test_deletion_is_proven_and_names_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        await make_question(f"q{number}", closed=NOW)
    await retention.run(days(90))
    proofs = await AuditEntry.filter(action="retention").values_list("actor", "subject")
    assert proofs == [(journal.SYSTEM, "people:3")]


async def test_dry_run_says_the_same_and_deletes_nothing() -> None:
    await make_talk()
    await make_question(closed=NOW)
    would = {name: count for name, count in (await retention.due(days(95))).items() if count}
    assert await Person.all().count() == 2
    done = await retention.run(days(95))
    assert would | {"messages": 0} == done | {"messages": 0}  # they go with the contact data


async def test_more_than_a_batch_goes_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        await make_question(f"q{number}", closed=NOW)
    assert (await retention.run(days(90)))["people"] == 5


async def test_others_stay_through_every_rule(database: Settings) -> None:
    old = await test_erasure.make_known(database)
    await Inquiry.filter(person_id=old.id).update(closed_at=NOW, waiting_since=None)
    fresh = await make_talk(now=days(85), starts_at=local(WEDNESDAY + timedelta(days=91), 9))
    was = [[row.pk for row in rows] for _name, rows in (await belongings.of(await fresh.person)).rows()]
    await retention.run(days(93))
    assert [one.id for one in await Person.all()] == [fresh.person_id]
    assert [
        [row.pk for row in rows] for _name, rows in (await belongings.of(await fresh.person)).rows()
    ] == was


def test_every_declared_reason_ends_by_a_rule_or_by_hand() -> None:
    declared = {reason for room in privacy_table.ROOMS for reason in privacy_table.declared(room).values()}
    ends = {reason for rule in retention.RULES for reason in rule.reasons} | set(retention.BY_HAND)
    assert declared == ends


def test_page_for_the_protection_officer_names_rule_and_exceptions() -> None:
    page = privacy_table.page()
    for rule in retention.RULES:
        assert f"`{rule.name}`" in page
    for length in (retention.NEVER_CLOSED, retention.WITHOUT_INQUIRY):
        assert f"{length.days} days" in page


async def test_what_a_partner_was_told_goes_when_the_link_ends() -> None:
    await make_handover(await make_question())
    assert "handovers" not in await retention.run(NOW + LASTS - timedelta(seconds=1))
    assert (await retention.run(NOW + LASTS))["handovers"] == 1
    kept = await Referral.get()
    assert (kept.contact, kept.note, kept.consent) == ("", "", Consent.SPOKEN)


async def test_who_wrote_a_public_text_is_forgotten_after_a_year_and_the_text_stays() -> None:
    times = {"at": NOW, "checked_on": NOW.date()}
    said = {"topic": "finances", "language": "de", "version": 1, "title": "Geld", "text": "…"}
    await TopicText.create(**said, **times, author="staff:ps")
    assert await retention.run(days(364)) == {}
    assert await retention.run(days(365)) == {"topic_authors": 1}
    assert (await TopicText.get()).author == "" and (await TopicText.get()).text == "…"
