"""What can be booked, for programs."""

from __future__ import annotations

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from booking import services
from booking.errors import NoSuchService
from booking.models import Mode, Offering, Service
from channels import languages
from channels.web.api import inputs, keys
from office.models import Staff


class ServiceOffered(BaseModel):
    """What can be booked; lengths in minutes, `minutes_per_child` for each child after the first."""

    code: str
    title: str = Field(description="In the language of Accept-Language, else German")
    minutes: int
    minutes_per_child: int
    modes: list[Mode]
    languages: list[str] = Field(description="What the counsellors who give it speak between them")


class Services(BaseModel):
    """Everything that can be booked, in the office's order."""

    services: list[ServiceOffered]


@keys.required
async def show(request: Request) -> Response:
    """What can be booked."""
    language = languages.preferred(request.headers.get("accept-language", ""))
    spoken = await _spoken()
    found = Services(
        services=[
            ServiceOffered(
                code=service.code,
                title=services.title(service, language),
                minutes=service.minutes,
                minutes_per_child=service.minutes_per_child,
                modes=service.modes,
                languages=sorted(spoken.get(service.id, ())),
            )
            for service in await services.talks()
        ]
    )
    headers = {"content-language": language, "vary": "Accept-Language"}
    return Response(found.model_dump_json(), headers=headers, media_type="application/json")


async def offered(code: str, mode: Mode | None, counsellor: str) -> Service:
    """The service that was meant. Raises `InvalidRequest` naming what of it the office does not offer."""
    try:
        service = await services.by_code(code)
    except NoSuchService:
        raise inputs.InvalidRequest({"service": "no such service"}) from None
    if mode is not None and mode not in service.modes:
        raise inputs.InvalidRequest({"mode": "this service is not given this way"})
    if counsellor and not await _given_by(service, counsellor):
        raise inputs.InvalidRequest({"counsellor": "nobody with this code gives this service"})
    return service


async def speaks(service: Service, language: str) -> bool:
    """Whether somebody who gives this service speaks this language."""
    return language in (await _spoken()).get(service.id, set())


async def _given_by(service: Service, counsellor: str) -> bool:
    return any(giver.code == counsellor for giver in await services.givers(service))


async def _spoken() -> dict[int, set[str]]:
    """Service id → languages of the counsellors who give it."""
    of = {member.id: member.languages for member in await Staff.filter(active=True)}
    found: dict[int, set[str]] = {}
    for offering in await Offering.filter(staff_id__in=of.keys()):
        found.setdefault(offering.service_id, set()).update(of[offering.staff_id])
    return found
