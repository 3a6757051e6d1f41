"""The catalogues at the desk: what a list offers now, what it offered, and what it will offer from a day on.

Invariant: a code that was used is never edited; it ends, and its series goes on under another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking.models import Service
from channels import languages
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from channels.web.desk.running import changes, fields, preview
from channels.web.desk.running.fields import Reader, Typed
from channels.web.desk.running.preview import Preview, Step
from office import catalogues
from office.catalogues import DAY, New
from office.errors import Invalid
from office.models import CatalogueEntry, Role

ADDRESS = "/desk/office/catalogues"
ACTS = ("add", "replace", "end", "take_back")


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry, its label in the language of the page, and what is planned for it."""

    entry: CatalogueEntry
    label: str
    follows: str
    """The label of what its series goes on under, if it ends."""
    may_end: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for: one act, the code it is about, what comes instead, and from which day."""

    act: str
    code: str
    new: New | None
    successor: str
    first: date


@log_in.for_roles(Role.LEAD)
async def show(request: Request) -> Response:
    """All catalogues, with how many values each offers today."""
    today = page.today(clock.now())
    names = await catalogues.names()
    counts = {name: len(await catalogues.values(name, languages.DEFAULT, today)) for name in names}
    return await page.render(
        request,
        "desk/running/catalogues.html",
        counts=counts,
        history=await changes.lately(pages.language_of(request), "catalogue:"),
    )


@log_in.for_roles(Role.LEAD)
async def entries(request: Request) -> Response:
    """One catalogue. Raises `NotFound`."""
    return await _page(request, {}, {})


@log_in.for_roles(Role.LEAD)
async def change(request: Request) -> Response:
    """A value more, one instead of another, or nothing of what was planned; shown first, then saved."""
    catalogue, sent = request.path_params["catalogue"], await csrf.form(request)
    reader, typed = Reader(sent), fields.typed(sent)
    asked = _read(reader, page.today(clock.now()))
    if reader.wrong:
        return await _page(request, typed, reader.wrong, 422)
    found = await _preview(catalogue, asked, pages.language_of(request))
    step = preview.step(sent, found)
    if step is Step.AGAIN:
        return await _page(request, typed, {})
    if step is not Step.SAVE:
        used = await Service.filter(topic=asked.code, active=True) if catalogue == "topic" else []
        return await preview.show(
            request,
            sent,
            found,
            late=step is Step.LATE,
            more="desk/running/catalogue_preview.html",
            asked=asked,
            used=used,
        )
    try:
        await _act(catalogue, asked, request)
    except Invalid as refused:
        return await _page(request, typed, refused.fields, 409)
    return RedirectResponse(f"{ADDRESS}/{catalogue}?saved=1", 303)


def _read(reader: Reader, today: date) -> Asked:
    act = reader.one("act", ACTS)
    if act == "take_back":
        return Asked(act, reader.text("ends", needed=True), None, "", today)
    new = None
    if act != "end":
        labels = reader.texts("labels", needed=True)
        new = New(reader.code(most=48), labels, reader.text("parent", most=48))
    return Asked(
        act,
        reader.text("ends", most=48, needed=True) if act != "add" else new.code if new else "",
        new,
        reader.text("successor", most=48, needed=True) if act == "end" else "",
        reader.day("from", today if act == "add" else today + DAY),
    )


async def _preview(catalogue: str, asked: Asked, language: str) -> Preview:
    labels = await catalogues.labels(catalogue, language)
    label = asked.new.labels.get(language) or asked.new.labels[languages.DEFAULT] if asked.new else ""
    if asked.act == "add":
        return Preview(label, {}, {"labels": label, "code": asked.code, "from": asked.first.isoformat()})
    old = labels.get(asked.code, asked.code)
    if asked.act == "take_back":
        rows = [row for row in await catalogues.entries(catalogue) if row.code == asked.code]
        return Preview(
            old, {"from": str(rows[-1].valid_to or rows[-1].valid_from) if rows else ""}, {"from": None}
        )
    following = label or labels.get(asked.successor, asked.successor)
    after = {"labels": following, "code": asked.new.code if asked.new else asked.successor}
    return Preview(old, {"labels": old, "code": asked.code}, {**after, "from": asked.first.isoformat()})


async def _act(catalogue: str, asked: Asked, request: Request) -> None:
    actor, now = log_in.actor(request), clock.now()
    if asked.act == "take_back":
        await catalogues.take_back(catalogue, asked.code, page.today(now), actor=actor, now=now)
    elif asked.act == "add" and asked.new:
        await catalogues.add(catalogue, asked.new, asked.first, actor=actor, now=now)
    else:
        following = asked.new or asked.successor
        await catalogues.replace(catalogue, asked.code, following, asked.first, actor=actor, now=now)


async def _page(request: Request, typed: Typed, wrong: dict[str, str], status: int = 200) -> Response:
    catalogue, language = request.path_params["catalogue"], pages.language_of(request)
    today = page.today(clock.now())
    known = await catalogues.entries(catalogue)
    labels = await catalogues.labels(catalogue, language)
    shown = [
        Shown(one, str(one.labels.get(language) or one.labels.get("de") or one.code),
              labels.get(one.maps_to, one.maps_to), catalogues.may_end(one))
        for one in known
    ]  # fmt: skip
    chosen = request.query_params.get("entry", "") or str(typed.get("ends", ""))
    return await page.render(
        request,
        "desk/running/catalogue.html",
        status=status,
        catalogue=catalogue,
        now_valid=[one for one in shown if _valid(one.entry, today)],
        planned=[one for one in shown if one.entry.valid_from > today],
        ended=[one for one in shown if one.entry.valid_to and one.entry.valid_to < today],
        grows_only=catalogue in catalogues.OURS,
        chosen=next((one for one in shown if one.entry.code == chosen and _valid(one.entry, today)), None),
        two_levels=any(one.parent for one in known),
        typed={"from": (today + DAY).isoformat(), **typed},
        wrong=wrong,
        saved="saved" in request.query_params,
        history=await changes.of(f"catalogue:{catalogue}"),
    )


def _valid(entry: CatalogueEntry, day: date) -> bool:
    return entry.valid_from <= day and (entry.valid_to is None or entry.valid_to >= day)
