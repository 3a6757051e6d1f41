"""Partners: other offices we refer to; what for, for whom, in which languages, and how sure we are of it.

Invariant: a partner once referred to stays on record, it only stops being active; who changed which field when is
in the journal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from inquiries.models import Agreement, Partner
from office import catalogues, database, journal
from office.catalogues import Value
from office.errors import Invalid, NotFound

CHECK_AFTER = timedelta(days=180)
"""What was not checked for so long may be wrong by now: the desk is nudged."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of a partner; codes are those of the catalogues, addresses in their normal form."""

    name: str
    target: str = "other"
    offer: str = ""
    topics: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    hours: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""
    agreement: Agreement = Agreement.UNKNOWN
    agreed_on: date | None = None
    checked_on: date | None = None
    public: bool = False
    active: bool = True


COLUMNS = tuple(field.name for field in fields(Entry))
LISTS = ("topics", "audiences", "languages")


@database.verb
async def add(entry: Entry, *, actor: str, now: datetime) -> Partner:
    """A new partner. Raises `Invalid` when one of this name is there already."""
    await _free(entry.name)
    made = await Partner.create(**_columns(entry))
    await journal.write("partner.added", subject(made), actor=actor, now=now)
    return made


@database.verb
async def change(partner_id: int, entry: Entry, *, actor: str, now: datetime) -> Partner:
    """It is as the entry says from now on; nothing happens if it is so already. Raises `NotFound`, `Invalid`."""
    found = await _locked(partner_id)
    changed = differs(found, entry)
    if not changed:
        return found
    if "name" in changed:
        await _free(entry.name, but=found.id)
    await found.update_from_dict(_columns(entry)).save()
    details = {"fields": " ".join(changed)}
    await journal.write("partner.changed", subject(found), actor=actor, now=now, details=details)
    return found


@database.verb
async def checked(partner_id: int, today: date, *, actor: str, now: datetime) -> None:
    """Somebody made sure that all of it is still so. Idempotent within a day. Raises `NotFound`."""
    found = await _locked(partner_id)
    if found.checked_on == today:
        return
    found.checked_on = today
    await found.save(update_fields=["checked_on"])
    await journal.write("partner.checked", subject(found), actor=actor, now=now)


async def by_id(partner_id: int) -> Partner:
    """Raises `NotFound`."""
    found = await Partner.get_or_none(id=partner_id)
    if found is None:
        raise NotFound
    return found


async def listed(topics: Collection[str] = (), language: str = "") -> list[Partner]:
    """All of them by name, those for one of these topics (none named: for any) and of this language only."""
    found = sorted(await Partner.all(), key=lambda one: one.name.casefold())
    return [
        one
        for one in found
        if (not topics or set(one.topics) & set(topics)) and (not language or language in one.languages)
    ]


async def public(topics: Collection[str]) -> list[Partner]:
    """Whom families may see for one of these topics, by name."""
    return [one for one in await listed(topics) if one.public and one.active] if topics else []


async def by_name() -> dict[str, Partner]:
    """Name as one compares it → partner."""
    return {same(one.name): one for one in await Partner.all()}


def around(topic: str, topics: Collection[Value]) -> set[str]:
    """A topic with the one above it and those below: who is there for one of them may be for this one.

    Empty for none, or for one nobody knows. Pure.
    """
    if topic in {"", catalogues.UNKNOWN, catalogues.NOT_STATED}:
        return set()
    above = next((value.parent for value in topics if value.code == topic), "")
    below = {value.code for value in topics if value.parent == topic}
    return {topic, above, *below} - {""}


def stale(partner: Partner, today: date) -> bool:
    """Is it time to look whether all of it is still so? Whom we refer to no more is left in peace."""
    return partner.active and due(partner.checked_on, today)


def due(checked_on: date | None, today: date) -> bool:
    """Was it never checked, or too long ago?"""
    return checked_on is None or checked_on < today - CHECK_AFTER


def entry(partner: Partner) -> Entry:
    """What the directory says of it."""
    told = {name: getattr(partner, name) for name in COLUMNS}
    return Entry(**told | {name: tuple(told[name]) for name in LISTS})


def differs(partner: Partner, new: Entry) -> list[str]:
    """The columns in which the entry says something else, in their order; the order of a list says nothing."""
    was, will = asdict(entry(partner)), asdict(new)
    for name in LISTS:
        was[name], will[name] = set(was[name]), set(will[name])
    return [name for name in COLUMNS if was[name] != will[name]]


def same(name: str) -> str:
    """Two names that differ in nothing else than case and spaces are one partner."""
    return " ".join(name.split()).casefold()


def subject(partner: Partner) -> str:
    """How the journal names it."""
    return f"partner:{partner.id}"


async def _free(name: str, *, but: int | None = None) -> None:
    known = (await by_name()).get(same(name))
    if known is not None and known.id != but:
        raise Invalid(name="known")


async def _locked(partner_id: int) -> Partner:
    found = await Partner.select_for_update().get_or_none(id=partner_id)
    if found is None:
        raise NotFound
    return found


def _columns(entry: Entry) -> dict[str, Any]:
    said = asdict(entry)
    return said | {name: list(dict.fromkeys(said[name])) for name in LISTS}
