"""The start page: the earliest free time first, before anybody has to enter anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import resources, services, sessions
from booking.availability import Slot
from booking.models import Service
from booking.services import Wish
from channels import languages
from channels.web import clock, pages, rate
from channels.web.public import times, wording
from office import seasons
from office.models import Staff
from office.settings import current


@dataclass(frozen=True, slots=True)
class Offer:
    """A service and its earliest times: anybody's, and one of somebody who speaks the page's language."""

    service: Service
    title: str
    earliest: Slot | None
    in_language: Slot | None
    evening: datetime | None = None
    """Of a group: when there are seats next."""


async def choose_language(request: Request) -> Response:
    """To the start page in the language the browser asks for."""
    language = languages.preferred(request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{language}/", 303, headers={"vary": "Accept-Language"})


async def show(request: Request) -> Response:
    """What is free next, what can be booked, and how to reach us."""
    await rate.keep(request, "search")
    language = pages.language_of(request)
    speakers = {who.code for who in await Staff.filter(active=True) if language in who.languages}
    found = [await _offer(service, language, speakers) for service in await services.bookable()]
    next_free = _soonest([offer for offer in found if offer.earliest], spoken=False)
    return pages.render(
        request,
        "public/start.html",
        offers=found,
        banner=await seasons.banner(clock.now().astimezone(current().zone).date(), language),
        place=await wording.main_place(language),
        next_free=next_free,
        next_interpreted=await _interpreted(next_free.service, language) if next_free else None,
        next_spoken=_soonest([offer for offer in found if offer.in_language], spoken=True)
        if language != languages.DEFAULT
        else None,
    )


async def _offer(service: Service, language: str, speakers: set[str]) -> Offer:
    if service.group:
        evenings = (one.session for one in await sessions.upcoming(service, clock.now()) if one.free > 0)
        begins = next((session.starts_at for session in evenings), None)
        return Offer(service, services.title(service, language), None, None, begins)
    slots = await times.first(service, clock.now())
    spoken = (slot for slot in slots if any(who.code in speakers for who in slot.candidates))
    return Offer(service, services.title(service, language), next(iter(slots), None), next(spoken, None))


async def _interpreted(service: Service, language: str) -> Slot | None:
    """The earliest time of this service with somebody who interprets the page's language."""
    if language == languages.DEFAULT or language not in await resources.interpreted():
        return None
    wish = Wish(service.code, 1, service.modes[0], language, interpreter=True)
    return next(iter(await times.free(wish, clock.now())), None)


def _soonest(offers: list[Offer], *, spoken: bool) -> Offer | None:
    def when(offer: Offer) -> float:
        slot = offer.in_language if spoken else offer.earliest
        return slot.starts_at.timestamp() if slot else float("inf")

    return min(offers, key=when, default=None)
