"""Who may see what: every route of the desk, for every role and every relation to one case.

The table is written by hand, one line a route; a route that has no line fails. The words searched for are the label
of the topic, a note, a message of the person and the title of the service: who must not know has none of them.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from booking.models import Appointment, Disruption, Session, Touched
from channels import incoming, scanning
from channels.models import Incoming
from channels.web import site
from channels.web.desk import access
from channels.web.desk.access import Facts, Purpose, may_open
from inquiries import case_notes, participants, thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry, Part
from inquiries.participants import Joining
from inquiries.thread import From, Told
from inquiries.uploads import Picture
from office import audit, catalogues
from office.models import AuditEntry, CatalogueEntry, Role, Staff
from office.settings import Settings
from sprechstunde import house
from tests import factories
from tests.channels.web.staffroom import Browser, make_member
from tests.factories import NOW, WEDNESDAY

TOPIC, NOTE, MESSAGE, SERVICE = SENTINELS = ("Sonnenthema", "Mondnotiz", "Sternenfrage", "Kometenangebot")

WORDS, BARE, SHUT, NONE = "W", "b", "S", "-"
"""The page with the words; a page or a refused form without any; the page that says whose it is; not for this role."""
VIEWERS = ("owner", "deputy", "other", "reception", "lead", "opened", "admin")
"""Of one case: who meets the person, who stands in for them, another counsellor, reception, the head of office
without and with a reason given today, and who looks after the technology."""

TABLE = """
                                                            own dep oth rec lea ope adm
GET /desk/                                                   W   W   b   b   b   W   -
GET /desk/day-sheet                                          b   b   b   b   b   b   -
GET /desk/week                                               W   b   b   b   b   b   -
POST /desk/week/limits                                       -   -   -   -   b   b   -
POST /desk/week/season                                       -   -   -   -   b   b   -
POST /desk/week/open-hours                                   -   -   -   -   b   b   -
GET /desk/find                                               b   b   b   b   b   b   -
POST /desk/find                                              b   b   b   b   b   b   -
GET /desk/reach                                              b   b   b   b   b   b   -
POST /desk/reach                                             b   b   b   b   b   b   -
GET /desk/inbox                                              W   W   b   b   b   W   -
POST /desk/inbox/automatic/{id:number}                       b   b   S   -   S   b   -
POST /desk/counter                                           b   b   b   b   b   b   -
POST /desk/counter/{id:number}/take                          b   b   b   -   b   b   -
POST /desk/counter/{id:number}/leave                         b   b   b   b   b   b   -
GET /desk/deputy                                             b   b   b   -   b   b   -
POST /desk/deputy                                            b   b   b   -   b   b   -
GET /desk/log                                                b   b   b   b   b   b   -
POST /desk/log                                               b   b   b   b   b   b   -
POST /desk/parked                                            b   b   b   b   b   b   -
POST /desk/parked/{id:number}/drop                           b   b   b   b   b   b   -
GET /desk/people/{id:number}                                 b   b   S   -   b   b   -
POST /desk/people/{id:number}/export                         W   W   S   -   S   W   -
POST /desk/people/{id:number}/silence                        b   b   b   b   b   b   -
GET /desk/people/{id:number}/erase                           -   -   -   -   b   b   -
POST /desk/people/{id:number}/erase                          -   -   -   -   b   b   -
GET /desk/inquiries/{id:number}                              W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/open                        -   -   -   -   b   b   -
POST /desk/inquiries/{id:number}/answer                      W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/draft                       b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/note                        W   W   S   -   S   W   -
GET /desk/inquiries/{id:number}/case-notes                   W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/case-notes                  W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/case-notes/{note:number}/remove b   b   S   -   S   b   -
GET /desk/inquiries/{id:number}/summary                      b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/summary                     b   b   S   -   S   b   -
GET /desk/inquiries/{id:number}/summary/{writing:number}     W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/assign                      b   b   S   -   b   b   -
GET /desk/inquiries/{id:number}/participants                 W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/participants                W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/participants/{n:number}     b   b   S   -   S   b   -
GET /desk/inquiries/{id:number}/participants/{n:number}/write W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/participants/{n:number}/write W   W   S   -   S   W   -
POST /desk/inquiries/{id:number}/record                      b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/reopen                      b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/settle                      b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/follow-up                   W   W   S   -   S   W   -
GET /desk/inquiries/{id:number}/void                         b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/void                        b   b   S   -   S   b   -
GET /desk/inquiries/{id:number}/merge                        b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/merge                       b   b   S   -   S   b   -
GET /desk/inquiries/{id:number}/split/{n:number}             b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/split/{n:number}            W   W   S   -   S   W   -
GET /desk/answers                                            b   b   b   -   b   b   -
POST /desk/answers                                           b   b   b   -   b   b   -
GET /desk/modules                                            b   b   b   -   b   b   -
GET /desk/modules/new                                        -   -   -   -   b   b   -
POST /desk/modules/new                                       -   -   -   -   b   b   -
GET /desk/modules/{id:number}                                -   -   -   -   b   b   -
POST /desk/modules/{id:number}                               -   -   -   -   b   b   -
GET /desk/inquiries/{id:number}/refer                        b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/refer                       b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/gap                         b   b   S   -   S   b   -
POST /desk/inquiries/{id:number}/referrals/{n:number}/withdraw b   b   S   -   S   b   -
GET /desk/partners                                           b   b   b   b   b   b   -
POST /desk/partners                                          -   -   -   -   b   b   -
GET /desk/partners.csv                                       -   -   -   -   b   b   -
GET /desk/partners/new                                       -   -   -   -   b   b   -
GET /desk/partners/import                                    -   -   -   -   b   b   -
POST /desk/partners/import                                   -   -   -   -   b   b   -
GET /desk/partners/{id:number}                               b   b   b   b   b   b   -
POST /desk/partners/{id:number}                              -   -   -   -   b   b   -
POST /desk/partners/{id:number}/checked                      b   b   b   -   b   b   -
GET /desk/topics                                             b   b   b   -   b   b   -
GET /desk/topics/{code}/{lang:language}                      b   b   b   -   b   b   -
POST /desk/topics/{code}/{lang:language}                     -   -   -   -   b   b   -
POST /desk/topics/{code}/{lang:language}/checked             b   b   b   -   b   b   -
GET /desk/gaps                                               -   -   -   -   b   b   -
GET /desk/mail/{id:number}                                   W   W   S   -   S   W   -
GET /desk/mail/{id:number}/letter                            W   W   S   -   S   W   -
GET /desk/mail/{id:number}/html                              W   W   S   -   S   W   -
GET /desk/mail/{id:number}/part/{n:number}                   b   b   S   -   S   b   -
POST /desk/mail/{id:number}/take                             b   b   S   -   S   b   -
GET /desk/uploads/{id:number}                                W   W   S   -   S   W   -
POST /desk/calendars                                         b   b   b   -   b   b   -
POST /desk/calendars/{id:number}/remove                      b   b   b   -   b   b   -
GET /desk/feeds                                              b   b   b   b   b   b   b
POST /desk/feeds/own                                         b   b   b   -   b   b   -
POST /desk/feeds/places/{id:number}                          -   -   -   -   b   b   b
GET /desk/audit                                              -   -   -   -   b   b   -
GET /desk/cards                                              b   b   b   b   b   b   b
GET /desk/change                                             b   b   b   -   b   b   -
POST /desk/change                                            b   b   b   -   b   b   -
GET /desk/changes/{id:number}                                W   W   b   b   b   W   -
POST /desk/changes/{id:number}/back                          b   -   -   b   b   b   -
GET /desk/ill                                                b   b   b   b   b   b   -
POST /desk/ill                                               b   b   b   b   b   b   -
POST /desk/cards/{kind}/{id:number}                          b   b   b   b   b   b   b
GET /desk/appointments/{id:number}                           W   W   b   b   b   W   -
GET /desk/appointments/{id:number}/slip                      b   b   b   b   b   b   -
GET /desk/appointments/{id:number}/attendance                b   b   b   b   b   b   -
GET /desk/appointments/{id:number}/move                      b   b   b   b   b   b   -
POST /desk/appointments/{id:number}/move                     b   b   b   b   b   b   -
POST /desk/appointments/{id:number}/cancel                   b   b   b   b   b   b   -
POST /desk/appointments/{id:number}/record                   b   b   S   -   S   b   -
POST /desk/appointments/{id:number}/{act}                    b   b   b   b   b   b   -
GET /desk/book                                               b   b   b   b   b   b   -
POST /desk/book                                              b   b   b   b   b   b   -
GET /desk/squeeze                                            b   b   b   b   b   b   -
POST /desk/squeeze                                           b   b   b   b   b   b   -
GET /desk/sessions                                           W   W   W   b   W   W   -
POST /desk/sessions                                          W   W   W   -   W   W   -
GET /desk/sessions/{id:number}                               W   W   b   b   b   b   -
POST /desk/sessions/{id:number}/seats                        W   W   b   b   b   b   -
GET /desk/sessions/{id:number}/call-off                      b   b   b   -   b   b   -
POST /desk/sessions/{id:number}/call-off                     b   b   b   -   b   b   -
GET /desk/password                                           b   b   b   b   b   b   b
POST /desk/password                                          b   b   b   b   b   b   b
GET /desk/office                                             -   -   -   -   b   b   b
GET /desk/office/services                                    -   -   -   -   W   W   -
GET /desk/office/services/{code}                             -   -   -   -   b   b   -
POST /desk/office/services/{code}                            -   -   -   -   b   b   -
GET /desk/office/places                                      -   -   -   -   b   b   -
GET /desk/office/places/{code}                               -   -   -   -   b   b   -
POST /desk/office/places/{code}                              -   -   -   -   b   b   -
GET /desk/office/rooms/{code}                                -   -   -   -   b   b   -
POST /desk/office/rooms/{code}                               -   -   -   -   b   b   -
GET /desk/office/closing                                     -   -   -   -   b   b   -
POST /desk/office/closing                                    -   -   -   -   b   b   -
GET /desk/office/catalogues                                  -   -   -   -   b   b   -
GET /desk/office/catalogues/{catalogue}                      -   -   -   -   W   W   -
POST /desk/office/catalogues/{catalogue}                     -   -   -   -   W   W   -
GET /desk/office/staff                                       -   -   -   -   b   b   b
POST /desk/office/staff                                      -   -   -   -   b   b   b
GET /desk/office/staff/{code}                                -   -   -   -   b   b   b
POST /desk/office/staff/{code}                               -   -   -   -   b   b   b
POST /desk/office/staff/{code}/password                      -   -   -   -   b   b   b
GET /desk/office/interpreters                                -   -   -   -   b   b   -
GET /desk/office/interpreters/{code}                         -   -   -   -   b   b   -
POST /desk/office/interpreters/{code}                        -   -   -   -   b   b   -
GET /desk/office/texts                                       -   -   -   -   b   b   -
POST /desk/office/texts                                      -   -   -   -   b   b   -
GET /desk/figures                                            b   b   b   -   b   b   b
GET /desk/figures.csv                                        b   b   b   -   b   b   b
"""
MATRIX = {
    " ".join(line.split()[:2]): " ".join(line.split()[2:]) for line in TABLE.splitlines() if "/desk" in line
}
ADDRESS = {
    "/desk/": f"/desk/?who=all&day={WEDNESDAY}",
    "/desk/find": "/desk/find?code={code}",
    "/desk/log": "/desk/log?inquiry=1",
    "/desk/audit": "/desk/audit?case=1",
}
NAMED = {
    "split/{n:number}": "split/2", "{n:number}": "1", "{id:number}": "1", "{note:number}": "1", "{writing:number}": "1",
    "{kind}": "message", "{act}": "arrive", "{catalogue}": "topic", "{lang:language}": "de",
    "topics/{code}": "topics/sentinel", "services/{code}": "services/plain", "places/{code}": "places/linden",
    "rooms/{code}": "rooms/new", "staff/{code}": "staff/xx", "interpreters/{code}": "interpreters/new",
}  # fmt: skip
FIELDS = {"POST /desk/inquiries/{id:number}/assign": {"staff": "ow"}}
MAIL = f"""From: family@example.org
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p>{MESSAGE}</p>
--b--
"""


@dataclass(frozen=True)
class Desk:
    """Seven browsers at one desk, and the code of the appointment."""

    browsers: dict[str, Browser]
    code: str

    async def get(self, viewer: str, path: str) -> httpx2.Response:
        return await self.browsers[viewer].http.get(path)


def routes() -> Iterator[tuple[str, Route]]:
    """`METHOD /path` → each guarded route of the desk, in the order of the table in `site`."""
    for route in site.DESK:
        assert isinstance(route, Route)
        if route.path not in site.WITHOUT_LOG_IN:
            yield f"{'POST' if 'POST' in (route.methods or ()) else 'GET'} {route.path}", route


def test_every_route_of_the_desk_stands_in_the_matrix_and_no_other() -> None:
    assert [name for name, _ in routes()] == list(MATRIX)


def test_reception_and_admin_are_promised_no_word_anywhere() -> None:
    for name, line in MATRIX.items():
        expected = dict(zip(VIEWERS, line.split(), strict=True))
        assert WORDS not in (expected["reception"], expected["admin"]), name


@pytest.fixture
def engine() -> str:
    """What somebody may see is decided in Python: one engine is enough, and the matrix is long."""
    return "sqlite"


@pytest.fixture
async def desk(database: Settings, at: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One case with all its words, and everybody who might look."""
    await catalogues.seed()
    members = await _members()
    appointment = await _case(members["owner"])
    monkeypatch.setattr(access, "stands_in_for", _deputy(members))
    app = site.build(database, house.opened(database))
    found = Desk({name: Browser(app, member) for name, member in members.items()}, appointment.code)
    await found.browsers["opened"].send("/desk/inquiries/1/open", reason="Beschwerde vom Montag")
    return found


async def _members() -> dict[str, Staff]:
    roles = dict.fromkeys(VIEWERS, Role.COUNSELLOR)
    roles |= {"reception": Role.RECEPTION, "lead": Role.LEAD, "opened": Role.LEAD, "admin": Role.ADMIN}
    await make_member(Role.COUNSELLOR, code="xx", name="Somebody", email="somebody@example.org")
    return {
        name: await make_member(role, code=name[:2], name=name.title(), email=f"{name}@example.org")
        for name, role in roles.items()
    }


def _deputy(members: dict[str, Staff]) -> Any:
    async def stands_in_for(staff_id: int) -> frozenset[int]:
        return frozenset({members["owner"].id} if staff_id == members["deputy"].id else ())

    return stands_in_for


async def _case(owner: Staff) -> Appointment:
    """Appointment 1 and inquiry 1 of person 1, with topic, note, message and mail; session 1 with a seat."""
    await CatalogueEntry.create(
        catalogue="topic", code="sentinel", valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1),
        labels={"de": TOPIC, "en": TOPIC, "ar": TOPIC}, position=999,
    )  # fmt: skip
    for weekday in range(5):
        await factories.make_hours(owner, weekday, 9, 18)
    await factories.make_service(owner, code="plain", titles={"de": "Beratung"})
    service = await factories.make_service(owner, titles={"de": SERVICE}, position=9, topic="sentinel")
    appointment = await factories.make_appointment(service)
    await _written(appointment)
    evening = await factories.make_appointment(service, starts_at=factories.local(WEDNESDAY, 14))
    session = await Session.create(
        service=service, staff=owner, place="linden", seats=8, starts_at=evening.starts_at,
        ends_at=evening.ends_at, claimed_until=evening.claimed_until,
    )  # fmt: skip
    await Appointment.filter(id=evening.id).update(session_id=session.id)
    change = await Disruption.create(kind="ill", staff=owner, at=NOW, by="staff:re")
    await Touched.create(
        disruption=change, appointment=appointment, from_staff=owner.id, choice="keep", revision=0
    )
    return appointment


async def _written(appointment: Appointment) -> None:
    number, concern = appointment.inquiry_id, Concern(channel="email")
    await thread.answer(number, MESSAGE, key="a", channel="web_form", actor="staff:ow", now=NOW)
    told, sent = Told("mail:1", MESSAGE, "email", NOW), [Picture("application/pdf", MESSAGE.encode())]
    await thread.receive(told, From(inquiry=number), concern, actor="person", now=NOW, pictures=sent)
    await scanning.check(NOW)
    father = Joining(Part.FATHER, NOTE, email="father@example.org", may_be_told=True)
    await participants.add(number, father, actor="staff:ow", now=NOW)
    await thread.note(number, NOTE, key="n", actor="staff:ow", now=NOW)
    await case_notes.write(number, NOTE, WEDNESDAY, key="c", actor="staff:ow", now=NOW)
    await incoming.store("imap:test:1:1", "email", MAIL.encode(), now=NOW)
    await Incoming.all().update(inquiry_id=number, state="taken")


async def test_everybody_sees_what_the_table_says_and_nothing_else(desk: Desk) -> None:
    """One set-up for all: a route after the other, and for each everybody in turn."""
    wrong = [found async for found in _differences(desk)]
    assert not wrong, "\n" + "\n".join(wrong)


async def _differences(desk: Desk) -> AsyncIterator[str]:
    for name, _route in routes():
        method, path = name.split()
        seen = [await _seen(desk, viewer, method, path) for viewer in VIEWERS]
        if " ".join(seen) != MATRIX.get(name):
            yield f'"{name}": "{" ".join(seen)}",'


async def _seen(desk: Desk, viewer: str, method: str, path: str) -> str:
    browser, address = desk.browsers[viewer], ADDRESS.get(path, path).replace("{code}", desk.code)
    for part, said in NAMED.items():
        address = address.replace(part, said)
    assert "{" not in address
    if method == "GET":
        answer = await browser.http.get(address)
    else:
        fields = FIELDS.get(f"{method} {path}", {})
        answer = await browser.http.post(address, data={"csrf": await _token(browser), **fields})
    assert answer.status_code < 500, (viewer, address, answer.text[:500])
    return _kind(answer)


_tokens: dict[int, str] = {}


async def _token(browser: Browser) -> str:
    if id(browser) not in _tokens:
        found = re.search(r'name="csrf" value="([^"]+)"', await browser.get("/desk/cards"))
        assert found
        _tokens[id(browser)] = found[1]
    return _tokens[id(browser)]


def _kind(answer: httpx2.Response) -> str:
    """What was seen; choices offered to everybody say nothing of a person, a preselected one does."""
    text = re.sub(r'<option value="[^"]*">[^<]*</option>|<label[^>]*>[^<]*</label>', "", answer.text)
    words = [word for word in SENTINELS if word in text]
    if answer.status_code == 403:
        assert not words
        return SHUT if "ist für Sie geschlossen" in text else NONE
    return WORDS if words else BARE


async def test_the_page_of_a_closed_case_says_whose_it_is_and_no_name_of_the_family(desk: Desk) -> None:
    for viewer in ("other", "lead"):
        page = (await desk.get(viewer, "/desk/inquiries/1")).text
        assert "<bdi>Owner</bdi>" in page
        assert "Kevin Drews" not in page
    assert "Begründung öffnen" in page


async def test_the_inbox_says_of_a_colleague_s_case_its_number_and_whose_it_is(desk: Desk) -> None:
    page = (await desk.get("other", "/desk/inbox")).text
    assert "#1</span> bei einer Kollegin" in page
    assert "Kevin Drews" not in page
    assert "Kevin Drews" in (await desk.get("owner", "/desk/inbox")).text


async def test_an_answer_written_while_the_case_was_given_away_is_not_lost(desk: Desk) -> None:
    answer = await desk.browsers["other"].send(
        "/desk/inquiries/1/answer", status=403, text="Lange überlegt", channel="email"
    )
    assert "Lange überlegt" in answer.text


async def test_a_reason_is_asked_for_and_opens_one_case_to_one_person_for_a_day(desk: Desk, at: Any) -> None:
    lead = desk.browsers["lead"]
    for reason in ("", "  a ", "x" * 201):
        answer = await lead.send("/desk/inquiries/1/open", status=422, reason=reason)
        assert "Bitte schreiben Sie einen Grund" in answer.text
        assert (await desk.get("lead", "/desk/inquiries/1")).status_code == 403
    assert (await desk.get("opened", "/desk/inquiries/1")).status_code == 200
    assert (await desk.get("opened", "/desk/inquiries/2")).status_code == 403
    at(NOW + timedelta(hours=14))
    assert (await desk.get("opened", "/desk/inquiries/1")).status_code == 200
    at(NOW + timedelta(hours=16))
    assert (await desk.get("opened", "/desk/inquiries/1")).status_code == 403


async def test_breaking_the_glass_leaves_its_trace(desk: Desk) -> None:
    trace = await AuditEntry.get(action="opened")
    assert (trace.actor, trace.subject, trace.purpose) == ("staff:op", "inquiry:1", "reason")
    assert trace.reason == "Beschwerde vom Montag"
    await desk.get("opened", "/desk/inquiries/1")
    for address in ("/desk/audit?case=1", "/desk/audit?case=%231", f"/desk/audit?day={NOW:%Y-%m-%d}"):
        page = (await desk.get("lead", address)).text
        assert "Beschwerde vom Montag" in page
        assert "<bdi>Opened</bdi>" in page
    assert "Beschwerde" not in (await desk.get("lead", "/desk/audit?day=2026-03-01")).text


async def test_every_look_is_noted_with_its_purpose(desk: Desk) -> None:
    for viewer in ("owner", "deputy", "other", "opened"):
        await desk.get(viewer, "/desk/inquiries/1")
    looks = AuditEntry.filter(subject="inquiry:1", action="looked").order_by("id")
    assert await looks.values_list("actor", "purpose") == [
        ("staff:ow", "own"),
        ("staff:de", "deputy"),
        ("staff:op", "reason"),
    ]
    for viewer in ("owner", "other", "reception"):
        await desk.get(viewer, "/desk/appointments/1")
    looks = AuditEntry.filter(subject="appointment:1", action="looked").order_by("id")
    assert await looks.values_list("purpose", flat=True) == ["own", "counter", "counter"]


async def test_looking_at_the_audit_is_noted_and_finds_nobody_s_working_day(desk: Desk) -> None:
    await audit.note("staff:ow", "logged_in", "staff:ow", NOW)
    page = (await desk.get("lead", f"/desk/audit?day={NOW:%Y-%m-%d}")).text
    assert "logged_in" not in page
    await desk.get("lead", "/desk/audit?case=1")
    looks = AuditEntry.filter(actor="staff:le", purpose="control").order_by("id")
    assert await looks.values_list("subject", flat=True) == ["audit", "inquiry:1"]
    assert (await desk.get("lead", "/desk/audit?case=99")).status_code == 404


async def test_the_lead_gives_a_case_away_without_opening_it_and_not_to_themselves(desk: Desk) -> None:
    lead = desk.browsers["lead"]
    for code in ("le", ""):
        await lead.send("/desk/inquiries/1/assign", status=403, staff=code)
    await lead.send("/desk/inquiries/1/assign", staff="ot")
    assert (await desk.get("other", "/desk/inquiries/1")).status_code == 200
    assert (await desk.get("lead", "/desk/inquiries/1")).status_code == 403


OWNER, SOMEBODY, NOBODY = 1, 2, frozenset[int]()


@pytest.mark.parametrize(
    ("role", "facts", "purpose"),
    [
        (Role.COUNSELLOR, Facts(frozenset({7, OWNER})), Purpose.OWN),
        (Role.COUNSELLOR, Facts(NOBODY), Purpose.UNASSIGNED),
        (Role.COUNSELLOR, Facts(frozenset({OWNER}), frozenset({OWNER})), Purpose.DEPUTY),
        (Role.COUNSELLOR, Facts(frozenset({OWNER}), frozenset({SOMEBODY})), None),
        (Role.COUNSELLOR, Facts(frozenset({OWNER}), opened_today=True), None),
        (Role.LEAD, Facts(frozenset({OWNER})), None),
        (Role.LEAD, Facts(frozenset({OWNER}), opened_today=True), Purpose.REASON),
        (Role.RECEPTION, Facts(NOBODY, opened_today=True), None),
        (Role.ADMIN, Facts(frozenset({7}), frozenset({7}), opened_today=True), None),
    ],
)
def test_the_rule(role: Role, facts: Facts, purpose: Purpose | None) -> None:
    assert may_open(Staff(id=7, role=role), facts) == purpose


async def test_a_case_of_somebody_who_left_is_nobody_s(desk: Desk) -> None:
    assert (await desk.get("other", "/desk/inquiries/1")).status_code == 403
    await Staff.filter(code="ow").update(active=False)
    assert (await desk.get("other", "/desk/inquiries/1")).status_code == 200


async def test_a_person_s_other_case_stays_closed(desk: Desk) -> None:
    person = (await Inquiry.get(id=1)).person_id
    foreign = await Inquiry.create(
        person_id=person, opened_at=NOW, channel="email", topic="sentinel",
        assigned_id=(await Staff.get(code="ot")).id,
    )  # fmt: skip
    await Inquiry.filter(id=1).update(topic="unknown")
    page = (await desk.get("owner", "/desk/inquiries/1")).text
    assert f'href="/desk/inquiries/{foreign.id}"' in page
    assert TOPIC not in page
    answer = await desk.browsers["owner"].send(f"/desk/people/{person}/export", status=403)
    assert NOTE not in answer.text
