"""How many open appointments one address may have; kept by a keyed hash, so no address is stored for it."""

from __future__ import annotations

from datetime import datetime

from booking import errors
from booking.models import Service, Status
from inquiries.people import Introduction
from office import links, statement


def booker(who: Introduction) -> str:
    """The keyed hash of their e-mail address or number; empty for people without any.

    Who shares it with others and does not want to be found out is counted apart, by the name they gave, too:
    "you have one already" must not tell their mother, whatever she ticks.
    """
    return fingerprint(who.reach, alone=who.name.casefold() if who.read_by_others else None)


def fingerprint(reach: str, *, alone: str | None = None) -> str:
    """The keyed hash of an address, for one name at it if `alone`; empty for none."""
    if not reach:
        return ""
    return (
        links.fingerprint("booker", reach)
        if alone is None
        else links.fingerprint("alone", f"{reach}\n{alone}")
    )


async def keep(booker: str, service: Service, now: datetime) -> None:
    """Lock the booker, then raise `TooManyAppointments` when they have enough of this service open.

    Whoever has no address is known to the desk in person and is not limited.
    """
    if not booker:
        return
    await lock(booker)
    await check(booker, service, now)


async def check(booker: str, service: Service, now: datetime) -> None:
    """As `keep`, of a booker who is locked already."""
    if booker and await _open(booker, service, now) >= service.per_person:
        raise errors.TooManyAppointments


async def _open(booker: str, service: Service, now: datetime) -> int:
    [row] = await statement.rows(
        "SELECT count(*) AS total FROM appointment"
        " WHERE booker = $1 AND service_id = $2 AND status = $3 AND starts_at > $4",
        booker,
        service.id,
        Status.BOOKED.value,
        now,
    )
    return int(row["total"])


async def lock(booker: str) -> None:
    """What they ask for at the same moment is done one after the other: who writes the row first, holds it."""
    if booker:
        await statement.rows(
            "INSERT INTO booker (fingerprint) VALUES ($1)"
            " ON CONFLICT (fingerprint) DO UPDATE SET fingerprint = excluded.fingerprint",
            booker,
        )
