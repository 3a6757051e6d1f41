"""What can be booked, at the desk: the list, and the form of one service with its preview.

Invariant: the code of a service is fixed once made, and a service is never deleted, only no longer offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import services, terms
from booking.models import Service
from booking.terms import Terms
from channels import languages
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from channels.web.desk.running import changes, fields, preview, service_form
from channels.web.desk.running.fields import NEW, Reader, Typed
from channels.web.desk.running.preview import Preview, Step
from channels.web.public import wording
from office.errors import Invalid
from office.models import Role
from office.settings import current

ADDRESS = "/desk/office/services"


@dataclass(frozen=True, slots=True)
class Seen:
    """The service as families see it in one language."""

    language: str
    name: str
    direction: str
    html: str


@log_in.for_roles(Role.LEAD)
async def show(request: Request) -> Response:
    """All services, in the order families see them."""
    language = pages.language_of(request)
    return await page.render(
        request,
        "desk/running/services.html",
        services=[(one, services.title(one, language)) for one in await terms.every()],
        saved=request.query_params.get("saved", ""),
        history=await changes.lately(language, "service:"),
    )


@log_in.for_roles(Role.LEAD)
async def form(request: Request) -> Response:
    """One service, or an empty form for a new one."""
    service = await _service(request)
    wanted = await terms.of(service) if service else Terms({}, 60, ("office",))
    return await _form(request, service, service_form.typed(wanted), {})


@log_in.for_roles(Role.LEAD)
async def save(request: Request) -> Response:
    """Shown first, then saved; what cannot be read is shown again as it was typed."""
    service, sent = await _service(request), await csrf.form(request, preview.MOST_FIELDS)
    offered = await service_form.offered(service, pages.language_of(request), page.today(clock.now()))
    wanted, wrong = service_form.read(sent, offered)
    code = service.code if service else _code(sent, wrong)
    typed = fields.typed(sent, service_form.LISTS)
    if wrong:
        return await _form(request, service, typed, wrong, 422)
    found = await _preview(request, service, wanted)
    step = preview.step(sent, found)
    if step is Step.AGAIN:
        return await _form(request, service, typed, {})
    if step is not Step.SAVE:
        return await preview.show(
            request, sent, found, late=step is Step.LATE, **await _more(service, code, wanted)
        )
    try:
        await terms.save(code, wanted, new=service is None, actor=log_in.actor(request), now=clock.now())
    except Invalid as refused:
        return await _form(request, service, typed, refused.fields, 409)
    return RedirectResponse(f"{ADDRESS}?saved={code}", 303)


def _code(sent: Any, wrong: dict[str, str]) -> str:
    reader = Reader(sent)
    code = reader.code()
    wrong |= reader.wrong
    return code


async def _service(request: Request) -> Service | None:
    """The service of the address; None for one still to be made. Raises `NotFound`."""
    code = request.path_params["code"]
    return None if code == NEW else await terms.find(code)


async def _preview(request: Request, service: Service | None, wanted: Terms) -> Preview:
    before = terms.said(await terms.of(service)) if service else None
    title = wanted.titles.get(pages.language_of(request)) or wanted.titles.get(languages.DEFAULT, "")
    return Preview(title, before, terms.said(wanted))


async def _more(service: Service | None, code: str, wanted: Terms) -> dict[str, Any]:
    """How families will see it, and how many talks to come lie beyond the new terms."""
    return {
        "more": "desk/running/service_preview.html",
        "seen_by_families": [_seen(code, wanted, language) for language in languages.NAMES]
        if wanted.active
        else [],
        "beyond": await terms.beyond(service, wanted, now=clock.now()) if service else [],
        "nobody": not wanted.given,
    }


def _seen(code: str, wanted: Terms, language: str) -> Seen:
    service = Service(
        code=code,
        titles=dict(wanted.titles),
        bring={key: list(things) for key, things in wanted.bring.items()},
        descriptions=dict(wanted.descriptions),
        minutes=wanted.minutes,
        minutes_per_child=wanted.minutes_per_child,
        modes=list(wanted.modes),
    )
    html = (
        pages.environment(language)
        .get_template("public/offer.html")
        .render(
            service=service,
            title=services.title(service, language),
            description=wording.said(service.descriptions, language),
            bring=wording.bring(service, language),
            language=language,
        )
    )
    return Seen(language, languages.NAMES[language], languages.direction(language), html)


async def _form(
    request: Request, service: Service | None, typed: Typed, wrong: dict[str, str], status: int = 200
) -> Response:
    language, today = pages.language_of(request), page.today(clock.now())
    return await page.render(
        request,
        "desk/running/service.html",
        status=status,
        service=service,
        title=services.title(service, language) if service else "",
        typed=typed,
        wrong=wrong,
        offered=await service_form.offered(service, language, today),
        modes=service_form.MODES,
        fixed=service is not None and await terms.used(service),
        history=await changes.of(f"service:{service.id}") if service else [],
        origin=current().origin,
    )
