"""Sending somebody on from the desk: to whom, whether the partner is written to, or that nobody is there.

Invariant: every act goes through `inquiry.of`; a partner is told nothing without the consent ticked on this form.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in, pages
from channels.web.desk import inquiry as desk_inquiry
from channels.web.desk import page
from channels.web.desk import partners as desk_partners
from inquiries import gaps, partners, people, referrals
from inquiries.models import Address, Consent, Inquiry, Missing, Partner, ReferralKind
from inquiries.referrals import Handover
from office import audit, catalogues
from office.errors import Invalid, NotFound

MOST_CONTACT, MOST_NOTE = 300, 1_000
CONSENTS = (Consent.SPOKEN, Consent.WRITTEN)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def form(request: Request) -> Response:
    """Whom we could send them to; those for this topic first."""
    found = await _found(request)
    asked = request.query_params.get("partner", "")
    return await _render(request, found, {**await _proposed(found), "partner": asked, "counted": "yes"})


@log_in.for_roles(*log_in.SEES_TOPICS)
async def refer(request: Request) -> Response:
    """They were sent on; with a handover, the partner is written to. Idempotent by the form's key."""
    fields = await csrf.form(request)
    found, typed = await _found(request), _typed(fields)
    handover = _handover(typed) if typed["kind"] == ReferralKind.WARM else None
    wrong = _wrong(typed)
    try:
        if not wrong:
            await referrals.refer(
                found.id,
                int(typed["partner"]),
                handover,
                key=f"desk:{typed['key']}",
                actor=log_in.actor(request),
                now=clock.now(),
                counted=bool(typed["counted"]),
            )
            return RedirectResponse(f"/desk/inquiries/{found.id}?saved", 303)
    except Invalid as error:
        wrong = error.fields
    return await _render(request, found, typed, wrong)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def note_gap(request: Request) -> Response:
    """Nobody offers what they need: counted, without them. Idempotent by the form's key."""
    fields = await csrf.form(request)
    found, typed, now = await _found(request), _typed(fields), clock.now()
    if typed["why"] not in set(Missing):
        return await _render(request, found, {**await _proposed(found), **typed}, {"why": "choose"})
    await gaps.note(
        found.id,
        Missing(typed["why"]),
        key=typed["key"],
        day=page.today(now),
        actor=log_in.actor(request),
        now=now,
    )
    return RedirectResponse(f"/desk/inquiries/{found.id}?saved", 303)


@log_in.for_roles(*log_in.SEES_TOPICS)
async def withdraw(request: Request) -> Response:
    """The person changed their mind: the partner's link ends at once. Idempotent."""
    await csrf.form(request)
    found, number = await desk_inquiry.of(request), request.path_params["n"]
    if number not in {one.id for one in await referrals.of(found.id)}:
        raise NotFound
    await referrals.withdraw(number, actor=log_in.actor(request), now=clock.now())
    return RedirectResponse(f"/desk/inquiries/{found.id}?saved", 303)


async def _found(request: Request) -> Inquiry:
    """The inquiry, unless nobody turned to us after all."""
    found = await desk_inquiry.of(request)
    if found.void:
        raise NotFound
    return found


def _typed(fields: FormData) -> dict[str, str]:
    names = ("partner", "kind", "consent", "contact", "note", "counted", "why")
    typed = {name: str(fields.get(name, "")).replace("\r\n", "\n").strip() for name in names}
    return {**typed, "key": str(fields.get("key", ""))[:48] or secrets.token_hex(16)}


def _handover(typed: Mapping[str, str]) -> Handover:
    consent = Consent(typed["consent"]) if typed["consent"] in set(Consent) else Consent.NONE
    return Handover(consent, typed["contact"], typed["note"])


def _wrong(typed: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    number = typed["partner"]
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        wrong["partner"] = "choose"
    if typed["kind"] not in set(ReferralKind):
        wrong["kind"] = "choose"
    if typed["kind"] != ReferralKind.WARM:
        return wrong
    if not typed["contact"]:
        wrong["contact"] = "empty"
    wrong |= {
        name: "too_long"
        for name, most in (("contact", MOST_CONTACT), ("note", MOST_NOTE))
        if len(typed[name]) > most
    }
    if typed["consent"] not in CONSENTS:
        wrong["consent"] = "consent"
    return wrong


async def _proposed(found: Inquiry) -> dict[str, str]:
    """Name and first address, to be changed by who hands over."""
    address = await Address.filter(person_id=found.person_id, bounced_at=None).order_by("id").first()
    said = [found.person.name, address.value if address else ""]
    return {"contact": ", ".join(one for one in said if one), "kind": ReferralKind.NAMED.value}


async def _render(
    request: Request, found: Inquiry, typed: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> Response:
    language, now = pages.language_of(request), clock.now()
    await audit.note(log_in.actor(request), "looked", f"inquiry:{found.id}", now)
    labels = await desk_partners.labels(language)
    fitting, others = await _offered(found, language, now)
    return await page.render(
        request,
        "desk/refer.html",
        status=422 if wrong else 200,
        found=found,
        typed=defaultdict(str, typed),
        wrong=wrong or {},
        key=typed.get("key") or secrets.token_hex(16),
        fitting=fitting,
        others=others,
        to_check=[one.id for one in (*fitting, *others) if partners.stale(one, page.today(now))],
        discreet=await people.discreet(found.person_id),
        consents=CONSENTS,
        reasons=list(Missing),
        lasts=referrals.LASTS.days,
        labels={**labels, "district": await catalogues.labels("district", language)},
        most_note=MOST_NOTE,
    )


async def _offered(found: Inquiry, language: str, now: Any) -> tuple[list[Partner], list[Partner]]:
    """Active partners for this topic, those who speak the language first; and all others."""
    topics = await catalogues.values("topic", language, page.today(now))
    around = partners.around(found.topic, topics)
    active = [one for one in await partners.listed() if one.active]
    fitting = [one for one in active if set(one.topics) & around]
    speaking = sorted(fitting, key=lambda one: found.language not in one.languages)
    return speaking, [one for one in active if one not in fitting]
