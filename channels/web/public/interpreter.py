"""The request to an interpreter, behind its link: when, where, which language; yes or no.

Invariant: GET shows, POST acts, for mail scanners follow links; nothing here says whom or what it is about.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import interpreting
from booking.models import InterpreterRequest
from channels import languages
from channels.web import clock, csrf, pages, rate
from channels.web.public import wording
from office import catalogues


async def show(request: Request) -> Response:
    """The talk, and what was answered so far."""
    asked = await _found(request)
    language = pages.language_of(request)
    labels = await catalogues.labels("language", language)
    return pages.render(
        request,
        "public/interpreter.html",
        asked=asked,
        state=asked.state.value if asked.starts_at > clock.now() else "past",
        talk=labels.get(asked.language, asked.language),
        place=await wording.where(asked.appointment.place, language),
        here=_here(request),
        more=_more(request),
        locked=False,
    )


async def accept(request: Request) -> Response:
    """They will come. Idempotent."""
    await rate.keep(request, "change")
    await csrf.form(request)
    await interpreting.accept((await _found(request)).id, clock.now())
    return _back(request)


async def decline(request: Request) -> Response:
    """They cannot come, or cannot after all. Idempotent."""
    await rate.keep(request, "change")
    await csrf.form(request)
    await interpreting.decline((await _found(request)).id, clock.now())
    return _back(request)


async def _found(request: Request) -> InterpreterRequest:
    """The request of this link; the page speaks the office's language unless asked otherwise. Raises `NotFound`."""
    asked = await interpreting.by_token(request.path_params["token"])
    wished = request.query_params.get("lang", "")
    request.state.language = wished if wished in languages.NAMES else languages.DEFAULT
    return asked


def _here(request: Request) -> str:
    return f"/i/{request.path_params['token']}"


def _more(request: Request) -> str:
    return f"?lang={pages.language_of(request)}" if "lang" in request.query_params else ""


def _back(request: Request) -> Response:
    return RedirectResponse(_here(request) + _more(request), 303)
