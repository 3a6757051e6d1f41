"""Protected notes on a case at the desk: a page of their own, so that reading them is an act and is noted.

Invariant: whoever may not open the inquiry reads none of them; each look is in the audit.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import inquiry as desk_inquiry
from channels.web.desk import page
from inquiries import case_notes
from inquiries.models import Inquiry
from office import audit
from office.errors import Invalid
from office.models import Staff

MAX_LETTERS = 4_000


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """The notes, and the form for another one."""
    return await _page(request, await desk_inquiry.of(request))


@log_in.for_roles(*log_in.SEES_TOPICS)
async def write(request: Request) -> Response:
    """One more note; or the page again, with what was typed and what is amiss."""
    fields = await csrf.form(request)
    found = await desk_inquiry.of(request)
    typed = {name: str(fields.get(name, "")).strip() for name in ("text", "expires_on", "key")}
    text, day, wrong = typed["text"].replace("\r\n", "\n"), _day(typed["expires_on"]), {}
    if not text or len(text) > MAX_LETTERS:
        wrong["text"] = "too_long" if text else "empty"
    if day is None:
        wrong["expires_on"] = "note_day"
    if wrong or day is None:
        return await _page(request, found, typed=typed, wrong=wrong)
    key = "case:" + sha256(f"{typed['key']} {found.id} {text}".encode()).hexdigest()[:40]
    try:
        await case_notes.write(found.id, text, day, key=key, actor=log_in.actor(request), now=clock.now())
    except Invalid as error:
        return await _page(request, found, typed=typed, wrong=error.fields)
    return RedirectResponse(f"/desk/inquiries/{found.id}/case-notes", 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def remove(request: Request) -> Response:
    """This note is gone, before its day."""
    await csrf.form(request)
    found = await desk_inquiry.of(request)
    note = request.path_params["note"]
    await case_notes.remove(found.id, note, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"/desk/inquiries/{found.id}/case-notes", 303)


async def _page(
    request: Request,
    found: Inquiry,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    now = clock.now()
    today = page.today(now)
    await audit.note(log_in.actor(request), "read_case_notes", f"inquiry:{found.id}", now)
    return await page.render(
        request,
        "desk/case_notes.html",
        status=422 if wrong else 200,
        found=found,
        notes=await case_notes.of(found.id, today),
        names=dict(await Staff.all().values_list("code", "name")),
        typed=defaultdict(str, typed or {}),
        wrong=wrong or {},
        key=secrets.token_hex(16),
        today=today,
        latest=case_notes.latest(today),
    )


def _day(text: str) -> date | None:
    try:
        return clock.day(text)
    except ValueError:
        return None
