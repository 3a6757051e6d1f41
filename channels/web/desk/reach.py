"""A new number or mail address at the counter, found by the short code the person shows.

Invariant: the page says a name and the last letters of the addresses known, and nothing of what it is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import appointments, reach
from channels.web import clock, csrf, log_in
from channels.web.desk import access, page, wishes
from inquiries import people
from inquiries.models import AddressKind, Inquiry, Person
from office import wake
from office.errors import NotFound

SHOWN = 3
"""Letters of an address that are shown, so that one can ask for it without saying it."""


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def form(request: Request) -> Response:
    """Whose code it is, and the form for what is new; without a code the question for it."""
    return await _page(request, request.query_params.get("code", ""), {}, {})


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def change(request: Request) -> Response:
    """The old addresses of this kind and all old links are retired, new links go out; or what is amiss is said."""
    fields = await csrf.form(request)
    code, typed = str(fields.get("code", "")), {name: str(value) for name, value in fields.items()}
    person = await _whose(code)
    who, wrong = wishes.introduction(fields)
    given = {AddressKind.PHONE: who.phone, AddressKind.EMAIL: who.email}
    given = {kind: value for kind, value in given.items() if value}
    if not wrong and not given:
        wrong = {"phone": "enter_one"}
    if person is None or wrong:
        return await _page(request, code, typed, wrong)
    await reach.change(
        person.id, given, read_by_others=who.read_by_others, actor=log_in.actor(request), now=clock.now()
    )
    wake.nudge()
    return RedirectResponse(f"/desk/reach?code={code}&saved", 303)


async def _page(request: Request, code: str, typed: Mapping[str, str], wrong: Mapping[str, str]) -> Response:
    person = await _whose(code)
    if person:
        await access.look(request, f"person:{person.id}", access.Purpose.COUNTER)
    known = await reach.addresses(person.id) if person else []
    return await page.render(
        request,
        "desk/reach.html",
        status=422 if wrong else 404 if code and not person else 200,
        code=code.strip().upper()[:12],
        person=person,
        silent=bool(person and person.id in await people.silent_among([person.id])),
        known=[(str(one.kind), _end(one.value)) for one in known],
        talks=await reach.to_tell(person.id, clock.now()) if person else [],
        typed=defaultdict(str, typed),
        wrong=wrong,
        saved="saved" in request.query_params,
    )


def _end(value: str) -> str:
    """How a number ends, or what stands before the @ of an address: every address ends alike."""
    local, at, _domain = value.partition("@")
    return f"{local[-SHOWN:]}{at and '@…'}"


async def _whose(said: str) -> Person | None:
    """Of the appointment or the question that has this code."""
    code = people.code_in(said[:40])
    appointment = await appointments.by_code(code) if code else None
    if appointment:
        return await Person.get_or_none(id=appointment.person_id)
    found = await Inquiry.get_or_none(code=code) if code else None
    if found is None:
        return None
    person = await Person.get_or_none(id=found.person_id)
    if person is None:
        raise NotFound
    return person
