"""Who works here, which role they have, and how they log in.

Passwords are argon2id hashes (RFC 9106); a wrong address costs the same time as a wrong password. Invariants:
nobody is ever deleted, somebody always leads, and whoever lost a role or left is logged out at once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from tortoise.expressions import Q

from office import database, history, journal
from office.errors import Invalid, NotFound, Permanent, Refused
from office.models import Role, Staff

FEED = "feed"
SHORTEST_PASSWORD = 12
PERSONAL = ("name", "email")
"""Fields whose values history does not keep."""
INDISPENSABLE = (Role.LEAD, Role.ADMIN)
"""Of each of these there is always somebody, once there was one."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is mistaken for something else when read out."""


@dataclass(frozen=True, slots=True)
class Member:
    """What the office says of somebody who works here."""

    name: str
    email: str
    role: Role
    languages: tuple[str, ...] = ("de",)
    active: bool = True


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
    member.password_once = False
    await member.save(update_fields=["password_hash", "log_in_generation", "password_once"])


async def every() -> list[Staff]:
    """Everybody who works here or did, by name; those who left at the end."""
    return await Staff.all().order_by("-active", "name", "code")


async def find(code: str) -> Staff:
    """The member of staff, here or gone. Raises `NotFound`."""
    found = await Staff.get_or_none(code=code)
    if found is None:
        raise NotFound
    return found


def member(one: Staff) -> Member:
    """As it stands."""
    return Member(one.name, one.email, one.role, tuple(one.languages), one.active)


def said(one: Member) -> dict[str, object]:
    """As the desk shows it; history keeps it without `PERSONAL`."""
    return {
        "name": one.name,
        "email": one.email,
        "role": str(one.role),
        "languages": list(one.languages),
        "active": one.active,
    }


@database.verb
async def save(code: str, wanted: Member, *, new: bool = False, actor: str, now: datetime) -> Staff:
    """They work here like that from now on; the code is fixed once made.

    Raises `NotFound`; `Invalid` for a code or address somebody else has, and for the last one who leads or administers.
    """
    await Staff.filter(role__in=list(INDISPENSABLE)).order_by("id").select_for_update()
    found = await Staff.select_for_update().get_or_none(code=code)
    if new and found is not None:
        raise Invalid(code="code_taken")
    if not new and found is None:
        raise NotFound
    if await Staff.filter(email=wanted.email).exclude(code=code).exists():
        raise Invalid(email="email_taken")
    before = said(member(found)) if found is not None else None
    if found is not None:
        await _replaceable(found, wanted)
    one = found or Staff(code=code)
    if found is not None and (one.role != wanted.role or (one.active and not wanted.active)):
        one.log_in_generation += 1
    one.name, one.email, one.role = wanted.name, wanted.email, wanted.role
    one.languages, one.active = list(wanted.languages), wanted.active
    await one.save()
    await history.note(f"staff:{one.id}", before, said(wanted), actor=actor, now=now, unsaid=PERSONAL)
    return one


async def _replaceable(found: Staff, wanted: Member) -> None:
    stays = wanted.active and wanted.role == found.role
    if stays or not found.active or found.role not in INDISPENSABLE:
        return
    if not await Staff.filter(role=found.role, active=True).exclude(id=found.id).exists():
        raise Invalid(**{"role" if wanted.active else "active": "last_one"})


@database.verb
async def take_over(members: Sequence[tuple[str, Member]], *, actor: str, now: datetime) -> None:
    """Each of these works here like that, by code: all or nobody. Idempotent. Raises `Invalid`."""
    for code, wanted in members:
        new = not await Staff.exists(code=code)
        await save(code, wanted, new=new, actor=actor, now=now)


async def start_password(code: str, *, actor: str, now: datetime) -> str:
    """A new password good for one log-in, after which they choose their own; told here and nowhere kept.

    Every log-in made before ends. Raises `NotFound`.
    """
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    password = "-".join(groups)
    hash_ = await asyncio.to_thread(hashed, password)
    await _set_hash(code, hash_, once=True, actor=actor, now=now)
    return password


async def choose_password(member: Staff, old: str, new: str, *, actor: str, now: datetime) -> Staff:
    """From now on their password is `new`; every log-in made before ends. Raises `Invalid`."""
    if not await asyncio.to_thread(_matches, member.password_hash or _nobodys_hash(), old):
        raise Invalid(old="wrong_password")
    if len(new) < SHORTEST_PASSWORD:
        raise Invalid(new="short_password")
    if new == old:
        raise Invalid(new="same_password")
    hash_ = await asyncio.to_thread(hashed, new)
    return await _set_hash(member.code, hash_, once=False, actor=actor, now=now)


@database.verb
async def _set_hash(code: str, hash_: str, *, once: bool, actor: str, now: datetime) -> Staff:
    one = await Staff.select_for_update().get_or_none(code=code, active=True)
    if one is None:
        raise NotFound
    one.password_hash, one.password_once = hash_, once
    one.log_in_generation += 1
    await one.save(update_fields=["password_hash", "password_once", "log_in_generation"])
    changed = {"start_password" if once else "password": True}
    await history.note(f"staff:{one.id}", {}, changed, actor=actor, now=now, unsaid=list(changed))
    return one


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
