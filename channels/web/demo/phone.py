"""The demonstration's phone: what its screen would show, and what is typed on it goes the gateway's way.

Invariant: only in the demonstration; an SMS typed here is signed and taken in by the code that takes in real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels import languages
from channels.sms import phone
from channels.web import csrf, pages
from channels.web.demo import parts
from inquiries import addresses
from inquiries.models import Address, AddressKind
from office import wake

STORIES = range(4_069_000, 4_069_020)
"""Behind +49176: the numbers of those with a story."""
PREFIX = "+49176"
LONGEST = 1600
"""Characters; what the gateway puts together from several segments at most."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose phone may be picked up."""

    number: str
    name: str

    @property
    def shown(self) -> str:
        return f"0{self.number[3:6]} {self.number[6:]}"


async def show(request: Request) -> Response:
    """One phone's screen; whose, is chosen above it."""
    _listen(request)
    owners = await _owners()
    typed = request.query_params.get("number", owners[0].number if owners else "")
    return await _screen(request, owners, typed, "")


async def send(request: Request) -> Response:
    """The office gets an SMS from this phone."""
    _listen(request)
    fields = await csrf.form(request)
    typed, body = str(fields.get("number", "")), str(fields.get("body", "")).strip()[:LONGEST]
    number = _number(typed)
    if not number or not body:
        return await _screen(request, await _owners(), typed, body, status=422)
    await phone.ring(number, body)
    wake.nudge()
    return RedirectResponse(f"/demo/phone?lang={pages.language_of(request)}&number={number[1:]}#end", 303)


async def _screen(
    request: Request, owners: list[Owner], typed: str, body: str, *, status: int = 200
) -> Response:
    number = _number(typed)
    return pages.render(
        request,
        "demo/phone.html",
        status=status,
        owners=owners,
        owner=next((one for one in owners if one.number == number), None),
        number=number,
        typed=typed,
        body=body,
        bubbles=await _bubbles(number) if number else [],
    )


async def _bubbles(number: str) -> list[dict[str, Any]]:
    """The conversation, the oldest first; `mine` is what its owner typed."""
    said = await phone.of_the_demonstration().conversation(number)
    return [{"at": one.at, "mine": one.way == "in", "pieces": parts.pieces(one.body)} for one in said]


async def _owners() -> list[Owner]:
    found: dict[str, str] = {}
    rows = Address.filter(kind=AddressKind.PHONE, value__startswith=PREFIX).order_by("value", "id")
    for row in await rows.prefetch_related("person"):
        if int(row.value.removeprefix(PREFIX)) in STORIES:
            found.setdefault(row.value, row.person.call_name or row.person.name)
    return [Owner(number, name) for number, name in found.items()]


def _number(typed: str) -> str:
    """E.164, or nothing when nobody can be called there; from an address the plus sign is missing."""
    text = typed.strip()
    try:
        return addresses.phone(f"+{text}" if text.startswith("49") else text)
    except ValueError:
        return ""


def _listen(request: Request) -> None:
    """The page speaks the language it was asked for."""
    wished = request.query_params.get("lang", "")
    if wished in languages.NAMES:
        request.state.language = wished
    if request.method == "POST":
        request.state.here = "/demo/phone"
