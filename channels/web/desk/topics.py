"""The public texts about topics at the desk: written by the lead, seen before they are saved, every version kept.

Invariant: what the preview shows is what families will see, for both are made by the same function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages, markdown
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import page
from channels.web.public.questions import clean
from inquiries import partners, topics
from inquiries.models import TopicText
from office import catalogues
from office.catalogues import Value
from office.errors import NotFound
from office.models import Role, Staff

MOST_TITLE, MOST_TEXT = 120, 8_000
UNSAID = {catalogues.UNKNOWN, catalogues.NOT_STATED}


@dataclass(frozen=True, slots=True)
class Row:
    """A topic, and per language what is said of it."""

    value: Value
    texts: Mapping[str, TopicText]
    to_check: Sequence[str]
    """Languages in which it was not checked for too long."""


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """Every topic of the catalogue: those with a text first, and where one is missing or old."""
    today, said = page.today(clock.now()), await topics.texts()
    rows = [_row(value, said, today) for value in await _catalogue(request)]
    return await page.render(
        request,
        "desk/topics.html",
        written=[row for row in rows if row.texts],
        unwritten=[row.value for row in rows if not row.texts],
        to_check=sum(len(row.to_check) for row in rows),
    )


@log_in.for_roles(*log_in.SEES_TOPICS)
async def one(request: Request) -> Response:
    """One text and its versions; `version` shows an older one, ready to be taken again."""
    value, language = await _asked(request)
    kept = await topics.versions(value.code, language)
    asked = request.query_params.get("version", "")
    chosen = next((text for text in kept if not asked or str(text.version) == asked), None)
    if asked and chosen is None:
        raise NotFound
    typed = {"title": chosen.title, "text": chosen.text} if chosen else {"title": "", "text": ""}
    return await _render(request, typed, old=bool(asked))


@log_in.for_roles(Role.LEAD)
async def write(request: Request) -> Response:
    """The text as it would look, or, with `do=save`, as it is from now on."""
    fields, (value, language) = await csrf.form(request), await _asked(request)
    typed = {name: clean(str(fields.get(name, ""))) for name in ("title", "text")}
    wrong = _wrong(typed)
    if wrong or fields.get("do") != "save":
        return await _render(request, typed, wrong, preview=not wrong)
    now = clock.now()
    await topics.write(
        value.code, language, **typed, today=page.today(now), actor=log_in.actor(request), now=now
    )
    return RedirectResponse(f"/desk/topics/{value.code}/{language}?saved", 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def checked(request: Request) -> Response:
    """Somebody read it: all of it is still so. Idempotent."""
    await csrf.form(request)
    value, language = await _asked(request)
    now = clock.now()
    await topics.checked(value.code, language, page.today(now), actor=log_in.actor(request), now=now)
    return RedirectResponse(f"/desk/topics/{value.code}/{language}?checked", 303)


def _wrong(typed: Mapping[str, str]) -> dict[str, str]:
    wrong = {} if typed["title"] or not typed["text"] else {"title": "empty"}
    most = {"title": MOST_TITLE, "text": MOST_TEXT}
    return wrong | {name: "too_long" for name in most if len(typed[name]) > most[name]}


async def _render(
    request: Request,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    *,
    preview: bool = False,
    old: bool = False,
) -> Response:
    value, language = await _asked(request)
    kept = await topics.versions(value.code, language)
    german = (await topics.texts()).get((value.code, topics.GERMAN))
    return await page.render(
        request,
        "desk/topic.html",
        status=422 if wrong else 200,
        value=value,
        spoken=language,
        turned=languages.direction(language),
        typed=typed,
        wrong=wrong or {},
        preview=preview,
        old=old,
        html=markdown.html(typed["text"]),
        versions=kept,
        names=dict(await Staff.all().values_list("code", "name")),
        german=german if language != topics.GERMAN else None,
        to_check=bool(kept and kept[0].text) and partners.due(kept[0].checked_on, page.today(clock.now())),
        may_edit=log_in.staff_of(request).role is Role.LEAD,
        said=next((word for word in ("saved", "checked") if word in request.query_params), ""),
    )


def _row(value: Value, said: topics.Texts, today: date) -> Row:
    texts = {
        language: said[value.code, language] for language in languages.NAMES if (value.code, language) in said
    }
    return Row(value, texts, [one for one, text in texts.items() if partners.due(text.checked_on, today)])


async def _asked(request: Request) -> tuple[Value, str]:
    code = request.path_params["code"]
    found = next((value for value in await _catalogue(request) if value.code == code), None)
    if found is None:
        raise NotFound
    return found, request.path_params["lang"]


async def _catalogue(request: Request) -> list[Value]:
    values = await catalogues.values("topic", pages.language_of(request), page.today(clock.now()))
    return [value for value in values if value.code not in UNSAID]
