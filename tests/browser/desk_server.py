"""A busy day at the desk, for the browser tests: `python -m tests.browser.desk_server FOLDER PORT`."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from booking import outcomes
from booking.models import Appointment, Mode
from channels.models import Message, State
from channels.web import clock, site
from figures import ledger
from figures.ledger import Fact, Statement
from figures.models import Unit
from inquiries import inquiry, thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry
from inquiries.thread import From, Told
from office import catalogues, settings, staff, upgrade
from office.models import Due, JournalEntry, Role, Staff
from office.settings import Settings
from sprechstunde import house
from sprechstunde.demo import modules, partners, topics
from tests import factories
from tests.browser import small_office

PEOPLE = (
    ("Maria-José Fernández y Gómez", "", "es", 2, Mode.OFFICE),
    ("Ağaoğlu Çiğdem", "", "tr", 1, Mode.PHONE),
    ("محمد الحسين", "Mohammed Al-Hussein", "ar", 3, Mode.OFFICE),
    ("Leo", "", "de", 1, Mode.OFFICE),
    ("Олександра Ковальчук", "Oleksandra Kowaltschuk", "uk", 1, Mode.VIDEO),
    ("Kevin Drews", "", "de", 1, Mode.OFFICE),
    ("", "", "de", 1, Mode.PHONE),
    ("Prof. Dr. Adelheid Freifrau von Öttingen-Wallerstein", "", "de", 2, Mode.OFFICE),
)
"""Eight people whose names must be shown whole; Leo is the one who must not be found out."""


def turn_the_clock() -> None:
    """From now on the pages believe it is ten past ten on the office's clock, whenever the tests run."""
    real = datetime.now(UTC)
    shift = factories.local(real.astimezone(factories.ZONE).date(), 10, 10) - real
    clock.now = lambda: datetime.now(UTC) + shift


async def seed(now: datetime) -> None:
    """A team of four roles, eight appointments today, some of yesterday without an outcome, cards and figures."""
    await catalogues.seed()
    jonas = await _member(
        "jb", "Jonas Brückner", Role.COUNSELLOR, ["de", "en", "ar", "es", "tr", "uk"], "counsellor"
    )
    rania = await _member("rh", "Rania Haddad", Role.COUNSELLOR, ["de", "ar", "en"], "rania")
    oksana = await _member("ob", "Oksana Bondarenko", Role.COUNSELLOR, ["de", "uk"], "oksana")
    await _member("ps", "Dr. Petra Sommerfeld", Role.LEAD, ["de"], "lead")
    await _member("kl", "Katrin Lohmann", Role.RECEPTION, ["de"], "reception")
    await _member("sn", "Stefan Nowak", Role.ADMIN, ["de"], "admin")
    for member in (jonas, rania, oksana):
        for weekday in range(7):
            await factories.make_hours(member, weekday, 7, 20)
    texts = {"de": "Schule und Schulwechsel", "en": "School and change of school", "ar": "المدرسة"}
    school = await factories.make_service(
        jonas,
        rania,
        oksana,
        code="school",
        titles=texts,
        minutes=30,
        minutes_per_child=0,
        buffer_minutes=0,
        per_person=20,
        notice_minutes=0,
    )
    await factories.make_service(
        jonas, code="short", titles={"de": "Kurze Frage am Telefon"}, minutes=15, modes=["phone"]
    )
    today = now.astimezone(factories.ZONE).date()
    begin = factories.local(today, 8)
    before = now - timedelta(days=9)
    await factories.make_absence(oksana, begin - timedelta(hours=4), begin + timedelta(hours=12))
    made = [
        await _booked(school, "jb", begin + timedelta(minutes=45 * number), before, person)
        for number, person in enumerate(PEOPLE)
    ]
    for number in range(3):
        await _booked(
            school, "jb", begin - timedelta(days=1) + timedelta(hours=number), before, PEOPLE[number]
        )
    await _booked(school, "rh", begin + timedelta(hours=1), before, PEOPLE[5])
    for appointment in (made[2], made[4]):
        await outcomes.arrive(appointment.id, actor="staff:kl", now=now)
    await _cards(made[0], now)
    await _questions(now)
    await modules.write(now)
    await partners.enter(today)
    await topics.enter(today, factories.ZONE)
    await _counted(today)


async def _member(code: str, name: str, role: Role, languages: list[str], login: str) -> Staff:
    return await staff.add(
        code=code, name=name, email=f"{login}@example.org", role=role, password="demo", languages=languages
    )


async def _booked(
    service: object,
    counsellor: str,
    starts_at: datetime,
    now: datetime,
    person: tuple[str, str, str, int, Mode],
) -> Appointment:
    name, call_name, language, children, mode = person
    who = factories.introduction(name=name, call_name=call_name, language="de", read_by_others=name == "Leo")
    wish = {"mode": mode, "language": language, "children": children, "counsellor": counsellor}
    return await factories.make_appointment(service, starts_at=starts_at, now=now, wish=wish, who=who)  # type: ignore[arg-type]


async def _cards(appointment: Appointment, now: datetime) -> None:
    entry = await JournalEntry.filter(subject=f"appointment:{appointment.id}").first()
    assert entry
    await Due.create(
        entry=entry,
        reaction="count",
        subject=entry.subject,
        attempts=5,
        not_before=now,
        card=True,
        reason="Conflict",
    )
    await appointment.fetch_related("person__addresses")
    for number, state in enumerate((State.FAILED, State.UNCERTAIN, State.SENT)):
        await Message.create(
            key=f"confirm:{number}", text="confirm", appointment=appointment, revision=0, state=state,
            address=appointment.person.addresses[0], message_id=f"<{number}@x>", created_at=now, not_before=now,
            reason="550 5.1.1 <somebody@example.org> unknown" if state is State.FAILED else "",
            sent_at=now if state is State.SENT else None,
        )  # fmt: skip


async def _questions(now: datetime) -> None:
    """Nine questions that wait, three of them longer than was promised; the first with a whole thread."""
    texts = (
        "Guten Tag, mein Sohn hat keinen Platz an der Gesamtschule bekommen. Was können wir jetzt noch tun? Die Frist "
        "läuft in zwei Wochen ab, und wir wissen nicht, an wen wir schreiben sollen.",
        "متى يحصل ابني على مكان في المدرسة؟",
        "Ich bin 16 und brauche jemanden zum Reden.",
    )
    made = []
    for number in range(9):
        name, call_name, language, _children, _mode = PEOPLE[number % len(PEOPLE)]
        reach = {"phone": f"+{4917604069000 + number}", "email": ""} if number % 3 == 1 else {}
        who = factories.introduction(name=name, call_name=call_name, read_by_others=name == "Leo", **reach)
        channel = ("email", "sms", "web_form")[number % 3]
        at = now - timedelta(hours=5 * number + 1)
        told = Told(f"seed:{number}", texts[number % 3], channel, at)
        concern = Concern(channel=channel, language=language)
        made.append(await thread.receive(told, From(who=who), concern, actor="person", now=now))
    today = now.astimezone(factories.ZONE).date()
    for number, one in enumerate(made):
        await Inquiry.filter(id=one.id).update(promised_on=today + timedelta(days=number - 3))
    await _thread(made[0], now)


async def _thread(found: Inquiry, now: datetime) -> None:
    answer = "Guten Tag, Sie können innerhalb eines Monats Widerspruch einlegen. Wir helfen Ihnen dabei."
    await thread.answer(found.id, answer, key="s:a", channel="email", actor="staff:jb", now=now)
    note = "Bescheid ist vom 3. des Monats. Schule schon angerufen, niemand da."
    await thread.note(found.id, note, key="s:n", actor="staff:jb", now=now)
    call = Told("s:log", "Hat angerufen: Brief ist da.", "phone", now, "up_to_15")
    seen = Concern(channel="phone", topic="place_refused")
    await thread.log(
        call, From(inquiry=found.id), seen, outcome="open", referral="unknown", actor="staff:kl", now=now
    )
    again = "Danke!\n\nWo schicke ich das hin?\n\nAm Montag um 10:00 schrieb Terminservice:\n> Guten Tag,\n> Sie können"
    told = Told("s:2", again, "email", now)
    await thread.receive(told, From(inquiry=found.id), seen, actor="person", now=now)
    await inquiry.assign(found.id, (await Staff.get(code="jb")).id, actor="staff:jb", now=now)


async def _counted(today: datetime) -> None:
    """Two hundred invented contacts over the months of the year."""
    channels = ("phone", "phone", "phone", "email", "web_booking", "web_booking", "walk_in", "sms", "unknown")
    topics = ("school_enrolment", "newly_arrived", "recognition", "unknown")
    first = today.replace(month=1, day=1)
    days = max((today - first).days, 1)
    await ledger.state_many(
        Statement(
            Unit.CONTACT,
            f"{number:032x}",
            Fact(
                day=first + timedelta(days=number * 7 % days), channel=channels[number % 9], topic=topics[number % 4],
                hour_band="08-10", sample=True,
            ),
            None,
        )
        for number in range(200)
    )  # fmt: skip


async def prepare(chosen: Settings) -> None:
    """Tables, and the busy day unless it is there already."""
    await upgrade.upgrade(house.databases(chosen))
    async with house.opened(chosen):
        if not await Staff.exists():
            await seed(clock.now())


if __name__ == "__main__":
    ours = small_office.made(Path(sys.argv[1]), int(sys.argv[2]))
    settings.use(ours)
    turn_the_clock()
    asyncio.run(prepare(ours))
    app = site.build(ours, house.opened(ours))
    uvicorn.run(app, host="127.0.0.1", port=ours.port, log_level="warning", access_log=False)
