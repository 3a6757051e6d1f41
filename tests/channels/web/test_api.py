"""The API as programs meet it: what it answers, what it refuses, and what happens once however often it is said."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import shlex
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx2
import jsonschema
import pytest
from pydantic import SecretStr
from starlette.routing import Route

from booking import appointments, claims
from booking.errors import NoSuchService
from booking.models import Appointment, Hold, Service
from channels.web import failures, rate, site
from channels.web.api import openapi, operations, problems
from figures import ledger
from figures.ledger import Fact, Statement
from figures.models import Unit
from inquiries.models import Address, Contact, Person
from office import catalogues
from office import settings as office_settings
from office.errors import NotFound
from office.models import Staff
from office.settings import Settings
from sprechstunde import house
from tests.conftest import make_settings
from tests.factories import NOW, WEDNESDAY, local, make_appointment, make_hours, make_service, make_staff

ROOT = Path(__file__).parents[3]
SECRET = "portal-key-for-the-tests"
BEARER = {"authorization": f"Bearer {SECRET}"}
NINE, TEN = "2026-03-04T09:00:00+01:00", "2026-03-04T10:00:00+01:00"
WISH = {
    "service": "school",
    "starts_at": NINE,
    "mode": "office",
    "language": "de",
    "email": "kevin@example.org",
}
Api = httpx2.AsyncClient


@pytest.fixture
async def api(database: Settings, at: Any) -> AsyncIterator[Api]:
    """A program with a key."""
    keys = f"portal:{SECRET},report:report-key-for-the-tests"
    settings = database.model_copy(update={"api_keys": SecretStr(keys)})
    office_settings.use(settings)
    await catalogues.seed()
    app = site.build(settings, house.opened(settings), surface="api")
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://localhost:8000/api/v1", headers=BEARER
    ) as it:
        yield it


@pytest.fixture
async def school(api: Api) -> Service:
    """Two counsellors, weekdays 9 to 12; `ar` speaks Arabic, `de` does not."""
    members = [
        await make_staff(code="ar", languages=["de", "ar"]),
        await make_staff(code="de", languages=["de"]),
    ]
    for member in members:
        for weekday in range(5):
            await make_hours(member, weekday, 9, 12)
    return await make_service(*members, code="school", step_minutes=30)


async def count(*channels: str) -> None:
    """One contact today per channel."""
    await ledger.state_many(
        Statement(Unit.CONTACT, f"{number:032x}", Fact(day=NOW.date(), channel=channel), None)
        for number, channel in enumerate(channels)
    )


async def book(api: Api, key: str = "one", status: int = 201, **wish: Any) -> Any:
    answer = await api.post("/appointments", json={**WISH, **wish}, headers={"idempotency-key": key})
    assert answer.status_code == status, answer.text
    return answer.json()


def is_problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    jsonschema.validate(found, schema("Problem"))
    return found


def schema(name: str) -> dict[str, Any]:
    document = json.loads(json.dumps(openapi.document()))
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


# --- Keys ---


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", f"Basic {SECRET}", "Bearer ü", f"Bearer {SECRET}x"]
)
async def test_without_a_key_nothing_is_answered(api: Api, school: Service, header: str) -> None:
    for route in site.API:
        assert isinstance(route, Route)
        if route.path == "/api/v1/openapi.json":
            continue
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        path = route.path.replace("{token}", "x")
        answer = await api.request(
            method, f"http://localhost:8000{path}", headers={"authorization": header.encode()}
        )
        assert is_problem(answer, 401)["detail"]
        assert answer.headers["www-authenticate"].startswith("Bearer realm=")


def test_keys_are_named_and_long_and_the_demonstration_has_its_own(tmp_path: Path) -> None:
    two = make_settings(tmp_path, api_keys=f"a:{SECRET}, a:{SECRET}2")
    assert two.api_users == (("a", SECRET), ("a", f"{SECRET}2")) and SECRET not in repr(two)
    assert make_settings(tmp_path, demo=True).api_users == (("demo", "demo"),)
    assert make_settings(tmp_path).api_users == ()


@pytest.mark.parametrize("written", ["portal", "portal:short", f":{SECRET}", f"Por tal:{SECRET}"])
def test_a_wrong_list_of_keys_is_one_line_that_does_not_repeat_them(written: str) -> None:
    with pytest.raises(office_settings.WrongSetting, match=r"^API_KEYS: write NAME:KEY") as raised:
        office_settings.read(_env_file=None, secret_key="x" * 32, api_keys=written)
    assert SECRET not in str(raised.value)


def _forget_requests() -> None:
    for cached in (rate._items, rate._memory, rate._shared, rate._limiter):
        cached.cache_clear()


async def test_too_many_requests_are_told_when_to_come_back(
    api: Api, school: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    office_settings.use(office_settings.current().model_copy(update={"rate_limits": True}))
    monkeypatch.setitem(rate.ALLOWED, "api", "2/minute")
    _forget_requests()
    answers = [await api.get("/services") for _ in range(3)]
    other = await api.get("/services", headers={"authorization": "Bearer report-key-for-the-tests"})
    _forget_requests()
    assert [answer.status_code for answer in answers] == [200, 200, 429] and other.status_code == 200
    assert (
        is_problem(answers[2], 429)["type"].endswith("/too-many")
        and answers[2].headers["retry-after"] == "60"
    )


# --- Services and slots ---


async def test_services_are_titled_in_the_language_asked_for(api: Api, school: Service) -> None:
    answer = await api.get("/services", headers={"accept-language": "fr, ar;q=0.8"})
    assert answer.headers["content-language"] == "ar" and "accept-language" in answer.headers["vary"].lower()
    assert answer.json() == {
        "services": [
            {
                "code": "school", "title": "المدرسة", "minutes": 45, "minutes_per_child": 15,
                "modes": ["office", "phone", "video"], "languages": ["ar", "de"],
            }
        ]
    }  # fmt: skip


async def test_slots_stand_on_the_office_clock_with_whoever_is_free(api: Api, school: Service) -> None:
    await make_appointment(school, wish={"counsellor": "ar"})
    found = (await api.get("/slots?service=school&from=2026-03-04&days=1")).json()["slots"]
    assert found[0] == {"starts_at": NINE, "ends_at": "2026-03-04T09:45:00+01:00", "counsellors": ["de"]}
    assert found[2]["counsellors"] == ["de", "ar"]
    assert {slot["starts_at"][:10] for slot in found} == {"2026-03-04"}


async def test_slots_can_be_narrowed_down(api: Api, school: Service) -> None:
    async def number(query: str) -> int:
        return len((await api.get(f"/slots?service=school&from=2026-03-04&days=1&{query}")).json()["slots"])

    assert (
        await number("counsellor=&mode=&language=")
        == await number("language=ar")
        == await number("counsellor=de")
        > 0
    )
    assert await number("children=4") < await number("children=1")
    assert await number("language=tr") == await number("language=ar&counsellor=de") == 0


async def test_slots_follow_the_clock_change(api: Api, school: Service) -> None:
    found = (await api.get("/slots?service=school&from=2026-03-27&days=4")).json()["slots"]
    assert found[0]["starts_at"] == "2026-03-27T09:00:00+01:00"
    assert (
        next(slot for slot in found if "03-30" in slot["starts_at"])["starts_at"]
        == "2026-03-30T09:00:00+02:00"
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "service"), ("service=none", "service"), ("service=a/b", "service"), ("service=school&days=43", "days"),
        ("service=school&days=0", "days"), ("service=school&days=x", "days"), ("service=school&from=soon", "from"),
        ("service=school&from=9999-12-31", "from"), ("service=school&from=1772582400", "from"),
        ("service=school&mode=rocket", "mode"), ("service=school&children=9", "children"),
        ("service=school&counsellor=nobody", "counsellor"), ("service=school&language=%00", "language"),
        ("service=school&dayz=3", "dayz"), ("service=school&self=3", "self"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_question_is_named(
    api: Api, school: Service, query: str, field: str
) -> None:
    problem = is_problem(await api.get(f"/slots?{query}"), 422)
    assert list(problem["fields"]) == [field] and problem["type"].endswith("#/x-problems/invalid-request")


async def test_a_mode_the_service_does_not_have_is_named(api: Api, school: Service) -> None:
    await Service.filter(id=school.id).update(modes=["phone"])
    assert "mode" in is_problem(await api.get("/slots?service=school&mode=video"), 422)["fields"]
    assert (await api.get("/slots?service=school")).json()["slots"]


# --- Book ---


async def test_booking_answers_with_the_address_of_the_appointment(api: Api, school: Service) -> None:
    answer = await api.post(
        "/appointments", json={**WISH, "name": "Kevin"}, headers={"idempotency-key": "one"}
    )
    said = answer.json()
    assert answer.status_code == 201 and answer.headers["location"] == said["links"]["self"]
    assert said == (await api.get(said["links"]["self"])).json()
    assert (said["starts_at"], said["ends_at"]) == (NINE, "2026-03-04T09:45:00+01:00")
    assert said["links"]["ics"] == f"http://localhost:8000/a/{said['token']}.ics"
    booked = await Appointment.get(code=said["code"]).prefetch_related("staff", "person")
    assert (said["counsellor"], said["status"], booked.channel) == (
        booked.staff.code,
        "booked",
        "web_booking",
    )
    assert (booked.person.name, booked.booked_by, booked.calendar_wanted) == ("Kevin", "person", False)


async def test_a_repeated_key_is_the_same_booking(api: Api, school: Service) -> None:
    first = await book(api)
    assert await book(api) == first
    assert await Appointment.all().count() == await Contact.all().count() == await Person.all().count() == 1


async def test_twins_at_once_are_one_booking(api: Api, school: Service) -> None:
    said = await asyncio.gather(*(book(api) for _ in range(5)))
    assert len({one["token"] for one in said}) == 1
    assert (await Appointment.all().count(), await Hold.all().count()) == (1, 0)
    assert await claims.differences() == []


async def test_a_repeated_key_answers_with_what_became_of_it(api: Api, school: Service) -> None:
    first = await book(api)
    await api.post(f"/appointments/{first['token']}/move", json={"starts_at": TEN})
    assert (await book(api))["starts_at"] == TEN
    await api.post(f"/appointments/{first['token']}/cancel")
    assert (await book(api))["status"] == "cancelled"


@pytest.mark.parametrize(
    "other", [{"starts_at": TEN}, {"email": "other@example.org"}, {"children": 2}, {"mode": "video"}]
)
async def test_a_key_is_not_for_two_wishes(api: Api, school: Service, other: dict[str, Any]) -> None:
    await book(api)
    assert "Idempotency-Key" in (await book(api, status=422, **other))["fields"]
    assert await Appointment.all().count() == 1


async def test_a_key_is_one_s_own_and_leads_nobody_to_the_appointment(api: Api, school: Service) -> None:
    key = "order-0001-of-the-portal"
    mine = await book(api, key)
    kept = (await Appointment.get(code=mine["code"])).key
    assert key not in kept and len(kept) == 32
    headers = {"idempotency-key": key, "authorization": "Bearer report-key-for-the-tests"}
    theirs = await api.post("/appointments", json={**WISH, "starts_at": TEN}, headers=headers)
    assert theirs.status_code == 201 and theirs.json()["token"] != mine["token"]


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": ""}, {"idempotency-key": "x" * 256}])
async def test_booking_needs_a_key_to_count_once(api: Api, school: Service, headers: dict[str, str]) -> None:
    problem = is_problem(await api.post("/appointments", json=WISH, headers=headers), 400)
    assert "Idempotency-Key" in problem["detail"] and not await Appointment.all().exists()


async def test_a_taken_time_comes_with_the_nearest_others(api: Api, school: Service) -> None:
    await book(api, "one")
    await book(api, "two", email="b@example.org")
    problem = await book(api, "three", 409, email="c@example.org")
    assert problem["type"].endswith("/slot-taken") and "2026-03-04T09:00" not in json.dumps(
        problem["alternatives"]
    )
    jsonschema.validate({"slots": problem["alternatives"]}, schema("Slots"))
    again = await book(api, "three", email="c@example.org", starts_at=problem["alternatives"][0]["starts_at"])
    assert again["status"] == "booked"


async def test_one_address_has_no_more_than_it_may(api: Api, school: Service) -> None:
    await book(api, "one")
    await book(api, "two", starts_at=TEN)
    problem = await book(api, "three", 409, starts_at="2026-03-05T09:00:00+01:00")
    assert problem["type"].endswith("/too-many-appointments") and "alternatives" not in problem
    assert not await Hold.all().exists()


async def test_who_writes_arabic_meets_somebody_who_speaks_it(api: Api, school: Service) -> None:
    assert (await book(api, "one", language="ar"))["counsellor"] == "ar"
    problem = await book(api, "two", 409, language="ar", email="b@example.org")
    assert {who for slot in problem["alternatives"] for who in slot["counsellors"]} == {"ar"}
    assert (await book(api, "three", language="ar", counsellor="de", email="b@example.org"))[
        "counsellor"
    ] == "de"


async def test_german_is_asked_of_nobody(api: Api, school: Service) -> None:
    await Staff.filter(code="ar").update(languages=["ar"])
    said = [
        await book(api, email, language="de", email=email) for email in ("a@example.org", "b@example.org")
    ]
    assert {one["counsellor"] for one in said} == {"ar", "de"}


async def test_a_language_of_somebody_who_left_is_not_promised(api: Api, school: Service) -> None:
    await Staff.filter(code="ar").update(active=False)
    assert (await api.get("/services")).json()["services"][0]["languages"] == ["de"]


async def test_a_language_nobody_speaks_is_no_obstacle(api: Api, school: Service) -> None:
    said = await book(api, language="tr")
    booked = await Appointment.get(code=said["code"]).prefetch_related("person")
    assert booked.person.language == "de"


async def test_discreet_addresses_get_no_calendar_file(api: Api, school: Service) -> None:
    said = await book(api, discreet=True, calendar=True)
    assert said["links"]["ics"] is None
    assert (await Address.get()).read_by_others and not (await Appointment.get()).calendar_wanted
    wanted = await book(api, "two", calendar=True, email="b@example.org")
    assert (await Appointment.get(code=wanted["code"])).calendar_wanted


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "kevin.drews"}, "email"), ({"phone": "12"}, "phone"), ({"email": None}, "email"),
        ({"mode": "phone"}, "phone"), ({"mode": "rocket"}, "mode"), ({"starts_at": "2026-03-04T09:00:00"}, "starts_at"),
        ({"starts_at": 1772611200}, "starts_at"), ({"starts_at": "1772611200"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:00:00-05:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"), ({"service": "none"}, "service"),
        ({"children": "2"}, "children"), ({"children": 99}, "children"), ({"counsellor": "nobody"}, "counsellor"),
        ({"discreet": "yes"}, "discreet"), ({"language": "Deutsch"}, "language"), ({"topic": "x"}, "topic"),
        ({"self": "x"}, "self"), ({"name": "x" * 201}, "name"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_booking_is_named(
    api: Api, school: Service, wrong: dict[str, Any], field: str
) -> None:
    problem = await book(api, status=422, **wrong)
    assert list(problem["fields"]) == [field]
    assert not await Appointment.all().exists()


async def test_no_answer_repeats_what_was_sent(api: Api, school: Service) -> None:
    wrong = {
        "email": "amira.haddad@",
        "phone": "0176-amira",
        "name": "amira" * 99,
        "mode": "amira",
        "starts_at": "amira",
    }
    problem = await book(api, status=422, **wrong)
    assert set(problem["fields"]) == set(wrong) and "amira" not in json.dumps(problem)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"name": "\\ud800"}', b"[" * 5000, b'"x"', b"[1]"])
async def test_no_body_breaks_it(api: Api, school: Service, raw: bytes) -> None:
    headers = {"idempotency-key": "one", "content-type": "application/json"}
    answer = await api.post("/appointments", content=raw, headers=headers)
    is_problem(answer, 422 if raw in {b'"x"', b"[1]"} else 400)


async def test_only_json_is_read(api: Api, school: Service) -> None:
    is_problem(await api.post("/appointments", data=WISH, headers={"idempotency-key": "one"}), 415)


# --- See, move, cancel ---


async def test_moving_and_cancelling_may_be_repeated(api: Api, school: Service) -> None:
    path = f"/appointments/{(await book(api))['token']}"
    for _ in range(2):
        moved = await api.post(f"{path}/move", json={"starts_at": TEN})
        assert (moved.status_code, moved.json()["starts_at"]) == (200, TEN)
    assert (await Appointment.get()).times_moved == 1
    for _ in range(2):
        cancelled = await api.post(f"{path}/cancel")
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["links"]["ics"] is None and (await Appointment.get()).cancelled_by == "person"


async def test_moving_to_a_taken_time_offers_others(api: Api, school: Service) -> None:
    token = (await book(api, starts_at=TEN))["token"]
    for email in ("b@example.org", "c@example.org"):
        await book(api, email, email=email)
    problem = is_problem(await api.post(f"/appointments/{token}/move", json={"starts_at": NINE}), 409)
    assert problem["alternatives"] and (await api.get(f"/appointments/{token}")).json()["starts_at"] == TEN


async def test_the_notice_of_a_service_holds(api: Api, school: Service) -> None:
    soon = (NOW + timedelta(hours=1)).isoformat()
    assert (await book(api, status=409, starts_at=soon))["type"].endswith("/slot-taken")
    token = (await book(api))["token"]
    is_problem(await api.post(f"/appointments/{token}/move", json={"starts_at": soon}), 409)


async def test_what_has_begun_or_was_cancelled_stays(api: Api, school: Service, at: Any) -> None:
    path = f"/appointments/{(await book(api))['token']}"
    at(local(WEDNESDAY, 9))
    for act in ("move", "cancel"):
        answer = await api.post(f"{path}/{act}", json={"starts_at": "2026-03-06T09:00:00+01:00"})
        assert is_problem(answer, 409)["type"].endswith("/too-late")
    at(NOW)
    await api.post(f"{path}/cancel")
    assert is_problem(await api.post(f"{path}/move", json={"starts_at": TEN}), 409)["type"].endswith(
        "/too-late"
    )


@pytest.mark.parametrize("token", ["x", "é", "A" * 40, "A" * 400, "%00", "AAAAAAAAAAAAAAAAAAAAAAAAAA"])
async def test_a_wrong_token_leads_nowhere(api: Api, school: Service, token: str) -> None:
    is_problem(await api.get(f"/appointments/{token}"), 404)
    is_problem(await api.post(f"/appointments/{token}/cancel"), 404)
    is_problem(await api.post(f"/appointments/{token}/move", json={"starts_at": TEN}), 404)


async def test_a_renewed_link_ends_the_token(api: Api, school: Service) -> None:
    token = (await book(api))["token"]
    await Appointment.all().update(generation=1)
    is_problem(await api.get(f"/appointments/{token}"), 404)
    with pytest.raises(NotFound):
        await appointments.by_token(token)


# --- Figures ---


async def test_figures_are_exact_and_balance(api: Api) -> None:
    await count("phone", "phone", "email", "unknown")
    said = (await api.get("/statistics?from=2026-03-01&to=2026-03-31&by=channel&unit=contact")).json()
    assert said == {
        "unit": "contact", "from": "2026-03-01", "to": "2026-03-31", "by": ["channel"],
        "rows": [
            {"channel": "email", "count": 1}, {"channel": "phone", "count": 2}, {"channel": "unknown", "count": 1},
        ],
        "total": 4, "valid": {"channel": 3}, "missing": {"channel": 1}, "sample": False,
    }  # fmt: skip
    jsonschema.validate(said, schema("Statistics"))


async def test_figures_without_a_wish_are_the_total_of_this_year(api: Api) -> None:
    await count("phone", "email")
    said = (await api.get("/statistics")).json()
    assert (said["from"], said["to"], said["unit"]) == ("2026-01-01", "2026-03-02", "contact")
    assert (said["rows"], said["total"]) == ([{"count": 2}], 2)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=name", "by"), ("by=channel,channel", "by"), ("by=channel,topic,month,language,status", "by"),
        ("from=2026-03-02&to=2026-03-01", "from"), ("from=x", "from"), ("to=2026-02-30", "to"), ("unit=person", "unit"),
    ],
)  # fmt: skip
async def test_what_cannot_be_counted_is_named(api: Api, query: str, field: str) -> None:
    assert list(is_problem(await api.get(f"/statistics?{query}"), 422)["fields"]) == [field]


# --- Problems ---


async def test_nothing_below_api_answers_in_html(
    api: Api, school: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_problem(await api.get("/nothing"), 404)
    is_problem(await api.get("http://localhost:8000/api"), 404)
    refused = await api.delete("/services")
    assert is_problem(refused, 405)["type"] == "about:blank" and "GET" in refused.headers["allow"]
    monkeypatch.setattr(rate, "keep", lambda *_: 1 / 0)
    broken = await api.get("/services")
    assert is_problem(broken, 500) and broken.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("announced", [True, False])
async def test_too_large_a_body_is_a_problem_announced_or_not(
    api: Api, school: Service, announced: bool
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 30_000

    content: Any = b" " * 90_000 if announced else parts()
    headers = {"idempotency-key": "one", "content-type": "application/json"}
    answer = await api.post("/appointments", content=content, headers=headers)
    assert is_problem(answer, 413) and answer.headers["x-content-type-options"] == "nosniff"


async def test_no_page_is_answered_as_a_program(api: Api) -> None:
    answer = await api.get("http://localhost:8000/de/nothing")
    assert answer.status_code == 404 and "text/html" in answer.headers["content-type"]


# --- Description ---


async def test_the_description_needs_no_key_and_names_this_office(api: Api) -> None:
    answer = await api.get("/openapi.json", headers={"authorization": ""})
    assert answer.json()["openapi"] == "3.1.0" and answer.json()["servers"] == [
        {"url": "http://localhost:8000"}
    ]


def test_every_route_is_described_and_nothing_else() -> None:
    routes = {
        (route.path, route.endpoint, method.lower())
        for route in site.API
        if isinstance(route, Route) and route.path != "/api/v1/openapi.json"
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert routes == {(one.path, one.endpoint, one.method) for one in operations.OPERATIONS}


def test_every_schema_is_a_schema_and_every_reference_leads_somewhere() -> None:
    document = json.loads(json.dumps(openapi.document()))
    found = document["components"]["schemas"]
    for one in found.values():
        jsonschema.Draft202012Validator.check_schema(one)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert named == set(found)
    ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids)) == len(operations.OPERATIONS)


def test_every_path_parameter_is_described_and_queries_are_never_null() -> None:
    for path, methods in openapi.document()["paths"].items():
        for operation in methods.values():
            given = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert given == set(re.findall(r"{(\w+)}", path))
            assert "null" not in json.dumps([one for one in operation["parameters"] if one["in"] == "query"])


def test_every_type_of_problem_leads_to_its_description() -> None:
    for error, status in {**failures.STATUS, NoSuchService: 404}.items():
        answer = problems.refused(cast(Any, error()), status)
        where = json.loads(bytes(answer.body)).get("type").partition("#/")[2].split("/")
        assert openapi.document()[where[0]][where[1]]["title"] == json.loads(bytes(answer.body))["title"]


async def test_answers_are_what_the_description_says(api: Api, school: Service) -> None:
    jsonschema.validate((await api.get("/services")).json(), schema("Services"))
    jsonschema.validate((await api.get("/slots?service=school")).json(), schema("Slots"))
    jsonschema.validate(await book(api), schema("AppointmentBooked"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**WISH, "email": 1}, schema("NewAppointment"))
    jsonschema.validate(WISH, schema("NewAppointment"))


# --- docs/api.md ---


async def test_the_examples_of_the_documentation_work(api: Api, school: Service) -> None:
    shell = {"KEY": SECRET}
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.DOTALL)
    answers = [await run(api, line, shell) for block in blocks for line in block.splitlines()]
    asked = [(answer.request.method, answer.status_code) for answer in answers if answer]
    assert asked == [("GET", 200)] * 3 + [
        ("POST", 201),
        ("GET", 200),
        ("POST", 200),
        ("POST", 200),
        ("POST", 201),
        ("GET", 200),
    ]
    assert (await Appointment.get()).times_moved == 1


async def run(api: Api, line: str, shell: dict[str, str]) -> httpx2.Response | None:
    """One line of the examples: `NAME=value`, `curl …`, or `NAME=$(curl … | jq -r .path)`."""
    if assigned := re.fullmatch(r"(\w+)=([^$]*)", line):
        shell.setdefault(assigned[1], assigned[2])
        return None
    kept = re.fullmatch(r"(\w+)=\$\((.*) \| jq -r (\S+)\)", line)
    words = shlex.split(re.sub(r"\$(\w+)", lambda name: shell[name[1]], kept[2] if kept else line))
    assert words[:2] == ["curl", "-s"]
    headers = dict(value.split(": ", 1) for flag, value in itertools.pairwise(words) if flag == "-H")
    body = next((value for flag, value in itertools.pairwise(words) if flag == "-d"), None)
    method = "POST" if body or "POST" in words else "GET"
    answer = await api.request(
        method, next(word for word in words if word.startswith("http")), headers=headers, content=body
    )
    if kept:
        found = answer.json()
        for step in re.findall(r"\w+", kept[3]):
            found = found[int(step) if step.isdigit() else step]
        shell[kept[1]] = found
    return answer
