"""The description of the API (OpenAPI 3.1), made of the models it works with.

Invariant: what is described here is what `site.API` answers (a test compares the two).
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from booking import errors as booking_errors
from channels.web.api import appointments, bookings, inputs, problems, services, slots, statistics
from office import errors
from office.settings import current

Schema = dict[str, Any]
SHOWN = (services.Services, slots.Slots, appointments.AppointmentBooked, statistics.Statistics, problems.Problem)
READ = (bookings.NewAppointment, appointments.NewTime, slots.SlotsQuery, statistics.StatisticsQuery)
PROBLEMS: dict[type[Exception], int] = {
    inputs.InvalidRequest: 422,
    booking_errors.SlotTaken: 409,
    booking_errors.TooManyAppointments: 409,
    booking_errors.TooLate: 409,
    errors.NotFound: 404,
    errors.TooMany: 429,
}
"""What a `type` of a problem may lead to; all others are `about:blank`."""

ACCEPT_LANGUAGE = {"name": "Accept-Language", "in": "header", "schema": {"type": "string"}}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each appointment; the same key gives the same appointment, never a second one",
    "schema": {"type": "string", "minLength": 1, "maxLength": bookings.MOST},
}
TOKEN = {"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}


async def show(request: Request) -> Response:
    """The description; everybody may read it."""
    return JSONResponse({**document(), "servers": [{"url": current().origin}]})


@cache
def document() -> Schema:
    """The description without the address of this office."""
    pairs = [(model, "serialization") for model in SHOWN] + [(model, "validation") for model in READ]
    _, found = models_json_schema(pairs, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas = found["$defs"]
    asked = {model: _parameters(schemas.pop(model.__name__)) for model in (slots.SlotsQuery, statistics.StatisticsQuery)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sprechstunde",
            "version": version("sprechstunde"),
            "description": "Appointments and figures of a counselling office.",
        },
        "security": [{"key": []}],
        "paths": {
            "/api/v1/openapi.json": {
                "get": {"operationId": "describe", "summary": "This description", "security": [], "responses": _json()}
            },
            "/api/v1/services": _get("services", services.show, services.Services, [ACCEPT_LANGUAGE]),
            "/api/v1/slots": _get("slots", slots.show, slots.Slots, asked[slots.SlotsQuery], 422),
            "/api/v1/appointments": _post("book", appointments.book, bookings.NewAppointment, [IDEMPOTENCY_KEY], 409, 422),
            "/api/v1/appointments/{token}": _get("see", appointments.show, appointments.AppointmentBooked, [TOKEN], 404),
            "/api/v1/appointments/{token}/move": _post("move", appointments.move, appointments.NewTime, [TOKEN], 404, 409, 422),
            "/api/v1/appointments/{token}/cancel": _post("cancel", appointments.cancel, None, [TOKEN], 404, 409),
            "/api/v1/statistics": _get(
                "statistics", statistics.show, statistics.Statistics, asked[statistics.StatisticsQuery], 422
            ),
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "responses": {"Problem": {"description": "Refused", "content": {problems.MEDIA_TYPE: _ref(problems.Problem)}}},
        },
        "x-problems": {
            problems.kind(error): {"title": problems.title(error), "status": status, "detail": problems.detail(error)}
            for error, status in PROBLEMS.items()
        },
    }


def _get(name: str, endpoint: Any, model: type[BaseModel], parameters: list[Schema], *refusals: int) -> Schema:
    return {"get": _operation(name, endpoint, parameters, refusals) | {"responses": _json(model) | _refused(refusals)}}
