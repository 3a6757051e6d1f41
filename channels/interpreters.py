"""What we tell interpreters: when, where, which language, and the page to answer on; never whom it is about.

Invariant: a request that was answered or taken back is not sent any more, nor a reminder of a talk that moved;
and who was never asked is not told that they need not come.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from booking import interpreting
from booking.models import Appointment, Interpretation, InterpreterRequest, Mode, RequestState
from channels import languages, outbox, suppression, texts
from channels.models import Message, State
from channels.sms import wording
from office import catalogues, database
from office.models import Place
from office.settings import current

STATES = {
    "request": RequestState.ASKED,
    "request_remind": RequestState.ACCEPTED,
    "request_off": RequestState.WITHDRAWN,
}
"""Text → the state of the request in which it is still true."""
FAMILY = {
    "interpreter_yes": Interpretation.CONFIRMED,
    "interpreter_phone": Interpretation.BY_PHONE,
    "staff_interpreter_yes": Interpretation.CONFIRMED,
    "staff_interpreter_phone": Interpretation.BY_PHONE,
    "staff_interpreter_none": Interpretation.MISSING,
}
"""Text → how far the search must have come for it to be true."""


async def stands(message: Message, now: datetime) -> bool:
    """Is what this message to an interpreter tells still so?"""
    request = await InterpreterRequest.get(id=message.request_id)
    if request.state != STATES[message.text] or request.starts_at <= now:
        return False
    return message.text != "request_off" or await _knows(request)


async def _knows(request: InterpreterRequest) -> bool:
    """Can our question have got to them?"""
    left = Q(state__in=[State.SENDING, State.SENT, State.DELIVERED, State.UNCERTAIN]) | Q(repeats__gt=0)
    return await Message.filter(left, text="request", request_id=request.id).exists()


def still_so(text: str, appointment: Appointment) -> bool:
    """Is what family and counsellor are told about who interprets still so?"""
    return text not in FAMILY or appointment.interpretation == FAMILY[text]


@database.verb
async def remind(now: datetime) -> None:
    """Owe everybody who promised to come a word the working day before; not at night. Idempotent."""
    zone = current().zone
    if suppression.is_quiet(now, zone):
        return
    for request in await interpreting.tomorrow(now, zone):
        await outbox.put_for_interpreter("request_remind", request.id, now=now)


async def pass_on(now: datetime) -> None:
    """Who could not be told of their request is asked no more; somebody else is. Idempotent."""
    lost = Message.filter(text="request", state__in=[State.FAILED, State.UNCERTAIN])
    for message in await lost.filter(request__state=RequestState.ASKED).order_by("id"):
        if message.request_id:
            await interpreting.not_reached(message.request_id, now)


async def recipient(message: Message) -> tuple[str, str]:
    """Mail address and number of who is asked; one may be empty."""
    request = await InterpreterRequest.get(id=message.request_id).prefetch_related("interpreter")
    return request.interpreter.email, request.interpreter.phone


async def facts(message: Message) -> dict[str, Any]:
    """For the mail, in the language of the office."""
    settings, zone, language = current(), current().zone, texts.STAFF_LANGUAGE
    request = await _request(message)
    starts = request.starts_at
    return {
        **await _said(request, language),
        "name": "",
        "day": languages.say_day(starts, language, zone),
        "date": languages.say_day(starts, language, zone, year=False),
        "starts": languages.say_time(starts, language, zone),
        "ends": languages.say_time(request.ends_at, language, zone),
        "phone": settings.office_phone,
        "city": settings.city_name,
        "home": "",
        "desk": "",
    }


async def sms_facts(message: Message) -> dict[str, Any]:
    """For the SMS: the same, short."""
    request, language = await _request(message), texts.STAFF_LANGUAGE
    said = await _said(request, language)
    return {
        **wording.of_the_office(language),
        **wording.when(request.starts_at, language),
        **said,
        "place": said["address"].partition(",")[0].strip(),
    }


async def _request(message: Message) -> InterpreterRequest:
    return await InterpreterRequest.get(id=message.request_id).prefetch_related("appointment")


async def _said(request: InterpreterRequest, language: str) -> dict[str, str]:
    appointment = request.appointment
    place = await Place.get_or_none(code=appointment.place)
    labels = await catalogues.labels("language", language)
    return {
        "mode": Mode(appointment.mode).value,
        "address": place.address if place and place.address else current().office_address,
        "talk": labels.get(request.language, request.language),
        "link": f"{current().origin}/i/{interpreting.token(request)}",
    }
