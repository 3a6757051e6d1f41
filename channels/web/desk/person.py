"""One person at the desk: what we hold in short, handed out in full, or erased.

Invariant: who has no case of this person sees nothing of them; the file is only made by who may open every one of
their cases. Erasing is the lead's, asks first, and is done by the workers; each export and each look is noted.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import belongings, export
from channels.belongings import Belongings
from channels.web import clock, csrf, log_in
from channels.web.desk import access, page
from inquiries import people
from inquiries.models import Inquiry, NoInformation, Person
from office import audit
from office.errors import Forbidden, Invalid, NotFound
from office.models import JournalEntry, Role

LIFTED = "none"
"""Said instead of a reason: others may be told again."""


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """How much of what we hold; that somebody looked is noted."""
    return await _page(request, asking=False)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def hand_out(request: Request) -> Response:
    """The file with everything, to be given to the person. POST, for it is noted who made it."""
    await csrf.form(request)
    person, now = await _person(request), clock.now()
    for inquiry in await Inquiry.filter(person_id=person.id).order_by("id"):
        await access.enter(request, inquiry)
    await audit.note(log_in.actor(request), "exported", f"person:{person.id}", now)
    name = f'attachment; filename="person-{person.id}.html"'
    headers = {"content-disposition": name, "cache-control": "no-store"}
    return Response(await export.page(person, now), media_type="text/html", headers=headers)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def silence(request: Request) -> Response:
    """Nobody else is told anything about them; that others may be is said by who has a case of theirs."""
    fields = await csrf.form(request)
    person, said = await _person(request), str(fields.get("reason", ""))
    if said not in {*NoInformation, LIFTED}:
        raise Invalid(reason="missing")
    if said == LIFTED and not await _open_cases(request, person):
        raise Forbidden
    reason = None if said == LIFTED else NoInformation(said)
    await people.keep_silent(person.id, reason, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"{page.local(fields.get('back'))}?saved", 303)


@log_in.for_roles(Role.LEAD)
async def ask_erase(request: Request) -> Response:
    """What would go, and the key that does it."""
    return await _page(request, asking=True)


@log_in.for_roles(Role.LEAD)
async def erase(request: Request) -> Response:
    """The workers are asked to forget this person. Idempotent."""
    await csrf.form(request)
    person, now = await _person(request), clock.now()
    await audit.note(log_in.actor(request), "erase", f"person:{person.id}", now)
    await people.ask_to_forget(person.id, actor=log_in.actor(request), now=now)
    return RedirectResponse(f"/desk/people/{person.id}", 303)


async def _page(request: Request, *, asking: bool) -> Response:
    number = request.path_params["id"]
    if await _noted("person.erased", number):
        return await page.render(request, "desk/person_erased.html", number=number)
    person, now = await _person(request), clock.now()
    opened = await _open_cases(request, person)
    await access.look(request, f"person:{person.id}", next(iter(opened.values()), access.Purpose.UNASSIGNED))
    held = await belongings.of(person)
    return await page.render(
        request,
        "desk/person.html",
        held=held,
        counts=_counts(held),
        to_come=[row for row in held.appointments if row.status == "booked" and row.starts_at > now],
        asking=asking,
        opened=opened,
        erasing=await _noted("person.to_be_erased", person.id),
        may_erase=log_in.staff_of(request).role is Role.LEAD,
    )


async def _open_cases(request: Request, person: Person) -> dict[int, access.Purpose]:
    """Their cases that are open to who looks. Raises `Closed` if there are others only; the lead sees how many."""
    member = log_in.staff_of(request)
    cases = await Inquiry.filter(person_id=person.id).order_by("-id")
    opened = await access.purposes(member, [one.id for one in cases])
    if cases and not opened and member.role is not Role.LEAD:
        raise access.Closed(cases[0])
    return opened


INNER = {"name_keys", "parked", "bookers", "requests", "touched", "call_backs", "confirmations", "waiting"}
"""Tables that hang on the others; the file handed out has them, the count at the desk does not."""


def _counts(held: Belongings) -> list[tuple[str, int]]:
    return [(name, len(rows)) for name, rows in held.rows() if rows and name not in INNER]


async def _noted(kind: str, number: int) -> bool:
    return await JournalEntry.exists(kind=kind, subject=f"person:{number}")


async def _person(request: Request) -> Person:
    found = await Person.get_or_none(id=request.path_params["id"])
    if found is None:
        raise NotFound
    return found
