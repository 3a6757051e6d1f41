"""Those who interpret for us: which languages, how to ask them, how long ahead.

Invariant: nobody is deleted while a talk names them; who is no longer asked keeps what they promised.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from booking.models import Appointment, Interpreter, InterpreterKind, Status
from office import database, history
from office.errors import Invalid, NotFound

PERSONAL = ("name", "email", "phone")
"""Fields whose values history does not keep."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What we know of an interpreter."""

    name: str
    kind: InterpreterKind
    languages: tuple[str, ...]
    email: str = ""
    phone: str = ""
    notice_days: int = 3
    active: bool = True


async def every() -> list[Interpreter]:
    """All of them, in the order they are asked; those no longer asked at the end."""
    return await Interpreter.all().order_by("-active", "kind", "code")


async def find(code: str) -> Interpreter:
    """The interpreter, asked or not. Raises `NotFound`."""
    one = await Interpreter.get_or_none(code=code)
    if one is None:
        raise NotFound
    return one


def entry(one: Interpreter) -> Entry:
    """As it stands."""
    values = {name: getattr(one, name) for name in Entry.__dataclass_fields__}
    return Entry(**{**values, "languages": tuple(one.languages)})


def said(wanted: Entry) -> dict[str, object]:
    """As the desk shows it."""
    return {**asdict(wanted), "kind": str(wanted.kind), "languages": list(wanted.languages)}


@database.verb
async def save(code: str, wanted: Entry, *, new: bool = False, actor: str, now: datetime) -> Interpreter:
    """They are asked like that from now on; the code is fixed once made. Raises `NotFound`, `Invalid`."""
    one = await Interpreter.select_for_update().get_or_none(code=code)
    if new and one is not None:
        raise Invalid(code="code_taken")
    if not new and one is None:
        raise NotFound
    before = said(entry(one)) if one is not None else None
    one = one or Interpreter(code=code)
    for name, value in said(wanted).items():
        setattr(one, name, value)
    one.kind = wanted.kind
    await one.save()
    await history.note(f"interpreter:{one.id}", before, said(wanted), actor=actor, now=now, unsaid=PERSONAL)
    return one


async def promised(one: Interpreter, now: datetime) -> int:
    """How many talks to come they are to interpret."""
    return await Appointment.filter(interpreter_id=one.id, status=Status.BOOKED, starts_at__gt=now).count()
