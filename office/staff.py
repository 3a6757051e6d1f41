"""Who works here, which role they have, and how they log in.

Passwords are argon2id hashes (RFC 9106); a wrong address costs the same time as a wrong password.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from tortoise.expressions import Q

from office import database, journal
from office.errors import Invalid, NotFound, Permanent, Refused
from office.models import Role, Staff

FEED = "feed"


class WrongLogIn(Refused):
    """E-mail address or password is wrong."""


class Known(Permanent):
    """Somebody with this code or address works here already."""


class Unknown(Permanent):
    """Nobody here has this address."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody has this password")


def hashed(password: str) -> str:
    """An argon2id hash to keep instead of the password."""
    return _hasher().hash(password)


async def log_in(email: str, password: str) -> Staff:
    """The member of staff with this address and password. Raises `WrongLogIn`. Never inside a transaction."""
    member = await Staff.get_or_none(email=email.strip().lower(), active=True)
    known = member.password_hash if member and member.password_hash else _nobodys_hash()
    right = await asyncio.to_thread(_matches, known, password)
    if member is None or not member.password_hash or not right:
        raise WrongLogIn
    return member


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


async def by_id(staff_id: int) -> Staff | None:
    """An active member of staff."""
    return await Staff.get_or_none(id=staff_id, active=True)


async def counsellors() -> list[Staff]:
    """Everybody who counsels, by name."""
    return await Staff.filter(active=True, role__in=[Role.COUNSELLOR, Role.LEAD]).order_by("name")


async def deputies_for(staff_id: int) -> set[int]:
    """The colleagues they stand in for, by id."""
    return set(await Staff.filter(deputy_id=staff_id, active=True).values_list("id", flat=True))  # type: ignore[arg-type]


@database.verb
async def name_deputy(staff_id: int, code: str, *, actor: str, now: datetime) -> None:
    """The counsellor with this code stands in for them from now on; "" is nobody. Raises `NotFound`, `Invalid`."""
    member = await Staff.select_for_update().get_or_none(id=staff_id, active=True)
    if member is None:
        raise NotFound
    deputy = next((one for one in await counsellors() if one.code == code and one.id != staff_id), None)
    if code and deputy is None:
        raise Invalid(deputy="choose")
    member.deputy_id = deputy.id if deputy else None
    await member.save(update_fields=["deputy_id"])
    details = {"deputy": member.deputy_id}
    await journal.write("staff.deputy", f"staff:{member.id}", actor=actor, now=now, details=details)


async def add(
    *, code: str, name: str, email: str, role: Role, password: str = "", languages: list[str] | None = None
) -> Staff:
    """A new member of staff; without password nobody can log in as them. Raises `Known`."""
    taken = await Staff.filter(Q(code=code) | Q(email=email.strip().lower())).first()
    if taken is not None:
        raise Known(f"{taken.code} ({taken.email}) works here already")
    return await Staff.create(
        code=code,
        name=name,
        email=email.strip().lower(),
        role=role,
        password_hash=await asyncio.to_thread(hashed, password) if password else "",
        languages=languages or ["de"],
    )


async def set_password(email: str, password: str) -> None:
    """A new password; every log-in made with the old one ends. Raises `Unknown`."""
    member = await Staff.get_or_none(email=email.strip().lower())
    if member is None:
        raise Unknown(f"nobody here has the address {email}")
    member.password_hash = await asyncio.to_thread(hashed, password)
    member.log_in_generation += 1
    await member.save(update_fields=["password_hash", "log_in_generation"])


@database.verb
async def renew_feed(staff_id: int, *, actor: str, now: datetime) -> None:
    """Their private calendar has a new address, and the old one shows nothing. Raises `NotFound`."""
    member = await Staff.select_for_update().get_or_none(id=staff_id)
    if member is None:
        raise NotFound
    member.feed_generation += 1
    await member.save(update_fields=["feed_generation"])
    await journal.write("calendar.renewed", f"staff:{member.id}", actor=actor, now=now)


@database.verb
async def limit(
    code: str, *, most_talks: int, break_after_minutes: int, break_minutes: int, actor: str, now: datetime
) -> None:
    """So much they take on in a day from now on; what is agreed already stays. Raises `NotFound`."""
    member = await Staff.select_for_update().get_or_none(code=code, active=True)
    if member is None:
        raise NotFound
    member.most_talks = most_talks
    member.break_after_minutes, member.break_minutes = break_after_minutes, break_minutes
    await member.save(update_fields=["most_talks", "break_after_minutes", "break_minutes"])
    await journal.write("calendar.limits", f"staff:{member.id}", actor=actor, now=now)
