"""Nobody changes the name on a booked slot: a slot that could be handed on would be traded."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from booking import appointments
from booking.models import Appointment, Service
from channels.web import site
from channels.web.api import appointments as api
from office.models import Role
from tests.channels.web.test_public import fields_of
from tests.factories import WEDNESDAY, introduction, local, make_appointment

OTHER = {"name": "Eve", "call_name": "Eve", "person": "Eve", "email": "eve@example.org"}
ACTS = ("arrive", "attend", "miss", "reopen", "move", "record", "cancel")


async def unchanged(booked: Appointment, name: str) -> None:
    now = await Appointment.get(id=booked.id).prefetch_related("person")
    assert (now.person_id, now.person.name) == (booked.person_id, name)


async def test_not_by_the_link(web: httpx2.AsyncClient, school: Service) -> None:
    booked = await make_appointment(school, who=introduction(name="Amira"), key="k" * 20)
    page = f"/a/{appointments.token(booked)}"
    token = fields_of((await web.get(f"{page}/cancel")).text)
    later = {"starts_at": local(WEDNESDAY, 11).isoformat()}
    for way in ("", "/move", "/take", "/open", "/cancel"):
        await web.post(page + way, data={**token, **later, **OTHER})
        await web.put(page + way, data={**token, **OTHER})
        await unchanged(booked, "Amira")
    assert (await Appointment.get()).starts_at == local(WEDNESDAY, 11)


async def test_not_by_the_form_they_booked_with_sent_once_more(
    web: httpx2.AsyncClient, school: Service
) -> None:
    booked = await make_appointment(school, who=introduction(name="Amira"), key="k" * 20)
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await web.get("/de/ask")).text)
    assert csrf
    wish = {"service": "school", "mode": "office", "children": "1", "starts_at": booked.starts_at.isoformat()}
    answer = await web.post(f"/de/book/{booked.key}", data={"csrf": csrf[1], **wish, **OTHER})
    assert answer.headers["location"].startswith(f"/a/{appointments.token(booked)}")
    await unchanged(booked, "Amira")


async def test_not_by_the_desk(enter: Any) -> None:
    booked = await make_appointment(who=introduction(name="Amira"))
    browser = await enter(Role.LEAD)
    csrf = re.search(r'name="csrf" value="([^"]+)"', await browser.get("/desk/cards"))
    assert csrf
    fields = {"csrf": csrf[1], "reason": "mistake", "starts_at": local(WEDNESDAY, 11).isoformat(), **OTHER}
    for act in ACTS:
        await browser.http.post(f"/desk/appointments/{booked.id}/{act}", data=fields)
        await unchanged(booked, "Amira")
    assert 'name="name"' not in await browser.get(f"/desk/appointments/{booked.id}")


@pytest.mark.parametrize(
    "path", ["/api/v1/appointments/{token}", "/a/{token}", "/desk/appointments/{id:number}"]
)
def test_no_route_of_a_booked_slot_takes_anything_but_what_is_known(path: str) -> None:
    """Whoever adds one asks first whether it could hand the slot on."""
    known = {
        "/api/v1/appointments/{token}": {"", "/move", "/cancel"},
        "/a/{token}": {"", ".ics", "/move", "/take", "/cancel", "/open", "/close", "/photos"},
        "/desk/appointments/{id:number}": {
            "",
            "/slip",
            "/attendance",
            "/move",
            "/cancel",
            "/record",
            "/{act}",
        },
    }
    every = [one for one in (*site.PUBLIC, *site.DESK, *site.API) if isinstance(one, Route)]
    assert {one.path.removeprefix(path) for one in every if one.path.startswith(path)} == known[path]
    assert set(api.NewTime.model_fields) == {"starts_at"}
