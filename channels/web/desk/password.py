"""One's own password at the desk; whoever came in with a start password chooses theirs here before anything else.

Invariant: only who knows the present password sets a new one, and every other log-in of theirs ends.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in, rate
from channels.web.desk import page
from office import staff
from office.errors import Invalid

LONGEST = 1000


@log_in.for_roles(*log_in.EVERYBODY)
async def form(request: Request) -> Response:
    """The form."""
    return await _page(request, {})


@log_in.for_roles(*log_in.EVERYBODY)
async def choose(request: Request) -> Response:
    """From now on the new one is right; nothing that was typed is shown again."""
    fields, member = await csrf.form(request), log_in.staff_of(request)
    await rate.keep_account(member.email)
    old, new, again = (str(fields.get(name, ""))[:LONGEST] for name in ("old", "new", "again"))
    if new != again:
        return await _page(request, {"again": "not_alike"}, 422)
    try:
        now_known = await staff.choose_password(
            member, old, new, actor=log_in.actor(request), now=clock.now()
        )
    except Invalid as refused:
        return await _page(request, refused.fields, 422)
    response = RedirectResponse(page.home(member.role), 303)
    log_in.remember(response, now_known)
    return response


async def _page(request: Request, wrong: dict[str, str], status: int = 200) -> Response:
    return await page.render(
        request,
        "desk/running/password.html",
        status=status,
        wrong=wrong,
        must=log_in.staff_of(request).password_once,
        shortest=staff.SHORTEST_PASSWORD,
    )
