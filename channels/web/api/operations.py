"""What the API can do, one line each: what it reads, what it answers, what it may refuse."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from channels.web.api import appointments, bookings, inquiries, services, slots, statistics
from channels.web.api.keys import Endpoint


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the API: what it reads (`query`, `body`, `headers`), answers, and may refuse beside `ALWAYS`."""

    method: str
    path: str
    endpoint: Endpoint
    answer: type[BaseModel]
    refusals: tuple[int, ...] = ()
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    headers: tuple[str, ...] = ()


APPOINTMENTS, BOOKED = "/api/v1/appointments", appointments.AppointmentBooked
OPERATIONS = (
    Operation("get", "/api/v1/services", services.show, services.Services, headers=("Accept-Language",)),
    Operation("get", "/api/v1/slots", slots.show, slots.Slots, (422,), query=slots.SlotsQuery),
    Operation("post", APPOINTMENTS, appointments.book, BOOKED, (400, 409, 413, 415, 422),
              body=bookings.NewAppointment, headers=("Idempotency-Key",)),
    Operation("get", APPOINTMENTS + "/{token}", appointments.show, BOOKED, (404,)),
    Operation("post", APPOINTMENTS + "/{token}/move", appointments.move, BOOKED, (400, 404, 409, 413, 415, 422),
              body=appointments.NewTime),
    Operation("post", APPOINTMENTS + "/{token}/cancel", appointments.cancel, BOOKED, (404, 409)),
    Operation("post", "/api/v1/inquiries", inquiries.ask, inquiries.InquiryReceived, (400, 413, 415, 422),
              body=inquiries.NewInquiry, headers=("Idempotency-Key",)),
    Operation("get", "/api/v1/statistics", statistics.show, statistics.Statistics, (422,),
              query=statistics.StatisticsQuery),
)  # fmt: skip
ALWAYS = (401, 429, 500)
