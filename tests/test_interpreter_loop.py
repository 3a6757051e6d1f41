"""An interpreter is asked, says no, says nothing or is never reached: the family keeps its time and hears how it ends.

What is told goes through the workers' own task and sweep, a real mail server and a gateway that keeps the provider's
rules; the answers are given on the page behind the link that was sent; only the clock is the test's.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from booking import appointments, claims, moves
from booking.models import (
    Appointment,
    CallBack,
    CallBackReason,
    Interpretation,
    Interpreter,
    InterpreterClaim,
    InterpreterKind,
    InterpreterRequest,
    Mode,
    Offering,
    RequestState,
    Status,
)
from channels.models import Message, State
from channels.sms import segments
from inquiries.models import Person
from inquiries.people import Introduction
from office import journal
from office.models import Staff
from tests.channels.web.staffroom import Browser
from tests.factories import NOW, ZONE, local, make_appointment, make_office
from tests.servers import Smtp
from tests.test_ill_today import NUMBER, Office, office  # noqa: F401 - fixture
from workers import sweep, tasks

MONDAY = date(2026, 3, 9)
NINE, TEN = local(MONDAY, 9), local(MONDAY, 10)
LATE = local(MONDAY, 9, 12)
THURSDAY = local(date(2026, 3, 5), 9)
"""Two working days before."""
FRIDAY = local(date(2026, 3, 6), 9)
"""The working day before."""
ARABIC = re.compile("[\u0600-\u06ff]")
NAME = "مريم الخطيب"
MAILS = tuple(f"dolmetsch-0{number}@example.org" for number in (1, 2))
INTERPRETERS_NUMBER = "+491713920011"
LOST = {
    "refused": ["550 no such user"],
    "uncertain": [Smtp.DROP, Smtp.DROP],
}
"""How a request may never arrive, as far as we know."""


@dataclass
class Loop:
    """The mother of two, who is to meet whom, and everybody's turn until nothing is left to do."""

    office: Office
    talk: Appointment
    counsellor: Staff

    async def round(self, now: datetime | None = None) -> None:
        """Everything is sent, and the workers have looked after interpreters; twice, for it must not matter."""
        if now:
            self.office.at(now)
        for _twice in range(2):
            await self.office.follow()
            await tasks._interpreters()
        await self.office.follow()

    async def again(self) -> Appointment:
        return await Appointment.get(id=self.talk.id)

    async def states(self) -> list[RequestState]:
        return [one.state for one in await InterpreterRequest.all().order_by("id")]

    def requests(self, number: int) -> list[str]:
        """The mails to this interpreter that ask, remind or take back."""
        return self.office.mails(MAILS[number - 1])

    def told(self) -> list[str]:
        """What the mother was sent since we last looked."""
        return self.office.sms_to(NUMBER)

    def counsellor_told(self) -> list[str]:
        return [one for one in self.office.mails(self.counsellor.email) if "Dolmetsch" in one.splitlines()[0]]

    async def answer(self, link: str, what: str) -> None:
        """On the page behind the link, as somebody without a script does it."""
        browser = Browser(self.office.app)
        token = re.search(r'name="csrf" value="([^"]+)"', await browser.get(link))
        assert token
        assert (await browser.http.post(f"{link}/{what}", data={"csrf": token[1]})).status_code == 303
        await browser.http.aclose()

    async def page(self) -> str:
        """The mother's own page."""
        browser = Browser(self.office.app)
        shown = await browser.get(f"/a/{appointments.token(await self.again())}?lang=de")
        await browser.http.aclose()
        return shown

    async def desk(self) -> str:
        return await self.office.desk.get(f"/desk/appointments/{self.talk.id}")


@pytest.fixture
async def house(office: Office, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:  # noqa: F811
    """Two interpreters, each with a mail address; the workers read the test's clock."""
    monkeypatch.setattr(tasks, "_now", lambda: office.now)
    for number, mail in enumerate(MAILS, 1):
        await Interpreter.create(code=f"0{number}", name=f"D. {number}", languages=["ar"], email=mail)
    yield office
    assert await claims.differences() == []


async def begun(house: Office, **who: Any) -> Loop:
    """She has booked, the workers have not come round yet."""
    service = await make_office(counsellors=1, ends=14, per_person=5)
    introduction = {"language": "ar", "name": NAME, "phone": NUMBER, **who}
    wish = {"language": "ar", "interpreter": True, "children": 2, "mode": Mode.OFFICE}
    talk = await make_appointment(service, starts_at=NINE, who=Introduction(**introduction), wish=wish)
    [offering] = await Offering.filter(service=service)
    return Loop(house, talk, await Staff.get(id=offering.staff_id))


async def asked(house: Office, **who: Any) -> Loop:
    """She has booked, and the first one was asked."""
    loop = await begun(house, **who)
    await loop.round(NOW)
    return loop


async def by_phone() -> None:
    await Interpreter.create(code="tel", name="Telefon", kind=InterpreterKind.PHONE, languages=["ar"])


def link(said: str) -> str:
    found = re.search(r"/i/[\w-]+", said)
    assert found, said
    return found[0]


def is_arabic(sms: str) -> bool:
    """From its first letter, and in two segments at most."""
    return bool(ARABIC.match(next(char for char in sms if char.isalpha()))) and segments.count(sms) <= 2


async def test_who_declines_is_followed_by_the_next_who_accepts_and_everybody_hears_of_it(
    house: Office,
) -> None:
    loop = await asked(house)
    [request], [confirmed] = loop.requests(1), loop.told()
    assert is_arabic(confirmed) and loop.requests(2) == []
    assert "Wir suchen" in await loop.page() and "angefragt, noch keine Antwort" in await loop.desk()
    for secret in (NAME, NUMBER[3:], loop.talk.code, "Schul"):
        assert secret not in request, secret
    house.looked()
    await loop.answer(link(request), "decline")
    await loop.round()
    [second] = loop.requests(2)
    assert loop.requests(1) == [] and loop.told() == [] and loop.counsellor_told() == []
    assert "Wir suchen" in await loop.page()
    await loop.answer(link(second), "accept")
    await loop.round()
    [told], [staff] = loop.told(), loop.counsellor_told()
    assert is_arabic(told) and "Es kommt jemand zum Dolmetschen" in staff
    assert "es kommt jemand (" in await loop.desk()
    assert (await loop.again()).interpretation == Interpretation.CONFIRMED
    assert await loop.states() == [RequestState.DECLINED, RequestState.ACCEPTED]


async def test_silence_two_working_days_before_becomes_a_talk_interpreted_by_phone(house: Office) -> None:
    await by_phone()
    loop = await asked(house)
    [request] = loop.requests(1)
    house.looked()
    await loop.round(THURSDAY - timedelta(minutes=1))
    assert loop.told() == []
    await loop.round(THURSDAY)
    [told], [staff] = loop.told(), loop.counsellor_told()
    assert is_arabic(told) and "Niemand kann kommen" in staff
    after = await loop.again()
    assert (after.status, after.starts_at, after.interpretation) == (
        Status.BOOKED, NINE, Interpretation.BY_PHONE,
    )  # fmt: skip
    assert "am Telefon (" in await loop.desk()
    assert await loop.states() == [RequestState.SILENT] and await InterpreterClaim.all().count() == 0
    browser = Browser(house.app)
    assert 'id="accept"' not in await browser.get(link(request))
    await browser.http.aclose()
    house.looked()
    await loop.round(FRIDAY)
    assert loop.requests(1) == loop.requests(2) == loop.told() == []


async def test_where_nobody_interprets_by_phone_either_the_desk_calls_the_family(house: Office) -> None:
    loop = await asked(house)
    house.looked()
    await loop.round(THURSDAY)
    [card] = await CallBack.all()
    assert (card.reason, card.appointment_id) == (CallBackReason.NO_INTERPRETER, loop.talk.id)
    assert loop.told() == [] and "niemanden gefunden" in loop.counsellor_told()[0]
    assert (await loop.again()).status == Status.BOOKED


@pytest.mark.parametrize("how", list(LOST))
async def test_request_that_never_arrived_goes_to_the_next_one_at_once(house: Office, how: str) -> None:
    loop = await begun(house)
    house.smtp.answers = ["250 OK", *LOST[how]]  # the counsellor's own calendar comes first
    await loop.round(NOW)
    await loop.round(NOW + timedelta(minutes=1))
    lost, second = await Message.filter(text="request").order_by("id")
    assert (lost.state, second.state) == ({"refused": State.FAILED}.get(how, State.UNCERTAIN), State.SENT)
    assert await loop.states() == [RequestState.SILENT, RequestState.ASKED]
    await loop.answer(link(loop.requests(2)[0]), "accept")
    await loop.round()
    assert (await loop.again()).interpretation == Interpretation.CONFIRMED
    assert [message.text for message in await Message.filter(request_id=lost.request_id)] == ["request"]


async def test_request_by_sms_names_nobody(house: Office) -> None:
    await Interpreter.filter(code="01").update(email="", phone=INTERPRETERS_NUMBER)
    loop = await asked(house)
    [request] = house.sms_to(INTERPRETERS_NUMBER)
    assert segments.count(request) == 1
    assert not any(secret in request for secret in (NAME, NUMBER[3:], loop.talk.code, "Schul"))
    await loop.answer(link(request), "accept")
    assert (await loop.again()).interpretation == Interpretation.CONFIRMED


async def test_request_by_sms_that_is_refused_goes_to_the_next_one(house: Office) -> None:
    await Interpreter.filter(code="01").update(email="", phone=INTERPRETERS_NUMBER)
    loop = await begun(house, phone="", email="mariam@example.org")
    house.sms.next = [21614]
    await loop.round(NOW)
    assert await loop.states() == [RequestState.SILENT, RequestState.ASKED]
    assert house.sms_to(INTERPRETERS_NUMBER) == [] and len(loop.requests(2)) == 1


async def test_who_has_neither_mail_nor_mobile_is_passed_over(house: Office) -> None:
    await Interpreter.filter(code="01").update(email="")
    loop = await asked(house)
    assert await loop.states() == [RequestState.SILENT, RequestState.ASKED]
    assert len(loop.requests(2)) == 1


@pytest.mark.parametrize("ending", ["accept", "silence"])
async def test_discreet_family_gets_day_and_time_and_never_a_word_of_interpreting(
    house: Office, ending: str
) -> None:
    await by_phone()
    loop = await asked(house, read_by_others=True)
    if ending == "accept":
        await loop.answer(link(loop.requests(1)[0]), "accept")
    await loop.round(THURSDAY)
    assert [one.text for one in await Message.filter(address_id__not_isnull=True)] == ["confirm_discreet"]
    [told] = loop.told()
    assert "/a/" not in told and is_arabic(told)
    assert len(loop.counsellor_told()) == 1
    assert "bersetz" not in (await loop.page()).partition("<main")[2]


@pytest.mark.parametrize("accepted", [False, True])
async def test_talk_called_off_tells_the_interpreter_whose_time_is_free_again(
    house: Office, accepted: bool
) -> None:
    loop = await asked(house)
    [request] = loop.requests(1)
    if accepted:
        await loop.answer(link(request), "accept")
        await loop.round()
    house.looked()
    await appointments.cancel(loop.talk.id, actor=journal.PERSON, now=NOW)
    assert await InterpreterClaim.all().count() == 0
    await loop.round()
    [off] = loop.requests(1)
    assert "nicht mehr" in off.splitlines()[0] and loop.requests(2) == []
    assert await loop.states() == [RequestState.WITHDRAWN]
    house.looked()
    await loop.round(FRIDAY)
    assert loop.requests(1) == []


async def test_interpreter_who_was_not_asked_yet_is_not_told_that_they_need_not_come(house: Office) -> None:
    """She calls it off before the request has left: they hear nothing at all."""
    loop = await begun(house)
    while await sweep.run(NOW):
        pass
    assert await loop.states() == [RequestState.ASKED]
    await appointments.cancel(loop.talk.id, actor=journal.PERSON, now=NOW)
    await loop.round()
    assert await loop.states() == [RequestState.WITHDRAWN]
    assert loop.requests(1) == []


async def test_moved_talk_is_asked_for_anew_and_the_old_link_answers_nothing(house: Office) -> None:
    loop = await asked(house)
    [first] = loop.requests(1)
    await loop.answer(link(first), "accept")
    await loop.round()
    house.looked()
    await moves.move(loop.talk.id, TEN, actor=journal.PERSON, now=NOW, zone=ZONE)
    await loop.round()
    off, anew = loop.requests(1)
    assert "nicht mehr" in off.splitlines()[0] and "10:00" in anew
    assert "Wir suchen" in await loop.page()
    browser = Browser(house.app)
    assert 'id="accept"' not in await browser.get(link(first))
    await browser.http.aclose()
    await loop.answer(link(anew), "accept")
    await loop.round()
    assert await loop.states() == [RequestState.WITHDRAWN, RequestState.ACCEPTED]
    assert (await loop.again()).interpretation == Interpretation.CONFIRMED
    assert {one.appointment_id for one in await InterpreterClaim.all()} == {loop.talk.id}
    moved, somebody = loop.told()
    assert is_arabic(moved) and is_arabic(somebody)


async def test_who_said_yes_is_reminded_once_the_working_day_before_and_not_at_night(house: Office) -> None:
    loop = await asked(house)
    await loop.answer(link(loop.requests(1)[0]), "accept")
    await loop.round(THURSDAY)
    house.looked()
    await loop.round(local(date(2026, 3, 6), 3))
    assert loop.requests(1) == []
    for hour in (9, 10, 15):
        await loop.round(local(date(2026, 3, 6), hour))
    [reminder] = loop.requests(1)
    assert "9:00" in reminder and NAME not in reminder
    house.looked()
    await loop.answer(link(reminder), "decline")
    await loop.round()
    assert len(loop.requests(2)) == 1, "who cannot come after all is followed by the next one"


async def test_mother_who_comes_twelve_minutes_late_says_a_number_and_is_called_by_a_name_all_can_read(
    house: Office,
) -> None:
    loop = await asked(house)
    await Person.filter(id=loop.talk.person_id).update(call_name="Mariam al-Khatib")
    await loop.answer(link(loop.requests(1)[0]), "accept")
    await loop.round()
    house.at(LATE)
    assert "Kommen Sie später? Das ist kein Problem." in await loop.page()
    found = await house.desk.http.get("/desk/find", params={"code": loop.talk.code.lower()})
    assert found.headers["location"] == f"/desk/appointments/{loop.talk.id}"
    await house.desk.send(f"/desk/appointments/{loop.talk.id}/arrive")
    shown = await loop.desk()
    assert "9:12" in shown and "Mariam al-Khatib" in shown and NAME in shown
    await house.desk.send(f"/desk/appointments/{loop.talk.id}/attend")
    after = await loop.again()
    assert (after.status, after.arrived_at) == (Status.ATTENDED, LATE)
    house.looked()
    await loop.round(local(MONDAY, 17))
    assert loop.requests(1) == loop.told() == []
