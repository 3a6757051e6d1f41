"""The word to everybody of each season, at the desk: what the start page says in its days.

Invariant: the days of a season are changed on the page of the week, where the talks they touch are asked for.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from channels.web.desk.running import changes, fields, preview
from channels.web.desk.running.fields import Reader, Typed
from channels.web.desk.running.preview import Preview, Step
from office import history, seasons
from office.errors import NotFound
from office.models import Role, Season

ADDRESS = "/desk/office/texts"
LONGEST = 300


@log_in.for_roles(Role.LEAD)
async def form(request: Request) -> Response:
    """Every season with its word."""
    return await _page(request, None, {}, {})


@log_in.for_roles(Role.LEAD)
async def save(request: Request) -> Response:
    """Shown first as families see it, then saved."""
    sent = await csrf.form(request)
    season = await _season(str(sent.get("season", "")))
    reader = Reader(sent)
    banner = reader.texts("banner", most=LONGEST)
    if reader.wrong:
        return await _page(request, season, fields.typed(sent), reader.wrong, 422)
    before = history.by_language("banner", dict(season.banner))
    gone = dict.fromkeys(before, "")
    found = Preview(season.name, before, {**gone, **history.by_language("banner", banner)})
    step = preview.step(sent, found)
    if step is Step.AGAIN:
        return await _page(request, season, fields.typed(sent), {})
    if step is not Step.SAVE:
        return await preview.show(
            request,
            sent,
            found,
            late=step is Step.LATE,
            more="desk/running/text_preview.html",
            banner=banner,
            season=season,
        )
    await seasons.say(season.id, banner, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"{ADDRESS}?saved=1", 303)


async def _season(said: str) -> Season:
    known = {str(one.id): one for one in await seasons.every()}
    if said not in known:
        raise NotFound
    return known[said]


async def _page(
    request: Request, season: Season | None, typed: Typed, wrong: dict[str, str], status: int = 200
) -> Response:
    return await page.render(
        request,
        "desk/running/texts.html",
        status=status,
        seasons=await seasons.every(),
        chosen=season,
        typed=typed,
        wrong=wrong,
        written=lambda one: fields.spread("banner", dict(one.banner)),
        saved="saved" in request.query_params,
        history=await changes.lately(pages.language_of(request), "season:"),
    )
