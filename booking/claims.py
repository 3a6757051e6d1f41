"""Who owns which five minutes of whom; the unique (counsellor, cell) makes double booking impossible.

Invariant: an appointment or hold owns exactly the cells of its talk and the buffer after it; a swap deletes
all and inserts all; expired holds are removed by whoever takes their cells.
"""

from __future__ import annotations

from datetime import datetime

from tortoise.exceptions import IntegrityError

from booking import cells, errors
from booking.models import Appointment, Claim, Hold
from office.models import Staff


async def lock(*staff_ids: int) -> None:
    """Every verb that touches a calendar takes this first, in sorted order, so that none waits in a circle."""
    # Rows, not `values_list`: Tortoise would drop FOR UPDATE without a word.
    await Staff.filter(id__in=sorted(set(staff_ids))).order_by("id").select_for_update().only("id")


async def drop_expired(staff_id: int, starts_at: datetime, until: datetime, now: datetime) -> None:
    """Holds whose time is over give their cells to who comes next."""
    await Hold.filter(
        staff_id=staff_id, starts_at__lt=until, claimed_until__gt=starts_at, expires_at__lte=now
    ).delete()


async def take(owner: Hold | Appointment) -> None:
    """Claim the talk and its buffer. Raises `SlotTaken` when any of the cells has an owner."""
    column = "hold_id" if isinstance(owner, Hold) else "appointment_id"
    rows = [
        Claim(staff_id=owner.staff_id, cell=cell, **{column: owner.id})
        for cell in cells.cells(owner.starts_at, owner.claimed_until)
    ]
    try:
        await Claim.bulk_create(rows)
    except IntegrityError as error:
        raise errors.SlotTaken from error


async def hand_over(hold: Hold, appointment: Appointment) -> None:
    """What the hold owned belongs to the appointment now."""
    await Claim.filter(hold_id=hold.id).update(hold_id=None, appointment_id=appointment.id)


async def release(appointment: Appointment) -> None:
    """The appointment owns nothing any more."""
    await Claim.filter(appointment_id=appointment.id).delete()


async def differences() -> list[str]:
    """The nightly comparison: appointments and holds whose claims are not exactly their cells."""
    owned: dict[tuple[str, int], set[tuple[int, int]]] = {}
    for claim in await Claim.all().values("staff_id", "cell", "hold_id", "appointment_id"):
        owner = ("hold", claim["hold_id"]) if claim["hold_id"] else ("appointment", claim["appointment_id"])
        owned.setdefault(owner, set()).add((claim["staff_id"], claim["cell"]))
    wanted = {("hold", hold.id): _cells(hold) for hold in await Hold.all()}
    wanted |= {
        ("appointment", appointment.id): _cells(appointment)
        for appointment in await Appointment.exclude(status="cancelled")
    }
    return [
        f"{kind}:{number}"
        for kind, number in sorted(owned.keys() | wanted.keys())
        if owned.get((kind, number)) != wanted.get((kind, number))
    ]


def _cells(owner: Hold | Appointment) -> set[tuple[int, int]]:
    return {(owner.staff_id, cell) for cell in cells.cells(owner.starts_at, owner.claimed_until)}
