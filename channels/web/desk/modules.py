"""Text modules at the desk: what we answer often; the lead writes them, everybody who answers may read them.

Invariant: what was typed stays on the page until it is saved, also when a colleague was faster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages, modules
from channels.models import TextModule
from channels.modules import Wording
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import choices, page
from office import catalogues
from office.errors import Invalid
from office.models import Role


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """All of them, with their texts."""
    return await page.render(
        request,
        "desk/modules.html",
        modules=await modules.every(),
        topics=await catalogues.labels("topic", pages.language_of(request)),
        writes=log_in.staff_of(request).role is Role.LEAD,
        saved="saved" in request.query_params,
    )


@log_in.for_roles(Role.LEAD)
async def new(request: Request) -> Response:
    """The empty form."""
    return await _render(request, None, {"active": "yes", "version": "0"})


@log_in.for_roles(Role.LEAD)
async def edit(request: Request) -> Response:
    """One module, and what it said before."""
    module = await modules.by_id(request.path_params["id"])
    return await _render(request, module, _written(module))


@log_in.for_roles(Role.LEAD)
async def save(request: Request) -> Response:
    """It reads like this from now on; or the form again, with what is amiss."""
    fields = await csrf.form(request)
    number = request.path_params.get("id")
    module = await modules.by_id(number) if number is not None else None
    typed = _typed(fields)
    wording = Wording(
        typed["title"],
        {code: typed[f"text_{code}"] for code in languages.NAMES},
        typed["topic"],
        active=typed["active"] == "yes",
    )
    wrong = await choices.unknown({"topic": typed["topic"]}) if typed["topic"] else {}
    try:
        if wrong:
            raise Invalid(**wrong)
        version = int(typed["version"]) if typed["version"].isdecimal() else -1
        await modules.save(number, wording, version=version, actor=log_in.actor(request), now=clock.now())
    except Invalid as error:
        return await _render(request, module, typed, error.fields, status=422)
    except modules.ChangedMeanwhile:
        assert module is not None
        return await _render(
            request, module, {**typed, "version": str(module.version)}, theirs=True, status=409
        )
    return RedirectResponse("/desk/modules?saved", 303)


async def _render(
    request: Request,
    module: TextModule | None,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    *,
    theirs: bool = False,
    status: int = 200,
) -> Response:
    """`theirs`: a colleague saved meanwhile; their version stands beside what was typed."""
    offered = await choices.of(
        "topic", pages.language_of(request), page.today(clock.now()), typed.get("topic", "")
    )
    return await page.render(
        request,
        "desk/module.html",
        status=status,
        module=module,
        typed=defaultdict(str, typed),
        wrong=wrong or {},
        unknown={code: modules.unknown(typed.get(f"text_{code}", "")) for code in languages.NAMES},
        theirs=theirs,
        topics=choices.grouped([one for one in offered if one.code != catalogues.UNKNOWN]),
        placeholders=modules.PLACEHOLDERS,
        history=await modules.history(module.id) if module else [],
    )


def _typed(fields: FormData) -> dict[str, str]:
    names = ("title", "topic", "active", "version", *(f"text_{code}" for code in languages.NAMES))
    read = {name: str(fields.get(name, "")) for name in names}
    return {name: text.replace("\r\n", "\n").strip() for name, text in read.items()}


def _written(module: TextModule) -> dict[str, str]:
    said = {f"text_{code}": str(module.texts.get(code, "")) for code in languages.NAMES}
    active = "yes" if module.active else ""
    return {
        **said,
        "title": module.title,
        "topic": module.topic,
        "active": active,
        "version": str(module.version),
    }
