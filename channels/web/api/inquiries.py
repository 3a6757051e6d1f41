"""Questions, for programs: ask, on behalf of the person who wants to know.

Invariant: asked again with the same key it is the same inquiry; what it is about is not in the answer.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from channels import languages
from channels.web import clock
from channels.web.api import bookings, inputs, keys
from channels.web.public import question, questions
from inquiries import addresses, thread
from inquiries.inquiry import Concern
from inquiries.models import Inquiry, Writing
from inquiries.people import Introduction
from inquiries.thread import From, Told
from office import catalogues, journal
from office.settings import current


def _readable(written: str) -> str:
    text = questions.clean(written)
    if not text:
        raise ValueError("write a question")
    return text


Text = Annotated[str, Field(min_length=1, max_length=questions.MOST), AfterValidator(_readable)]


class NewInquiry(inputs.Input):
    """What somebody wants to know, and where they get the answer: by `email` or `phone`."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["email"]}, {"required": ["phone"]}]})

    language: inputs.Language = Field(description="What we write in; German where we do not write it")
    text: Text
    email: bookings.Email | None = None
    phone: bookings.Phone | None = None
    topic: inputs.Code | None = Field(None, description="A code of our topics; else we find out")
    name: Annotated[str, Field(max_length=200)] = Field("", description="A first name will do, none, too")
    discreet: bool = Field(False, description="Others read these addresses: nothing is sent there")


class InquiryLinks(BaseModel):
    """Addresses; whoever has them may read the answer and write more."""

    self: str = Field(description="The person's own page; where others read along it asks for four digits")


class InquiryReceived(BaseModel):
    """The number people are told, and the day by which they get an answer; `token` is the secret of the link."""

    number: int
    token: str
    promised_on: date | None = Field(description="None once it is answered")
    links: InquiryLinks


@keys.required
async def ask(request: Request) -> Response:
    """201 and the number, again and again for the same Idempotency-Key."""
    key, asked = bookings.key(request, "question"), await inputs.body(request, NewInquiry)
    concern, now = await _concern(asked), clock.now()
    found = await thread.receive(
        Told(f"web:{key}", asked.text, questions.CHANNEL, now),
        From(who=_introduction(asked)),
        concern,
        actor=journal.PERSON,
        now=now,
    )
    if (await Writing.get(key=f"web:{key}")).text != asked.text:
        raise inputs.InvalidRequest({"Idempotency-Key": "was used for another question"})
    return _answer(found)


async def _concern(asked: NewInquiry) -> Concern:
    """Raises `InvalidRequest`."""
    if not (asked.email or asked.phone):
        raise inputs.InvalidRequest({"email": "one of email and phone is needed"})
    today = clock.now().astimezone(current().zone).date()
    topic = await questions.topic(asked.topic or catalogues.UNKNOWN, today)
    if asked.topic not in (None, topic):
        raise inputs.InvalidRequest({"topic": "is none of our topics"})
    spoken = asked.language in await catalogues.labels("language", languages.DEFAULT)
    language = asked.language if spoken else catalogues.UNKNOWN
    return Concern(questions.CHANNEL, topic=topic, language=language)


def _introduction(asked: NewInquiry) -> Introduction:
    return Introduction(
        language=languages.known(asked.language),
        name=addresses.name(asked.name),
        email=asked.email or "",
        phone=asked.phone or "",
        read_by_others=asked.discreet,
    )


def _answer(found: Inquiry) -> Response:
    page = current().origin + question.address(found)
    said = InquiryReceived(
        number=found.id,
        token=thread.token(found),
        promised_on=found.promised_on,
        links=InquiryLinks(self=page),
    )
    return Response(said.model_dump_json(), 201, {"location": page}, media_type="application/json")
