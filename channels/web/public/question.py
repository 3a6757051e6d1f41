"""My question, behind its link: what was written back and forth, and room for more.

Invariant: GET shows, POST acts; notes of the office are never shown; where others read along, the page tells
that something was noted, and when, until the four digits are entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages
from channels.sms import opt_out
from channels.web import clock, csrf, files, pages, rate
from channels.web.public import questions, second_secret
from inquiries import addresses, people, thread, uploads
from inquiries.inquiry import Concern
from inquiries.models import Address, AddressKind, Inquiry, Writing, WritingKind
from inquiries.thread import From, Told
from office import journal
from office.settings import current


async def show(request: Request) -> Response:
    """The thread, and by when an answer comes."""
    return await _page(request, await found(request))


async def write(request: Request) -> Response:
    """One more message in the thread, or a new matter of the same person when this one is closed. Idempotent."""
    await rate.keep(request, "ask")
    fields, inquiry, now = await csrf.form(request), await found(request), clock.now()
    key, text = questions.key(fields), questions.text(fields)
    if await locked(request, inquiry, now):
        return await _page(request, inquiry, fields, {second_secret.FIELD: "digits_again"})
    if wrong := questions.wrong(text):
        return await _page(request, inquiry, fields, wrong)
    written = await thread.receive(
        Told(key, text, questions.CHANNEL, now),
        From(inquiry=inquiry.id),
        Concern(questions.CHANNEL, topic=inquiry.topic, language=inquiry.language, audience=inquiry.audience),
        actor=journal.PERSON,
        now=now,
    )
    if written.id == inquiry.id:
        return _to(request, written, "written=1")
    response = _to(request, written, "asked=1")
    await let_in(response, written, now)
    return response


async def enter(request: Request) -> Response:
    """With the right digits this browser may read on for a quarter of an hour; what was typed is still there."""
    await rate.keep(request, "change")
    fields, inquiry, now = await csrf.form(request), await found(request), clock.now()
    if not await people.discreet(inquiry.person_id):
        return _to(request, inquiry)
    code = await second_secret.check(inquiry.person_id, str(fields.get(second_secret.FIELD, "")))
    if code:
        return await _page(request, inquiry, fields, {second_secret.FIELD: code})
    unsent = bool(questions.text(fields))
    response = await _page(request, inquiry, fields, entered=True) if unsent else _to(request, inquiry)
    second_secret.open_page(response, address(inquiry), inquiry.person_id, now, now)
    return response


async def file(request: Request) -> Response:
    """A file of an answer of ours, for whoever may read the answer, once the scan let it pass."""
    inquiry = await found(request)
    if await locked(request, inquiry, clock.now()):
        return _to(request, inquiry)
    wanted = await uploads.ready(
        request.path_params["n"], writing__inquiry_id=inquiry.id, writing__kind=WritingKind.ANSWER
    )
    return files.as_file(bytes(wanted.content), wanted.kind, uploads.name(wanted))


async def leave(request: Request) -> Response:
    """The page is locked again."""
    await csrf.form(request)
    inquiry = await found(request)
    response = _to(request, inquiry)
    second_secret.close_page(response, address(inquiry))
    return response


def address(inquiry: Inquiry) -> str:
    """Path of its page; whoever has it may read and write, unless others read along."""
    return f"/q/{thread.token(inquiry)}"


async def let_in(response: Response, inquiry: Inquiry, now: datetime) -> None:
    """Whoever has just asked may read their own page, the digits on it included, if others read along."""
    if await people.discreet(inquiry.person_id):
        second_secret.open_page(response, address(inquiry), inquiry.person_id, inquiry.opened_at, now)


async def found(request: Request) -> Inquiry:
    """The inquiry of this link; from here on the page speaks its person's language. Raises `NotFound`."""
    wished = request.query_params.get("lang", "")
    if wished in languages.NAMES:
        request.state.language = wished
    inquiry = await thread.by_token(request.path_params["token"])
    if wished not in languages.NAMES:
        request.state.language = inquiry.person.language
    request.state.here = address(inquiry)
    return inquiry


async def _page(
    request: Request,
    inquiry: Inquiry,
    fields: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
    *,
    entered: bool = False,
) -> Response:
    now, language = clock.now(), pages.language_of(request)
    discreet = await people.discreet(inquiry.person_id)
    shut = not entered and await locked(request, inquiry, now)
    given = fields or {}
    return pages.render(
        request,
        "public/locked_question.html" if shut else "public/question.html",
        status=second_secret.status(wrong),
        inquiry=inquiry,
        locked=shut,
        here=address(inquiry),
        more=f"?lang={language}" if "lang" in request.query_params else "",
        wrong=wrong or {},
        typed={"text": questions.text(given)},
        key=str(given.get("key") or questions.fresh_key()),
        **({} if shut else await _opened(request, inquiry, now, discreet=discreet)),
    )


async def _opened(request: Request, inquiry: Inquiry, now: datetime, *, discreet: bool) -> dict[str, Any]:
    """What stands on the page of whoever may read it."""
    return {
        "uploads": await uploads.of(inquiry.id),
        "writings": [one for one in await thread.of(inquiry.id) if _theirs(one)],
        "name": inquiry.person.name,
        "digits": second_secret.digits(inquiry.person_id) if discreet else "",
        "way": "" if discreet else await _way(inquiry.person_id),
        "reachable": await Address.filter(person_id=inquiry.person_id).exists(),
        "link": current().origin + address(inquiry),
        "late": bool(inquiry.promised_on and inquiry.promised_on < now.astimezone(current().zone).date()),
        "news": next((name for name in ("asked", "written") if name in request.query_params), ""),
        "most": questions.MOST,
    }


def _theirs(one: Writing) -> bool:
    """Between the person and us, and none of others who take part."""
    return one.kind != WritingKind.NOTE and one.participant_id is None


async def _way(person_id: int) -> str:
    """How the receipt goes out: `email`, `sms` or not at all."""
    known = await Address.filter(person_id=person_id, bounced_at=None, opted_out_at=None)
    if any(one.kind == AddressKind.EMAIL for one in known):
        return "email"
    phones = [one.value for one in known if one.kind == AddressKind.PHONE] if current().sms else []
    for number in phones:
        if addresses.reads_sms(number) and not await opt_out.stands(number):
            return "sms"
    return ""


async def locked(request: Request, inquiry: Inquiry, now: datetime) -> bool:
    """Do others read along, and were the digits not entered here?"""
    return await people.discreet(inquiry.person_id) and not second_secret.opened(
        request, address(inquiry), inquiry.person_id, now
    )


def _to(request: Request, inquiry: Inquiry, *news: str) -> Response:
    """To the page of this inquiry, in the language chosen before."""
    kept = [f"lang={pages.language_of(request)}"] if "lang" in request.query_params else []
    query = "&".join([*news, *kept])
    return RedirectResponse(address(inquiry) + (f"?{query}" if query else ""), 303)
