"""Those who interpret for us, at the desk: the list, and the form of one.

Invariant: whoever comes can be asked: by mail or by phone.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import interpreters
from booking.interpreters import Entry
from booking.models import Interpreter, InterpreterKind
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from channels.web.desk.running import changes, fields, preview
from channels.web.desk.running.fields import NEW, Reader, Typed
from channels.web.desk.running.preview import Preview, Step
from inquiries import addresses
from office import catalogues
from office.errors import Invalid
from office.models import Role

ADDRESS = "/desk/office/interpreters"
UNSPOKEN = {catalogues.UNKNOWN, catalogues.NOT_STATED, "other", "de"}


@log_in.for_roles(Role.LEAD)
async def show(request: Request) -> Response:
    """All of them, in the order they are asked."""
    language = pages.language_of(request)
    return await page.render(
        request,
        "desk/running/interpreters.html",
        interpreters=await interpreters.every(),
        labels=await catalogues.labels("language", language),
        saved="saved" in request.query_params,
        history=await changes.lately(language, "interpreter:"),
    )


@log_in.for_roles(Role.LEAD)
async def form(request: Request) -> Response:
    """One of them, or an empty form."""
    one = await _one(request)
    entry = interpreters.entry(one) if one else Entry("", InterpreterKind.PERSON, ())
    return await _form(request, one, _typed(entry), {})


@log_in.for_roles(Role.LEAD)
async def save(request: Request) -> Response:
    """Shown first, then saved; what cannot be read is shown again as it was typed."""
    one, sent = await _one(request), await csrf.form(request)
    reader, typed = Reader(sent), fields.typed(sent, ("languages",))
    wanted = await _read(reader, one)
    code = one.code if one else reader.code(most=16)
    if reader.wrong:
        return await _form(request, one, typed, reader.wrong, 422)
    before = interpreters.said(interpreters.entry(one)) if one else None
    found = Preview(wanted.name, before, interpreters.said(wanted))
    step = preview.step(sent, found)
    if step is Step.AGAIN:
        return await _form(request, one, typed, {})
    if step is not Step.SAVE:
        talks = await interpreters.promised(one, clock.now()) if one and not wanted.active else 0
        return await preview.show(
            request,
            sent,
            found,
            late=step is Step.LATE,
            more="desk/running/interpreter_preview.html",
            talks=talks,
        )
    try:
        await interpreters.save(code, wanted, new=one is None, actor=log_in.actor(request), now=clock.now())
    except Invalid as refused:
        return await _form(request, one, typed, refused.fields, 409)
    return RedirectResponse(f"{ADDRESS}?saved=1", 303)


async def _one(request: Request) -> Interpreter | None:
    """Whom the address names; None for somebody new. Raises `NotFound`."""
    code = request.path_params["code"]
    return None if code == NEW else await interpreters.find(code)


async def _spoken(language: str, one: Interpreter | None) -> dict[str, str]:
    today = page.today(clock.now())
    found = {value.code: value.label for value in await catalogues.values("language", language, today)}
    stay = {code: code for code in (one.languages if one else [])}
    return {**stay, **{code: label for code, label in found.items() if code not in UNSPOKEN}}


async def _read(reader: Reader, one: Interpreter | None) -> Entry:
    said = reader.one("kind", list(InterpreterKind))
    kind = InterpreterKind(said) if "kind" not in reader.wrong else InterpreterKind.PERSON
    entry = Entry(
        name=reader.text("name", needed=True),
        kind=kind,
        languages=reader.many("languages", await _spoken("de", one), needed=True),
        email=_address(reader, "email"),
        phone=_address(reader, "phone"),
        notice_days=reader.number("notice_days", 0, 60),
        active=reader.yes("active"),
    )
    if kind is InterpreterKind.PERSON and not (entry.email or entry.phone):
        reader.wrong.setdefault("email", "reach")
    return entry


def _address(reader: Reader, name: str) -> str:
    said = reader.text(name, most=254)
    if not said:
        return ""
    try:
        return addresses.email(said) if name == "email" else addresses.phone(said)
    except ValueError:
        reader.wrong[name] = name
        return said


def _typed(entry: Entry) -> Typed:
    return {
        "name": entry.name,
        "kind": str(entry.kind),
        "languages": list(entry.languages),
        "email": entry.email,
        "phone": entry.phone,
        "notice_days": str(entry.notice_days),
        "active": "1" if entry.active else "",
    }


async def _form(
    request: Request, one: Interpreter | None, typed: Typed, wrong: dict[str, str], status: int = 200
) -> Response:
    return await page.render(
        request,
        "desk/running/interpreter.html",
        status=status,
        one=one,
        spoken=await _spoken(pages.language_of(request), one),
        typed=typed,
        wrong=wrong,
        history=await changes.of(f"interpreter:{one.id}") if one else [],
    )
