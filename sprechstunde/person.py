"""What the command line does with one person: everything we hold shown, handed out, or erased.

Invariant: nobody is erased who was not named; where a word fits several, they are listed by number and first letters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from channels import belongings, export, traces
from channels.belongings import Belongings
from inquiries import people
from inquiries.models import Inquiry, Person
from office import audit, journal
from office.errors import Permanent
from office.settings import current
from workers import erasure


class Nobody(Permanent):
    """Nobody is known here by this address, number or code."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Several(Permanent):
    """This fits more than one person."""


async def erase(who: str, *, everybody: bool, agreed: Callable[[str], bool]) -> str:
    """Whoever `who` names is forgotten once `agreed` says so to what would go; what to tell.

    Raises `Nobody`, or `Several` unless `everybody`. An erasure cut off before is finished, bytes included.
    """
    found = await belongings.find(who)
    if not found:
        await traces.wipe()
        raise Nobody
    if len(found) > 1 and not everybody:
        raise Several(f"{Several.__doc__} Name one, or say --all: {await _listed(found)}")
    held = [await belongings.of(person) for person in found]
    if not agreed("\n".join(map(_would_go, held))):
        return "nothing was erased"
    for person in found:
        await _erase(person)
    wiped = await traces.wipe()
    return (
        f"{len(found)} erased"
        + ("" if wiped else "; run it again, readers kept old pages in use")
        + _elsewhere()
    )


async def hand_out(who: str, out: Path) -> str:
    """Everything we hold about the person is in the file `out`; what to tell. Raises `Nobody` or `Several`."""
    found = await belongings.find(who)
    if not found:
        raise Nobody
    if len(found) > 1:
        raise Several(f"{Several.__doc__} Name one: {await _listed(found)}")
    (person,) = found
    now = datetime.now(UTC)
    _write(out, await export.page(person, now))
    await audit.note(journal.SYSTEM, "exported", f"person:{person.id}", now)
    return f"{out} holds everything about person:{person.id}"


def _write(out: Path, text: str) -> None:
    """Readable for whoever wrote it only."""
    out.touch(mode=0o600)
    out.chmod(0o600)
    out.write_text(text, encoding="utf-8")


async def _erase(person: Person) -> None:
    """Asked for first, so that the workers finish it should this process be killed."""
    now = datetime.now(UTC)
    await people.ask_to_forget(person.id, actor=journal.SYSTEM, now=now)
    await erasure.erase(person.id, actor=journal.SYSTEM, now=now)


async def _listed(found: Sequence[Person]) -> str:
    return "; ".join([await _said(person) for person in found])


async def _said(person: Person) -> str:
    inquiries = await Inquiry.filter(person_id=person.id).count()
    letters = "".join(word[0] + "." for word in person.name.split()) or "no name"
    return f"person:{person.id} ({letters}, since {person.created_at:%Y-%m-%d}, {inquiries} inquiries)"


def _would_go(held: Belongings) -> str:
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in held.rows() if rows)
    return f"person:{held.person.id}: {counts}"


def _elsewhere() -> str:
    mailbox = bool(current().imap_url.get_secret_value())
    return (
        "\nThe mailbox mail is fetched from is not ours to change: delete their mails there, too."
        if mailbox
        else ""
    )
