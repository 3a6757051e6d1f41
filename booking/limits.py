"""How many open appointments one address may have; kept by a keyed hash, so no address is stored for it."""

from __future__ import annotations

from datetime import datetime

from booking import errors
from booking.models import Service, Status
from inquiries.people import Introduction
from office import links, statement

ENOUGH = "enough"


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
    if booker and await statement.rows(enough(), *limit(booker, service, now)):
        raise errors.TooManyAppointments


def enough(first: int = 1) -> str:
    """Answers `ENOUGH` when they have enough open; the values of `limit` are its parameters from `first` on."""
    booker, service_id, status, now, most = (f"${first + place}" for place in range(5))
    return (
        f"SELECT '{ENOUGH}' AS what FROM appointment WHERE booker = {booker} AND booker <> ''"
        f" AND service_id = {service_id} AND status = {status} AND starts_at > {now}"
        f" GROUP BY booker HAVING count(*) >= {most}"
    )


def limit(booker: str, service: Service, now: datetime) -> tuple[str, int, str, datetime, int]:
    """What `enough` asks about."""
    return booker, service.id, Status.BOOKED.value, now, service.per_person


async def lock(booker: str) -> None:
    """What they ask for at the same moment is done one after the other: who writes the row first, holds it."""
    if booker:
        await statement.rows(
            "INSERT INTO booker (fingerprint) VALUES ($1)"
            " ON CONFLICT (fingerprint) DO UPDATE SET fingerprint = excluded.fingerprint",
            booker,
        )
