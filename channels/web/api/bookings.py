"""What a program asks to book: its body read into a wish and a booking, and the key under which it counts once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request

from booking import limits
from booking.appointments import Booking
from booking.models import Appointment, Mode, Service
from booking.services import MAX_CHILDREN, Wish
from channels import languages
from channels.web.api import inputs, services
from channels.web.public import introductions
from inquiries import addresses
from inquiries.people import Introduction
from office import links

MOST = 255
"""Characters of an Idempotency-Key."""


def _readable(reading: Callable[[str], str], otherwise: str) -> AfterValidator:
    def read(text: str) -> str:
        try:
            return reading(text)
        except ValueError:
            raise ValueError(otherwise) from None

    return AfterValidator(read)


Email = Annotated[str, Field(max_length=254), _readable(addresses.email, "no mail can go there")]
Phone = Annotated[str, Field(max_length=40), _readable(addresses.phone, "nobody can be called there")]


class NewAppointment(inputs.Input):
    """Who comes, when, for what, and how to reach them: by `email` or `phone`; a talk by phone needs `phone`."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["email"]}, {"required": ["phone"]}]})

    service: inputs.Code
    starts_at: inputs.Moment
    mode: Mode
    language: inputs.Language = Field(
        description="What we write in (German where we do not write it), and what is spoken if somebody who "
        "gives this service speaks it; who names a `counsellor` has settled the latter"
    )
    name: Annotated[str, Field(max_length=200)] = Field("", description="A first name will do, none, too")
    email: Email | None = None
    phone: Phone | None = None
    counsellor: inputs.Code | None = Field(None, description="Else whoever is free, fairly spread")
    children: int = Field(1, ge=1, le=MAX_CHILDREN)
    discreet: bool = Field(False, description="Others read these addresses: only the barest text goes there")
    calendar: bool = Field(False, description="With an entry for the calendar; never where others read along")


async def read(asked: NewAppointment) -> tuple[Service, Wish, Booking]:
    """The service, the wish and the booking. Raises `InvalidRequest`."""
    service = await services.offered(asked.service, asked.mode, asked.counsellor or "")
    if not (asked.email or asked.phone):
        raise inputs.InvalidRequest({"email": "one of email and phone is needed"})
    if asked.mode is Mode.PHONE and not asked.phone:
        raise inputs.InvalidRequest({"phone": "a talk by phone needs a number"})
    speakers_only = asked.language != languages.DEFAULT and not asked.counsellor
    talk = asked.language if speakers_only and await services.speaks(service, asked.language) else ""
    who = Introduction(
        language=languages.known(asked.language),
        name=addresses.name(asked.name),
        email=asked.email or "",
        phone=asked.phone or "",
        read_by_others=asked.discreet,
    )
    calendar_wanted = asked.calendar and bool(asked.email) and not asked.discreet
    wish = Wish(service.code, asked.children, asked.mode, talk, asked.counsellor or "")
    return service, wish, Booking(who, introductions.CHANNEL, calendar_wanted=calendar_wanted)


def key(request: Request, what: str = "booking") -> str:
    """The own key of a booking (or question), made of whose key it is and their Idempotency-Key; 400 without one.

    Keyed and hashed, for the pages lead whoever knows the key of a booking or question to its page.
    """
    given = request.headers.get("idempotency-key", "").strip()
    if not 0 < len(given) <= MOST:
        detail = f"Send an Idempotency-Key of up to {MOST} characters, a new one for each {what}."
        raise HTTPException(400, detail)
    return links.fingerprint(f"api-{what}", f"{request.state.api_user}:{given}")


def check_same(booked: Appointment, asked: NewAppointment, wish: Wish, booking: Booking) -> None:
    """Raises `InvalidRequest` when this key had booked something else."""
    before: tuple[Any, ...] = (booked.service.code, booked.mode, booked.children, booked.booker)
    same = before == (wish.service, wish.mode, wish.children, limits.booker(booking.who))
    if not same or (booked.starts_at != asked.starts_at and not booked.times_moved):
        raise inputs.InvalidRequest({"Idempotency-Key": "was used for another appointment"})
