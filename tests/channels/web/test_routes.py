"""Every route is guarded or stands in a list that says it is public."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.routing import Route

from booking import outcomes
from booking.models import Disruption, Session
from channels import incoming, scanning
from channels.models import TextModule
from channels.web import site
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.models import Part, Participant, Partner
from inquiries.thread import From, Told
from inquiries.uploads import Picture
from office.models import Role
from tests.channels.web.staffroom import meets
from tests.conftest import make_settings

OPEN = {
    "/",
    "/{lang:language}/",
    "/{lang:language}/book",
    "/{lang:language}/book/hold",
    "/{lang:language}/book/seats",
    "/{lang:language}/book/{key}",
    "/{lang:language}/book/{key}/extend",
    "/{lang:language}/book/{key}/release",
    "/{lang:language}/ask",
    "/{lang:language}/topics",
    "/{lang:language}/topics/{code}",
    "/{lang:language}/imprint",
    "/{lang:language}/privacy",
    "/{lang:language}/accessibility",
    "/a/{token}",
    "/a/{token}/move",
    "/a/{token}/take",
    "/a/{token}/cancel",
    "/a/{token}.ics",
    "/a/{token}/open",
    "/a/{token}/close",
    "/a/{token}/photos",
    "/q/{token}/photos",
    "/q/{token}/files/{n:number}",
    "/q/{token}",
    "/q/{token}/open",
    "/q/{token}/close",
    "/{lang:language}/wait",
    "/{lang:language}/call-back",
    "/{lang:language}/noted",
    "/{lang:language}/book/{key}/code",
    "/{lang:language}/book/{key}/again",
    "/{lang:language}/book/{key}/correct",
    "/c/{token}",
    "/r/{token}",
    "/r/{token}/{answer}",
    "/w/{token}",
    "/w/{token}/accept",
    "/w/{token}/decline",
    "/w/{token}/leave",
    "/i/{token}",
    "/i/{token}/accept",
    "/i/{token}/decline",
    "/calendar/{token}.ics",
    "/webhooks/twilio/sms",
    "/webhooks/twilio/status",
    "/desk/log-in",
    "/desk/log-out",
    "/desk/language",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/robots.txt",
    "/demo/phone",
    "/demo/mailbox",
    "/demo/mailbox/write",
    "/demo/mailbox/{name}",
    "/demo/mailbox/{name}/reply",
    "/demo/mailbox/{name}/answer",
    "/demo/mailbox/{name}/{part:number}",
}
"""Whoever adds a line here says: everybody may see this."""

MATRIX = {
    "/desk/": "crl",
    "/desk/find?code=": "crl",
    "/desk/cards": "crla",
    "/desk/feeds": "crla",
    "/desk/appointments/1": "crl",
    "/desk/inquiries/1/case-notes": "cl",
    "/desk/inquiries/1/summary": "cl",
    "/desk/inquiries/1/summary/1": "cl",
    "/desk/appointments/1/attendance": "crl",
    "/desk/appointments/1/slip": "crl",
    "/desk/day-sheet": "crl",
    "/desk/appointments/1/move": "crl",
    "/desk/book": "crl",
    "/desk/inbox": "crl",
    "/desk/log": "crl",
    "/desk/people/1": "cl",
    "/desk/people/1/erase": "l",
    "/desk/inquiries/1": "cl",
    "/desk/inquiries/1/void": "cl",
    "/desk/inquiries/1/merge": "cl",
    "/desk/inquiries/1/split/2": "cl",
    "/desk/deputy": "cl",
    "/desk/answers?inquiry=1": "cl",
    "/desk/modules": "cl",
    "/desk/modules/new": "l",
    "/desk/modules/1": "l",
    "/desk/inquiries/1/refer": "cl",
    "/desk/partners": "crl",
    "/desk/partners.csv": "l",
    "/desk/partners/new": "l",
    "/desk/partners/import": "l",
    "/desk/partners/1": "crl",
    "/desk/gaps": "l",
    "/desk/topics": "cl",
    "/desk/topics/finances/ar": "cl",
    "/desk/inquiries/1/participants": "cl",
    "/desk/inquiries/1/participants/2/write": "cl",
    "/desk/audit": "l",
    "/desk/reach": "crl",
    "/desk/uploads/1": "cl",
    "/desk/mail/1": "cl",
    "/desk/mail/1/letter": "cl",
    "/desk/mail/1/html": "cl",
    "/desk/mail/1/part/2": "cl",
    "/desk/week": "crl",
    "/desk/squeeze": "crl",
    "/desk/sessions": "crl",
    "/desk/sessions/1": "crl",
    "/desk/sessions/1/call-off": "cl",
    "/desk/change": "cl",
    "/desk/changes/1": "crl",
    "/desk/ill": "crl",
    "/desk/password": "crla",
    "/desk/office": "la",
    "/desk/office/services": "l",
    "/desk/office/services/new": "l",
    "/desk/office/places": "l",
    "/desk/office/places/new": "l",
    "/desk/office/rooms/new": "l",
    "/desk/office/closing": "l",
    "/desk/office/catalogues": "l",
    "/desk/office/catalogues/topic": "l",
    "/desk/office/staff": "la",
    "/desk/office/staff/new": "la",
    "/desk/office/interpreters": "l",
    "/desk/office/interpreters/new": "l",
    "/desk/office/texts": "l",
    "/desk/figures": "cla",
    "/desk/figures.csv": "cla",
}
"""Page → first letters of the roles that may see it."""
MAIL = b"""From: family@example.org
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Hallo
--b
Content-Type: text/html

<p>Hallo</p>
--b
Content-Type: application/pdf

%PDF
--b--
"""


def routes(tmp_path: Any) -> list[Route]:
    found = site.routes(make_settings(tmp_path, demo=True), "all")
    return [route for route in found if isinstance(route, Route)]


def numbered(path: str) -> str:
    if path.startswith("/desk/topics"):
        return path.replace("{code}", "finances").replace("{lang:language}", "ar")
    words = {
        "{id:number}": "1",
        "{n:number}": "2",
        "{writing:number}": "1",
        "{code}": "new",
        "{catalogue}": "topic",
    }
    for parameter, value in words.items():
        path = path.replace(parameter, value)
    return path


def guarded(route: Route) -> bool:
    return hasattr(route.endpoint, "roles") or getattr(route.endpoint, "key_required", False)


def test_every_route_names_its_roles_asks_for_a_key_or_is_declared_public(tmp_path: Any) -> None:
    assert {route.path for route in routes(tmp_path) if not guarded(route)} <= OPEN


def test_a_key_opens_the_api_and_nothing_else(tmp_path: Any) -> None:
    with_key = {route.path for route in routes(tmp_path) if getattr(route.endpoint, "key_required", False)}
    api = {route.path for route in routes(tmp_path) if route.path.startswith("/api")}
    assert with_key == api - {"/api/v1/openapi.json"} and len(api) == 9


def test_no_public_route_is_guarded_and_no_line_is_left_over(tmp_path: Any) -> None:
    unguarded = {route.path for route in routes(tmp_path) if not guarded(route)}
    assert OPEN - unguarded == set()


def test_every_desk_page_stands_in_the_matrix(tmp_path: Any) -> None:
    pages = {
        numbered(route.path)
        for route in routes(tmp_path)
        if hasattr(route.endpoint, "roles") and "GET" in (route.methods or ())
    }
    assert pages == {address.partition("?")[0] for address in MATRIX}


def test_the_matrix_is_what_the_code_declares(tmp_path: Any) -> None:
    declared = {
        numbered(route.path): {role.value[0] for role in route.endpoint.roles}
        for route in routes(tmp_path)
        if hasattr(route.endpoint, "roles") and "GET" in (route.methods or ())
    }
    assert declared == {address.partition("?")[0]: set(roles) for address, roles in MATRIX.items()}


@pytest.mark.parametrize("role", Role)
async def test_each_role_sees_its_pages_and_no_other(role: Role, enter: Any) -> None:
    from tests import factories

    appointment = await factories.make_appointment()
    await Disruption.create(kind="ill", staff_id=appointment.staff_id, at=factories.NOW, by="staff:re")
    times = {"starts_at": appointment.starts_at, "ends_at": appointment.ends_at}
    await Session.create(
        id=appointment.id, service_id=appointment.service_id, staff_id=appointment.staff_id, place="linden",
        seats=8, claimed_until=appointment.claimed_until, **times,
    )  # fmt: skip
    await TextModule.create(id=appointment.id, title="Antwort", texts={"de": "Ja."}, saved_at=factories.NOW)
    await Partner.create(id=appointment.id, name="Schulamt")
    await incoming.store("imap:test:1:1", "email", MAIL, now=factories.NOW)
    await outcomes.arrive(appointment.id, actor="staff:re", now=factories.NOW)
    said = {"key": "k", "channel": "web_form", "actor": "staff:re", "now": factories.NOW}
    await thread.answer(appointment.inquiry_id, "Zum Mitnehmen", **said)
    for number in (1, 2):
        told, who = Told(f"mail:{number}", "…", "email", factories.NOW), From(inquiry=appointment.inquiry_id)
        await thread.receive(told, who, Concern("email"), actor="person", now=factories.NOW)
    case = {"inquiry_id": appointment.inquiry_id, "added_at": factories.NOW}
    await Participant.create(id=2, part=Part.TEACHER, may_be_told=True, **case)
    told = Told("photos:1", "", "web_form", factories.NOW)
    pictures, sender = [Picture("application/pdf", b"%PDF-")], From(inquiry=appointment.inquiry_id)
    await thread.receive(
        told, sender, Concern("web_form"), actor="person", now=factories.NOW, pictures=pictures
    )
    await scanning.check(factories.NOW)
    browser = await meets(await enter(role), appointment)
    for address, roles in MATRIX.items():
        path = address.replace("/1", f"/{appointment.id}").replace("code=", f"code={appointment.code}")
        answer = await browser.http.get(path)
        allowed = {200, 303} if role.value[0] in roles else {403}
        assert answer.status_code in allowed, path


async def test_nobody_is_asked_to_log_in_first_and_led_back(enter: Any) -> None:
    browser = await enter()
    for address in MATRIX:
        answer = await browser.http.get(address)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/desk/log-in?next=%2Fdesk")


async def test_number_no_database_can_hold_is_no_page(enter: Any) -> None:
    browser = await enter(Role.LEAD)
    answer = await browser.http.get("/desk/appointments/99999999999999999999")
    assert answer.status_code == 404
