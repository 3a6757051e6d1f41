"""Forms of the desk put aside half filled in, because another phone rings.

Invariant: a draft is seen by who parked it only; it goes when the form is finished, and at the latest the next morning.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from channels.models import ParkedForm
from inquiries import addresses
from office import database
from office.errors import NotFound

FORMS = {"log": "/desk/log", "book": "/desk/book"}
"""What may be put aside, and where it is opened again."""
MOST = 20
"""More than so many nobody has: the oldest go."""


@dataclass(frozen=True, slots=True)
class Parked:
    """One draft, as the top of every page of the desk names it."""

    id: int
    kind: str
    name: str
    language: str
    parked_at: datetime

    @property
    def address(self) -> str:
        """Where it is opened again."""
        return f"{FORMS[self.kind]}?draft={self.id}"


@database.verb
async def park(
    staff_id: int, kind: str, typed: Mapping[str, str], *, now: datetime, draft_id: int | None = None
) -> ParkedForm:
    """What was typed is kept for this member of staff; parked again it is the same draft. Raises `NotFound`."""
    if kind not in FORMS:
        raise NotFound
    await drop(staff_id, draft_id)
    made = await ParkedForm.create(staff_id=staff_id, kind=kind, typed=dict(typed), parked_at=now)
    kept = await ParkedForm.filter(staff_id=staff_id).order_by("-parked_at", "-id").limit(MOST)
    await ParkedForm.filter(staff_id=staff_id).exclude(id__in=[one.id for one in kept]).delete()
    return made


async def drop(staff_id: int, draft_id: int | None) -> None:
    """The form is finished, or not wanted any more. Idempotent; somebody else's draft stays."""
    if draft_id is not None:
        await ParkedForm.filter(id=draft_id, staff_id=staff_id).delete()


async def typed_in(staff_id: int, draft_id: int, kind: str) -> dict[str, str]:
    """What was typed. Raises `NotFound`, also for somebody else's."""
    found = await ParkedForm.get_or_none(id=draft_id, staff_id=staff_id, kind=kind)
    if found is None:
        raise NotFound
    return {str(name): str(value) for name, value in found.typed.items()}


async def of(staff_id: int) -> list[Parked]:
    """Theirs, the latest first."""
    found = await ParkedForm.filter(staff_id=staff_id).order_by("-parked_at", "-id")
    return [
        Parked(
            one.id,
            one.kind,
            one.typed.get("name", ""),
            one.typed.get("talk") or one.typed.get("language", ""),
            one.parked_at,
        )
        for one in found
    ]


async def naming(values: Collection[str]) -> list[ParkedForm]:
    """Those in which one of these addresses was typed, in whatever writing."""
    return [one for one in await ParkedForm.all().order_by("id") if _addresses(one) & set(values)]


def _addresses(draft: ParkedForm) -> set[str]:
    return {
        _read(kind, str(draft.typed.get(kind, ""))) for kind in ("email", "phone") if draft.typed.get(kind)
    }


def _read(kind: str, text: str) -> str:
    try:
        return addresses.email(text) if kind == "email" else addresses.phone(text)
    except ValueError:
        return text
