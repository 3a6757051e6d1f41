"""A counsellor is ill at five to eight: four families, one without address; and at noon she is here after all.

Desk and pages are the real ones, what is told goes through the workers' sweep, a real mail server and a gateway that
keeps the provider's rules; only the clock is the test's.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from booking import claims, instead
from booking.models import (
    Absence,
    Appointment,
    CallBack,
    Hold,
    Interpretation,
    Interpreter,
    InterpreterKind,
    InterpreterRequest,
    Offering,
    RequestState,
    Status,
    WorkingHours,
)
from channels import sending
from channels.email import transport
from channels.email.way import Email
from channels.sms import gateway
from channels.sms.way import Sms
from channels.ways import Way
from channels.web import clock, site
from inquiries.models import Address, AddressKind
from inquiries.people import Introduction
from office import catalogues
from office import settings as office_settings
from office.models import Role, Staff
from office.settings import Settings
from sprechstunde import house
from tests.channels.sms import twilio_server
from tests.channels.sms.posts import ACCOUNT
from tests.channels.sms.twilio_server import TwilioServer
from tests.channels.web.staffroom import Browser, make_member
from tests.conftest import make_settings
from tests.factories import (
    NOW,
    WEDNESDAY,
    ZONE,
    local,
    make_appointment,
    make_hours,
    make_office,
    make_service,
    make_staff,
)
from tests.servers import Smtp
from workers import sweep

EARLY, NOON = local(WEDNESDAY, 7, 55), local(WEDNESDAY, 12)
TUESDAY = date(2026, 3, 10)
NUMBER = "+4917604069012"
LANDLINE = "+492214710123"


@dataclass
class Office:
    """The desk, the families' browser, and everything that was told."""

    app: Any
    desk: Browser
    smtp: Smtp
    sms: TwilioServer
    ways: list[Way]
    turn: Callable[[datetime], None]
    now: datetime = NOW
    read: int = 0
    texts: int = 0
    seen: list[EmailMessage] = field(default_factory=list)

    def at(self, now: datetime) -> None:
        self.now = now
        self.turn(now)

    async def follow(self) -> None:
        """Everything that follows has followed, and is sent."""
        while await sweep.run(self.now):
            pass
        for way in self.ways:
            while await sending.deliver(way, lambda: self.now):
                pass

    def mails(self, to: str) -> list[str]:
        """Subject, body and calendar part of what came to this address since we last looked."""
        return [_readable(one.content) for one in self.smtp.deliveries[self.read :] if to in one.recipients]

    def looked(self) -> None:
        self.read, self.texts = len(self.smtp.deliveries), len(self.sms.sent)

    def sms_to(self, number: str) -> list[str]:
        return [one.body for one in self.sms.sent[self.texts :] if one.to == number]


def _readable(content: bytes) -> str:
    mail = message_from_bytes(content, policy=policy.default)
    said = [f"{mail['Subject']}"]
    for part in mail.walk():
        if part.get_content_type() in ("text/plain", "text/calendar"):
            said.append(str(part.get_content()))
    return "\n".join(said)


@pytest.fixture
async def office(
    settings: Settings,
    database: Settings,
    smtp_server: Smtp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Office]:
    async with AsyncExitStack() as open_:
        sms = open_.enter_context(twilio_server.twilio())
        urls = settings.model_dump(include={"database_url", "statistics_url"})
        mine = make_settings(tmp_path, **urls, smtp_url=smtp_server.url, twilio_api_url=sms.url, **ACCOUNT)
        office_settings.use(mine)
        await catalogues.seed()
        by_mail, by_sms = transport.open_transport(mine), gateway.open_gateway(mine)
        open_.push_async_callback(by_mail.close)
        open_.push_async_callback(by_sms.close)
        app = site.build(mine, house.opened(mine))
        desk = Browser(app, await make_member(Role.LEAD))
        open_.push_async_callback(desk.http.aclose)

        def turn(now: datetime) -> None:
            monkeypatch.setattr(clock, "now", lambda: now)

        made = Office(app, desk, smtp_server, sms, [Email(by_mail), Sms(by_sms)], turn)
        made.at(NOW)
        yield made


@dataclass
class Day:
    """Oksana's Wednesday: who comes to her, and who could help out."""

    oksana: Staff
    ioana: Staff
    talks: list[Appointment]

    async def with_whom(self) -> list[tuple[str, str]]:
        names = {self.oksana.id: "Oksana", self.ioana.id: "Ioana"}
        found = [await Appointment.get(id=one.id) for one in self.talks]
        return [(str(one.status), names[one.staff_id]) for one in found]


async def four_families() -> Day:
    """At 9 (Ukrainian, by mail), 13 (by SMS), 14 (a landline only) and 15 (nothing at all: she just comes)."""
    oksana = await make_staff(code="ob", name="Oksana Bondarenko", languages=["de", "uk"])
    ioana = await make_staff(code="im", name="Ioana Munteanu", languages=["de", "ro"])
    for weekday in range(5):
        await make_hours(oksana, weekday, 9, 17)
    service = await make_service(oksana, code="certificate", minutes=45)
    reach: tuple[dict[str, Any], ...] = (
        {"language": "uk", "name": "Оксана", "email": "oksana@example.org"},
        {"language": "de", "name": "Дмитро", "phone": NUMBER},
        {"language": "de", "name": "Hồng", "phone": LANDLINE},
        {"language": "de", "name": "Łukasz"},
    )
    talks = [
        await make_appointment(
            service,
            starts_at=local(WEDNESDAY, hour),
            who=Introduction(**who),
            wish={"language": who["language"]},
            calendar_wanted=True,
        )
        for hour, who in zip((9, 13, 14, 15), reach, strict=True)
    ]
    await make_hours(ioana, 2, 9, 10)
    await make_hours(ioana, 2, 15, 16)
    await Offering.create(service=service, staff=ioana)
    await Interpreter.create(code="tel", name="Telefon", kind=InterpreterKind.PHONE, languages=["uk"])
    return Day(oksana, ioana, talks)


async def test_ill_at_five_to_eight_and_here_after_all_at_noon(office: Office) -> None:
    day = await four_families()
    await office.follow()
    office.looked()

    office.at(EARLY)
    answer = await office.desk.send("/desk/ill", staff="ob")
    here = answer.headers["location"]
    await office.follow()
    assert await day.with_whom() == [
        ("booked", "Ioana"), ("cancelled", "Oksana"), ("cancelled", "Oksana"), ("booked", "Ioana"),
    ]  # fmt: skip
    shown = await office.desk.get(here)
    for said in ("Bitte anrufen", "Hồng", LANDLINE, "kommt 15:00 Uhr – Ioana Munteanu übernimmt"):
        assert said in shown, said
    told = office.mails("oksana@example.org")
    assert any("Ioana Munteanu" in mail for mail in told)
    assert (await Appointment.get(id=day.talks[0].id)).interpretation == Interpretation.BY_PHONE
    [cancelled] = office.sms_to(NUMBER)
    assert "absagen" in cancelled
    assert [bool(office.mails(who.email)) for who in (day.oksana, day.ioana)] == [True, True]
    assert all("METHOD:CANCEL" in mail for mail in office.mails(day.oksana.email))
    assert any("METHOD:REQUEST" in mail for mail in office.mails(day.ioana.email))
    assert [len(await instead.offered(one.id, EARLY)) for one in day.talks] == [0, 3, 3, 0]
    assert await claims.differences() == []

    card = await CallBack.get(done_at=None)
    await office.desk.send(f"/desk/cards/call/{card.id}", do="settled")
    office.looked()
    office.at(NOON)
    await office.desk.send(f"{here}/back")
    await office.follow()
    assert await day.with_whom() == [
        ("booked", "Ioana"), ("booked", "Oksana"), ("booked", "Oksana"), ("booked", "Oksana"),
    ]  # fmt: skip
    [back] = office.sms_to(NUMBER)
    assert "findet doch statt" in back
    [again] = await CallBack.filter(done_at=None)
    assert again.appointment_id == day.talks[2].id
    assert (await Hold.all().count(), await Absence.all().count()) == (0, 0)
    assert await claims.differences() == []
    assert "zurückgenommen" in await office.desk.get(here)


async def test_taken_back_the_calendar_gets_the_same_event_again(office: Office) -> None:
    service = await make_office(starts=8, ends=14)
    [offering] = await Offering.filter(service=service)
    member = await Staff.get(id=offering.staff_id)
    who = Introduction(language="ar", name="مريم", email="mariam@example.org")
    await make_appointment(service, starts_at=local(WEDNESDAY, 13), who=who, calendar_wanted=True)
    await office.follow()
    office.at(EARLY)
    here = (await office.desk.send("/desk/ill", staff=member.code)).headers["location"]
    await office.follow()
    office.at(NOON)
    await office.desk.send(f"{here}/back")
    await office.follow()
    booked, cancelled, back = office.mails("mariam@example.org")
    three = (booked, cancelled, back)
    assert len({_said("UID", one) for one in three}) == 1
    assert [_said("SEQUENCE", one) for one in three] == ["0", "1", "2"]
    assert [_said("METHOD", one) for one in three] == ["REQUEST", "CANCEL", "REQUEST"]


def _said(name: str, mail: str) -> str:
    found = re.search(rf"^{name}:(.*)$", mail.replace("\r", ""), re.MULTILINE)
    assert found, (name, mail)
    return found[1]


async def three_families(office: Office) -> tuple[Staff, Staff, list[Appointment], WorkingHours]:
    """On a Tuesday at 11, 12 and 13; a colleague could take the first."""
    service = await make_office(starts=8, ends=14)
    [offering] = await Offering.filter(service=service)
    member = await Staff.get(id=offering.staff_id)
    talks = [
        await make_appointment(
            service,
            starts_at=local(TUESDAY, hour),
            who=Introduction(language="de", name=name, email=f"{name.lower()}@example.org", phone=NUMBER),
        )
        for hour, name in ((11, "Amira"), (12, "Birgit"), (13, "Carla"))
    ]
    colleague = await make_staff(code="im", name="Ioana Munteanu")
    await make_hours(colleague, 1, 11, 12)
    await Offering.create(service=service, staff=colleague)
    await office.follow()
    office.looked()
    [rule] = await WorkingHours.filter(staff=member, weekday=1)
    return member, colleague, talks, rule


def shorter(member: Staff, rule: WorkingHours) -> dict[str, Any]:
    """On Tuesdays from 8 to 10 only."""
    fields = {"kind": "hours", "staff": member.code, "replaces": str(rule.id), "from": str(TUESDAY)}
    return fields | {"weekday": "1", "starts": "08:00", "ends": "10:00", "place": "linden"}


async def test_shortening_a_tuesday_shows_the_three_and_tells_each_what_was_chosen(office: Office) -> None:
    member, colleague, talks, rule = await three_families(office)
    change = shorter(member, rule)
    shown = (await office.desk.send("/desk/change", status=200, **change)).text
    assert re.findall("Amira|Birgit|Carla", shown) == ["Amira", "Birgit", "Carla"]
    assert (await WorkingHours.get(id=rule.id)).valid_to is None
    chosen: dict[str, Any] = dict(
        zip([f"choice-{one.id}" for one in talks], ["colleague:im", "offer", "keep"], strict=True)
    )
    await office.desk.send("/desk/change", **change, **chosen, carry="1")
    await office.follow()
    found = [await Appointment.get(id=one.id) for one in talks]
    assert [(one.status, one.staff_id) for one in found] == [
        (Status.BOOKED, colleague.id), (Status.CANCELLED, member.id), (Status.BOOKED, member.id),
    ]  # fmt: skip
    [amira], [birgit], carla = [office.mails(f"{who}@example.org") for who in ("amira", "birgit", "carla")]
    assert "bleibt" in amira.splitlines()[0]
    assert "Ioana Munteanu ist für Sie da" in amira
    assert "frei gehalten, bis morgen um 12 Uhr" in birgit
    assert re.findall(r"^(\d)\. ", birgit, re.MULTILINE) == ["1", "2", "3"]
    assert "Wenn wir nichts von Ihnen hören, rufen wir Sie an." in birgit
    assert carla == []
    assert await claims.differences() == []


async def test_one_of_the_times_kept_is_chosen_on_the_page_and_the_others_are_free_again(
    office: Office,
) -> None:
    member, _colleague, talks, rule = await three_families(office)
    change = shorter(member, rule) | {f"choice-{one.id}": "offer" for one in talks}
    await office.desk.send("/desk/change", **change, carry="1")
    await office.follow()
    [told] = office.mails("birgit@example.org")
    found = re.search(r"http\S+(/a/\S+)", told)
    assert found
    family = Browser(office.app)
    page = await family.get(found[1])
    kept = re.findall(r'name="hold" value="(\d+)">([^<]+)<', page)
    assert [f"{number}. {unescape(said)}" in told for number, (_, said) in enumerate(kept, 1)] == [True] * 3
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    for _twice in range(2):
        answer = await family.http.post(f"{found[1]}/take", data={"csrf": token[1], "hold": kept[1][0]})
        assert answer.status_code == 303
    assert unescape(kept[1][1]).split(", ")[-1].removesuffix(" Uhr") in await family.get(
        answer.headers["location"]
    )
    assert await instead.offered(talks[1].id, NOW) == []
    assert "Sie haben eine andere Zeit gewählt" in await family.get(found[1])
    await family.http.aclose()
    assert await claims.differences() == []


async def test_who_does_not_choose_in_time_is_called(office: Office) -> None:
    member, _colleague, talks, rule = await three_families(office)
    change = shorter(member, rule) | {f"choice-{one.id}": "offer" for one in talks}
    await office.desk.send("/desk/change", **change, carry="1")
    [first, *_] = await instead.offered(talks[0].id, NOW)
    await instead.choose(talks[0].id, first.id, now=NOW)
    assert await instead.lapse(first.expires_at.replace(hour=9), ZONE) == 0
    for _twice in range(2):
        await instead.lapse(first.expires_at, ZONE)
    called = [one.appointment_id for one in await CallBack.all().order_by("id")]
    assert called == [talks[1].id, talks[2].id]
    assert await instead.offered(talks[1].id, first.expires_at) == []


async def test_nobody_is_called_before_the_end_nor_where_no_number_is_known(office: Office) -> None:
    member, _colleague, talks, rule = await three_families(office)
    await Address.filter(person_id=talks[0].person_id, kind=AddressKind.PHONE).delete()
    await Address.filter(person_id=talks[1].person_id, kind=AddressKind.PHONE).update(read_by_others=True)
    change = shorter(member, rule) | {f"choice-{one.id}": "offer" for one in talks}
    await office.desk.send("/desk/change", **change, carry="1")
    end = (await instead.offered(talks[2].id, NOW))[0].expires_at
    await Hold.all().delete()
    assert await instead.lapse(end - timedelta(minutes=1), ZONE) == 0
    assert await instead.lapse(end, ZONE) == 1
    assert [one.appointment_id for one in await CallBack.all()] == [talks[2].id]


async def test_whoever_interprets_is_told_and_asked_again(office: Office) -> None:
    service = await make_office(starts=8, ends=14)
    [offering] = await Offering.filter(service=service)
    member = await Staff.get(id=offering.staff_id)
    await Interpreter.create(code="sm", name="S. M.", languages=["ar"], email="dolmetschen@example.org")
    who = Introduction(language="ar", name="مريم", email="mariam@example.org")
    wish = {"language": "ar", "interpreter": True, "by_staff": True}
    talk = await make_appointment(service, starts_at=local(WEDNESDAY, 13), who=who, wish=wish)
    await office.follow()
    assert len(office.mails("dolmetschen@example.org")) == 1
    office.at(EARLY)
    here = (await office.desk.send("/desk/ill", staff=member.code)).headers["location"]
    await office.follow()
    requests = InterpreterRequest.filter(appointment_id=talk.id).order_by("id")
    assert [one.state for one in await requests] == [RequestState.WITHDRAWN]
    office.at(NOON)
    await office.desk.send(f"{here}/back")
    await office.follow()
    assert [one.state for one in await requests] == [RequestState.WITHDRAWN, RequestState.ASKED]
    assert len(office.mails("dolmetschen@example.org")) == 3
    assert await claims.differences() == []
