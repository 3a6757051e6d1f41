"""Asking a question: one page, one form; a double click is one question.

Invariant: GET shows, POST acts; whoever asks is somebody new to us, for an address never joins two people.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, pages, rate
from channels.web.public import haste, introductions, question, questions
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.thread import From, Told
from office import journal
from office.settings import current


async def show(request: Request) -> Response:
    """The empty form; who comes from a topic need not choose it again."""
    await rate.keep(request, "search")
    return await _form(request, {"topic": request.query_params.get("topic", "")}, questions.fresh_key())


async def ask(request: Request) -> Response:
    """The question is ours to answer; its own page says by when. Idempotent by the form's key."""
    await rate.keep(request, "ask")
    fields, now, language = await csrf.form(request), clock.now(), pages.language_of(request)
    key, text = questions.key(fields), questions.text(fields)
    who, amiss = introductions.introduction(fields, language=language)
    if wrong := questions.wrong(text) | amiss | haste.wrong(fields, "send", now):
        return await _form(request, fields, str(fields["key"]), wrong)
    topic = await questions.topic(str(fields.get("topic", "")), _today())
    found = await thread.receive(
        Told(key, text, questions.CHANNEL, now),
        From(who=who),
        Concern(questions.CHANNEL, topic=topic, language=language),
        actor=journal.PERSON,
        now=now,
    )
    response = RedirectResponse(question.address(found) + "?asked=1", 303)
    await question.let_in(response, found, now)
    return response


async def _form(
    request: Request, fields: Mapping[str, Any], key: str, wrong: Mapping[str, str] | None = None
) -> Response:
    language = pages.language_of(request)
    return pages.render(
        request,
        "public/ask.html",
        status=422 if wrong else 200,
        key=key,
        since=haste.since(fields, clock.now()),
        typed={**introductions.typed(fields), "text": questions.text(fields)},
        topic=str(fields.get("topic", "")),
        topics=await questions.topics(language, _today()),
        most=questions.MOST,
        wrong=wrong or {},
    )


def _today() -> date:
    return clock.now().astimezone(current().zone).date()
