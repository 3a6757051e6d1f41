"""A case that is closed to who looks: whose it is, how to reach it, and for the lead the way in with a reason.

Invariant: nothing of the case is on the page, not even a name; a reason opens this one case, to this member of staff,
until the end of the day, and stands in the audit for as long as that is kept.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import access, page
from channels.web.desk import inquiry as desk_inquiry
from inquiries import drafts
from inquiries.models import Inquiry
from office import audit, staff
from office.models import Role, Staff

SHORTEST, LONGEST = 3, 200
"""Letters of a reason."""
KEPT = ("text", "note")
"""What was typed into a form of a case that was given to somebody else meanwhile."""


async def show(request: Request, error: access.Closed) -> Response:
    """Instead of the page that was asked for."""
    return await _page(request, error.inquiry)


@log_in.for_roles(Role.LEAD)
async def open_with_reason(request: Request) -> Response:
    """From now on, and until the end of the day, this case is open to them. Idempotent."""
    fields = await csrf.form(request)
    found, member = await desk_inquiry.named(request), log_in.staff_of(request)
    here = f"/desk/inquiries/{found.id}"
    if await access.purposes(member, [found.id]):
        return RedirectResponse(here, 303)
    reason = " ".join(str(fields.get("reason", "")).split())
    if not SHORTEST <= len(reason) <= LONGEST:
        return await _page(request, found, reason, {"reason": "reason"}, 422)
    about, now = access.subject(found.id), clock.now()
    await audit.note(
        log_in.actor(request), audit.OPENED, about, now, purpose=access.Purpose.REASON, reason=reason
    )
    return RedirectResponse(here, 303)


async def _page(
    request: Request, found: Inquiry, reason: str = "", wrong: dict[str, str] | None = None, status: int = 403
) -> Response:
    whose = (await access.owners([found.id]))[found.id]
    names = await Staff.filter(id__in=whose).order_by("name").values_list("name", flat=True)
    return await page.render(
        request,
        "desk/closed.html",
        status=status,
        number=found.id,
        names=names,
        leads=log_in.staff_of(request).role is Role.LEAD,
        colleagues=await staff.counsellors(),
        typed={"reason": reason},
        wrong=wrong or {},
        kept=await _kept(request, found),
        done=next((word for word in desk_inquiry.DONE if word in request.query_params), ""),
    )


async def _kept(request: Request, found: Inquiry) -> str:
    """What they wrote or began to write, so that they can copy it."""
    fields = await request.form() if request.method == "POST" else {}
    begun = await drafts.of(log_in.staff_of(request).id, found.id)
    written = [str(fields.get(name, "")) for name in KEPT] + [one.text for one in begun.values()]
    return next((text for text in written if text), "")
