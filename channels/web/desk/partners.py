"""The directory of partners at the desk: find one, see whether it is still right, change it.

Invariant: everybody who meets people may look, who counsels may say that it was checked, and only the lead changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in, pages
from channels.web.desk import choices, history, page, partner_form
from channels.web.desk.partner_form import CATALOGUES, TARGET, Typed
from inquiries import partners
from inquiries.models import Agreement, Partner
from inquiries.partners import Entry
from office import catalogues
from office.errors import Invalid
from office.models import Role

PAGE = "/desk/partners"
MANY = 200
"""Fields of a form with a box for every topic."""
SAID = ("saved", "checked", "added", "imported")
"""What a page may say was just done."""


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """All partners, or those for one topic and of one language."""
    language, today = pages.language_of(request), page.today(clock.now())
    topic, spoken = request.query_params.get("topic", ""), request.query_params.get("language", "")
    topics = await catalogues.values("topic", language, today)
    found = await partners.listed(partners.around(topic, topics), spoken)
    return await page.render(
        request,
        "desk/partners.html",
        found=found,
        to_check=[one.id for one in found if partners.stale(one, today)],
        topic=topic,
        spoken=spoken,
        topics=choices.grouped([one for one in topics if one.code not in partner_form.UNSAID]),
        languages=await _languages(),
        labels=await labels(language),
        may_edit=log_in.staff_of(request).role is Role.LEAD,
        said=next((word for word in SAID if word in request.query_params), ""),
    )


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def one(request: Request) -> Response:
    """One of them: what we know, who said so when, and for the lead the form."""
    found = await partners.by_id(request.path_params["id"])
    return await _render(request, found, shown(partners.entry(found)))


@log_in.for_roles(Role.LEAD)
async def new(request: Request) -> Response:
    """The empty form."""
    return await _render(request, None, shown(Entry(name="", target="")))


@log_in.for_roles(Role.LEAD)
async def add(request: Request) -> Response:
    """A new partner, or the form again with what is wrong."""
    typed = _typed(await csrf.form(request, MANY))
    entry, wrong = await partner_form.read(typed)
    try:
        if entry:
            made = await partners.add(entry, actor=log_in.actor(request), now=clock.now())
            return RedirectResponse(f"{PAGE}/{made.id}?added", 303)
    except Invalid as error:
        wrong = error.fields
    return await _render(request, None, typed, wrong)


@log_in.for_roles(Role.LEAD)
async def change(request: Request) -> Response:
    """It is so from now on, or the form again with what is wrong."""
    fields, found = await csrf.form(request, MANY), await partners.by_id(request.path_params["id"])
    typed = _typed(fields)
    entry, wrong = await partner_form.read(typed)
    try:
        if entry:
            same_check = replace(entry, checked_on=found.checked_on)
            await partners.change(found.id, same_check, actor=log_in.actor(request), now=clock.now())
            return RedirectResponse(f"{PAGE}/{found.id}?saved", 303)
    except Invalid as error:
        wrong = error.fields
    return await _render(request, found, typed, wrong)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def checked(request: Request) -> Response:
    """Somebody called or looked: all of it is still so. Idempotent."""
    await csrf.form(request)
    now, number = clock.now(), request.path_params["id"]
    await partners.checked(number, page.today(now), actor=log_in.actor(request), now=now)
    return RedirectResponse(f"{PAGE}/{number}?checked", 303)


async def labels(language: str) -> dict[str, dict[str, str]]:
    """Catalogue → code → label, for all that a partner has codes of."""
    return {name: await catalogues.labels(name, language) for name in (*CATALOGUES.values(), TARGET)}


def shown(entry: Entry) -> Typed:
    """An entry as its form shows it."""
    days = {
        name: day.isoformat() if (day := getattr(entry, name)) else "" for name in ("agreed_on", "checked_on")
    }
    names = ("name", "target", "offer", "hours", "phone", "email", "web")
    text = {name: str(getattr(entry, name)) for name in names}
    chosen = {name: getattr(entry, name) for name in CATALOGUES}
    return Typed({**text, **days, "agreement": entry.agreement.value}, chosen, entry.public, entry.active)


def _typed(fields: FormData) -> Typed:
    return Typed(
        {name: str(value).strip() for name, value in fields.items()},
        {name: [str(code) for code in fields.getlist(name)] for name in CATALOGUES},
        "public" in fields,
        "active" in fields,
    )


async def _render(
    request: Request, found: Partner | None, typed: Typed, wrong: Mapping[str, str] | None = None
) -> Response:
    language, now = pages.language_of(request), clock.now()
    today = page.today(now)
    return await page.render(
        request,
        "desk/partner.html",
        status=422 if wrong else 200,
        found=found,
        to_check=found is not None and partners.stale(found, today),
        typed=typed,
        wrong=wrong or {},
        offered=await _offered(language, now, typed),
        agreements=list(Agreement),
        labels=await labels(language),
        history=await history.of_partner(found) if found else [],
        may_edit=log_in.staff_of(request).role is Role.LEAD,
        said=next((word for word in SAID if word in request.query_params), ""),
    )


async def _offered(language: str, now: Any, typed: Typed) -> dict[str, Any]:
    today = page.today(now)
    offered = {
        field: [
            value
            for value in await catalogues.values(catalogue, language, today)
            if value.code not in partner_form.UNSAID
        ]
        for field, catalogue in CATALOGUES.items()
    }
    targets = await choices.of(TARGET, language, today, typed.get("target"))
    return {**offered, "target": [value for value in targets if value.code not in partner_form.UNSAID]}


async def _languages() -> list[str]:
    """Those some partner speaks."""
    return sorted({code for one in await partners.listed() for code in one.languages})
