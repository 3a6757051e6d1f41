"""The day at the desk: who sees what, and what each key does."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import segno

from booking import appointments
from booking.models import Appointment, Status
from channels.models import Incoming, IncomingState, Mailbox, Message, State
from inquiries import people
from inquiries.models import Contact, Inquiry
from office import links
from office.models import AuditEntry, Due, JournalEntry, Place, Role, Staff
from tests.channels.web.staffroom import ORIGIN, Browser, hidden, meets, times
from tests.factories import NOW, WEDNESDAY, introduction, local, make_appointment, make_office

TITLE = "Schule und Schulwechsel"
TOPIC = "school_enrolment"
DAY = f"/desk/?day={WEDNESDAY}&who=all"


async def counsellor_of(appointment: Appointment) -> Staff:
    return await Staff.get(id=appointment.staff_id)


@pytest.fixture
async def appointment(database: Any, at: Any) -> Appointment:
    """Wednesday 9:00, booked on Monday."""
    return await make_appointment(
        who=introduction(name="Amira Haddad", call_name="A. H."), wish={"children": 2}
    )


async def test_the_day_shows_time_name_children_and_code(appointment: Appointment, enter: Any) -> None:
    page = await (await enter(Role.RECEPTION)).get(DAY)
    for said in ("9:00–10:00", "Amira Haddad", "A. H.", appointment.code):
        assert said in page


async def test_another_place_than_the_desk_s_is_named(appointment: Appointment, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    assert "Beratungshaus Lindenplatz" not in await browser.get(DAY)
    assert "Beratungshaus Lindenplatz" in await browser.get(f"/desk/appointments/{appointment.id}")
    await Place.create(code="nord", name="Stadtteilladen Nord", position=1)
    await Appointment.filter(id=appointment.id).update(place="nord")
    assert "Stadtteilladen Nord" in await browser.get(DAY)


async def test_reception_gets_no_byte_of_what_it_is_about(appointment: Appointment, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    for path in (DAY, f"/desk/appointments/{appointment.id}", f"/desk/appointments/{appointment.id}/move"):
        page = await browser.get(path)
        assert "Amira Haddad" in page
        assert TITLE not in page
        assert TOPIC not in page
        assert "Schul" not in page


async def test_who_meets_the_person_sees_what_it_is_about(appointment: Appointment, enter: Any) -> None:
    for role in (Role.COUNSELLOR, Role.LEAD):
        browser = await meets(await enter(role), appointment)
        assert TITLE in await browser.get(DAY)
        assert f'value="{TOPIC}" checked' in await browser.get(f"/desk/appointments/{appointment.id}")


async def test_admin_sees_no_person_anywhere(appointment: Appointment, enter: Any) -> None:
    await trouble(appointment)
    browser = await enter(Role.ADMIN)
    for path in (
        "/desk/cards",
        "/desk/figures",
        "/desk/figures.csv",
        f"/desk/find?code={appointment.code}",
        DAY,
    ):
        answer = await browser.http.get(path)
        assert "Amira" not in answer.text
        assert "amira@" not in answer.text
        assert appointment.code not in answer.text.replace(f"code={appointment.code}", "")


async def test_a_counsellor_sees_their_own_day_first(appointment: Appointment, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    assert "Amira" not in await browser.get(f"/desk/?day={WEDNESDAY}")
    who = (await counsellor_of(appointment)).code
    assert "Amira" in await browser.get(f"/desk/?day={WEDNESDAY}&who={who}")


async def test_who_must_not_be_found_out_carries_the_badge(database: Any, enter: Any) -> None:
    found = await make_appointment(who=introduction(name="Leo", read_by_others=True))
    for role in (Role.RECEPTION, Role.COUNSELLOR):
        browser = await enter(role)
        for path in (DAY, f"/desk/appointments/{found.id}"):
            assert "sp-tag--silent" in await browser.get(path)


async def test_days_are_the_office_s_not_utc_s(database: Any, enter: Any) -> None:
    service = await make_office(starts=0, ends=8)
    await make_appointment(
        service, starts_at=local(WEDNESDAY, 0, 15), who=introduction(name="Frühaufsteherin")
    )
    browser = await enter(Role.LEAD)
    assert "Frühaufsteherin" in await browser.get(DAY)
    assert "Frühaufsteherin" not in await browser.get(f"/desk/?day={WEDNESDAY - timedelta(days=1)}&who=all")


async def test_what_is_no_day_or_nobody_s_code_is_refused(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    await browser.get("/desk/?day=yesterday", 422)
    await browser.get("/desk/?who=nobody", 404)


async def test_arriving_is_shown_with_its_time_and_goes_back_to_the_row(
    appointment: Appointment, enter: Any, at: Any
) -> None:
    at(local(WEDNESDAY, 8, 21))
    browser = await enter(Role.RECEPTION)
    answer = await browser.send(f"/desk/appointments/{appointment.id}/arrive", back=DAY)
    assert answer.headers["location"] == f"{DAY}#a{appointment.id}"
    assert "8:21" in await browser.get(DAY)


async def test_attended_counts_the_talk_and_can_be_taken_back(
    appointment: Appointment, enter: Any, at: Any
) -> None:
    at(local(WEDNESDAY, 10))
    browser = await enter(Role.COUNSELLOR)
    await browser.send(f"/desk/appointments/{appointment.id}/attend")
    assert await Contact.filter(key=f"talk:{appointment.id}", void=False).count() == 1
    assert f"/desk/appointments/{appointment.id}/reopen" in await browser.get(DAY)
    await browser.send(f"/desk/appointments/{appointment.id}/reopen")
    assert await Contact.filter(key=f"talk:{appointment.id}", void=False).count() == 0


async def test_an_outcome_before_the_talk_is_neither_offered_nor_taken(
    appointment: Appointment, enter: Any, at: Any
) -> None:
    at(local(WEDNESDAY, 8, 59))
    browser = await enter(Role.COUNSELLOR)
    assert f"/desk/appointments/{appointment.id}/attend" not in await browser.get(DAY)
    await browser.send(f"/desk/appointments/{appointment.id}/attend", status=409)
    await browser.send(f"/desk/appointments/{appointment.id}/explode", status=404)


async def test_days_before_without_an_outcome_are_listed_with_their_keys(
    appointment: Appointment, enter: Any, at: Any
) -> None:
    at(local(WEDNESDAY + timedelta(days=1), 9))
    browser = await enter(Role.LEAD)
    assert f"/desk/appointments/{appointment.id}/miss" in await browser.get("/desk/")
    await browser.send(f"/desk/appointments/{appointment.id}/miss", back="/desk/")
    assert "Amira" not in await browser.get("/desk/")


@pytest.mark.parametrize(("reason", "by"), [("asked", "person"), ("counsellor_ill", "office")])
async def test_cancelling_says_whose_wish_it_was(
    appointment: Appointment, enter: Any, reason: str, by: str
) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.send(f"/desk/appointments/{appointment.id}/cancel", reason=reason)
    await appointment.refresh_from_db()
    assert (appointment.status, appointment.cancelled_by) == (Status.CANCELLED, by)
    assert await AuditEntry.filter(action=f"cancelled_{reason}", actor="staff:re").count() == 1


async def test_cancelling_without_a_reason_is_refused(appointment: Appointment, enter: Any) -> None:
    await (await enter(Role.LEAD)).send(f"/desk/appointments/{appointment.id}/cancel", status=422)
    await appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


async def test_moving_offers_times_and_takes_the_one_chosen(appointment: Appointment, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    path = f"/desk/appointments/{appointment.id}/move"
    offered = times(await browser.get(path))
    await browser.send(path, starts_at=offered[-1])
    await appointment.refresh_from_db()
    assert appointment.starts_at.isoformat() == offered[-1]


async def test_moving_to_a_taken_time_shows_fresh_ones(appointment: Appointment, enter: Any) -> None:
    service = await appointment.service
    other = await make_appointment(service, starts_at=local(WEDNESDAY, 10, 30))
    browser = await enter(Role.RECEPTION)
    path = f"/desk/appointments/{appointment.id}/move"
    answer = await browser.send(path, status=409, starts_at=other.starts_at.isoformat())
    assert times(answer.text)
    assert other.starts_at.isoformat() not in times(answer.text)
    await browser.send(path, status=422, starts_at="2026-03-04T10:00")


async def test_what_it_was_about_is_recorded_by_who_counsels_them_only(
    appointment: Appointment, enter: Any
) -> None:
    path = f"/desk/appointments/{appointment.id}/record"
    chosen = {"topic": "unknown", "audience": "parent", "outcome": "answered", "district": "unknown"}
    await (await enter(Role.RECEPTION)).send(path, status=403, **chosen)
    browser = await enter(Role.COUNSELLOR)
    await browser.send(path, status=403, **chosen)
    await (await meets(browser, appointment)).send(path, **chosen)
    inquiry = await Inquiry.get(id=appointment.inquiry_id)
    assert (inquiry.audience, inquiry.outcome) == ("parent", "answered")
    assert inquiry.closed_at == NOW


async def test_a_code_no_catalogue_knows_is_refused(appointment: Appointment, enter: Any) -> None:
    chosen = {"topic": "=cmd()", "audience": "parent", "outcome": "answered", "district": "unknown"}
    browser = await meets(await enter(Role.LEAD), appointment)
    await browser.send(f"/desk/appointments/{appointment.id}/record", status=422, **chosen)


@pytest.mark.parametrize("how", ["{}", " {} ", "{0[0]}{0[1]}-{0[2]}{0[3]} {0[4]}"])
async def test_a_code_is_found_however_it_is_typed(appointment: Appointment, enter: Any, how: str) -> None:
    browser = await enter(Role.RECEPTION)
    answer = await browser.http.get("/desk/find", params={"code": how.format(appointment.code).lower()})
    assert answer.headers["location"] == f"/desk/appointments/{appointment.id}"


async def test_a_code_nobody_has_is_said_to_be_none(enter: Any) -> None:
    page = await (await enter(Role.RECEPTION)).get("/desk/find?code=%3Cb%3EX", 404)
    assert "&lt;b&gt;X" in page


async def test_every_look_is_noted(appointment: Appointment, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    await browser.get(f"/desk/appointments/{appointment.id}")
    await browser.get(f"/desk/appointments/{appointment.id}/slip")
    noted = await AuditEntry.filter(subject=f"appointment:{appointment.id}").values_list("actor", "action")
    assert list(noted) == [("staff:co", "looked"), ("staff:co", "printed")]


async def test_messages_and_history_stand_on_the_page(appointment: Appointment, enter: Any, at: Any) -> None:
    await trouble(appointment)
    await appointments.cancel(appointment.id, actor="staff:co", now=NOW)
    page = await (await enter(Role.COUNSELLOR)).get(f"/desk/appointments/{appointment.id}")
    assert "amira@example.org" in page
    assert re.search(r'id="history".*Jonas Brückner', page, re.DOTALL)


async def test_the_slip_holds_the_link_as_a_picture(appointment: Appointment, enter: Any) -> None:
    page = await (await enter(Role.RECEPTION)).get(f"/desk/appointments/{appointment.id}/slip")
    picture = segno.make(f"{ORIGIN}/a/{appointments.token(appointment)}", error="m")
    assert picture.svg_inline(scale=1, border=2, omitsize=True) in page
    assert appointment.code in page
    assert TITLE not in page


async def test_the_slip_of_a_discreet_person_says_a_time_only(database: Any, enter: Any) -> None:
    found = await make_appointment(who=introduction(name="Leo", read_by_others=True))
    page = await (await enter(Role.RECEPTION)).get(f"/desk/appointments/{found.id}/slip")
    slip = page.partition("<article")[2]
    assert found.code in slip
    for hint in ("<svg", "Leo", "Beratungshaus", "0221", "Stadt Musterstadt"):
        assert hint not in slip


async def test_the_slip_speaks_the_person_s_language(database: Any, enter: Any) -> None:
    found = await make_appointment(who=introduction(language="ar"))
    page = await (await enter(Role.RECEPTION)).get(f"/desk/appointments/{found.id}/slip")
    assert '<html lang="ar" dir="rtl">' in page


async def trouble(appointment: Appointment) -> tuple[Due, Message]:
    """A reaction and a message that failed."""
    entry = await JournalEntry.get(subject=f"appointment:{appointment.id}", kind="appointment.booked")
    due = await Due.create(
        entry=entry, reaction="count", subject=entry.subject, attempts=5, not_before=NOW, card=True, reason="Conflict"
    )  # fmt: skip
    message = await Message.create(
        key="k", text="confirm", appointment=appointment, revision=0, state=State.FAILED, message_id="<1@x>",
        created_at=NOW, not_before=NOW, attempts=8, reason="550 <amira@example.org> unknown",
    )  # fmt: skip
    return due, message


async def test_cards_are_counted_and_tried_again(appointment: Appointment, enter: Any) -> None:
    due, message = await trouble(appointment)
    browser = await enter(Role.LEAD)
    assert '<span class="sp-count">2</span>' in await browser.get("/desk/cards")
    await browser.send(f"/desk/cards/reaction/{due.id}", do="again")
    await browser.send(f"/desk/cards/message/{message.id}", do="again")
    await due.refresh_from_db()
    await message.refresh_from_db()
    assert (due.card, message.state, message.attempts) == (False, State.QUEUED, 0)
    assert "sp-empty" in await browser.get("/desk/cards")


async def test_a_card_can_be_settled_another_way(appointment: Appointment, enter: Any) -> None:
    due, message = await trouble(appointment)
    browser = await enter(Role.RECEPTION)
    await browser.send(f"/desk/cards/message/{message.id}", do="settled")
    await message.refresh_from_db()
    assert message.state == State.WITHHELD
    await browser.send(f"/desk/cards/reaction/{due.id}", status=404, do="settled")


async def test_admin_reads_the_reason_without_the_address(appointment: Appointment, enter: Any) -> None:
    await trouble(appointment)
    assert "550 …" in await (await enter(Role.ADMIN)).get("/desk/cards")


async def unread(**overrides: Any) -> Incoming:
    """A mail nobody could read."""
    values = {
        "key": "imap:a:1:1",
        "channel": "email",
        "content": b"From: amira@example.org",
        "received_at": NOW,
    }
    ended = {"state": IncomingState.UNREADABLE, "reason": "no_mail", "sender": "amira@example.org"}
    return await Incoming.create(**{**values, **ended, **overrides})


async def test_what_nobody_could_read_is_a_card_to_try_again_or_to_settle(database: Any, enter: Any) -> None:
    mail, text = await unread(), await unread(key="sms:1", channel="sms", reason="empty")
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get("/desk/cards")
    assert "E-Mail, die niemand lesen konnte" in page
    assert "SMS, die niemand lesen konnte" in page
    assert '<span class="sp-count">2</span>' in page
    await browser.send(f"/desk/cards/incoming/{mail.id}", do="again")
    await browser.send(f"/desk/cards/incoming/{text.id}", do="settled")
    assert "sp-empty" in await browser.get("/desk/cards")
    assert (await Incoming.get(id=mail.id)).state == IncomingState.STORED
    assert (await Incoming.get(id=text.id)).state == IncomingState.SETTLED
    assert await JournalEntry.filter(kind="incoming.stored", subject=f"incoming:{mail.id}").count() == 1
    await browser.send(f"/desk/cards/incoming/{mail.id}", do="again")
    assert await JournalEntry.filter(kind="incoming.stored").count() == 1


async def test_a_mailbox_in_trouble_is_a_card_that_goes_by_itself(database: Any, enter: Any) -> None:
    box = await Mailbox.create(name="INBOX", uidvalidity=1, trouble="authentication failed")
    browser = await enter(Role.ADMIN)
    assert "authentication failed" in await browser.get("/desk/cards")
    await Mailbox.filter(name=box.name).update(trouble="")
    assert "sp-empty" in await browser.get("/desk/cards")


async def test_a_message_about_a_question_that_failed_is_a_card(database: Any, enter: Any) -> None:
    who = await people.meet(introduction(name="Amira Haddad"), NOW)
    found = await Inquiry.create(person=who, opened_at=NOW, channel="email")
    about: list[dict[str, Any]] = [
        {"inquiry": found},
        {"incoming": await unread(state=IncomingState.DIALOGUE)},
    ]
    for number, one in enumerate(about):
        await Message.create(
            key=f"{number}", text="answer", revision=0, state=State.FAILED, message_id=f"<{number}@x>",
            created_at=NOW, not_before=NOW, **one,
        )  # fmt: skip
    for role, name, link in (
        (Role.LEAD, True, True),
        (Role.RECEPTION, True, False),
        (Role.ADMIN, False, False),
    ):
        page = await (await enter(role)).get("/desk/cards")
        assert page.count('class="sp-card ') == 2
        assert ("Amira Haddad" in page) == name
        assert (f"/desk/inquiries/{found.id}" in page) == link
        assert "amira@" not in page


async def test_only_counsellors_and_lead_may_take_the_raw_mail(database: Any, enter: Any) -> None:
    mail = await unread()
    for role in Role:
        page = await (await enter(role)).get("/desk/cards")
        assert (f"/desk/mail/{mail.id}" in page) == (role in (Role.COUNSELLOR, Role.LEAD))
        assert "amira@" not in page


async def test_what_their_calendar_answered_stands_at_the_appointment(
    appointment: Appointment, enter: Any
) -> None:
    browser = await enter(Role.RECEPTION)
    path = f"/desk/appointments/{appointment.id}"
    assert "Kalender der Person" not in await browser.get(path)
    await Appointment.all().update(participation="declined")
    assert "bitte nachfragen, ob die Person kommt" in await browser.get(path)


async def test_the_four_digits_are_shown_to_who_may_tell_them(database: Any, enter: Any) -> None:
    discreet = await make_appointment(who=introduction(name="Leo", read_by_others=True))
    digits = f">{links.four_digits('pin', discreet.person_id)}<"
    for role in (Role.RECEPTION, Role.COUNSELLOR):
        browser = await enter(role)
        assert digits in await browser.get(f"/desk/appointments/{discreet.id}")
        assert digits not in await browser.get(DAY)


async def test_the_address_of_the_own_calendar_is_on_the_day(appointment: Appointment, enter: Any) -> None:
    browser: Browser = await enter(Role.COUNSELLOR)
    assert re.search(r"http://localhost:8000/calendar/[\w-]+\.ics", await browser.get("/desk/"))
    assert ".ics" not in await (await enter(Role.RECEPTION)).get("/desk/")


async def test_a_refusal_at_the_desk_shows_the_way_on(enter: Any) -> None:
    page = await (await enter(Role.ADMIN)).get("/desk/", 403)
    assert 'href="/desk/cards"' in page
    assert hidden(page)["csrf"]


async def test_no_page_of_the_desk_is_kept_by_a_cache(enter: Any) -> None:
    answer = await (await enter(Role.LEAD)).http.get("/desk/")
    assert answer.headers["cache-control"] == "no-store"
