"""Free times, for programs: on the office's clock, with its offset."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from booking import availability
from booking.models import Mode
from booking.services import MAX_CHILDREN, Wish
from channels.web import clock
from channels.web.api import inputs, keys, services
from channels.web.public import demand, times
from office.settings import current


class SlotsQuery(inputs.Input):
    """For what and when; notice and horizon of the service bound it further."""

    service: inputs.Code
    first: inputs.Day | None = Field(None, alias="from", description="A day in the office's zone; else today")
    days: int = Field(7, ge=1, le=42, description="How many days, the first included")
    counsellor: inputs.Code = Field("", description="Only with this counsellor")
    mode: Mode | None = None
    language: inputs.Language = Field("", description="Only with counsellors who speak it")
    children: int = Field(1, ge=1, le=MAX_CHILDREN, description="For how many; more children take longer")


class Slot(BaseModel):
    """A time that can be booked, and with whom, in the order they are tried."""

    starts_at: datetime = Field(description="RFC 3339, with the offset of the office")
    ends_at: datetime
    counsellors: list[str]


class Slots(BaseModel):
    """Free times, by time."""

    slots: list[Slot]


@keys.required
async def show(request: Request) -> Response:
    """Free times for a wish."""
    asked, now, zone = inputs.query(request, SlotsQuery), clock.now(), current().zone
    service = await services.offered(asked.service, asked.mode, asked.counsellor)
    mode = asked.mode or Mode(service.modes[0])
    first = asked.first or now.astimezone(zone).date()
    wish = Wish(service.code, asked.children, mode, asked.language, asked.counsellor)
    found = await availability.search(
        wish,
        first=first,
        last=first + timedelta(days=asked.days - 1),
        now=now,
        zone=zone,
    )
    if not found and not await times.free(wish, now):
        await demand.unmet_by(request, wish, now)
    return Response(Slots(slots=said(found)).model_dump_json(), media_type="application/json")


def said(slots: Iterable[availability.Slot]) -> list[Slot]:
    """These times as programs read them."""
    return [
        Slot(
            starts_at=local(slot.starts_at),
            ends_at=local(slot.ends_at),
            counsellors=[candidate.code for candidate in slot.candidates],
        )
        for slot in slots
    ]


def nearest(slots: Iterable[availability.Slot], starts_at: datetime) -> list[Slot]:
    """The few free times nearest to one that is gone."""
    return [slot for _day, found in times.nearest(slots, starts_at) for slot in said(found)]


def local(moment: datetime) -> datetime:
    """This moment on the office's clock."""
    return moment.astimezone(current().zone)
