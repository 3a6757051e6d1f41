"""The inbox: what waits, in which order, and who sees what of it."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from channels.models import Incoming, IncomingState
from inquiries import inquiry, thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry
from inquiries.thread import From, Told
from office.models import CatalogueEntry, Role
from tests.channels.web.staffroom import hidden
from tests.factories import NOW, introduction, make_staff

QUESTION = "Welche Schule nimmt noch Kinder mit Förderbedarf auf?"


async def ask(text: str = QUESTION, *, key: str = "", channel: str = "email", **who: Any) -> Inquiry:
    """A question of somebody new, come in now."""
    return await thread.receive(
        Told(key or f"mail:{text}"[:64], text, channel, NOW),
        From(who=introduction(**who)),
        Concern(channel=channel, language="de"),
        actor="person",
        now=NOW,
    )


async def test_the_question_promised_first_stands_first(database: Any, enter: Any) -> None:
    late, early = await ask("Spät", name="Spätaufsteher"), await ask("Früh", name="Früchtchen")
    await Inquiry.filter(id=late.id).update(promised_on=date(2026, 3, 9))
    await Inquiry.filter(id=early.id).update(promised_on=date(2026, 3, 3))
    page = await (await enter(Role.COUNSELLOR)).get("/desk/inbox")
    assert page.index("Früchtchen") < page.index("Spätaufsteher")


async def test_overdue_is_said_in_words_and_counted(database: Any, enter: Any) -> None:
    found = await ask()
    browser = await enter(Role.LEAD)
    assert "überfällig seit" not in await browser.get("/desk/inbox")
    await Inquiry.filter(id=found.id).update(promised_on=(NOW - timedelta(days=3)).date())
    page = await browser.get("/desk/inbox")
    assert "überfällig seit" in page
    assert "1 überfällig" in page
    assert "1 überfällig" in await browser.get("/desk/")


@pytest.mark.parametrize("path", ["/desk/inbox", "/desk/log", "/desk/", "/desk/inbox?view=closed"])
async def test_reception_gets_no_word_of_a_question(database: Any, enter: Any, path: str) -> None:
    await ask(name="Amira")
    browser = await enter(Role.RECEPTION)
    page = await browser.get(path)
    assert "Förderbedarf auf" not in page
    assert "/desk/inquiries/" not in page


async def test_reception_sees_who_waits_and_since_when(database: Any, enter: Any) -> None:
    found = await ask(name="Amira")
    page = await (await enter(Role.RECEPTION)).get("/desk/inbox")
    assert "Amira" in page
    assert f"/desk/log?inquiry={found.id}" in page


async def test_admin_sees_no_inbox(database: Any, enter: Any) -> None:
    await (await enter(Role.ADMIN)).get("/desk/inbox", 403)


async def test_counsellors_read_the_first_words_of_what_was_written_last(database: Any, enter: Any) -> None:
    found = await ask("Erstens " + "wort " * 100)
    await thread.receive(
        Told("mail:2", "Zweitens " + "wort " * 100, "email", NOW + timedelta(minutes=1)),
        From(inquiry=found.id),
        Concern(channel="email"),
        actor="person",
        now=NOW,
    )
    page = await (await enter(Role.COUNSELLOR)).get("/desk/inbox")
    assert "Erstens" not in page
    assert "Zweitens" in page
    assert page.count("wort") < 40


async def test_each_view_shows_its_own(database: Any, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    mine, other, answered, closed = [await ask(f"Frage {name}", name=name) for name in "KLMN"]
    me, you = browser.member.id, (await make_staff()).id
    await inquiry.assign(mine.id, me, actor="staff:co", now=NOW)
    await inquiry.assign(other.id, you, actor="staff:co", now=NOW)
    await thread.answer(answered.id, "So.", key="1", channel="email", actor="staff:co", now=NOW)
    await inquiry.record(
        closed.id, actor="staff:co", now=NOW, topic="unknown", audience="unknown", outcome="answered"
    )
    expected = {
        "to_do": {mine, other},
        "mine": {mine},
        "in_work": {mine, other},
        "new": set(),
        "waiting": set(),
        "answered": {answered},
        "closed": {closed},
    }
    for view, those in expected.items():
        page = await browser.get(f"/desk/inbox?view={view}")
        shown = {one.id for one in (mine, other, answered, closed) if f'/desk/inquiries/{one.id}"' in page}
        assert shown == {one.id for one in those}, view


async def test_what_is_not_for_us_is_in_no_view(database: Any, enter: Any) -> None:
    found = await ask("Billige Kredite")
    await inquiry.void(found.id, actor="staff:co", now=NOW)
    browser = await enter(Role.LEAD)
    for view in ("to_do", "new", "in_work", "waiting", "answered", "closed"):
        assert f"/desk/inquiries/{found.id}" not in await browser.get(f"/desk/inbox?view={view}")


async def test_fifty_a_page_and_no_query_more_for_more_of_them(
    database: Any, enter: Any, caplog: pytest.LogCaptureFixture
) -> None:
    browser = await enter(Role.COUNSELLOR)
    await ask("Frage")
    caplog.set_level(logging.DEBUG, "tortoise.db_client")
    await browser.get("/desk/inbox")
    few = len(caplog.records)
    for number in range(50):
        await ask(f"Frage {number}", key=f"mail:{number}")
    caplog.clear()
    page = await browser.get("/desk/inbox")
    assert few == len(caplog.records) > 5
    assert page.count('class="sp-question"') == 50
    assert "page=2" in page
    assert (await browser.get("/desk/inbox?page=2")).count('class="sp-question"') == 1


async def test_automatic_mail_is_apart_and_goes_when_seen(database: Any, enter: Any) -> None:
    mail = await Incoming.create(
        key="imap:a:1:1",
        channel="email",
        content=b"x",
        received_at=NOW,
        state=IncomingState.AUTOMATIC,
        reason="auto_submitted",
        sender="ferien@example.org",
    )
    browser = await enter(Role.COUNSELLOR)
    assert "ferien@" not in await browser.get("/desk/inbox")
    assert "ferien@example.org" in await browser.get("/desk/inbox?view=automatic")
    await browser.send(f"/desk/inbox/automatic/{mail.id}")
    assert "ferien@" not in await browser.get("/desk/inbox?view=automatic")


async def test_an_automatic_mail_may_be_a_question_after_all(database: Any, enter: Any) -> None:
    raw = b"From: eva@example.org\r\nSubject: Frage\r\nAuto-Submitted: auto-replied\r\n\r\nWann?\r\n"
    mail = await Incoming.create(
        key="imap:a:1:1", channel="email", content=raw, received_at=NOW, state=IncomingState.AUTOMATIC
    )
    browser = await enter(Role.COUNSELLOR)
    assert f'formaction="/desk/mail/{mail.id}/take"' in await browser.get("/desk/inbox?view=automatic")
    answer = await browser.send(f"/desk/mail/{mail.id}/take")
    found = await Inquiry.get()
    assert answer.headers["location"] == f"/desk/inquiries/{found.id}"
    assert "Wann?" in await browser.get(f"/desk/inquiries/{found.id}")


async def test_what_is_no_view_or_page_is_refused(database: Any, enter: Any) -> None:
    browser = await enter(Role.LEAD)
    await browser.get("/desk/inbox?view=everything", 404)
    for wrong in ("0", "-1", "x", "٣", "9999999"):
        await browser.get(f"/desk/inbox?page={wrong}", 422)


async def test_a_name_with_markup_is_text(database: Any, enter: Any) -> None:
    await ask("<script>alert(1)</script>", name="<b>Eva</b>", call_name="<i>E</i>")
    page = await (await enter(Role.COUNSELLOR)).get("/desk/inbox")
    for markup in ("<script>alert", "<b>Eva", "<i>E<"):
        assert markup not in page
    assert "&lt;script&gt;alert" in page


async def test_follow_up_goes_out_of_the_list_and_is_on_top_on_its_day(
    database: Any, enter: Any, at: Any
) -> None:
    browser = await enter(Role.COUNSELLOR)
    other = await ask("Neu", name="Neuling")
    found = await ask("Noch einmal", name="Wiedervorlage")
    await browser.send(f"/desk/inquiries/{found.id}/assign", staff=browser.member.code)
    await thread.answer(found.id, "Bis Mittwoch.", key="1", channel="email", actor="staff:co", now=NOW)
    await browser.send(f"/desk/inquiries/{found.id}/follow-up", do="", day="2026-03-04")
    assert "Wiedervorlage" in await browser.get("/desk/inbox?view=waiting")
    assert "Wiedervorlage" not in await browser.get("/desk/inbox") + await browser.get("/desk/")
    at(NOW + timedelta(days=2))
    page = await browser.get("/desk/inbox")
    assert page.index(f"/desk/inquiries/{found.id}") < page.index(f"/desk/inquiries/{other.id}")
    assert f"/desk/inquiries/{found.id}" in await browser.get("/desk/")
    await browser.send(f"/desk/inquiries/{found.id}/settle")
    assert "Wiedervorlage" not in await browser.get("/desk/inbox")


@pytest.mark.parametrize(
    ("day", "said"), [("", "not_a_day"), ("2026-03-02", "not_ahead"), ("2027-04-01", "")]
)
async def test_a_day_that_is_none_is_refused_and_stays_typed(
    database: Any, enter: Any, day: str, said: str
) -> None:
    found = await ask()
    browser = await enter(Role.COUNSELLOR)
    answer = await browser.send(f"/desk/inquiries/{found.id}/follow-up", status=422, day=day)
    assert 'id="day-error"' in answer.text
    assert f'value="{day}"' in answer.text
    assert (await Inquiry.get()).follow_up_on is None


async def test_filters_narrow_every_view_and_survive_paging(database: Any, enter: Any) -> None:
    browser = await enter(Role.COUNSELLOR)
    for number in range(51):
        await ask(f"Frage {number}", key=f"mail:{number}", channel="sms")
    found = await ask("Per Mail", name="Mailerin")
    await Inquiry.filter(id=found.id).update(language="ar", topic="finances", assigned=browser.member)
    for query in ("channel=email", "language=ar", "topic=finances", f"assigned={browser.member.code}"):
        page = await browser.get(f"/desk/inbox?{query}")
        assert page.count('class="sp-question"') == 1, query
        assert "Mailerin" in page
    assert "Mailerin" not in await browser.get("/desk/inbox?assigned=nobody")
    assert "/desk/inbox?view=in_work&amp;channel=sms" in await browser.get("/desk/inbox?channel=sms")
    assert "/desk/inbox?channel=sms&amp;page=2" in await browser.get("/desk/inbox?channel=sms")
    assert "Nichts passt" in await browser.get("/desk/inbox?view=closed&channel=sms")


async def test_a_topic_includes_those_below_it_and_reception_cannot_ask_for_one(
    database: Any, enter: Any
) -> None:
    found = await ask(name="Mailerin")
    below = await CatalogueEntry.filter(catalogue="topic").exclude(parent="").first()
    await Inquiry.filter(id=found.id).update(topic=below.code)
    assert "Mailerin" in await (await enter(Role.COUNSELLOR)).get(f"/desk/inbox?topic={below.parent}")
    reception = await enter(Role.RECEPTION)
    for topic in (below.code, "finances"):
        page = await reception.get(f"/desk/inbox?topic={topic}")
        assert "Mailerin" in page
        assert 'name="topic"' not in page


async def test_not_for_us_is_one_key_from_the_list_and_leads_back_to_it(database: Any, enter: Any) -> None:
    found = await ask(channel="sms")
    browser = await enter(Role.COUNSELLOR)
    page = await browser.get("/desk/inbox?channel=sms")
    link = re.search(rf'href="(/desk/inquiries/{found.id}/void[^"]+)"', page)
    assert link
    fields = hidden(await browser.get(unescape(link[1])))
    answer = await browser.send(f"/desk/inquiries/{found.id}/void", back=fields["back"])
    assert answer.headers["location"] == "/desk/inbox?channel=sms"
    assert (await Inquiry.get()).void


async def test_taking_one_from_the_list_leads_back_to_it(database: Any, enter: Any) -> None:
    found = await ask()
    browser = await enter(Role.COUNSELLOR)
    fields = hidden(await browser.get("/desk/inbox?view=new"))
    answer = await browser.send(
        f"/desk/inquiries/{found.id}/assign", staff=fields["staff"], back=fields["back"]
    )
    assert answer.headers["location"] == "/desk/inbox?view=new"
    assert (await Inquiry.get()).assigned_id == browser.member.id
