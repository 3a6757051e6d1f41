"""What a partner reads behind the link of a handover: whom to expect and why; and what they say became of it.

Invariant: GET shows, POST acts, for mail scanners follow links; once it has ended the page tells nothing any more, and
every look at it is on record.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages
from channels.web import clock, csrf, pages, rate
from inquiries import people, referrals
from inquiries.models import Feedback, Referral
from office import audit, catalogues
from office.errors import NotFound

ANSWERS = {"arrived": Feedback.ARRIVED, "not-arrived": Feedback.NOT_ARRIVED, "no-place": Feedback.NO_PLACE}
"""Last part of the address → what it says."""


async def show(request: Request) -> Response:
    """The person and the note, while it lasts, and what was answered so far."""
    await rate.keep(request, "search")
    found, now = await _found(request), clock.now()
    is_open = referrals.is_open(found, now)
    language = pages.language_of(request)
    if is_open:
        subject = f"inquiry:{found.inquiry_id}"
        await audit.note(f"partner:{found.partner_id}", "looked", subject, now)
    labels = await catalogues.labels("language", language)
    spoken = found.inquiry.language
    return pages.render(
        request,
        "public/handover.html",
        found=found if is_open else None,
        feedback=found.feedback.value,
        partner=found.partner.name,
        spoken=labels.get(spoken, "") if spoken != catalogues.UNKNOWN else "",
        discreet=is_open and await people.discreet(found.inquiry.person_id),
        answers=list(ANSWERS),
        here=_here(request),
        more=_more(request),
        locked=False,
    )


async def answer(request: Request) -> Response:
    """What became of it; may be corrected while it lasts. Idempotent."""
    await rate.keep(request, "change")
    await csrf.form(request)
    said = ANSWERS.get(request.path_params["answer"])
    if said is None:
        raise NotFound
    await referrals.feed_back((await _found(request)).id, said, clock.now())
    return RedirectResponse(_here(request) + _more(request), 303)


async def _found(request: Request) -> Referral:
    """The referral of this link; the page speaks the office's language unless asked otherwise. Raises `NotFound`."""
    found = await referrals.by_token(request.path_params["token"])
    wished = request.query_params.get("lang", "")
    request.state.language = wished if wished in languages.NAMES else languages.DEFAULT
    return found


def _here(request: Request) -> str:
    return f"/r/{request.path_params['token']}"


def _more(request: Request) -> str:
    return f"?lang={pages.language_of(request)}" if "lang" in request.query_params else ""
