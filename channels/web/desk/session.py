"""Log in, log out, and the language of the desk."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages
from channels.web import clock, csrf, log_in, pages, rate
from channels.web.desk import page, posted, search
from channels.web.desk.posted import Posted
from office import audit, staff
from office.errors import TooMany
from office.models import Staff

YEAR = 365 * 24 * 3600


async def form(request: Request) -> Response:
    """The log-in form; whoever is logged in goes on to their first page."""
    log_in.speak(request)
    member = await log_in.member(request)
    if member:
        return RedirectResponse(page.home(member.role), 303)
    return _form(request, wanted=request.query_params.get("next", ""))


async def enter(request: Request) -> Response:
    """From now on this browser is the member of staff who knows the password."""
    log_in.speak(request)
    fields = await csrf.form(request, most=posted.MOST)
    email, password = str(fields.get("email", "")), str(fields.get("password", ""))[:1000]
    wanted, sent = str(fields.get("next", "")), posted.carried(fields)
    try:
        await rate.keep(request, "log_in")
        await rate.keep_account(email)
        member = await staff.log_in(email, password)
    except staff.WrongLogIn:
        await _note_failure(email)
        return _form(request, wanted=wanted, email=email, sent=sent, wrong="wrong", status=422)
    except TooMany:
        if sent is None:
            raise
        return _form(request, wanted=wanted, email=email, sent=sent, wrong="too_often", status=429)
    await audit.note(f"staff:{member.code}", "logged_in", f"staff:{member.code}", clock.now())
    response = await _on(request, member, wanted, sent)
    log_in.remember(response, member)
    return response


async def ended(request: Request, _error: Exception) -> Response:
    """Their log-in ended while they wrote: what they posted waits on the log-in form."""
    log_in.speak(request)
    sent = await posted.read(request)
    if (await request.form()).get("quiet"):
        return Response(status_code=403)
    return _form(request, wanted="", sent=sent, status=403 if sent else 200)


async def _on(request: Request, member: Staff, wanted: str, sent: Posted | None) -> Response:
    """To the page they wanted; or what they had posted, to be posted again."""
    if sent is None:
        return RedirectResponse(page.local(wanted, page.home(member.role)), 303)
    request.state.staff = member
    return await page.render(request, "desk/go_on.html", sent=sent)


async def leave(request: Request) -> Response:
    """This browser is nobody again."""
    await csrf.form(request)
    member = await log_in.member(request)
    if member:
        await audit.note(f"staff:{member.code}", "logged_out", f"staff:{member.code}", clock.now())
    response = RedirectResponse("/desk/log-in", 303)
    log_in.forget(response)
    search.forget(response)
    return response


async def language(request: Request) -> Response:
    """The desk speaks this language on this browser."""
    fields = await csrf.form(request)
    response = RedirectResponse(page.local(fields.get("back")), 303)
    chosen = languages.known(str(fields.get("language", "")))
    response.set_cookie(
        log_in.LANGUAGE_COOKIE, chosen, max_age=YEAR, path="/desk", httponly=True, samesite="lax"
    )
    return response


def _form(
    request: Request,
    *,
    wanted: str,
    email: str = "",
    sent: Posted | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    return pages.render(
        request,
        "desk/log_in.html",
        status=status,
        wanted=page.local(wanted, ""),
        email=email,
        sent=sent,
        wrong=wrong,
        **page.frame(request),
    )


async def _note_failure(email: str) -> None:
    """Codes only: an address nobody has here is not written down, it may be a slip with a private one."""
    known = await Staff.get_or_none(email=email.strip().lower())
    subject = f"staff:{known.code}" if known else "nobody"
    await audit.note(subject, "failed_to_log_in", subject, clock.now())
