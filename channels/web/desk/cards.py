"""What the desk must look at: reactions that failed and messages that did not arrive for sure.

Invariant: who must not see people sees numbers and reasons here, no name and no address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import outbox
from channels.models import Message
from channels.web import clock, csrf, log_in
from channels.web.desk import page
from inquiries.models import Person
from office import audit, journal, wake
from office.errors import NotFound
from office.models import Due, Role

REACTION, MESSAGE = "reaction", "message"
_ADDRESS = re.compile(r"\S+@\S+|\+?\d[\d /()-]{6,}\d")


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to look at; `name` is empty for who sees no people."""

    kind: str
    id: int
    what: str
    """Which reaction, or which text."""
    state: str
    reason: str
    at: datetime
    appointment_id: int | None
    name: str


@log_in.for_roles(*log_in.EVERYBODY)
async def show(request: Request) -> Response:
    """All cards, reactions first: the others may follow from them."""
    role = log_in.staff_of(request).role
    found = [await _reaction(due, role) for due in await journal.cards()]
    found += [await _message(message, role) for message in await outbox.troubled()]
    return await page.render(request, "desk/cards.html", cards=found)


@log_in.for_roles(*log_in.EVERYBODY)
async def settle(request: Request) -> Response:
    """Try it again, or note that it was dealt with another way. Idempotent."""
    fields = await csrf.form(request)
    kind, number = request.path_params["kind"], request.path_params["id"]
    act = (kind, str(fields.get("do", "again")))
    if act == (REACTION, "again"):
        await journal.retry(number, clock.now())
    elif act == (MESSAGE, "again"):
        await outbox.again(number, clock.now())
    elif act == (MESSAGE, "settled"):
        await outbox.settled(number)
    else:
        raise NotFound
    wake.nudge()
    await audit.note(log_in.actor(request), f"card_{act[1]}", f"{kind}:{number}", clock.now())
    return RedirectResponse("/desk/cards", 303)


async def _reaction(due: Due, role: Role) -> Card:
    kind, _, number = due.subject.partition(":")
    appointment_id = int(number) if kind == "appointment" and role in log_in.SEES_PEOPLE else None
    return Card(
        REACTION, due.id, due.reaction, "failed", _told(due.reason, role), due.entry.at, appointment_id, ""
    )


async def _message(message: Message, role: Role) -> Card:
    sees = role in log_in.SEES_PEOPLE
    person = await Person.get(id=message.appointment.person_id) if sees else None
    return Card(
        MESSAGE,
        message.id,
        message.text,
        str(message.state),
        _told(message.reason, role),
        message.created_at,
        message.appointment_id if sees else None,
        person.name if person else "",
    )


def _told(reason: str, role: Role) -> str:
    """A mail server's answer may quote the address it refuses."""
    return reason if role in log_in.SEES_PEOPLE else _ADDRESS.sub("…", reason)
