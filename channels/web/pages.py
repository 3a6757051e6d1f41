"""Rendering: one Jinja environment per language, with everything escaped and every sentence translated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel import dates, numbers
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from channels import languages
from channels.web import csrf
from inquiries import addresses
from office.settings import Settings, current

STATIC = Path(__file__).parent / "static" / "dist"


@dataclass(frozen=True, slots=True)
class Office:
    """What every page may say of the office; `tel` is its number as a `tel:` link wants it."""

    city: str
    name: str
    phone: str
    tel: str
    email: str
    address: str


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The page in the request's language; sets the cookie the page's forms are bound to."""
    language = language_of(request)
    page = environment(language).get_template(template)
    html = page.render(
        request=request,
        status=status,
        language=language,
        direction=languages.direction(language),
        language_names=languages.NAMES,
        sample=current().demo,
        office=_office(current()),
        in_language=partial(address_in, request),
        csrf_token=partial(csrf.token, request),
        **context,
    )
    response = HTMLResponse(html, status_code=status)
    csrf.bind(request, response)
    return response


def language_of(request: Request) -> str:
    """From the path (`/{lang}/…`), else what the page was told, else the browser's wish."""
    first = request.url.path.split("/")[1]  # also where no route matched
    from_path = first if first in languages.NAMES else None
    told = getattr(request.state, "language", None)
    return languages.known(
        from_path or told or languages.preferred(request.headers.get("accept-language", ""))
    )


def address_in(request: Request, language: str) -> str:
    """Address of the page being shown in another language, its query kept.

    `request.state.here` names the page when a form was answered without going there first.
    """
    # One slash in front: a path like //example.org would be an address on another host.
    path = quote("/" + str(getattr(request.state, "here", request.url.path)).lstrip("/"))
    first = path.split("/")[1]
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    if first in languages.NAMES:
        path = path.replace(first, language, 1)
    else:
        query.append(("lang", language))
    return f"{path}?{urlencode(query)}" if query else path


def gettext(request: Request, message: str) -> str:
    """One sentence in the request's language."""
    return str(languages.translations(language_of(request)).ugettext(message))


@cache
def environment(language: str) -> Environment:
    """Templates of `channels/web/templates` for one language."""
    made = Environment(
        loader=PackageLoader("channels.web", "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True  # as `babel.cfg` extracts them
    made.install_gettext_translations(languages.translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["asset"] = asset
    made.filters["day"] = partial(_day, language)
    made.filters["time"] = partial(_time, language)
    made.filters["date"] = partial(_date, language)
    made.filters["ago"] = partial(_ago, language)
    made.filters["number"] = partial(_number, language)
    made.filters["tel"] = tel
    made.filters["share"] = partial(_share, language)
    return made


def _day(language: str, day: date | datetime, *, year: bool = True, short: bool = False) -> str:
    return languages.say_day(day, language, current().zone, year=year, short=short)


def _time(language: str, moment: datetime) -> str:
    return languages.say_time(moment, language, current().zone)


@cache
def _office(settings: Settings) -> Office:
    return Office(
        city=settings.city_name,
        name=settings.office_name,
        phone=settings.office_phone,
        tel=tel(settings.office_phone),
        email=settings.office_email,
        address=settings.office_address,
    )


def tel(phone: str) -> str:
    """A number as a `tel:` link wants it."""
    try:
        return addresses.phone(phone)
    except ValueError:
        return "".join(char for char in phone if char.isdigit() or char == "+")


def _date(language: str, day: date) -> str:
    return dates.format_date(day, "medium", locale=languages.locale(language))


def _ago(language: str, passed: timedelta) -> str:
    """ "vor 40 Sekunden"."""
    return dates.format_timedelta(
        -max(passed, timedelta(seconds=1)), add_direction=True, locale=languages.locale(language)
    )


def _number(language: str, number: int) -> str:
    return numbers.format_decimal(number, locale=languages.locale(language))


def _share(language: str, per_cent: float) -> str:
    return numbers.format_percent(per_cent / 100, format="0.0 %", locale=languages.locale(language))


def asset(name: str) -> str:
    """Address of a built asset under its content-hashed name."""
    return f"/static/{_manifest().get(name, name)}"


@cache
def _manifest() -> dict[str, str]:
    try:
        return dict(json.loads((STATIC / "manifest.json").read_text()))
    except FileNotFoundError:
        return {}
