"""One box to find anything at the desk: names in any letters, codes, numbers, addresses, words of texts.

Invariant: what somebody typed, often a name, is in no address and no log. It travels in a form, and in a cookie of this
browser until the page of results has been left for an hour.
"""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import csrf, log_in
from channels.web.desk import finding, hits, page
from inquiries import writings
from inquiries.personal import REACH
from office import links
from office.errors import NotFound
from office.settings import current

ADDRESS = "/desk/find"
LONGEST = 80
LASTS = 3600


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """What was found last; with `?code=`, which slips and links say, the appointment or inquiry of that code."""
    named = request.query_params.get("code", "")[:LONGEST]
    if "code" in request.query_params:
        try:
            return RedirectResponse(await finding.address(named, reads=_reads(request)), 303)
        except NotFound:
            return await _page(request, named, hits.Hits(), status=404)
    said = _said(request)
    found = await hits.of(said, log_in.staff_of(request)) if said else hits.Hits()
    return await _page(request, said, found)


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def seek(request: Request) -> Response:
    """To the appointment or inquiry whose code or number was typed, or to the page of what was found."""
    fields = await csrf.form(request)
    said = " ".join(str(fields.get("said", "")).split())[:LONGEST]
    try:
        return RedirectResponse(await finding.address(said, reads=_reads(request)), 303)
    except NotFound:
        response = RedirectResponse(ADDRESS, 303)
        _remember(request, response, said)
        return response


def forget(response: Response) -> None:
    """What was sought here is forgotten."""
    response.delete_cookie(_cookie_name(), path=ADDRESS, httponly=True, secure=_secure(), samesite="strict")


async def _page(request: Request, said: str, found: hits.Hits, *, status: int = 200) -> Response:
    return await page.render(
        request,
        "desk/find.html",
        status=status,
        said=said,
        found=found,
        newest=writings.NEWEST,
        days=REACH.period.days,
    )


def _reads(request: Request) -> bool:
    return log_in.staff_of(request).role in log_in.SEES_TOPICS


def _said(request: Request) -> str:
    """What this member of staff sought last in this browser; empty for anybody else."""
    try:
        staff_id, said = _signer().loads(request.cookies.get(_cookie_name(), ""), max_age=LASTS)
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(said) if staff_id == log_in.staff_of(request).id else ""


def _remember(request: Request, response: Response, said: str) -> None:
    value = str(_signer().dumps([log_in.staff_of(request).id, said]))
    response.set_cookie(
        _cookie_name(), value, max_age=LASTS, path=ADDRESS, httponly=True, secure=_secure(), samesite="strict"
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(links.derived_key("search"), salt="desk")


def _cookie_name() -> str:
    return "__Secure-desk-search" if _secure() else "desk-search"


def _secure() -> bool:
    return current().origin.startswith("https://")
