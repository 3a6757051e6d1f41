"""A change of hours, shown before it is saved: whom it touches, and what we would do for each family.

Invariant: nothing is saved before everybody it touches was shown; what touches nobody is saved at once.

A form for `POST /desk/change` has these fields (days as 2026-03-10, times as 09:30, `csrf` as everywhere):

    kind      away, series, hours, exception or closing
    staff     code of the counsellor; without it, whoever is logged in (counsellors: only themselves; lead: all)
    back      page of the desk to return to when it is saved; it gets `saved=1` added to its query
    from      the (first) day; for hours: the day from which the change holds
    until     last day: of an absence (default: the same day), of a series or rule (default: until further notice)
    starts, ends   wall times; for an absence empty: whole days
    away      from, until, starts, ends
    series    weekday (0 is Monday), starts, ends, weeks (every, odd, even), from, until
    hours     replaces (id of a WorkingHours rule that ends on the day before `from`; may come several times or not
              at all), from, and the new rule: weekday, starts, ends (several pairs: several rules; none: hours end),
              place (code), weeks, services (codes, several; none: all), exclusive (1), kept_percent, season (id), until
    exception from, starts and ends (several pairs; none: no hours that day), place (optional): hours of one day only
    closing   from, name (lead only)

The preview sends the same fields again with carry=1 and, per appointment, choice-{id} = colleague:{code}, offer, keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from booking import disruptions, instead
from booking.changes import Change
from booking.models import Appointment, Choice, Interpretation, Room, Touched
from booking.proposals import Proposal
from channels import languages
from channels.web import clock, csrf, log_in, pages
from channels.web.desk import change_form, page, rows
from channels.web.desk.rows import Row
from office import staff, wake
from office.errors import Invalid
from office.models import Role
from office.settings import current

MOST_FIELDS = 1000
PREFIX = "choice-"
OWN = {"csrf", "carry"}
"""Fields of this page itself, not of the change."""


@dataclass(frozen=True, slots=True)
class Family:
    """One family the change touches, as the one at the desk may see it, and what we propose."""

    row: Row
    proposal: Proposal
    room: str
    interpreted: bool
    chosen: str
    """The choice that is marked: `colleague:{code}`, `offer` or `keep`."""


@log_in.for_roles(Role.COUNSELLOR, Role.LEAD)
async def form(request: Request) -> Response:
    """Enter an absence, or, as the lead, a closing day."""
    return await _form(request, {})


@log_in.for_roles(Role.COUNSELLOR, Role.LEAD)
async def change(request: Request) -> Response:
    """Save it if it touches nobody, else show whom; with `carry`, save it and carry out what was chosen."""
    fields, now = await csrf.form(request, MOST_FIELDS), clock.now()
    try:
        wanted = await change_form.read(fields, log_in.staff_of(request))
    except Invalid as wrong:
        return await _form(request, wrong.fields, 422)
    shown = await disruptions.preview(wanted, now=now, zone=current().zone)
    choices = _choices(fields)
    missing = {one.appointment.id for one in shown} - choices.keys()
    if shown and (missing or not fields.get("carry")):
        return await _preview(request, fields, shown, late=bool(missing and fields.get("carry")))
    return await _carried_out(request, fields, wanted, choices)


async def _carried_out(
    request: Request, fields: FormData, wanted: Change, choices: dict[int, tuple[Choice, str]]
) -> Response:
    done = await disruptions.carry_out(
        wanted,
        {number: choice for number, (choice, _) in choices.items()},
        colleagues={number: code for number, (_, code) in choices.items()},
        actor=log_in.actor(request),
        now=clock.now(),
        zone=current().zone,
    )
    wake.nudge()
    if await Touched.exists(disruption_id=done.id):
        return RedirectResponse(f"/desk/changes/{done.id}", 303)
    back = page.local(fields.get("back", ""), "/desk/change")
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}saved=1", 303)


async def _preview(request: Request, fields: FormData, shown: Sequence[Proposal], *, late: bool) -> Response:
    """Whom it touches; `late`: somebody booked since it was shown."""
    return await page.render(
        request,
        "desk/change_preview.html",
        status=409 if late else 200,
        late=late,
        kept=[(name, str(value)) for name, value in fields.multi_items() if not _own(name)],
        families=await _families(request, shown, _choices(fields)),
        until=await instead.answer_by(clock.now(), current().zone),
        back=page.local(fields.get("back", ""), "/desk/change"),
    )


async def _form(request: Request, wrong: dict[str, str], status: int = 200) -> Response:
    member = log_in.staff_of(request)
    return await page.render(
        request,
        "desk/change.html",
        status=status,
        wrong=wrong,
        saved="saved" in request.query_params,
        today=change_form.today(clock.now()),
        counsellors=await staff.counsellors() if member.role is Role.LEAD else [],
        weekdays=weekdays(pages.language_of(request)),
    )


def weekdays(language: str) -> list[tuple[int, str]]:
    """Their numbers (0 is Monday) and names, as a form offers them."""
    said = languages.locale(language).days["stand-alone"]["wide"]
    return [(number, str(said[number])) for number in range(7)]


async def _families(
    request: Request, shown: Sequence[Proposal], chosen: dict[int, tuple[Choice, str]]
) -> list[Family]:
    member, language = log_in.staff_of(request), pages.language_of(request)
    found = [one.appointment for one in shown]
    names = {room.id: room.name for room in await Room.all()}
    seen = await rows.of(found, member, language, clock.now())
    return [
        Family(
            row=row,
            proposal=proposal,
            room=names.get(proposal.appointment.room_id or 0, ""),
            interpreted=interpreted(proposal.appointment),
            chosen=_marked(proposal, chosen),
        )
        for row, proposal in zip(seen, shown, strict=True)
    ]


def interpreted(appointment: Appointment) -> bool:
    """Does somebody interpret, or is somebody sought who would?"""
    return appointment.interpretation != Interpretation.NONE


def _marked(proposal: Proposal, chosen: dict[int, tuple[Choice, str]]) -> str:
    choice, code = chosen.get(proposal.appointment.id, (proposal.best, ""))
    if choice == Choice.COLLEAGUE:
        codes = [one.code for one in proposal.colleagues]
        return f"colleague:{code if code in codes else codes[0]}" if codes else str(Choice.OFFER)
    return str(choice)


def _choices(fields: FormData) -> dict[int, tuple[Choice, str]]:
    """What was chosen, by appointment; a colleague with their code. Raises `Invalid`."""
    found: dict[int, tuple[Choice, str]] = {}
    for name, value in fields.multi_items():
        number = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or not number.isdecimal():
            continue
        choice, _, code = str(value).partition(":")
        if choice not in set(Choice):
            raise Invalid(choice="no_such")
        found[int(number)] = Choice(choice), code
    return found


def _own(name: str) -> bool:
    return name in OWN or name.startswith(PREFIX)
