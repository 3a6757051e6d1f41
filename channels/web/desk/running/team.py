"""Who works here, at the desk: the list, the form of one, a start password.

Invariant: nobody is deleted. A start password is shown once, to whoever asked for it, and is good for one log-in.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import leaving
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page, rows
from channels.web.desk.running import changes, fields, preview
from channels.web.desk.running.fields import NEW, Reader, Typed
from channels.web.desk.running.preview import Preview, Step
from inquiries import addresses
from office import catalogues, staff
from office.errors import Invalid
from office.models import Role, Staff
from office.staff import Member

ADDRESS = "/desk/office/staff"
UNSPOKEN = {catalogues.UNKNOWN, catalogues.NOT_STATED, "other"}
COUNSELS = (Role.COUNSELLOR, Role.LEAD)


@log_in.for_roles(*log_in.RUNS_OFFICE)
async def show(request: Request) -> Response:
    """Everybody, and the way to take in a list."""
    return await list_page(request)


async def list_page(request: Request, *, status: int = 200, wrong: str = "") -> Response:
    """The list; `wrong` is what was amiss with a file."""
    language = pages.language_of(request)
    return await page.render(
        request,
        "desk/running/team.html",
        status=status,
        team=await staff.every(),
        labels=await catalogues.labels("language", language),
        saved=request.query_params.get("saved", ""),
        wrong={"file": wrong} if wrong else {},
        history=await changes.lately(language, "staff:"),
    )


@log_in.for_roles(*log_in.RUNS_OFFICE)
async def form(request: Request) -> Response:
    """One colleague, or an empty form."""
    one = await _one(request)
    return await _form(
        request, one, _typed(staff.member(one) if one else Member("", "", Role.COUNSELLOR)), {}
    )


@log_in.for_roles(*log_in.RUNS_OFFICE)
async def save(request: Request) -> Response:
    """Shown first, then saved; what cannot be read is shown again as it was typed."""
    one, sent = await _one(request), await csrf.form(request)
    reader, typed = Reader(sent), fields.typed(sent, ("languages",))
    wanted = await _read(reader)
    code = one.code if one else reader.code(most=16)
    if reader.wrong:
        return await _form(request, one, typed, reader.wrong, 422)
    found = Preview(wanted.name, staff.said(staff.member(one)) if one else None, staff.said(wanted))
    step = preview.step(sent, found)
    if step is Step.AGAIN:
        return await _form(request, one, typed, {})
    if step is not Step.SAVE:
        goes = one is not None and (not wanted.active or wanted.role not in COUNSELS)
        logs_out = one is not None and (wanted.role != one.role or not wanted.active)
        return await preview.show(
            request,
            sent,
            found,
            late=step is Step.LATE,
            logs_out=logs_out,
            more="desk/running/member_preview.html",
            **await _left_behind(request, one if goes else None),
        )
    try:
        await staff.save(code, wanted, new=one is None, actor=log_in.actor(request), now=clock.now())
    except Invalid as refused:
        return await _form(request, one, typed, refused.fields, 409)
    return RedirectResponse(ADDRESS + ("?saved=1" if one else f"/{code}?new=1"), 303)


@log_in.for_roles(*log_in.RUNS_OFFICE)
async def start_password(request: Request) -> Response:
    """A new password for one log-in, shown this once."""
    await csrf.form(request)
    code = request.path_params["code"]
    password = await staff.start_password(code, actor=log_in.actor(request), now=clock.now())
    one = await staff.find(code)
    return await page.render(request, "desk/running/start_password.html", one=one, password=password)


async def _one(request: Request) -> Staff | None:
    """Whom the address names; None for somebody new. Raises `NotFound`."""
    code = request.path_params["code"]
    return None if code == NEW else await staff.find(code)


async def spoken(language: str) -> dict[str, str]:
    """Code → label of the languages somebody may speak."""
    today = page.today(clock.now())
    found = {value.code: value.label for value in await catalogues.values("language", language, today)}
    return {code: label for code, label in found.items() if code not in UNSPOKEN}


async def _read(reader: Reader) -> Member:
    said = reader.one("role", list(Role))
    return Member(
        name=reader.text("name", needed=True),
        email=_email(reader),
        role=Role(said) if "role" not in reader.wrong else Role.RECEPTION,
        languages=reader.many("languages", await spoken("de"), needed=True),
        active=reader.yes("active"),
    )


def _email(reader: Reader) -> str:
    said = reader.text("email", most=254, needed=True)
    try:
        return addresses.email(said).lower() if said else ""
    except ValueError:
        reader.wrong["email"] = "email"
        return said


def _typed(one: Member) -> Typed:
    return {
        "name": one.name,
        "email": one.email,
        "role": str(one.role),
        "languages": list(one.languages),
        "active": "1" if one.active else "",
    }


async def _left_behind(request: Request, one: Staff | None) -> dict[str, Any]:
    """The talks to come of who leaves; whoever sees no people gets their number only."""
    talks = await leaving.coming(one, clock.now()) if one else []
    member = log_in.staff_of(request)
    sees = member.role in log_in.SEES_PEOPLE
    return {
        "leaves": one,
        "count": len(talks),
        "talks": await rows.of(talks, member, pages.language_of(request), clock.now()) if sees else [],
    }


async def _form(
    request: Request, one: Staff | None, typed: Typed, wrong: dict[str, str], status: int = 200
) -> Response:
    gone = one is not None and (not one.active or one.role not in COUNSELS)
    return await page.render(
        request,
        "desk/running/member.html",
        status=status,
        one=one,
        roles=list(Role),
        spoken=await spoken(pages.language_of(request)),
        typed=typed,
        wrong=wrong,
        new="new" in request.query_params,
        history=await changes.of(f"staff:{one.id}") if one else [],
        **await _left_behind(request, one if gone else None),
    )
